"""Look-alikes: pictures whose perceptual hashes differ in few bits, as after a change of size or format."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

MOST_BITS = 3
"""Bits that may differ. Of 169 photos made smaller and saved again none differed in more than 2; of 14,195
pairs of different photos none differed in less than 10."""

BANDS = 4  # two hashes that differ in 3 bits agree in one of 4 bands


def look_alikes(hashes: NDArray[np.uint64], valid: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return the group of each picture, 0, 1, ..., -1 for one that looks like no other: (N,) int32.

    ``hashes`` (N,) are 64 bits each; where ``valid`` (N,) is False there is none. Groups are chained: a
    picture in one is near at least one other.
    """
    groups = np.full(len(hashes), -1, np.int32)
    rows = np.flatnonzero(valid)
    if not len(rows):
        return groups
    known, which = np.unique(hashes[rows], return_inverse=True)
    part = _components(len(known), _near(known))[which]
    _, number, size = np.unique(part, return_inverse=True, return_counts=True)
    shared = size[number] > 1
    groups[rows[shared]] = np.unique(number[shared], return_inverse=True)[1]
    return groups


def _near(known: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Return the pairs (P, 2) of different hashes that differ in at most `MOST_BITS` bits."""
    pairs = [np.empty((0, 2), np.intp)]
    for band in range(BANDS):
        values = (known >> np.uint64(16 * band)) & np.uint64(0xFFFF)
        order = np.argsort(values, kind="stable")
        starts = [0, *(np.flatnonzero(np.diff(values[order])) + 1), len(order)]
        for start, end in pairwise(starts):
            if end - start > 1:
                members = order[start:end]
                differ = np.bitwise_count(known[members][:, None] ^ known[members])
                first, second = np.nonzero(np.triu(differ <= MOST_BITS, 1))
                pairs.append(np.stack([members[first], members[second]], axis=1))
    return np.concatenate(pairs)


def _components(n: int, pairs: NDArray[np.intp]) -> NDArray[np.int32]:
    from scipy.sparse import coo_array  # type: ignore[import-untyped]
    from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped]

    graph = coo_array((np.ones(len(pairs), bool), (pairs[:, 0], pairs[:, 1])), (n, n))
    return np.asarray(connected_components(graph, directed=False)[1], np.int32)
