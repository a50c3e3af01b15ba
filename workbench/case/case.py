"""Case: everything known about one folder of photos. A facade: it wires the rooms, and computes nothing."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.case.embedders import LazyEmbedder
from workbench.case.vocabulary import load_vocabulary, save_vocabulary
from workbench.errors import QueryError
from workbench.hits import Hits
from workbench.store.case_folder import CaseFolder
from workbench.store.keys import known_key, remember_key
from workbench.store.snapshot import Snapshot, read_snapshot
from workbench.terms import Term, as_terms

if TYPE_CHECKING:
    import pandas as pd

    from workbench.case.derived import Derived
    from workbench.case.pictures import Pictures
    from workbench.case.searcher import Searcher
    from workbench.embedding import Embedder, IngestReport


def open_case(
    source: str | Path | None = None, *, case: str | Path, model: str | None = None, precision: str = "auto"
) -> "Case":
    """Create a case for the folder ``source``, or reopen it (``source`` may then be left out).

    ``model`` names the embedder (``mini`` where nothing else was chosen); one case can hold vectors of
    several.
    ``precision`` is for new vectors; a case that has some keeps theirs. The source is only ever read.
    Raises SourceError or CaseError with what to do next.
    """
    folder = CaseFolder.create_or_open(Path(case), None if source is None else Path(source), model)
    return Case(folder, precision)


class Case:
    """One source and all that is known about it. Make one with ``workbench.open``."""

    def __init__(self, folder: CaseFolder, precision: str = "auto") -> None:
        self.folder = folder
        self._model = LazyEmbedder(folder, precision)

    def ingest(self, *, retry: bool = False, progress: bool = True) -> "IngestReport":
        """Read what is new or changed in the source, and compute what is missing; safe to stop and to repeat.

        ``retry`` tries files again that failed before. Nothing finished is ever computed twice.
        """
        from workbench.embedding import ingest

        embedder = self.embedder
        try:
            return ingest(self.folder, embedder, retry=retry, progress=progress)
        finally:
            remember_key(self.folder.cache, self.folder.model, embedder.key)
            self.refresh()

    def refresh(self) -> None:
        """Forget what was read from disk, so that the next look sees what another process has added."""
        for name in ("key", "_snapshot", "_row_of", "_searcher", "_pictures", "_derived"):
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

    def info(self) -> dict[str, Any]:
        """Return places, model and counts of the case as a flat dict; bytes are those of the case folder."""
        return {
            "case": str(self.folder.root),
            "source": str(self.folder.source),
            "model": self.folder.model,
            "key": self.key,
            "images": len(self.images),
            "paths": int(self.images["paths"].map(len).sum()),
            "problems": len(self.problems),
            "tagged": int(self.tags["sample_id"].nunique()),
            "bytes": sum(path.stat().st_size for path in self.folder.root.rglob("*") if path.is_file()),
        }

    def row(self, image: int | str) -> int:
        """Return the row of an image given by row, image id or path; raise QueryError where there is none."""
        if isinstance(image, int | np.integer):
            if 0 <= image < len(self.images):
                return int(image)
            raise QueryError(f"Row {image} does not exist.", f"Rows go from 0 to {len(self.images) - 1}.")
        row = self._row_of.get(image)
        if row is None:
            raise QueryError(
                f"No image {image!r} in this case.", "Use an image_id or a path of `case.images`."
            )
        return row

    @cached_property
    def _row_of(self) -> dict[str, int]:
        rows = {path: row for row, paths in enumerate(self.images["paths"]) for path in paths}
        return rows | {image_id: row for row, image_id in enumerate(self._ids)}

    @property
    def _ids(self) -> list[str]:
        return list(self.images["image_id"])

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

    def search(
        self,
        *terms: Term,
        minus: Term | Sequence[Term] = (),
        k: int | None = 50,
        threshold: float | None = None,
        probability: float | None = None,
    ) -> Hits:
        """Find images by words or by example, best first.

        ``terms`` are texts, pathlib.Paths of pictures, PIL images or ``wb.like(image_id)``; ``minus`` says
        what it should not be. ``k`` caps the hits, ``threshold`` is the least cosine [-1, 1],
        ``probability`` the least calibrated probability [0, 1]. Raises QueryError for an empty query or an
        unreadable picture.
        """
        return self._searcher.search(terms, as_terms(minus), k, threshold, probability)

    def describe(
        self, image: int | str, k: int = 5, vocabulary: Sequence[str] | None = None
    ) -> "pd.DataFrame":
        """Return the ``k`` phrases that fit an image best: phrase, score (cosine) and probability."""
        import pandas as pd

        found = self._searcher.describe(self.row(image), k, vocabulary or self.vocabulary)
        return pd.DataFrame(found, columns=["phrase", "score", "probability"])

    @cached_property
    def _searcher(self) -> "Searcher":
        from workbench.case.searcher import Searcher

        return Searcher(
            self.images,
            self.vectors,
            self._model.matching(self.key),
            lambda sample_id: self.vectors[self.row(sample_id)],
            self._derived.phrases,
            lambda: self.vocabulary,
        )

    @property
    def vocabulary(self) -> list[str]:
        """The phrases that images are described with; assign a list to change them (kept in ``work/``)."""
        return load_vocabulary(self.folder.root / "work")

    @vocabulary.setter
    def vocabulary(self, phrases: Sequence[str]) -> None:
        save_vocabulary(self.folder.root / "work", phrases)
        self.__dict__.pop("_searcher", None)

    def layout(self, method: str = "umap", **params: Any) -> NDArray[np.float32]:
        """Return coordinates (N, 2) of the images by ``umap``, ``tsne`` or ``pca``, cached."""
        return self._derived.layout(method, **params)

    def clusters(self, **params: Any) -> NDArray[np.int32]:
        """Return the HDBSCAN cluster (N,) of each image, -1 for none; cached with its parameters."""
        return self._derived.clusters(**params)

    def cluster_names(self, labels: NDArray[np.int32]) -> list[str]:
        """Return a name for each cluster 0, 1, ...: the phrase of the vocabulary that sets it apart best."""
        return self._derived.cluster_names(labels, self.vocabulary)

    @cached_property
    def _derived(self) -> "Derived":
        from workbench.case.derived import Derived

        return Derived(self.folder.cache, self.key, self._ids, self.vectors, self._model.matching(self.key))

    def tag(self, images: int | str | Iterable[int | str], tag: str) -> None:
        """Tag images (rows, ids or paths). Tags live in ``work/`` and outlive the cache."""
        self.folder.tags.add(tag, self._sample_ids(images))

    def untag(self, images: int | str | Iterable[int | str], tag: str) -> None:
        """Take a tag away again."""
        self.folder.tags.remove(tag, self._sample_ids(images))

    @property
    def tags(self) -> "pd.DataFrame":
        """Who tagged what: sample_id, tag, when."""
        return self.folder.tags.read()

    def _sample_ids(self, images: int | str | Iterable[int | str]) -> list[str]:
        several = [images] if isinstance(images, int | str | np.integer) else images
        return [str(self.images["image_id"].iloc[self.row(image)]) for image in several]

    def __repr__(self) -> str:
        return f"<Case {self.folder.root} of {self.folder.source}>"
