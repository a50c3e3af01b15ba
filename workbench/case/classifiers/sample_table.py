"""SampleTable: the samples of one kind as classifiers see them, whole images, faces and regions alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.case.collection import Collection
from workbench.case.faces.faces_api import Faces
from workbench.case.regions_api import Regions
from workbench.errors import QueryError
from workbench.search.hits import BOX

if TYPE_CHECKING:
    import pandas as pd

IMAGE, FACE = "image", "face"
_ALSO = {"images": IMAGE, "faces": FACE, "": IMAGE}


@dataclass(frozen=True, eq=False)
class SampleTable:
    """The samples of the kind ``over``; row i of ``vectors`` (S, D) belongs to ``ids[i]``.

    ``image_row`` (S,) says in which of ``images`` images each lies, ``boxes`` (S, 4) where in it, in pixels;
    None where each is a whole image. ``key`` names what made the vectors; ``pictures(rows)`` gives JPEGs.
    """

    over: str
    key: str
    ids: NDArray[np.object_]
    vectors: NDArray[np.float32]
    image_row: NDArray[np.int64]
    images: int
    boxes: NDArray[np.float32] | None
    pictures: Callable[[Sequence[int]], list[bytes]]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def noun(self) -> str:
        """What several of them are called."""
        return {IMAGE: "images", FACE: "faces", "text": "areas of text"}.get(self.over, self.over)

    @cached_property
    def row_of(self) -> dict[str, int]:
        """The row of each id."""
        return {str(sample_id): row for row, sample_id in enumerate(self.ids)}

    def rows_here(self, ids: Sequence[str]) -> NDArray[np.intp]:
        """Return the rows of those of some ids that are in the case now."""
        known = self.row_of
        return np.array([known[one] for one in ids if one in known], np.intp)

    def best(self, scores: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return of each image its highest score, -inf without samples, and that sample's row, else -1."""
        if self.boxes is None:
            return scores, np.arange(len(scores))
        order = np.argsort(scores, kind="stable")
        found = np.full(self.images, -np.inf, np.float32)
        samples = np.full(self.images, -1, np.int64)
        samples[self.image_row[order]] = order  # the highest is written last
        found[samples >= 0] = scores[samples[samples >= 0]]
        return found, samples


def normal_kind(over: str) -> str:
    """Return how a kind of samples is called here: "image", "face", or that of a region."""
    return _ALSO.get(over, over)


@dataclass(frozen=True, eq=False)
class SampleTables:
    """Gives the samples of each kind of one open case; ``faces()`` and ``regions()`` are read when needed."""

    collection: Collection
    faces: Callable[[], Faces]
    regions: Callable[[], Regions]

    @property
    def kinds(self) -> list[str]:
        """The kinds of which this case has samples."""
        regions = self.regions()
        held = set(regions.frame["kind"])
        return [
            IMAGE,
            *([FACE] if len(self.faces()) else []),
            *(kind for kind in regions.keys if kind in held),
        ]

    def table(self, over: str) -> SampleTable:
        """Return the samples of a kind; raises QueryError for one that is unknown or was not looked for."""
        kept: dict[str, SampleTable] = self.__dict__.setdefault("_tables", {})
        kind = normal_kind(over)
        if kind not in kept:
            kept[kind] = self._made(kind)
        return kept[kind]

    def _made(self, kind: str) -> SampleTable:
        data = self.collection
        if kind == IMAGE:
            ids = data.images["image_id"].to_numpy(object)
            rows = np.arange(len(ids), dtype=np.int64)
            return SampleTable(kind, data.key, ids, data.vectors, rows, len(ids), None, data.thumbnails)
        if kind == FACE:
            faces = self.faces()
            if not len(faces):
                raise QueryError("This case has no faces.", "Run `case.ingest_faces()` first.")
            return self._within(kind, faces.key, faces.frame, faces.vectors, "face_id", faces.crops)
        regions = self.regions()
        regions.ranker([kind])  # refuses what is unknown or was not looked for
        rows = np.flatnonzero(regions.frame["kind"] == kind)
        frame, key = regions.frame.iloc[rows].reset_index(drop=True), regions.keys[kind]

        def pictures(some: Sequence[int]) -> list[bytes]:
            return regions.crops([int(rows[row]) for row in some])

        return self._within(kind, key, frame, regions.vectors[rows], "region_id", pictures)

    def _within(
        self,
        kind: str,
        key: str,
        frame: "pd.DataFrame",
        vectors: NDArray[np.float32],
        column: str,
        pictures: Callable[[Sequence[int]], list[bytes]],
    ) -> SampleTable:
        ids, images = frame[column].to_numpy(object), frame["image_row"].to_numpy(np.int64)
        boxes = frame[BOX].to_numpy(np.float32)
        return SampleTable(kind, key, ids, vectors, images, len(self.collection.images), boxes, pictures)
