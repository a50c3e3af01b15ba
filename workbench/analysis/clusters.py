"""Clusters: groups of like samples, and names for them."""

import math
import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.progress import Watch, nobody
from workbench.analysis.projection import reduce
from workbench.analysis.subprocess_job import run_in_subprocess
from workbench.errors import QueryError, required_by

Labels = NDArray[np.int32]

# Density means little in hundreds of dimensions: on 1,773 photos of 100 classes the adjusted mutual
# information of clusters and classes was 0.69 after UMAP to five, 0.42 on the vectors themselves and 0.11
# on ten principal components.
DIMENSIONS = 5
# Leaves of the tree of densities, joined where they lie nearer than this, not its heaviest branches: on
# those photos both do as well (0.72 to 0.73), but of the 169 of the demo the branches make 2, 5 or 7 clusters
# by the seed, one of them two thirds of all, and the joined leaves 6, 7 or 9. In units of UMAP's space.
JOINED_WITHIN = 0.5
MANY = 20_000  # points that HDBSCAN takes a second for; more are left to another process, which can be ended
LEAF = 60  # points in a leaf of the tree of neighbours; hdbscan's own 40 takes a third longer at 100,000
SAMPLED = 20_000  # rows that tell how much a phrase varies over the collection


def parameters(
    min_cluster_size: int | None = None,
    *,
    min_samples: int = 3,
    merge_distance: float | None = None,
    seed: int = 0,
) -> dict[str, float | None]:
    """Return all that decides the clusters of given vectors, defaults filled in: the key of a cache."""
    return {
        "min_cluster_size": min_cluster_size,
        "min_samples": min_samples,
        "merge_distance": merge_distance,
        "seed": seed,
    }


def smallest_cluster(n: int) -> int:
    """Return the default ``min_cluster_size`` for ``n`` samples: half the square root, at least 4."""
    return max(4, round(math.sqrt(n) / 2))


def cluster(
    vectors: NDArray[np.floating],
    min_cluster_size: int | None = None,
    *,
    min_samples: int = 3,
    merge_distance: float | None = None,
    seed: int = 0,
    watch: Watch = nobody,
) -> Labels:
    """Group the rows of ``vectors`` (N, D): (N,) int32, 0 for the largest cluster, -1 for "in no cluster".

    A group smaller than ``min_cluster_size`` (by default `smallest_cluster`) is no cluster; a higher
    ``min_samples`` leaves more samples out. Vectors of more than `DIMENSIONS` dimensions are first reduced by
    UMAP and clusters nearer than ``merge_distance`` are one (by default `JOINED_WITHIN`); a layout is taken
    as it is, and by default the heaviest clusters of its tree are chosen. ``watch`` is that of
    ``projection.project``, told 1.0 while clusters are made. Raises QueryError for sizes below 2 or 1 and a
    negative distance.

    Sources: HDBSCAN*, Campello, Moulavi and Sander 2013, as written by McInnes and Healy 2017.
    """
    _check(min_cluster_size, min_samples, merge_distance)
    if len(vectors) > _fewest(len(vectors), min_cluster_size, min_samples) and vectors.shape[1] > DIMENSIONS:
        vectors = reduce(vectors, DIMENSIONS, seed=seed, watch=watch)
        merge_distance = JOINED_WITHIN if merge_distance is None else merge_distance
    given = vectors, min_cluster_size, min_samples, merge_distance
    return by_density(*given) if len(vectors) <= MANY else run_in_subprocess(by_density, *given, watch=watch)


def by_density(
    points: NDArray[np.floating],
    min_cluster_size: int | None = None,
    min_samples: int = 3,
    merge_distance: float | None = None,
) -> Labels:
    """Group ``points`` (N, K) as they are; parameters and errors are those of `cluster`."""
    _check(min_cluster_size, min_samples, merge_distance)
    size = smallest_cluster(len(points)) if min_cluster_size is None else min_cluster_size
    if len(points) <= _fewest(len(points), min_cluster_size, min_samples):
        return np.full(len(points), -1, np.int32)
    return density(points, size, min_samples, merge_distance)


def _fewest(n: int, min_cluster_size: int | None, min_samples: int) -> int:
    """Return how many of ``n`` samples are too few for any cluster."""
    return max(smallest_cluster(n) if min_cluster_size is None else min_cluster_size, min_samples)


