"""Ingest of a case: runs the loop with its models, and notes which keys its vectors and faces carry."""

import contextlib
from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING

from workbench.case import embedders
from workbench.case.embedders import LazyEmbedder, LazyFaceModel
from workbench.errors import CaseError
from workbench.store.case_folder import CaseFolder
from workbench.store.sample_parts import known_key, remember_key

if TYPE_CHECKING:
    from workbench.ingest import IngestReport
    from workbench.samples.models import InstanceModel


def ingest_images(
    folder: CaseFolder,
    model: LazyEmbedder,
    faces: LazyFaceModel | None,
    regions: Collection[str] = (),
    instances: "InstanceModel | None" = None,
    *,
    retry: bool,
    progress: bool,
) -> "IngestReport":
    """Compute what is missing of the images and, where asked for, faces, ``regions`` and candidates.

    Each photo is decoded once for all of it.
    """
    from workbench.ingest import ingest

    embedder, face_finder = model.get(), faces.get() if faces else None
    regions = [regions] if isinstance(regions, str) else list(regions)
    finder = embedders.load_finder(folder, regions)

    def remember() -> None:
        remember_key(folder.cache, folder.model, embedder.key)
        if faces:
            faces.remember()
        embedders.remember(folder, regions, finder, embedder)

    with _afterwards(remember):
        return ingest(
            folder,
            embedder,
            faces=face_finder,
            regions=finder,
            instances=instances,
            kinds=embedders.without_model(regions),
            retry=retry,
            progress=progress,
        )


def ingest_faces(
    folder: CaseFolder, model: LazyEmbedder, faces: LazyFaceModel, *, retry: bool, progress: bool
) -> "IngestReport":
    """Look for faces alone; a case without images gets these too, because faces show with their images."""
    from workbench.ingest import ingest_faces as ingest

    if known_key(folder.cache, folder.model) is None:
        return ingest_images(folder, model, faces, retry=retry, progress=progress)
    finder = faces.get()
    with _afterwards(faces.remember):
        return ingest(folder, finder, retry=retry, progress=progress)


@contextlib.contextmanager
def _afterwards(remember: Callable[[], None]) -> Iterator[None]:
    """Call ``remember`` however an ingest ends; what ended it is said, even if that cannot be remembered."""
    try:
        yield
    except BaseException:
        with contextlib.suppress(CaseError):
            remember()
        raise
    remember()
