"""CaseImages: the images of one case as they lie on disk, and what follows from their vectors."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from workbench.case.embedders import LazyEmbedder
from workbench.case.faces.models import LazyFaceModel
from workbench.case.vocabulary import load_vocabulary, save_vocabulary
from workbench.index.engines import Engines
from workbench.search.image_lookup import Lookup
from workbench.store.case_folder import CaseFolder
from workbench.store.keys import known_key
from workbench.store.snapshot import Snapshot, read_snapshot

if TYPE_CHECKING:
    import pandas as pd

    from workbench.analysis.layout_trust import Trust
    from workbench.case.computed import Derived
    from workbench.case.pictures import Pictures
    from workbench.ingest import Embedder


class CaseImages:
    """The part of a `Case` that asks nothing: images, vectors, pictures, layouts, clusters and tags."""

    _read: ClassVar[tuple[str, ...]] = ("key", "_snapshot", "lookup", "_pictures", "derived")
    """What was read from disk or follows from it, and is forgotten by `refresh`."""

    def __init__(
        self,
        folder: CaseFolder,
        precision: str = "auto",
        faces: str | None = None,
        index: str = "exact",
    ) -> None:
        self.folder, self.engines = folder, Engines(index, folder.cache / "index")
        self._model = LazyEmbedder(folder, precision)
        self._face_model = LazyFaceModel(folder, faces)

    def refresh(self) -> None:
        """Forget what was read from disk, so that the next look sees what another process has added."""
        for name in self._read:
            self.__dict__.pop(name, None)

    @property
    def embedder(self) -> "Embedder":
        """The model of this case, loaded on first use. Raises ModelError naming the way to get it."""
        return self._model.get()

    def warm(self) -> None:
        """Load the model in the background, so that the first question need not wait for it."""
        self._model.warm()

    @cached_property
    def key(self) -> str:
        """The embedder key of the vectors now open; known without loading the model once there are some."""
        return known_key(self.folder.cache, self.folder.model) or self.embedder.key

    @cached_property
    def _snapshot(self) -> Snapshot:
        return read_snapshot(self.folder, self.key)

    @property
    def images(self) -> "pd.DataFrame":
        """One row an image that could be read: image_id, path, paths, size, width, height, taken_at, ..."""
        return self._snapshot.images

    @property
    def vectors(self) -> NDArray[np.float32]:
        """Unit vectors (N, D); row i belongs to row i of ``images``."""
        return self._snapshot.vectors

    @property
    def problems(self) -> "pd.DataFrame":
        """Every file that could not be used, with step and reason; nothing that failed is left out."""
        return self._snapshot.problems

    def row(self, image: int | str) -> int:
        """Return the row of an image given by row, image id or path; raise QueryError where there is none."""
        return self.lookup.row(image)

    @cached_property
    def lookup(self) -> Lookup:
        """What finds images by id, path or name."""
        return Lookup(self.images)

    def thumbnails(self, rows: Iterable[int]) -> list[bytes]:
        """Return JPEG thumbnails (longest side 256 px), one for each row."""
        return self._pictures.thumbnails(rows)

    def picture(self, image: int | str) -> bytes:
        """Return an upright JPEG of at most 1280 px; the thumbnail if the original is out of reach."""
        return self._pictures.large(self.row(image))

    @cached_property
    def _pictures(self) -> "Pictures":
        from workbench.case.pictures import Pictures

        return Pictures(self.folder, self.images)

    def layout(self, method: str = "umap", **params: Any) -> NDArray[np.float32]:
        """Return coordinates (N, 2) of the images by ``umap``, ``tsne`` or ``pca``, cached."""
        return self.derived.layout(method, **params)

    def clusters(self, **params: Any) -> NDArray[np.int32]:
        """Return the HDBSCAN cluster (N,) of each image, -1 for none; cached with its parameters."""
        return self.derived.clusters(**params)

    def trust(self, method: str = "umap", **params: Any) -> "Trust":
        """Return how far the place of each image in a layout can be trusted: three arrays (N,) in [0, 1]."""
        return self.derived.trust(method, **params)

    def phrase_vectors(self, phrases: Sequence[str]) -> NDArray[np.float32]:
        """Return the unit text vectors (P, D) of phrases, cached."""
        return self.derived.phrases(phrases)

    @property
    def matching_embedder(self) -> "Callable[[], Embedder]":
        """What gives the model; it raises CaseError where that no longer fits the vectors."""
        return self._model.matching(self.key)

    @cached_property
    def derived(self) -> "Derived":
        """Layouts, clusters and phrase vectors, cached."""
        from workbench.case.computed import Derived

        ids, embedder = self.images["image_id"], self.matching_embedder
        return Derived(self.folder.cache, self.key, ids, self.vectors, embedder)

    @property
    def vocabulary(self) -> list[str]:
        """The phrases that images are described with; assign a list to change them (kept in ``work/``)."""
        return load_vocabulary(self.folder.root / "work")

    @vocabulary.setter
    def vocabulary(self, phrases: Sequence[str]) -> None:
        save_vocabulary(self.folder.root / "work", phrases)
        self.__dict__.pop("questions", None)  # it knows the vectors of the old phrases

    def cluster_names(self, labels: NDArray[np.int32]) -> list[str]:
        """Return a name for each cluster 0, 1, ...: the phrase of the vocabulary that sets it apart best."""
        return self.derived.cluster_names(labels, self.vocabulary)

    def tag(self, images: int | str | Iterable[int | str], tag: str) -> None:
        """Tag images (rows, ids or paths). Tags live in ``work/`` and outlive the cache."""
        self.folder.tags.add(tag, self.lookup.ids_of(images))

    def untag(self, images: int | str | Iterable[int | str], tag: str) -> None:
        """Take a tag away again."""
        self.folder.tags.remove(tag, self.lookup.ids_of(images))

    @property
    def tags(self) -> "pd.DataFrame":
        """Who tagged what: sample_id, tag, when."""
        return self.folder.tags.read()

    def __repr__(self) -> str:
        return f"<Case {self.folder.root} of {self.folder.source}>"
