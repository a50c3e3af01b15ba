"""Clusters: groups of like samples, and names for them."""

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.captions import fit, shares
from workbench.analysis.distinguishing_phrases import SAME
from workbench.analysis.progress import Watch, nobody, run_in_subprocess
from workbench.analysis.projection import reduce
from workbench.errors import QueryError, required_by

Labels = NDArray[np.int32]

# Distances mean little in hundreds of dimensions: on 1,773 photos of 100 classes the adjusted mutual
# information of HDBSCAN's clusters and classes was 0.42 on the vectors themselves and 0.69 after UMAP to
# five; `levels` reach 0.88 there (with the `mini` before the present one; see docs/map.md).
DIMENSIONS = 5
SMALLEST = 4  # samples of a cluster; fewer are "in no cluster"
LEVELS = (2.5, 1.5, 0.8, 0.5, 0.3)
"""Mean distances, in UMAP's space, up to which clusters are one: coarse to fine. They need not change with
the number of samples, because UMAP gives each about as much room as its neighbours need."""
LEVEL = 2
"""The level that is shown where nobody asks for another."""
CELLS = 4_000  # groups of near samples from which the tree of larger collections is built: a second
HDBSCAN_SMALLEST = 5  # as HDBSCAN's, whatever the number of samples: classes do not grow with a collection
JOINED_WITHIN = 0.5  # HDBSCAN's leaves nearer than this, in UMAP's space, are one
MANY = 20_000  # points that take a second; more are left to another process, which can be ended
LEAF = 60  # points in a leaf of the tree of neighbours; hdbscan's own 40 takes a third longer at 100,000
SAMPLED, FEWEST = 20_000, 20  # rows that clusters are named by: all together, and of each at least
AT_ONCE = 1_000_000  # of these rows, times phrases, compared at a time
NEAR_BEST = 0.05
"""A phrase holds of an image where it fits at most so much worse than the best one: it is at least exp(-2) =
0.14 times as likely."""
MOST, MORE = 0.75, 0.4
"""A second phrase holds of this share of a cluster at least, and of so much less of any other of the name."""


def levels(points: NDArray[np.floating], *, seed: int = 0, watch: Watch = nobody) -> Labels:
    """Group ``points`` (N, K) at each of `LEVELS`: (L, N) int32, 0 for the largest cluster, -1 for none.

    Average linkage, cut at the mean distances of `LEVELS`: a cluster of one level lies within one cluster of
    the level before. Less than `SMALLEST` samples are no cluster. More than `CELLS` samples are first
    gathered in as many cells by k-means, so the matrix of distances never exceeds that of `CELLS`. ``watch``
    is told 1.0 while another process works, see `run_in_subprocess`.

    Sources: average linkage, Sokal and Michener 1958; mini-batch k-means, Sculley 2010.
    """
    return _tree(points, seed) if len(points) <= MANY else run_in_subprocess(_tree, points, seed, watch=watch)


def _tree(points: NDArray[np.floating], seed: int) -> Labels:
    from scipy.cluster.hierarchy import fcluster, linkage  # type: ignore[import-untyped]

    if len(points) < SMALLEST:
        return np.full((len(LEVELS), len(points)), -1, np.int32)
    centres, cell = _cells(np.asarray(points, np.float32), seed)
    if len(centres) < 2:
        return np.zeros((len(LEVELS), len(points)), np.int32)
    joined = linkage(np.asarray(centres, np.float64), "average")
    found = []
    for distance in LEVELS:
        labels = (fcluster(joined, distance, "distance") - 1)[cell]
        labels[np.bincount(labels)[labels] < SMALLEST] = -1
        _, numbered = np.unique(labels, return_inverse=True)
        found.append(largest_first(numbered - int((labels == -1).any())))
    return np.stack(found)


def _cells(points: NDArray[np.float32], seed: int) -> tuple[NDArray[np.floating], NDArray[np.integer]]:
    """Return at most `CELLS` points that stand for (N, K) and which of them stands for each (N,)."""
    if len(points) <= CELLS:
        return points, np.arange(len(points))
    from sklearn.cluster import MiniBatchKMeans

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where there are fewer different points than cells
        # a start at random points follows the density, as the cells should, and costs nothing
        made = MiniBatchKMeans(
            CELLS,
            init="random",
            n_init=1,
            batch_size=8192,
            max_iter=3,
            random_state=seed,
            reassignment_ratio=0,
        ).fit(points)
    used, cell = np.unique(made.labels_, return_inverse=True)
    return made.cluster_centers_[used], cell


def parents(fine: Labels, coarse: Labels) -> list[int]:
    """Return for each cluster of ``fine`` (N,) the cluster of ``coarse`` (N,) that it lies in."""
    found = np.full(int(fine.max(initial=-1)) + 1, -1, np.int32)
    found[fine[fine >= 0]] = coarse[fine >= 0]
    return [int(parent) for parent in found]


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


