"""Contrast: which phrases tell two groups of images apart."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.errors import QueryError

Floats = NDArray[np.floating]

SAMPLED = 2_000  # images that stand for a larger group
SAME = 0.8  # cosine of two phrases that say nearly the same


class Difference(NamedTuple):
    """A phrase that fits group A better than group B.

    ``share``: in how many of all pairs of an image of A and one of B the first fits better, (0.5, 1];
    ``effect``: difference of the mean cosines in pooled standard deviations; ``inside`` and ``outside``: the
    mean cosines [-1, 1].
    """

    phrase: str
    share: float
    effect: float
    inside: float
    outside: float


def separate(
    vectors: Floats,
    inside: NDArray[np.integer],
    outside: NDArray[np.integer],
    text_vectors: Floats,
    vocabulary: Sequence[str],
    k: int = 8,
    seed: int = 0,
) -> list[Difference]:
    """Return up to ``k`` phrases that fit the rows ``inside`` (A,) better than ``outside`` (B,), best first.

    ``vectors`` is (N, D), ``text_vectors`` (P, D), row p belonging to phrase p of ``vocabulary``. Large
    groups are sampled. Of phrases that say nearly the same only the best is kept. Raises QueryError for an
    empty group.

    Sources: the effect is Cohen's d (1988); the share is the area under the ROC curve, that is the
    Mann-Whitney statistic over all pairs (Hanley and McNeil 1982).
    """
    if not len(inside) or not len(outside):
        raise QueryError("One of the two groups is empty.", "Choose images for both groups.")
    chance = np.random.default_rng(seed)
    a, b = (_some(vectors, rows, chance) @ text_vectors.T for rows in (inside, outside))
    means = a.mean(axis=0), b.mean(axis=0)
    spread = np.sqrt((a.var(axis=0) * len(a) + b.var(axis=0) * len(b)) / (len(a) + len(b)))
    effect = (means[0] - means[1]) / np.maximum(spread, 1e-6)
    chosen = _different(np.argsort(-effect, kind="stable"), effect, text_vectors, k)
    return [
        Difference(
            vocabulary[p], _share(a[:, p], b[:, p]), *map(float, (effect[p], means[0][p], means[1][p]))
        )
        for p in chosen
    ]


def _some(vectors: Floats, rows: NDArray[np.integer], chance: np.random.Generator) -> NDArray[np.float32]:
    some = np.sort(chance.permutation(len(rows))[:SAMPLED])
    return np.asarray(vectors[rows[some]], np.float32)


def _different(order: NDArray[np.intp], effect: Floats, text_vectors: Floats, k: int) -> list[int]:
    """Return the first ``k`` of ``order`` with an effect above 0 that differ from those before them."""
    chosen: list[int] = []
    for phrase in order.tolist():
        if len(chosen) == k or effect[phrase] <= 0:
            break
        if not chosen or (text_vectors[chosen] @ text_vectors[phrase]).max() < SAME:
            chosen.append(phrase)
    return chosen


def _share(a: Floats, b: Floats) -> float:
    """Return the share of pairs in which the value of ``a`` is higher; equal values count half."""
    b = np.sort(b)
    below, upto = np.searchsorted(b, a, "left"), np.searchsorted(b, a, "right")
    return float((below + upto).mean() / (2 * len(b)))
