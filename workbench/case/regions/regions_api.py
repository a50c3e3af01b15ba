"""Regions: persons, objects and text of the photos, searched as samples of their own."""

import time
from collections.abc import Iterable, Sequence
from functools import cached_property
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.analysis import query, search
from workbench.analysis.texts import find_text, reading_order
from workbench.case.regions.best import Best, best_of_each
from workbench.case.regions.hits import BOX, RegionHits
from workbench.case.regions.models import known_keys
from workbench.case.regions.pool import IMAGES, RegionPool
from workbench.errors import QueryError
from workbench.media.masks import from_run_lengths
from workbench.samples.kind import searchable_kinds
from workbench.samples.regions import read_regions
from workbench.terms import Term, as_terms, needs_model, plain, term_vector

if TYPE_CHECKING:
    import pandas as pd

    from workbench.case.collection import Collection
    from workbench.store.samples import Samples


class Regions:
    """The regions of ``case`` as it is now open; rows are positions in ``frame``.

    They are of the kinds that were looked for: ``case.ingest(regions=["persons", "objects", "text"])``.
    """

    def __init__(self, case: "Collection") -> None:
        self._case = case
        self._pools: dict[tuple[str, ...], RegionPool] = {}

    @cached_property
    def keys(self) -> dict[str, str]:
        """The kinds that were looked for, each with the region key of what found and embedded it."""
        return known_keys(self._case.folder)

    @cached_property
    def _snapshot(self) -> "Samples":
        return read_regions(self._case.folder, self.keys, self._case.images)

    @property
    def frame(self) -> "pd.DataFrame":
        """One row a region: region_id, image_id, image_row, kind, label, x, y, width, height, score, ...

        Boxes are in pixels of the upright image in full size.
        """
        return self._snapshot.frame

    @property
    def vectors(self) -> NDArray[np.float32]:
        """Unit vectors (R, D) of the embedder of the case; row i belongs to row i of ``frame``."""
        return self._snapshot.vectors

    def __len__(self) -> int:
        return len(self.frame)

    def search(
        self,
        *terms: Term,
        unlike: Term | Sequence[Term] = (),
        kinds: Iterable[str] | None = None,
        k: int | None = 50,
        threshold: float | None = None,
        group: bool = True,
    ) -> RegionHits:
        """Find regions by words or by example, best first: for each image its best region.

        ``terms`` and ``unlike`` as for ``Case.search``, region ids in ``wb.like`` too. ``kinds``: some of
        persons, objects, text, and "images" for the whole images beside their regions; all kinds of region
        where not given. ``k`` caps the images, ``threshold`` is the least cosine [-1, 1]; ``group=False``
        gives all regions instead of the best of each image. Raises QueryError for an empty query, an unknown
        kind, and kinds that were not looked for.
        """
        pool, started = self._pool(self._checked(kinds)), time.perf_counter()
        unwanted = as_terms(unlike)
        weights = [plain(term)[1] for term in (*terms, *unwanted)]
        wanted, away = self._vectors_of(terms), self._vectors_of(unwanted)
        vector = query.combine(wanted, away, weights if set(weights) - {1.0} else None)
        scores = chances = np.zeros(0, np.float32)
        if len(pool.frame):
            scores = search.scores(pool.vectors, vector)
            chances = pool.background(any(map(needs_model, (*terms, *unwanted)))).probability(scores)
        rows = search.top(scores, None, threshold)
        asked = " + ".join(str(plain(term)[0]) for term in terms)
        return self._hits(pool.frame, rows, scores, chances, k, group, asked, started, vector)

    def best(self, kinds: Iterable[str], vector: NDArray[np.float32], words: bool) -> Best:
        """Return what each image has of some kinds that fits ``vector`` (D,) best; see `Best`.

        ``words``: whether the query has words, for the probabilities. Raises QueryError as `search` does.
        """
        pool = self._pool(self._checked(kinds))
        scores = search.scores(pool.vectors, vector)
        chances = pool.background(words).probability(scores)
        boxes = pool.frame[BOX].to_numpy(np.float32, copy=True)
        boxes[(pool.frame["kind"] == IMAGES).to_numpy()] = np.nan
        parents = pool.frame["image_row"].to_numpy(np.int64)
        return best_of_each(parents, scores, chances, boxes, len(self._case.images))

    def find_text(
        self, words: str, *, fuzzy: bool = True, k: int | None = None, group: bool = True
    ) -> RegionHits:
        """Find text that was read in the photos, best first; ``images.rows`` are the rows of the images.

        Case, spaces and punctuation do not count: "ABC 12" finds "xabc-123". Words may begin in one area and
        end in the next. ``fuzzy`` also finds words with misread or missing letters, five letters and more.
        The score in [0, 1] is how well it fits, see :mod:`workbench.analysis.texts`. Raises QueryError where
        no text was looked for yet, and for words without letter or digit.
        """
        self._checked(["text"])
        started = time.perf_counter()
        rows, texts, groups = self._texts
        scores = np.zeros(len(self.frame), np.float32)
        scores[rows] = find_text(texts, groups, words, fuzzy)
        found = search.top(scores, None, float(np.finfo(np.float32).tiny))
        return self._hits(self.frame, found, scores, scores, k, group, f'text:"{words}"', started, None)

    def mask(self, row: int) -> NDArray[np.bool_] | None:
        """Return which part of a region's box is the thing: (h, w) bool over the box; None without a mask."""
        region = self.frame.iloc[row]
        if region["mask"] is None:
            return None
        return from_run_lengths(region["mask"], (int(region["mask_rows"]), int(region["mask_columns"])))

    def crops(self, rows: Iterable[int]) -> list[bytes]:
        """Return a JPEG of each region, cut out of the picture of at most 1280 px."""
        return [self._crop(self.frame.iloc[row]) for row in rows]

    def __repr__(self) -> str:
        return f"<{len(self)} regions: {', '.join(self.keys) or 'none was looked for'}>"

    def _crop(self, region: "pd.Series") -> bytes:
        from PIL import Image

        with Image.open(BytesIO(self._case.picture(int(region["image_row"])))) as picture:
            scale = picture.width / int(self._case.images["width"].iloc[region["image_row"]])
            left, top, width, height = (float(region[side]) * scale for side in BOX)
            right, bottom = max(left + 1, left + width), max(top + 1, top + height)
            buffer = BytesIO()
            picture.crop((int(left), int(top), round(right), round(bottom))).save(buffer, "JPEG", quality=88)
        return buffer.getvalue()

    def _checked(self, kinds: Iterable[str] | None) -> tuple[str, ...]:
        """Return the kinds asked for; raise QueryError for those that do not exist or were not looked for."""
        asked = tuple(self.keys) if kinds is None else (kinds,) if isinstance(kinds, str) else tuple(kinds)
        there_are = searchable_kinds()
        for kind in asked:
            if kind not in (*there_are, IMAGES):
                raise QueryError(
                    f"No regions are called {kind!r}.", f"Use some of: {', '.join(there_are)}, {IMAGES}."
                )
        missing = sorted(set(asked) - set(self.keys) - {IMAGES}) or ([] if asked else list(there_are))
        if missing:
            raise QueryError(
                f"Nobody looked for {' or '.join(missing)} in these photos yet.",
                f"Run `case.ingest(regions={missing})` first.",
            )
        return asked

    def _pool(self, kinds: tuple[str, ...]) -> RegionPool:
        if kinds not in self._pools:
            case = self._case
            self._pools[kinds] = RegionPool.of(
                kinds,
                self.frame,
                self.vectors,
                case.images if IMAGES in kinds else None,
                case.vectors,
                lambda: case.phrase_vectors(case.vocabulary),
            )
        return self._pools[kinds]

    def _vectors_of(self, terms: Sequence[Term]) -> list[NDArray[np.float32]]:
        return [term_vector(term, self._case.embedder, self._sample_vectors) for term in terms]

    def _sample_vectors(self, sample_ids: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of regions and images by their ids."""
        rows = [self._row_of.get(sample_id) for sample_id in sample_ids]
        found = [
            self._case.vectors[self._case.row(sample_id)] if row is None else self.vectors[row]
            for row, sample_id in zip(rows, sample_ids, strict=True)
        ]
        return np.stack(found).astype(np.float32)

    @cached_property
    def _row_of(self) -> dict[str, int]:
        return {region_id: row for row, region_id in enumerate(self.frame["region_id"])}

    @cached_property
    def _texts(self) -> tuple[NDArray[np.intp], list[str], NDArray[np.int32]]:
        """The rows of all areas of text in reading order, what is written there, and their images."""
        rows = np.flatnonzero(self.frame["kind"] == "text")
        areas = self.frame.iloc[rows]
        groups = areas["image_row"].to_numpy(np.int32)
        order = reading_order(areas[BOX].to_numpy(np.float32), groups)
        return rows[order], areas["text"].iloc[order].tolist(), groups[order]

    def _hits(
        self,
        frame: "pd.DataFrame",
        rows: NDArray[np.int32],
        scores: NDArray[np.float32],
        chances: NDArray[np.float32],
        k: int | None,
        group: bool,
        asked: str,
        started: float,
        vector: NDArray[np.float32] | None,
    ) -> RegionHits:
        if group:
            parents = frame["image_row"].to_numpy()[rows]
            rows = rows[np.sort(np.unique(parents, return_index=True)[1])]
        shown = rows[:k]
        return RegionHits(
            shown,
            scores[shown],
            chances[shown],
            frame,
            asked,
            time.perf_counter() - started,
            len(rows),
            vector,
            boxes=frame[BOX].to_numpy(np.float32)[shown],
            image_table=self._case.images,
            thumbnails=self._case.thumbnails,
        )