def cluster(
    vectors: NDArray[np.floating],
    min_cluster_size: int | None = None,
    *,
    min_samples: int = 3,
    merge_distance: float | None = None,
    seed: int = 0,
    watch: Watch = nobody,
) -> Labels:
    """Group the rows of ``vectors`` (N, D) by HDBSCAN: (N,) int32, 0 for the largest cluster, -1 for none.

    A group smaller than ``min_cluster_size`` (by default `HDBSCAN_SMALLEST`) is no cluster; a higher
    ``min_samples`` leaves more samples out. Vectors of more than `DIMENSIONS` dimensions are first reduced by
    UMAP and clusters nearer than ``merge_distance`` are one (by default `JOINED_WITHIN`); a layout is taken
    as it is, and by default the heaviest clusters of its tree are chosen. ``watch`` is that of
    ``projection.project``, told 1.0 while clusters are made. Raises QueryError for sizes below 2 or 1 and a
    negative distance.

    Sources: HDBSCAN*, Campello, Moulavi and Sander 2013, as written by McInnes and Healy 2017.
    """
    _check(min_cluster_size, min_samples, merge_distance)
    if len(vectors) > _fewest(min_cluster_size, min_samples) and vectors.shape[1] > DIMENSIONS:
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
    size = HDBSCAN_SMALLEST if min_cluster_size is None else min_cluster_size
    if len(points) <= _fewest(min_cluster_size, min_samples):
        return np.full(len(points), -1, np.int32)
    return density(points, size, min_samples, merge_distance)


def _fewest(min_cluster_size: int | None, min_samples: int) -> int:
    """Return how many samples are too few for any cluster."""
    return max(HDBSCAN_SMALLEST if min_cluster_size is None else min_cluster_size, min_samples)


def _check(min_cluster_size: int | None, min_samples: int, merge_distance: float | None) -> None:
    size = HDBSCAN_SMALLEST if min_cluster_size is None else min_cluster_size
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
    """Return a name for each cluster 0, 1, ... of ``labels`` (N,), which no other cluster has.

    It is the phrase that its samples agree on: the largest mean share (`captions.shares`), whether or not
    other clusters show it too. One that shares its phrase gets a second, "fruit: an apple", only where that
    holds of `MOST` of its samples (`NEAR_BEST`) and of far fewer in the others; else a number, "fruit (2)".
    ``vectors`` is (N, D), ``text_vectors`` (P, D), row p belonging to phrase p of ``vocabulary``. Without any
    phrases they are called "group 0", "group 1". Of large clusters random members stand for all.
    """
    count = int(labels.max(initial=-1)) + 1
    if not count or not vocabulary:
        return [f"group {number}" for number in range(count)]
    votes, holds = _agreement(vectors, labels, count, text_vectors)
    best = votes.argmax(axis=1)
    found = [vocabulary[phrase] for phrase in best]
    for phrase in np.unique(best):
        alike = np.flatnonzero(best == phrase)
        other = np.flatnonzero(text_vectors @ text_vectors[phrase] < SAME)
        for place, second in _second(holds[np.ix_(alike, other)]).items():
            found[alike[place]] += f": {vocabulary[other[second]]}"
    return _unlike(found)


def _agreement(
    vectors: NDArray[np.floating], labels: Labels, count: int, text_vectors: NDArray[np.floating]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean share of each phrase in each cluster, and of what part it holds: (C, P) in [0, 1]."""
    votes, holds = np.zeros((2, count, len(text_vectors)))
    rows, step = _members(labels, count), max(1, AT_ONCE // len(text_vectors))
    for start in range(0, len(rows), step):
        some = rows[start : start + step]
        suits = fit(vectors[some], text_vectors)
        owners, first = np.unique(labels[some], return_index=True)
        votes[owners] += np.add.reduceat(shares(suits), first)
        near = suits >= suits.max(axis=1, keepdims=True) - NEAR_BEST
        holds[owners] += np.add.reduceat(near, first, dtype=np.float64)
    sizes = np.maximum(np.bincount(labels[rows], minlength=count), 1)[:, None]
    return votes / sizes, holds / sizes


def _second(holds: NDArray[np.floating]) -> dict[int, int]:
    """Return for clusters of one name the phrase, if any, that holds of one and not of the others.

    ``holds`` (C, P): of what share of each cluster a phrase holds, [0, 1].
    """
    if len(holds) < 2 or not holds.size:
        return {}
    second, first = np.partition(holds, -2, axis=0)[-2:]
    more = holds - np.where(holds == first, second, first)  # than any other; none, where two share the first
    fits = (holds >= MOST) & (more >= MORE)
    chosen = np.where(fits, holds + more, -np.inf).argmax(axis=1)
    return {int(place): int(chosen[place]) for place in np.flatnonzero(fits.any(axis=1))}


def _unlike(found: list[str]) -> list[str]:
    """Return names of which those that came before have a number."""
    used: set[str] = set()
    for place, name in enumerate(found):
        number, unlike = 1, name
        while unlike in used:
            number += 1
            unlike = f"{name} ({number})"
        found[place] = unlike
        used.add(unlike)
    return found


def _members(labels: Labels, count: int) -> NDArray[np.intp]:
    """Return the rows of the clusters one after the other, random ones of a large one.

    A name needs no more, and a million vectors need not be read from disk to open a map.
    """
    order = np.random.default_rng(0).permutation(len(labels))
    order = order[np.argsort(labels[order], kind="stable")]
    starts = np.searchsorted(labels[order], labels[order], "left")
    order = order[(np.arange(len(order)) - starts < max(FEWEST, SAMPLED // count)) & (labels[order] >= 0)]
    return order[np.lexsort((order, labels[order]))]


def largest_first(labels: NDArray[np.integer]) -> Labels:
    """Renumber clusters by size, equal sizes in the order they had; -1 stays."""
    sizes = np.bincount(labels[labels >= 0])
    rank = np.empty(len(sizes) + 1, np.int32)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    rank[-1] = -1
    return np.asarray(rank[labels])
