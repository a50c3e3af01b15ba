"""The faces of one identity: two halves to part it into, and an order to look at them in."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.analysis.rows import Rows
from workbench.errors import QueryError

SAMPLED = 2000  # faces of which all pairs are compared


def propose_split(vectors: NDArray[np.floating], rows: ArrayLike) -> tuple[Rows, Rows]:
    """Return the two halves that (M,) ``rows`` of one identity fall into most readily, the larger first.

    The tree of average linkage is cut at its top; an outlier alone makes a half only where no better cut is
    found. Above `SAMPLED` faces a sample is parted, and each of the others goes to the half it is liker to.
    Both are sorted int32. Raises QueryError for fewer than two rows.
    """
    members = np.unique(np.asarray(rows, np.int64))
    if len(members) < 2:
        raise QueryError("One face cannot be split.", "Choose an identity of two faces or more.")
    own = np.asarray(vectors[members], np.float32)
    some = np.random.default_rng(0).permutation(len(own))[:SAMPLED]
    second = _halves(own[some])
    likeness = [own @ own[some][second == half].mean(axis=0) for half in (False, True)]
    other = likeness[1] > likeness[0]
    if len(members) <= SAMPLED:
        other[some] = second
    halves = members[~other].astype(np.int32), members[other].astype(np.int32)
    return halves if len(halves[0]) >= len(halves[1]) else halves[::-1]


def _halves(own: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Say for each row whether it is in the second of two groups, neither of them empty."""
    from scipy.cluster.hierarchy import average, fcluster  # type: ignore[import-untyped]
    from scipy.spatial.distance import pdist  # type: ignore[import-untyped]

    return np.asarray(fcluster(average(pdist(own, "cosine")), 2, "maxclust") == 2)


def order_by_similarity(vectors: NDArray[np.floating], rows: ArrayLike) -> Rows:
    """Return (M,) ``rows`` in an order in which neighbours are alike: int32, each row once.

    Begins with the face most like all others, and each next one is the likest of those not yet shown to the
    mean of those shown, so that strangers come last.
    """
    members = np.unique(np.asarray(rows, np.int64))
    own = np.asarray(vectors[members], np.float32)
    return members[np.argsort(-(own @ own.sum(axis=0)), kind="stable")].astype(np.int32)
