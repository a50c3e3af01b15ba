"""Cluster methods: HDBSCAN, DBSCAN and agglomerative, on the vectors or in few dimensions."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.analysis import clusters
from workbench.analysis.progress import Watch, nobody, run_in_subprocess
from workbench.analysis.projection import reduce
from workbench.errors import QueryError

Labels = NDArray[np.int32]
Setting = float | str | None

METHODS: Mapping[str, Mapping[str, Setting]] = {
    "hdbscan": {"min_cluster_size": None, "min_samples": 3, "merge_distance": None},
    "dbscan": {"eps": None, "min_samples": 5},
    "agglomerative": {"threshold": 0.5},
}
"""What may be set for each method, with its default."""

WHOLE = ("min_cluster_size", "min_samples", "seed")
"""Settings that are whole numbers; the others are any number."""

SPACES = ("reduced", "vectors")
"""Where distances are measured: in `clusters.DIMENSIONS` dimensions made by UMAP, or between unit vectors."""

MOST_ASKED, ASKED = 20_000, 5_000
"""Above how many points the distances to neighbours are those of a sample, and of how many."""

MOST_NEAR = 300_000_000
"""Neighbours within ``eps`` that DBSCAN may hold at once, over all samples: 2.4 GB."""

HERE: Mapping[str, int] = {"hdbscan": clusters.MANY, "dbscan": clusters.MANY, "agglomerative": 3_000}
"""Samples that take a second or less: a computation on a thread, which nobody can end and where the others
wait their turn (1.6 s for 8,000 agglomerated)."""

MOST_JOINED = 20_000
"""Samples that agglomeration can take: it needs all distances between them at once."""


def parameters(
    method: str = "hdbscan", *, space: str = "reduced", seed: int = 0, **params: Setting
) -> dict[str, Setting]:
    """Return all that decides a run on given vectors, defaults filled in: the key of a cache.

    Raises QueryError for an unknown method, space or parameter, and for what is no number.
    """
    if method not in METHODS:
        raise QueryError(f"Unknown cluster method {method!r}.", f"Use one of {', '.join(METHODS)}.")
    if space not in SPACES:
        raise QueryError(f"Unknown space {space!r} for clustering.", f"Use {' or '.join(SPACES)}.")
    known = METHODS[method]
    if unknown := sorted(set(params) - set(known)):
        raise QueryError(
            f"Method {method!r} has no parameter {', '.join(unknown)}.", f"Use one of {', '.join(known)}."
        )
    given = {"seed": seed, **known, **params}
    return {"method": method, "space": space} | {name: _number(name, value) for name, value in given.items()}


def _number(name: str, value: Setting) -> Setting:
    """Return a setting as the number it must be, or None for "as the method thinks best"."""
    try:
        if value is None or (name in WHOLE and float(value) == int(value)):
            return None if value is None else int(value)
        if name not in WHOLE and math.isfinite(float(value)):
            return float(value)
    except (TypeError, ValueError, OverflowError):
        pass
    kind = "a whole number" if name in WHOLE else "a number"
    raise QueryError(f"Invalid value for {name}: {value!r}.", f"Use {kind}.")


def run(vectors: NDArray[np.floating], method: str = "hdbscan", **params: Any) -> Labels:
    """Group the rows of unit ``vectors`` (N, D): (N,) int32, 0 for the largest cluster, -1 for none.

    ``params`` are those of `parameters`. Without ``eps`` DBSCAN takes the knee of the `k_distances`.
    Raises QueryError for vectors with NaN, parameters out of range, and more samples than agglomeration can
    take.

    Sources: HDBSCAN*, Campello, Moulavi and Sander 2013; DBSCAN, Ester et al. 1996; agglomerative with
    average linkage, Sokal and Michener 1958.
    """
    settings = parameters(method, **params)
    return group(in_space(vectors, settings), settings)


def group(points: NDArray[np.floating], settings: Mapping[str, Any], watch: Watch = nobody) -> Labels:
    """Group ``points`` (N, K) that are `in_space` already; the second half of `run`.

    Many points are grouped by another process, for as long as ``watch`` lets it: see `run_in_subprocess`.
    """
    if len(points) < 2:
        return np.full(len(points), -1, np.int32)
    if len(points) > HERE[settings["method"]]:
        return run_in_subprocess(_group, points, dict(settings), watch=watch)
    return _group(points, settings)


def _group(points: NDArray[np.floating], settings: Mapping[str, Any]) -> Labels:
    match settings["method"]:
        case "hdbscan":
            return _hdbscan(points, settings)
        case "dbscan":
            return _dbscan(points, settings)
        case _:
            return _agglomerative(points, settings)


def in_space(
    vectors: NDArray[np.floating], settings: Mapping[str, Any], watch: Watch = nobody
) -> NDArray[np.floating]:
    """Return the points (N, K) between which a run measures Euclidean distances.

    ``watch`` is that of ``projection.project``. Raises QueryError for vectors with NaN.
    """
    vectors = checked(vectors)
    if settings["space"] == "vectors" or vectors.shape[1] <= clusters.DIMENSIONS:
        return vectors
    return reduce(vectors, clusters.DIMENSIONS, seed=settings["seed"], watch=watch)


def k_distances(points: NDArray[np.floating], k: int = 5) -> NDArray[np.float32]:
    """Return the distance of each of (N, D) points to its k-th neighbour, the nearest first: (N,) float32.

    The plot from which Ester et al. 1996 choose ``eps``: where it bends up, noise begins. Of more than
    `MOST_ASKED` points, those of `ASKED` random ones: (`ASKED`,).
    """
    from sklearn.neighbors import NearestNeighbors

    k = min(k, len(points) - 1)
    if k < 1:
        return np.zeros(len(points), np.float32)
    asked = points if len(points) <= MOST_ASKED else points[_some(len(points), ASKED)]
    # Each is its own nearest neighbour, which does not count.
    found = NearestNeighbors(n_neighbors=k + 1).fit(points).kneighbors(asked)[0][:, -1]
    return np.sort(found).astype(np.float32)


def knee(distances: NDArray[np.floating]) -> float:
    """Return the value where a rising curve (N,) bends most: the point farthest below its chord.

    Source: Satopaa et al., "Finding a kneedle in a haystack" (2011), without its smoothing.
    """
    span = float(np.ptp(distances)) if len(distances) else 0.0
    if span == 0:
        return float(distances[0]) if len(distances) else 0.0
    below = np.linspace(0, 1, len(distances)) - (distances - distances[0]) / span
    return float(distances[below.argmax()])


def checked(vectors: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return vectors as float32; raise QueryError where some number is not finite."""
    vectors = np.asarray(vectors, np.float32)
    bad = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
    if len(bad):
        raise QueryError(
            f"{len(bad)} of {len(vectors)} vectors contain NaN or infinity, the first in row {bad[0]}.",
            "Compute these vectors again, or leave these rows out.",
        )
    return vectors