def _check(min_cluster_size: int | None, min_samples: int, merge_distance: float | None) -> None:
    size = smallest_cluster(0) if min_cluster_size is None else min_cluster_size
    if size < 2 or min_samples < 1 or (merge_distance or 0) < 0:
        given: dict[str, float] = {"min_cluster_size": size, "min_samples": min_samples}
        if merge_distance is not None:
            given["merge_distance"] = merge_distance
        shown = ", ".join(f"{name} = {value:g}" for name, value in given.items())
        raise QueryError(
            f"Invalid cluster parameters: {shown}.",
            "Use a min_cluster_size of 2 or more, min_samples of 1 or more and no negative merge_distance.",
        )


def density(
    points: NDArray[np.floating], min_cluster_size: int, min_samples: int, merge_distance: float | None = None
) -> Labels:
    """Run HDBSCAN on ``points`` (N, D) as they are; see `cluster` for the parameters."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of deprecations inside hdbscan
        with required_by("Clustering by HDBSCAN"):
            import hdbscan

        found = hdbscan.HDBSCAN(
            min_cluster_size=min_cluster_size,
            min_samples=min_samples,
            cluster_selection_method="eom" if merge_distance is None else "leaf",
            cluster_selection_epsilon=float(merge_distance or 0),
            core_dist_n_jobs=1,
            leaf_size=LEAF,
        )
        return largest_first(found.fit_predict(np.asarray(points, np.float64)))


def names(
    vectors: NDArray[np.floating],
    labels: Labels,
    text_vectors: NDArray[np.floating],
    vocabulary: Sequence[str],
) -> list[str]:
    """Return a name for each cluster 0, 1, ... of ``labels`` (N,): a phrase no other cluster has.

    A phrase suits a cluster by how far its mean cosine there stands above that of all other samples, counted
    in standard deviations of the phrase over the collection: what merely fits everything suits none.
    ``vectors`` is (N, D), ``text_vectors`` (P, D), row p belonging to phrase p of ``vocabulary``. When the
    phrases run out a cluster is called "group 7".
    """
    count = int(labels.max(initial=-1)) + 1
    if count == 0:
        return []
    contrast = _contrast(vectors, labels, text_vectors, count)
    found = [f"group {number}" for number in range(count)]
    for _ in range(min(contrast.shape)):
        group, phrase = divmod(int(np.argmax(contrast)), len(vocabulary))
        found[group] = vocabulary[phrase]
        contrast[group] = -np.inf
        contrast[:, phrase] = -np.inf
    return found


def _contrast(
    vectors: NDArray[np.floating], labels: Labels, text_vectors: NDArray[np.floating], count: int
) -> NDArray[np.float64]:
    """Return (clusters, phrases): mean score inside less mean score outside, in deviations of the phrase."""
    means, sizes = _means(vectors, labels, count)
    total = (means * sizes).sum(axis=0)
    outside = (total - means[1:] * sizes[1:]) / np.maximum(len(vectors) - sizes[1:], 1)
    some = np.sort(np.random.default_rng(0).permutation(len(vectors))[:SAMPLED])
    spread = np.std(vectors[some] @ text_vectors.T, axis=0) + 1e-9
    return np.asarray((means[1:] - outside) @ text_vectors.T / spread, np.float64)


def _means(
    vectors: NDArray[np.floating], labels: Labels, count: int
) -> tuple[NDArray[np.floating], NDArray[np.int64]]:
    """Return the mean vector (count + 1, D) and the size (count + 1, 1) of the groups -1, 0, 1, ...

    Of a large group the mean of random members stands for all: a name needs no more, and a million vectors
    need not be read from disk to open a map.
    """
    order = np.random.default_rng(0).permutation(len(vectors))
    order = order[np.argsort(labels[order], kind="stable")]
    sizes = np.bincount(labels + 1, minlength=count + 1)
    most = max(200, SAMPLED // (count + 1))
    starts = np.cumsum(sizes) - sizes
    members = [
        np.sort(order[start : start + min(size, most)]) for start, size in zip(starts, sizes, strict=True)
    ]
    means = [vectors[rows].sum(axis=0) / max(len(rows), 1) for rows in members]
    return np.stack(means), sizes[:, None]


def largest_first(labels: NDArray[np.integer]) -> Labels:
    """Renumber clusters by size, equal sizes in the order they had; -1 stays."""
    sizes = np.bincount(labels[labels >= 0])
    rank = np.empty(len(sizes) + 1, np.int32)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    rank[-1] = -1
    return np.asarray(rank[labels])
