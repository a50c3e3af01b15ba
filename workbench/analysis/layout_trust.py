"""Trust: where a layout shows the neighbours that are really there, so that nobody lassos an artefact."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.errors import QueryError

Numbers = NDArray[np.float32]

BLOCK = 2_000_000
"""Distances held at once: (samples asked about) x (samples compared with)."""

COMPARED = 5_000
"""Samples compared with each other at most; in a larger layout the others take over what their place has."""


@dataclass(frozen=True)
class Trust:
    """How far each sample's place can be trusted: all (N,) float32 in [0, 1], 1 is best.

    ``trustworthiness`` is low where the map puts strangers beside a sample, ``continuity`` where it tore its
    neighbours away; ``preserved`` is the share of the neighbours on the map that are neighbours in truth.
    """

    trustworthiness: Numbers
    continuity: Numbers
    preserved: Numbers

    @property
    def both(self) -> Numbers:
        """The lower of trustworthiness and continuity."""
        return np.minimum(self.trustworthiness, self.continuity)


def trust(
    vectors: NDArray[np.floating], points: NDArray[np.floating], k: int = 15, *, seed: int = 0
) -> Trust:
    """Compare the ``k`` neighbours of each sample by unit ``vectors`` (N, D) and by ``points`` (N, 2).

    Of each neighbour that only one of the two has, the rank it has in the other is a penalty: what is far
    there weighs most. 1 means no such neighbour, 0 that they could not be worse. Of more than `COMPARED`
    samples as many random ones are compared with each other, and each of the others gets the figures of the
    nearest of those on the map: trust in a region, not in a sample. Raises QueryError for k below 1.

    Source: Venna and Kaski, "Neighborhood preservation in nonlinear projection methods" (ICANN 2001); here
    for each sample instead of their mean.
    """
    if k < 1:
        raise QueryError("Layout trust needs at least one neighbour.", "Use a k of 1 or more.")
    n = len(vectors)
    rows = np.sort(np.random.default_rng(seed).permutation(n)[:COMPARED])
    k = min(k, (len(rows) - 1) // 2)
    if k < 1:
        return Trust(*(np.ones(n, np.float32) for _ in range(3)))
    found = _compare(np.asarray(vectors[rows]), points[rows], k)
    if len(rows) < n:
        from sklearn.neighbors import NearestNeighbors

        nearest = NearestNeighbors(n_neighbors=1).fit(points[rows])
        found = found[:, nearest.kneighbors(points, return_distance=False)[:, 0]]
    return Trust(*found)


def _compare(vectors: NDArray[np.floating], points: NDArray[np.floating], k: int) -> Numbers:
    """Return trustworthiness, continuity and share preserved of all rows: (3, N)."""
    n = len(vectors)
    worst = k * (2 * n - 3 * k - 1) / 2  # of all sums of ranks beyond k
    found = np.empty((3, n), np.float32)
    step = max(1, BLOCK // n)
    for start in range(0, n, step):
        rows = np.arange(start, min(start + step, n))
        in_truth = _ranks(-(vectors[rows] @ vectors.T), rows)
        on_map = _ranks(((points[rows, None] - points[None]) ** 2).sum(axis=2), rows)
        strangers = np.where(on_map < k, np.maximum(in_truth - k + 1, 0), 0).sum(axis=1)
        torn = np.where(in_truth < k, np.maximum(on_map - k + 1, 0), 0).sum(axis=1)
        found[0, rows], found[1, rows] = 1 - strangers / worst, 1 - torn / worst
        found[2, rows] = ((on_map < k) & (in_truth < k)).sum(axis=1) / k
    return found


def _ranks(distances: NDArray[np.floating], rows: NDArray[np.intp]) -> NDArray[np.int32]:
    """Return the rank of each column in its row, nearest 0; a sample itself comes last and counts nowhere."""
    distances[np.arange(len(rows)), rows] = np.inf
    order = np.argsort(distances, axis=1)
    ranks = np.empty(order.shape, np.int32)
    np.put_along_axis(ranks, order, np.arange(order.shape[1], dtype=np.int32)[None], axis=1)
    return ranks
