"""How probable a hit is, judged against the collection it was found in. See docs/calibration.md."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float32]
Level = tuple[float, float]
"""Centre and spread of the scores that one query has with the collection."""

# Measured on captioned photos (docs/calibration.md): log odds that a score says what it seems to say.
BASE, SLOPE = -4.1, 0.8  # at the centre of the collection, and for each spread above it

TOLERANCE = 1.5  # a query that scatters this many times the usual is measured by its own spread

SAMPLED = 20_000  # rows that stand for the collection
REFERENCES = 512  # queries that stand for "anything else"
PRIOR_ROWS = 20  # a query's own centre and spread count fully only where many more rows than this show them
TRIMMED = 0.1  # of the queries that score so high at a level: most of them found what they name
LEVELS = np.linspace(-4, 12, 321, dtype=np.float32)  # in spreads above the centre of a query
SAME = 0.9999  # a cosine that only a sample with itself, or its copy, has


class Background:
    """What scores unrelated queries get in one collection, and so how telling a score is.

    ``vectors`` (N, D) are the unit rows of the collection, ``references`` (R, D) unit rows that stand for any
    query: the vocabulary's text vectors for a query in words, the collection's own vectors for an example.
    Large collections and long lists are sampled, the same for the same ``seed``.

    `probability` says how often a score like this is right, `unusual` how rarely unrelated queries score so.

    Sources: the spread of wrong answers from the half of the scores that right ones do not reach, after
    Efron, "Large-scale simultaneous hypothesis testing" (JASA 2004); log odds linear in it, after Platt 1999.
    """

    def __init__(
        self, vectors: NDArray[np.floating], references: NDArray[np.floating], seed: int = 0
    ) -> None:
        chance = np.random.default_rng(seed)
        self._rows = _some(len(vectors), SAMPLED, chance)
        sample = np.asarray(vectors[self._rows], np.float32)
        asked = np.asarray(references[_some(len(references), REFERENCES, chance)], np.float32)
        scores = sample @ asked.T
        others = scores < SAME
        self._centre = float(np.median(scores[others])) if others.any() else 0.0
        medians = np.median(scores, axis=0) if len(sample) else np.zeros(len(asked))
        contrasts = scores - self._shrunk(medians, self._centre)
        self._spread = _spread(contrasts[others], 1 / np.sqrt(vectors.shape[1]))
        self._tail = self._usual_tail(contrasts, others)

    @property
    def rows(self) -> NDArray[np.int64]:
        """The rows of the collection, sorted, that stand for all: what `level` wants the scores of."""
        return self._rows

    def level(self, scores: NDArray[np.floating]) -> Level:
        """Return centre and spread of one query by its ``scores`` with `rows` alone."""
        some = np.asarray(scores, np.float32)
        if not len(some):
            return self._centre, self._spread
        centre = float(self._shrunk(np.median(some), self._centre))
        return centre, float(self._shrunk(_spread(some - centre, self._spread), self._spread))

    def probability(self, scores: NDArray[np.floating], level: Level | None = None) -> Floats:
        """Return how probable it is that each of (N,) ``scores`` is right: (N,) float32 in [0, 1].

        ``scores`` are those of one query with every row of the collection, in its order; or with any rows,
        where its `level` is given. A higher score never has a lower probability.
        """
        if len(scores) == 0:
            return np.zeros(0, np.float32)
        centre, own = self.level(scores[self._rows]) if level is None else level
        # Queries scatter a little more or less; one of another kind than the references may do so ten times.
        slope = SLOPE / max(self._spread, own / TOLERANCE)
        odds = BASE + slope * (np.asarray(scores, np.float32) - np.float32(centre))
        return np.asarray(1 / (1 + np.exp(-np.clip(odds, -30, 30))), np.float32)

    def unusual(
        self, scores: NDArray[np.floating], rows: NDArray[np.integer], chosen: NDArray[np.bool_] | None = None
    ) -> Floats:
        """Return how unusual the scores of ``rows`` (K,) are: the share of unrelated scores as high, (0, 1].

        ``scores`` (N,) are those of one query with every row. Unrelated are the scores of other queries at
        the same level, that is as many spreads above the middle of their query; at each level the tenth of
        the queries with most scores there is left out, because those found what they name. Or, where
        ``chosen`` (N,) marks rows known not to show what was asked, the scores of these rows.
        """
        asked = np.asarray(scores[rows], np.float32)
        if chosen is not None:
            known = np.sort(scores[chosen])
            higher = len(known) - np.searchsorted(known, asked, "left")
            return np.asarray((higher + 1) / (len(known) + 1), np.float32)
        return self.tail(asked, self.level(scores[self._rows])) if len(asked) else asked

    def tail(self, asked: Floats, level: Level) -> Floats:
        """Return the share of unrelated scores as high as each of ``asked`` (K,), by the query's `level`."""
        centre, own = level
        return np.asarray(np.interp((asked - centre) / own, LEVELS, self._tail), np.float32)

    def _usual_tail(self, contrasts: Floats, others: NDArray[np.bool_]) -> Floats:
        """Return for each of `LEVELS` the share of unrelated scores at or above it."""
        tails = []
        for column, valid in zip(contrasts.T, others.T, strict=True):
            own = self._shrunk(_spread(column[valid], self._spread), self._spread)
            levels = np.sort(column[valid] / own)
            tails.append(1 - np.searchsorted(levels, LEVELS, "left") / max(len(levels), 1))
        if not tails:
            return np.ones(len(LEVELS), np.float32)
        kept = np.sort(tails, axis=0)[: max(1, round(len(tails) * (1 - TRIMMED)))]
        least = 1 / (max(1, len(self._rows)) * len(kept) + 1)  # what so many scores can tell apart
        return np.asarray(np.maximum(kept.mean(axis=0), least), np.float32)

    def _shrunk(self, measured: ArrayLike, usual: float) -> Floats:
        """Pull what is measured for one query towards what is usual where few rows speak for it."""
        rows = len(self._rows)
        return np.asarray(
            (rows * np.asarray(measured) + PRIOR_ROWS * usual) / (rows + PRIOR_ROWS), np.float32
        )


def _some(n: int, most: int, chance: np.random.Generator) -> NDArray[np.int64]:
    """Return ``most`` of the first ``n`` whole numbers, or all, in order."""
    return np.sort(chance.permutation(n)[:most])


def _spread(contrasts: Floats, otherwise: float) -> float:
    """Return the standard deviation of wrong answers: 68 of 100 contrasts below zero are nearer to it.

    Right answers pile up above the centre; below it there are only wrong ones.
    """
    below = -contrasts[contrasts < 0]
    return max(float(np.quantile(below, 0.6827)), 1e-4) if len(below) else otherwise
