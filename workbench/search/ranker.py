"""Ranker: one table of samples with vectors, and how well each image fits a query by its best sample.

Whole images, faces, regions, text and candidates for instance search are ranked by it. An engine for large
collections stands behind it; its candidates are compared anew with the vectors themselves.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.analysis import search
from workbench.analysis.calibration import Background
from workbench.analysis.rows import Rows
from workbench.search.request import Limits

if TYPE_CHECKING:
    import pandas as pd

    from workbench.index.index import Index

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

_BLOCK = 1 << 16
FEW, SHARE = 20_000, 50
"""A filter that keeps no more samples than this, or than one in ``SHARE``, is searched exactly."""
OVERSAMPLED, LEAST_ASKED, MOST_ASKED = 4, 200, 50_000
"""How many times k an engine is asked for, at least how many, and from how many on exact search is used."""


class Best(NamedTuple):
    """Of each of N images: ``scores`` (N,), -inf for one without samples, and ``samples`` (N,), else -1."""

    scores: Floats
    samples: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Ranked:
    """K hits, best first.

    ``rows`` (K,) of images, or of samples where each counts for itself; ``samples`` (K,) the rows of the
    samples that matched; ``scores`` and ``chances`` (K,); ``total`` how many passed the limits before the cut
    to K; ``looked`` how many could have; ``unusual`` (K,) or None; ``everywhere`` gives the score of each row
    when it is called, -inf where the query did not look.
    """

    rows: Rows
    samples: NDArray[np.integer]
    scores: Floats
    chances: Floats
    total: int
    looked: int
    everywhere: Callable[[], Floats]
    unusual: Floats | None = None


class Ranker:
    """Row i of ``vectors`` (S, D), unit rows or int8, belongs to row i of ``frame``, a table of samples.

    ``image_row`` (S,) says in which of ``images`` images a sample lies, None that row i is image i; ``boxes``
    (S, 4) where in it, None that each is the whole image. ``phrases()`` returns text vectors (P, D) of the
    vocabulary, which stand for any query in words: another array once they change; without it the vectors
    stand for that too. ``engine()`` returns an index of the vectors, or None for exact search; it is called
    when it is first needed.
    """

    def __init__(
        self,
        frame: "pd.DataFrame",
        vectors: NDArray[Any],
        image_row: NDArray[np.integer] | None = None,
        boxes: Floats | None = None,
        *,
        images: int | None = None,
        phrases: Callable[[], Floats] | None = None,
        engine: "Callable[[], Index | None]" = lambda: None,
    ) -> None:
        self.frame, self.vectors, self.image_row, self.boxes = frame, vectors, image_row, boxes
        self.images = len(vectors) if images is None else images
        self._phrases, self._open = phrases, engine
        self._backgrounds: dict[bool, tuple[NDArray[Any], Background]] = {}
        self._sampled: Floats | None = None

    def __len__(self) -> int:
        return len(self.vectors)

    def scores(self, vector: NDArray[np.floating], rows: NDArray[np.integer] | None = None) -> Floats:
        """Return the cosine of a vector (D,) with each sample (S,), or with those of ``rows``; exact."""
        chosen = self.vectors if rows is None else self.vectors[rows]
        if not np.issubdtype(self.vectors.dtype, np.integer):
            return search.scores(chosen, vector)
        unit = np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12), np.float32)
        return search.scores(chosen, unit) / (self._lengths if rows is None else self._lengths[rows])

    def best(self, scores: Floats) -> Best:
        """Return the best sample of each image by the ``scores`` (S,); of equal ones the first."""
        if self.image_row is None:
            return Best(scores, np.arange(len(scores)))
        highest = np.full(self.images, -np.inf, np.float32)
        np.maximum.at(highest, self.image_row, scores)
        samples = np.full(self.images, -1, np.int64)
        first = np.flatnonzero((scores == highest[self.image_row]) & (scores > -np.inf))[::-1]
        samples[self.image_row[first]] = first  # of equal ones the first is written last
        return Best(highest, samples)

    def background(self, words: bool) -> Background:
        """Return what scores unrelated queries get here, in words or by example."""
        references = self._phrases() if words and self._phrases else self.vectors
        kept = self._backgrounds.get(words)
        if kept is None or kept[0] is not references:  # another vocabulary
            kept = self._backgrounds[words] = references, Background(self.vectors, references)
        return kept[1]

    def rank(
        self,
        vector: Floats,
        words: bool,
        limits: Limits,
        where: Mask | None = None,
        *,
        group: bool = True,
        known: Rows | None = None,
    ) -> Ranked:
        """Return the hits of a vector (D,), ``words`` saying whether words are part of the query.

        ``where`` (N,) says in which images to look; ``group=False`` ranks samples, not images by their best.
        ``known`` are rows of images that do not show what is asked, against which scores are unusual; without
        them unrelated queries say so, which is known of whole images only.
        """
        if not len(self):
            return self.cut(np.zeros(0, np.float32), np.zeros(0, np.float32).__getitem__, limits)
        whole = self.image_row is None
        background = self.background(words)
        if known is None and (group or whole):
            quick = self._by_engine(vector, words, limits, where)
            if quick is not None:
                return quick
        scores = self.scores(vector)
        level = background.level(scores[background.rows])

        def chances(rows: NDArray[np.integer]) -> Floats:
            return background.probability(scores[rows], level)

        ranked = self.cut(scores, chances, limits, where, words=words, group=group)
        if known is None:
            return replace(ranked, unusual=background.tail(ranked.scores, level) if whole else None)
        against = np.sort(self.best(scores).scores[known])
        higher = len(against) - np.searchsorted(against, ranked.scores, "left")
        return replace(ranked, unusual=np.asarray((higher + 1) / (len(against) + 1), np.float32))

    def cut(
        self,
        scores: Floats,
        chances: Callable[[NDArray[np.integer]], Floats],
        limits: Limits,
        where: Mask | None = None,
        *,
        words: bool = False,
        group: bool = True,
    ) -> Ranked:
        """Return the hits among samples with ``scores`` (S,), whatever these are.

        ``chances(rows)`` returns the probabilities of samples; see `rank` for the rest.
        """
        scores, samples = self._looked_at(scores, where, group)
        least = limits.least(words)
        if limits.probability is not None:
            looked = np.flatnonzero(scores > -np.inf)
            sure = scores[looked[chances(_at(samples, looked)) >= limits.probability]]
            least = max(least, float(sure.min()) if len(sure) else np.inf)
        rows = search.top(scores, limits.k, least)
        total, looked_at = int(np.count_nonzero(scores >= least)), int(np.count_nonzero(scores > -np.inf))
        matched = _at(samples, rows)
        return Ranked(rows, matched, scores[rows], chances(matched), total, looked_at, lambda: scores)

    def _looked_at(
        self, scores: Floats, where: Mask | None, group: bool = True
    ) -> tuple[Floats, NDArray[np.int64] | None]:
        """Return the score of each row, -inf where the query does not look, and each row's best sample.

        The samples are None where they are the rows themselves.
        """
        samples = None
        if group and self.image_row is not None:
            scores, samples = self.best(scores)
        elif where is not None and self.image_row is not None:
            where = where[self.image_row]
        if where is not None and not where.all():
            scores = np.where(where, scores, np.float32(-np.inf))
        return scores, samples

    # -- an engine instead of one pass over all vectors -----------------------------------------------------

    def _by_engine(self, vector: Floats, words: bool, limits: Limits, where: Mask | None) -> Ranked | None:
        """Return the hits by the engine; None where there is none, or where exact search is needed.

        That is so for all hits or very many, and where more may pass the thresholds than were looked at.
        """
        if not limits.k or limits.k * OVERSAMPLED > MOST_ASKED or (engine := self._engine) is None:
            return None
        allowed = where if where is None or self.image_row is None else where[self.image_row]
        near = self._near(engine, vector, limits.k, allowed)
        if near is None:
            return None
        rows, complete = near
        scores, background = self.scores(vector, rows), self.background(words)
        level = background.level(search.scores(self._sample(background), vector))
        chances = background.probability(scores, level)
        passed = (scores >= limits.least(words)) & (chances >= (limits.probability or 0))
        unlimited = limits.threshold is None and not limits.probability
        if not (complete or unlimited) and passed.all():
            return None  # more than these may pass, and only a look at all of them can count them
        order = np.flatnonzero(passed)[np.argsort(-scores[passed], kind="stable")]
        parents = _at(self.image_row, rows)
        if self.image_row is not None:
            order = order[np.sort(np.unique(parents[order], return_index=True)[1])]
        looked, shown = self._images_in(allowed), order[: limits.k]
        return Ranked(
            parents[shown].astype(np.int32),
            rows[shown],
            scores[shown],
            chances[shown],
            looked if unlimited else len(order),
            looked,
            lambda: self._looked_at(self.scores(vector), where)[0],
            background.tail(scores[shown], level) if self.image_row is None else None,
        )

    def _near(
        self, engine: "Index", vector: Floats, k: int, allowed: Mask | None
    ) -> tuple[NDArray[np.int64], bool] | None:
        """Return rows of samples, sorted, in which the ``k`` best images are, and whether these are all.

        ``allowed`` (S,) marks the samples that count. Engines filter what they found, which loses hits where
        few samples count, so those few are all returned, and otherwise more is asked for until there are
        enough. None where that takes too many.
        """
        kept = len(self) if allowed is None else int(np.count_nonzero(allowed))
        if allowed is not None and kept <= max(FEW, len(self) // SHARE):
            # rows picked one by one take some four times as long as rows in one pass
            return (np.flatnonzero(allowed), True) if 4 * kept < len(self) else None
        asked = max(LEAST_ASKED, OVERSAMPLED * k * len(self) // max(kept, 1))
        while asked <= min(MOST_ASKED, len(self) // 2):
            rows = self._asked(engine, vector, asked)
            if rows is None or len(rows) < asked:
                return None
            rows = rows if allowed is None else rows[allowed[rows]]
            if len(rows if self.image_row is None else np.unique(self.image_row[rows])) >= k:
                return np.sort(rows), False
            asked *= 4
        return None

    def _asked(self, engine: "Index", vector: Floats, count: int) -> NDArray[np.int64] | None:
        """Return the rows that the engine finds; None, with a warning, where it fails."""
        try:
            found = engine.search(vector[None], count)[0][0]
        except Exception as error:  # engines raise what they like; the vectors themselves are still here
            warnings.warn(f"The index failed ({error}); exact search is used instead.", stacklevel=2)
            self.__dict__["_engine"] = None
            return None
        rows: NDArray[np.int64] = found[found >= 0]
        return rows

    def _images_in(self, allowed: Mask | None) -> int:
        """Return how many images have a sample that counts."""
        if self.image_row is None:
            return len(self) if allowed is None else int(np.count_nonzero(allowed))
        return len(np.unique(self.image_row if allowed is None else self.image_row[allowed]))

    @cached_property
    def _engine(self) -> "Index | None":
        return self._open()

    def _sample(self, background: Background) -> NDArray[np.floating]:
        """Return the vectors that stand for the collection in the calibration, the same for each."""
        if self._sampled is None:
            self._sampled = np.asarray(self.vectors[background.rows], np.float32)
        return self._sampled

    @cached_property
    def _lengths(self) -> Floats:
        """The lengths of vectors of whole numbers (S,)."""
        squares = np.empty(len(self.vectors), np.float32)
        for start in range(0, len(squares), _BLOCK):
            block = np.asarray(self.vectors[start : start + _BLOCK], np.float32)
            squares[start : start + _BLOCK] = np.einsum("rd,rd->r", block, block)
        return np.maximum(np.sqrt(squares), np.float32(1e-12))


def _at(places: NDArray[np.integer] | None, rows: NDArray[np.integer]) -> NDArray[np.integer]:
    return rows if places is None else places[rows]
