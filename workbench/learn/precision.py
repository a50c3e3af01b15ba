"""Average precision of a ranking, with an interval that says how far so few examples can be trusted."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

DRAWS = 400
LEAST = 3
"""Right samples at least, for a figure that means anything."""


class Precision(NamedTuple):
    """An average precision [0, 1]; ``low`` to ``high`` holds 95 % of draws, ``chance`` is that of any order.

    NaN where it cannot be said.
    """

    value: float
    low: float
    high: float
    chance: float


UNKNOWN = Precision(np.nan, np.nan, np.nan, np.nan)


def average_precision(
    scores: NDArray[np.floating],
    right: NDArray[np.bool_],
    likely: NDArray[np.floating] | None = None,
    seed: int = 0,
) -> Precision:
    """Return the average precision of ``scores`` (N,), best first, where ``right`` (N,) are to be found.

    ``likely`` (N,) is the probability [0, 1] that each other sample is right too, by default 0: so far it
    counts as right where it stands above one that is known. Equal scores are shuffled by ``seed``. The
    interval is that of a stratified bootstrap of 400 draws, in each of which every unknown sample is right or
    not by its probability. Source: Efron and Tibshirani 1993, chapter 8.
    """
    if right.sum() < LEAST or right.all():
        return UNKNOWN
    chance = np.random.default_rng(seed)
    order = np.lexsort((chance.random(len(scores)), -np.asarray(scores, np.float64)))
    found = right[order]
    truth = np.where(found, 1.0, 0.0 if likely is None else np.asarray(likely, np.float64)[order])
    drawn = np.empty((DRAWS, len(found)), np.float32)
    for part in (found, ~found):
        count = int(part.sum())
        drawn[:, part] = chance.multinomial(count, np.full(count, 1 / count), DRAWS)
    draws = chance.random(drawn.shape, np.float32) < truth
    low, high = np.quantile(_areas(drawn, found, draws), [0.025, 0.975])
    value = float(_areas(np.ones((1, len(found)), np.float32), found, truth[None])[0])
    return Precision(value, min(float(low), value), max(float(high), value), float(truth.mean()))


def _areas(
    counts: NDArray[np.float32], found: NDArray[np.bool_], truth: NDArray[np.float64] | NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the mean precision at what was found in each draw; ``counts`` (B, N): how often each came."""
    hits = np.cumsum(counts * truth, axis=1, dtype=np.float64)
    precision = hits / np.maximum(np.cumsum(counts, axis=1, dtype=np.float64), 1)
    known = counts * found
    return np.asarray((precision * known).sum(axis=1) / known.sum(axis=1))
