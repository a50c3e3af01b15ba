"""Cluster quality: how good a run is, alone and against tags or folders; what is typical and what odd."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.errors import required_by

Labels = NDArray[np.int32]

SAMPLED = 3_000
"""Samples that silhouette and DBCV are measured on at most; both need all distances between them."""


@dataclass(frozen=True)
class Quality:
    """What a run made of N samples; a figure that cannot be told is NaN, and ``note`` says why.

    ``silhouette`` [-1, 1] and ``dbcv`` [-1, 1] need no truth; ``purity`` [0, 1], the share of clustered
    samples whose class is the most frequent of their cluster, and ``adjusted_rand`` [-0.5, 1] compare with
    classes over the samples that have one.
    """

    clusters: int
    noise: int
    largest: int
    silhouette: float
    dbcv: float
    purity: float
    adjusted_rand: float
    note: str


def quality(
    points: NDArray[np.floating], labels: Labels, truth: Labels | None = None, *, seed: int = 0
) -> Quality:
    """Measure a run: ``points`` (N, D) it was made on, ``labels`` and ``truth`` (N,), -1 for none.

    Sources: silhouette, Rousseeuw 1987; density-based cluster validation, Moulavi et al. 2014, as in the
    package hdbscan; adjusted Rand index, Hubert and Arabie 1985.
    """
    count, noise = int(labels.max(initial=-1)) + 1, int((labels < 0).sum())
    largest = int(np.bincount(labels[labels >= 0]).max()) if count else 0
    purity, rand = _against(labels, truth)
    some = np.flatnonzero(labels >= 0)
    some = np.sort(np.random.default_rng(seed).permutation(some)[:SAMPLED])
    silhouette, dbcv = _apart(np.asarray(points[some], np.float64), labels[some])
    return Quality(count, noise, largest, silhouette, dbcv, purity, rand, _note(count, noise, len(labels)))


def representatives(
    vectors: NDArray[np.floating], labels: Labels, cluster: int, k: int = 5
) -> NDArray[np.int32]:
    """Return up to ``k`` rows of a cluster, those nearest to the mean of its unit vectors, nearest first."""
    return _by_centre(vectors, labels, cluster)[:k]


def outliers(vectors: NDArray[np.floating], labels: Labels, cluster: int, k: int = 5) -> NDArray[np.int32]:
    """Return up to ``k`` rows of a cluster, those farthest from its mean, farthest first."""
    return _by_centre(vectors, labels, cluster)[::-1][:k]


def _by_centre(vectors: NDArray[np.floating], labels: Labels, cluster: int) -> NDArray[np.int32]:
    rows = np.flatnonzero(labels == cluster).astype(np.int32)
    if not len(rows):
        return rows
    own = vectors[rows]
    return rows[np.argsort(-(own @ own.mean(axis=0)), kind="stable")]


def _against(labels: Labels, truth: Labels | None) -> tuple[float, float]:
    if truth is None:
        return math.nan, math.nan
    from sklearn.metrics import adjusted_rand_score

    known = truth >= 0
    both = known & (labels >= 0)
    if not both.any():
        return math.nan, math.nan
    table = np.zeros((labels.max() + 1, truth.max() + 1), np.int64)
    np.add.at(table, (labels[both], truth[both]), 1)
    purity = float(table.max(axis=1).sum() / both.sum())
    return purity, float(adjusted_rand_score(truth[known], labels[known]))


def _apart(points: NDArray[np.float64], labels: Labels) -> tuple[float, float]:
    """Return silhouette and DBCV of clustered points; NaN where there are not two clusters."""
    if len(np.unique(labels)) < 2 or len(np.unique(labels)) == len(labels):
        return math.nan, math.nan
    from sklearn.metrics import silhouette_score

    with required_by("Measuring the quality of clusters"):
        from hdbscan.validity import validity_index

    try:
        with np.errstate(all="ignore"):
            dbcv = float(validity_index(points, labels.astype(np.intp)))
    except (ValueError, FloatingPointError):  # copies at one place have no density
        dbcv = math.nan
    return float(silhouette_score(points, labels)), dbcv


def _note(count: int, noise: int, total: int) -> str:
    if not total:
        return "There are no samples."
    if total == 1:
        return "One sample makes no cluster."
    if not count:
        return "All samples are in no cluster: allow smaller clusters, a larger eps or a larger threshold."
    if count == 1 and not noise:
        return "All samples are in one cluster: use a smaller eps, threshold or min_samples."
    return ""
