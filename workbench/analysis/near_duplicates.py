"""Look-alikes: pictures of nearly one perceptual hash and colour, as after a change of size or format."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

MOST_BITS = 3
"""Bits that may differ. Of 169 photos made smaller and saved again none differed in more than 2; of 14,195
pairs of different photos none differed in less than 10."""

MOST_COLOUR = 12.0
"""Mean difference of colours, of 255, that look-alikes may have. A hash sees grey shapes, none in a plain
picture: of the same 169 photos made smaller and saved at quality 40 none differed by more than 1.7."""

AT_ONCE = 512  # pictures compared with all others of a band at a time

BANDS = 4  # two hashes that differ in 3 bits agree in one of 4 bands


def look_alikes(
    hashes: NDArray[np.uint64], valid: NDArray[np.bool_], colours: NDArray[np.uint8] | None = None
) -> NDArray[np.int32]:
    """Return the group of each picture, 0, 1, ..., -1 for one that looks like no other: (N,) int32.

    ``hashes`` (N,) are 64 bits each; where ``valid`` (N,) is False there is none. ``colours`` (N, C) are
    those of the same few places in each picture, 0 to 255. Groups are chained: a picture in one is near at
    least one other.
    """
    groups = np.full(len(hashes), -1, np.int32)
    rows = np.flatnonzero(valid)
    if not len(rows):
        return groups
    seen = np.zeros((len(hashes), 0), np.uint8) if colours is None else colours
    both = np.column_stack([np.ascontiguousarray(hashes[rows, None]).view(np.uint8), seen[rows]])
    known, which = np.unique(both, axis=0, return_inverse=True)
    bits = np.ascontiguousarray(known[:, :8]).view(np.uint64).ravel()
    part = _components(len(known), _near(bits, known[:, 8:].astype(np.float32)))[which.ravel()]
    _, number, size = np.unique(part, return_inverse=True, return_counts=True)
    shared = size[number] > 1
    groups[rows[shared]] = np.unique(number[shared], return_inverse=True)[1]
    return groups


def _near(known: NDArray[np.uint64], colours: NDArray[np.float32]) -> NDArray[np.intp]:
    """Return the pairs (P, 2) of hashes that differ in at most `MOST_BITS` bits, and in colour little."""
    pairs = [np.empty((0, 2), np.intp)]
    for band in range(BANDS):
        values = (known >> np.uint64(16 * band)) & np.uint64(0xFFFF)
        order = np.argsort(values, kind="stable")
        starts = [0, *(np.flatnonzero(np.diff(values[order])) + 1), len(order)]
        for start, end in pairwise(starts):
            for at in range(start, end - 1, AT_ONCE):
                some, others = order[at : min(at + AT_ONCE, end)], order[at:end]
                differ = np.bitwise_count(known[some][:, None] ^ known[others])
                first, second = np.nonzero(np.triu(differ <= MOST_BITS, 1))
                pairs.append(_of_one_colour(some[first], others[second], colours))
    return np.concatenate(pairs)


def _of_one_colour(
    first: NDArray[np.intp], second: NDArray[np.intp], colours: NDArray[np.float32]
) -> NDArray[np.intp]:
    """Return those of the pairs (P,) and (P,) that differ little in ``colours``: (Q, 2)."""
    apart = np.zeros(len(first), np.float32)
    for column in colours.T:  # a column at a time: the pairs may be many
        apart += np.abs(column[first] - column[second])
    same = apart <= MOST_COLOUR * max(colours.shape[1], 1)
    return np.stack([first[same], second[same]], axis=1)


def _components(n: int, pairs: NDArray[np.intp]) -> NDArray[np.int32]:
    from scipy.sparse import coo_array  # type: ignore[import-untyped]
    from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped]

    graph = coo_array((np.ones(len(pairs), bool), (pairs[:, 0], pairs[:, 1])), (n, n))
    return np.asarray(connected_components(graph, directed=False)[1], np.int32)
