"""Nearest: which samples are most like each, for the layouts that are made of them."""

import hashlib
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.progress import Watch
from workbench.vectors import unit_rows

Found: TypeAlias = tuple[NDArray[np.int32], NDArray[np.float32]]
"""The rows of the neighbours of each sample and their distances, both (N, count), the nearest first."""

EXACT = 32_000
"""Samples up to which all are compared: 11 s for 512 numbers each on two cores.

The search that UMAP brings along would take 2 s, but first compiles for 23 s in every new process."""

ROWS = 4096
"""Rows compared at a time; between them the watcher is told."""

_last: dict[str, Found] = {}


def nearest(
    vectors: NDArray[np.float32], count: int, metric: str = "cosine", *, seed: int = 0, watch: Watch
) -> Found:
    """Find the ``count`` most alike of each row of ``vectors`` (N, D), itself among them.

    ``metric`` is one of ``projection.METRICS``. Up to `EXACT` samples are compared with each other, except by
    "manhattan"; of more, or by that, neighbours are found by nearest-neighbour descent (Dong, Moses and Li
    2011) on all cores, some 2 to 10 in 100 of them wrong; the same again by as many cores and for the same
    ``seed``. ``watch`` is told 0.0 again and again, and may raise to end the work, where all are compared.

    What was found last is kept: the map and its clusters ask the same, one after the other.
    """
    content = hashlib.blake2b(np.ascontiguousarray(vectors).data, digest_size=16).hexdigest()
    asked = f"{content}/{vectors.shape}/{count}/{metric}/{seed}"
    if asked not in _last:
        exact = len(vectors) <= EXACT and metric != "manhattan"
        found = _compare(vectors, count, metric, watch) if exact else _descend(vectors, count, metric, seed)
        _last.clear()
        _last[asked] = found
    return _last[asked]


def _compare(vectors: NDArray[np.float32], count: int, metric: str, watch: Watch) -> Found:
    """Compare all rows, by scikit-learn; of unit vectors the squared distance is twice that of cosine."""
    from sklearn.neighbors import NearestNeighbors

    if metric == "correlation":
        vectors = vectors - vectors.mean(axis=1, keepdims=True)
    if metric != "euclidean":
        vectors = unit_rows(vectors)
    search = NearestNeighbors(n_neighbors=count, algorithm="brute").fit(vectors)
    distances, rows = np.empty((len(vectors), count)), np.empty((len(vectors), count), np.int32)
    for start in range(0, len(vectors), ROWS):
        some = slice(start, start + ROWS)
        watch(0.0)
        distances[some], rows[some] = search.kneighbors(vectors[some])
    # UMAP takes the least distance that is not 0 for that of the nearest other: rounding must not be that
    distances[rows == np.arange(len(rows))[:, None]] = 0
    return rows, (distances if metric == "euclidean" else distances**2 / 2).astype(np.float32)


def _descend(vectors: NDArray[np.float32], count: int, metric: str, seed: int) -> Found:
    """Search as UMAP does, which given a seed would use one core, though all of them find the same again."""
    from umap.umap_ import nearest_neighbors

    random = np.random.RandomState(seed)
    found = nearest_neighbors(vectors, count, metric, {}, angular=False, random_state=random, n_jobs=-1)
    return found[0], found[1]