def _hdbscan(points: NDArray[np.floating], settings: Mapping[str, Any]) -> Labels:
    of = {name: settings[name] for name in METHODS["hdbscan"]}
    if settings["space"] == "reduced" and of["merge_distance"] is None:
        of["merge_distance"] = clusters.JOINED_WITHIN
    return clusters.by_density(points, **of)


def _dbscan(points: NDArray[np.floating], settings: Mapping[str, Any]) -> Labels:
    from sklearn.cluster import DBSCAN

    fewest = settings["min_samples"]
    eps = knee(k_distances(points, fewest)) if settings["eps"] is None else settings["eps"]
    if settings["eps"] is None and eps == 0:
        eps = float(np.finfo(np.float32).tiny)  # all the same: any distance will do
    if eps <= 0 or fewest < 1:
        raise QueryError(
            f"Invalid DBSCAN parameters: min_samples = {fewest}, eps = {eps:g}.",
            "Use an eps above 0 (read it off the k-distance plot) and min_samples of 1 or more.",
        )
    _check_room(points, eps)
    found = DBSCAN(eps=eps, min_samples=fewest).fit_predict(points)
    return clusters.largest_first(found)


def _check_room(points: NDArray[np.floating], eps: float) -> None:
    """Raise QueryError where the neighbours within ``eps``, counted for a sample, would not fit in memory."""
    if len(points) ** 2 <= MOST_NEAR:
        return
    from sklearn.metrics import pairwise_distances

    near = pairwise_distances(points[_some(len(points), 200)], points) <= eps
    share = float(near.mean())
    if share * len(points) ** 2 > MOST_NEAR:
        raise QueryError(
            f"With eps = {eps:g} each sample has about {share * len(points):,.0f} neighbours.",
            "Use a smaller eps (read it off the k-distance plot), or HDBSCAN.",
        )


def _some(count: int, sample: int) -> NDArray[np.intp]:
    """Return the rows of a fixed random sample, sorted."""
    return np.sort(np.random.default_rng(0).permutation(count)[:sample])


def _agglomerative(points: NDArray[np.floating], settings: Mapping[str, Any]) -> Labels:
    """Join until clusters are farther apart than the threshold; clusters of one sample are none."""
    from sklearn.cluster import AgglomerativeClustering

    if settings["threshold"] <= 0:
        raise QueryError("With a threshold of 0 no samples are merged.", "Use a threshold above 0.")
    if len(points) > MOST_JOINED:
        raise QueryError(
            f"Agglomerative clustering of {len(points):,} samples needs too much memory.",
            f"Use HDBSCAN or DBSCAN for more than {MOST_JOINED:,}.",
        )
    joined = AgglomerativeClustering(None, distance_threshold=settings["threshold"], linkage="average")
    found = joined.fit_predict(points)
    found = np.where(np.bincount(found)[found] > 1, found, -1)
    _, numbered = np.unique(found, return_inverse=True)
    return clusters.largest_first(numbered - int((found == -1).any()))
