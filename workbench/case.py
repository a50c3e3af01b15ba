"""Case: everything known about one folder of photos. A facade: it wires the rooms, and computes nothing."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.errors import CaseError, QueryError
from workbench.hits import Hits
from workbench.store.arrays import ArrayCache
from workbench.store.case_folder import CaseFolder
from workbench.store.keys import known_key, remember_key
from workbench.store.snapshot import Snapshot, read_snapshot
from workbench.store.thumbnails import ThumbnailReader
from workbench.terms import Term, as_terms

if TYPE_CHECKING:
    import pandas as pd

    from workbench.embedding import Embedder, IngestReport
    from workbench.searcher import Searcher

LARGE_SIDE = 1280
"""Longest side, in pixels, of the picture that ``Case.picture`` returns."""


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
        self._precision = precision

    # -- ingest ----------------------------------------------------------------------------------------------

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
        for name in ("key", "_snapshot", "_row_of", "_searcher", "_thumbnails"):
            self.__dict__.pop(name, None)

    @cached_property
    def embedder(self) -> "Embedder":
        """The model of this case, loaded on first use. Raises ModelError naming the way to get it."""
        if self.folder.model == "fake":
            from workbench.testing import ColourEmbedder

            return ColourEmbedder()
        from workbench.models import load

        known = known_key(self.folder.cache, self.folder.model)
        precision = known.rsplit("-", 1)[-1] if known and self._precision == "auto" else self._precision
        return load(self.folder.model, precision=precision)

    @cached_property
    def key(self) -> str:
        """The embedder key of the vectors now open."""
        return known_key(self.folder.cache, self.folder.model) or self.embedder.key

    def _matching_embedder(self) -> "Embedder":
        """Return the embedder for a question; its numbers must be those of the vectors."""
        if self.embedder.key != self.key:
            raise CaseError(
                f"The vectors of this case were made by {self.key}, questions now by {self.embedder.key}.",
                "Run `case.ingest()`: it adds vectors of the new key and keeps the old ones.",
            )
        return self.embedder

    # -- what is known ---------------------------------------------------------------------------------------

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

    # -- pictures --------------------------------------------------------------------------------------------

    def thumbnails(self, rows: Iterable[int]) -> list[bytes]:
        """Return JPEG thumbnails (longest side 256 px), one for each row."""
        ids = [str(self.images["image_id"].iloc[row]) for row in rows]
        found = self._thumbnails.get(ids)
        return [found.get(image_id, b"") for image_id in ids]

    @cached_property
    def _thumbnails(self) -> ThumbnailReader:
        return ThumbnailReader(self.folder.thumbnails)

    def picture(self, image: int | str) -> bytes:
        """Return an upright JPEG of at most 1280 px; the thumbnail if the original is out of reach."""
        from workbench.media.decode import DecodeError, read_image

        row = self.row(image)
        try:
            data = self.folder.file_path(self.images["raw_path"].iloc[row]).read_bytes()
            picture = read_image(data, min_side=LARGE_SIDE).image
        except (OSError, DecodeError):
            return self.thumbnails([row])[0]
        picture.thumbnail((LARGE_SIDE, LARGE_SIDE))
        buffer = BytesIO()
        picture.save(buffer, "JPEG", quality=88)
        return buffer.getvalue()

    # -- search and words ------------------------------------------------------------------------------------

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
        from workbench.searcher import Searcher

        return Searcher(
            self.images,
            self.vectors,
            self._matching_embedder,
            lambda sample_id: self.vectors[self.row(sample_id)],
            self._phrase_vectors,
            lambda: self.vocabulary,
        )

    @property
    def vocabulary(self) -> list[str]:
        """The phrases that images are described with; assign a list to change them (kept in ``work/``)."""
        from workbench.analysis.captions import default_vocabulary, read_vocabulary

        path = self._vocabulary_path
        return read_vocabulary(path) if path.exists() else default_vocabulary()

    @vocabulary.setter
    def vocabulary(self, phrases: Sequence[str]) -> None:
        from workbench.store.parts import write_atomically

        if not phrases:
            raise QueryError(
                "A vocabulary needs phrases.", "Give at least one, for example 'a street at night'."
            )
        self._vocabulary_path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(self._vocabulary_path, "\n".join(phrases).encode())
        self.__dict__.pop("_searcher", None)

    @property
    def _vocabulary_path(self) -> Path:
        return self.folder.root / "work" / "vocabulary.txt"

    def _phrase_vectors(self, phrases: Sequence[str]) -> NDArray[np.float32]:
        embed = lambda: self._matching_embedder().embed_texts(phrases)  # noqa: E731 - called only on a miss
        return np.asarray(self._cached("phrases", {}, phrases, embed), np.float32)

    # -- layout and clusters ---------------------------------------------------------------------------------

    def layout(self, method: str = "umap", **params: Any) -> NDArray[np.float32]:
        """Return coordinates (N, 2) of the images by ``umap``, ``tsne`` or ``pca``, cached."""
        from workbench.analysis import projection

        settings: dict[str, Any] = projection.parameters(method, **params)
        project = lambda: projection.project(self.vectors, **settings)  # noqa: E731 - called only on a miss
        return np.asarray(self._cached("layouts", settings, self._ids, project), np.float32)

    def clusters(self, **params: Any) -> NDArray[np.int32]:
        """Return the HDBSCAN cluster (N,) of each image, -1 for none; cached with its parameters."""
        from workbench.analysis import clusters

        settings: dict[str, Any] = clusters.parameters(**params)
        group = lambda: clusters.cluster(self.vectors, **settings)  # noqa: E731 - called only on a miss
        return np.asarray(self._cached("clusters", settings, self._ids, group), np.int32)

    def cluster_names(self, labels: NDArray[np.int32]) -> list[str]:
        """Return a name for each cluster 0, 1, ...: the phrase of the vocabulary that sets it apart best."""
        from workbench.analysis import clusters

        phrases = self.vocabulary
        return clusters.names(self.vectors, labels, self._phrase_vectors(phrases), phrases)

    def _cached(
        self, kind: str, params: dict[str, Any], ids: Sequence[str], compute: Callable[[], Any]
    ) -> Any:
        """Return what is cached for these parameters, ids and vectors, or compute and keep it."""
        cache = ArrayCache(self.folder.cache / kind)
        params = params | {"key": self.key}
        found = cache.load(params, ids)
        if found is None:
            found = compute()
            cache.save(params, ids, found)
        return found

    # -- what people say -------------------------------------------------------------------------------------

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
