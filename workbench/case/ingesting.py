"""Ingest of a case: runs the loop with its models, and notes which keys its vectors and faces carry."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from workbench.case import embedders
from workbench.case.embedders import LazyEmbedder, LazyFaceModel
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

    folder.require_source()
    embedder, face_finder = model.get(), faces.get() if faces else None
    regions = [regions] if isinstance(regions, str) else list(regions)
    finder = embedders.load_finder(folder, regions)
    try:
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
    finally:
        remember_key(folder.cache, folder.model, embedder.key)
        if faces:
            faces.remember()
        embedders.remember(folder, regions, finder, embedder)


def ingest_faces(
    folder: CaseFolder, model: LazyEmbedder, faces: LazyFaceModel, *, retry: bool, progress: bool
) -> "IngestReport":
    """Look for faces alone; a case without images gets these too, because faces show with their images."""
    from workbench.ingest import ingest_faces as ingest

    folder.require_source()
    if known_key(folder.cache, folder.model) is None:
        return ingest_images(folder, model, faces, retry=retry, progress=progress)
    finder = faces.get()
    try:
        return ingest(folder, finder, retry=retry, progress=progress)
    finally:
        faces.remember()
