"""How probable a hit is, judged against the collection it was found in. See docs/calibration.md."""

import numpy as np
from numpy.typing import NDArray

from workbench.analysis import search

Floats = NDArray[np.float32]

SAMPLED = 20_000  # rows that stand for the collection
REFERENCES = 256  # queries that stand for "anything else"
STEP, BINS = 0.02, 700  # levels of a standardised score: 0 to 14 in steps of 0.02
RARE = 50  # where fewer null scores are left than this, their tail is extended instead of counted
SAME = 0.9999  # a cosine that only a sample with itself, or its copy, has


class Background:
    """What scores unrelated queries get in one collection, and so how surprising a score is.

    ``vectors`` (N, D) are the unit rows of the collection, ``references`` (R, D) unit rows that stand for any
    query: the vocabulary's text vectors for a query in words, the collection's own vectors for an example.
    Large collections and long lists are sampled, the same for the same ``seed``.
    """

    def __init__(
        self, vectors: NDArray[np.floating], references: NDArray[np.floating], seed: int = 0
    ) -> None:
        chance = np.random.default_rng(seed)
        self._rows = np.sort(chance.permutation(len(vectors))[:SAMPLED])
        asked = np.asarray(references)[np.sort(chance.permutation(len(references))[:REFERENCES])]
        sample = np.asarray(vectors[self._rows], np.float32)
        tails = np.array([self._reference_tail(search.scores(sample, query)) for query in asked])
        self._null = _extended(_quiet_half(tails.reshape(-1, BINS)), max(1, len(sample)) * max(1, len(asked)))

    def probability(self, scores: NDArray[np.floating]) -> Floats:
        """Return the probability that each of (N,) ``scores`` is more than chance: (N,) float32 in [0, 1].

        ``scores`` are those of one query with every row of the collection, in its order. A higher score never
        has a lower probability.
        """
        if len(scores) == 0:
            return np.zeros(0, np.float32)
        level = _standardised(np.asarray(scores, np.float32), self._rows)
        false_share = np.minimum(1, self._null / np.maximum(_tail(level), 1 / len(scores)))
        chance = np.maximum.accumulate(1 - false_share)
        return np.interp(level, np.arange(BINS) * STEP, chance).astype(np.float32)

    def _reference_tail(self, scores: Floats) -> NDArray[np.float64]:
        return _tail(_standardised(scores[scores < SAME], slice(None)))


def _standardised(scores: Floats, rows: NDArray[np.intp] | slice) -> Floats:
    """Return ``scores`` in deviations from their median, measured on ``rows`` and below the median only.

    Right hits pile up above the median, so the half below shows how far scores of wrong ones scatter.
    """
    if len(scores) == 0:
        return scores
    low, middle = np.quantile(scores[rows], [0.1587, 0.5])
    return (scores - np.float32(middle)) / np.float32(max(middle - low, 1e-6))


def _tail(level: Floats) -> NDArray[np.float64]:
    """Return the share of ``level`` at or above each of the levels 0, STEP, 2 STEP, ...: (BINS,)."""
    bins = np.clip(np.floor(level / STEP), -1, BINS - 1).astype(np.int32) + 1
    counts = np.bincount(bins, minlength=BINS + 1)[1:]
    return np.asarray(np.cumsum(counts[::-1])[::-1] / max(1, len(level)), np.float64)


def _quiet_half(tails: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean tail of those references that find least; the others do find something here."""
    if len(tails) == 0:
        return np.ones(BINS)
    far = tails[:, round(2 / STEP) :].sum(axis=1)
    return np.asarray(tails[np.argsort(far, kind="stable")[: (len(tails) + 1) // 2]].mean(axis=0))


def _extended(tail: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """Return ``tail``, falling exponentially where too few of ``size`` scores remain to be counted."""
    start = max(1, int(np.sum(tail * size >= RARE)))
    if start >= BINS:
        return tail
    # The mean excess of an exponential tail is its scale (peaks over threshold, Pickands 1975).
    scale = max(tail[start - 1 :].sum() / max(tail[start - 1], 1e-12), 1.0)
    steps = np.arange(BINS - start) + 1
    return np.concatenate([tail[:start], tail[start - 1] * np.exp(-steps / scale)])
