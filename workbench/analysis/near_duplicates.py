"""Look-alikes: pictures of nearly one hash, colour and grey, as after a change of size or format."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.progress import Watch, nobody

MOST_BITS = 7
"""Bits that may differ. Of 40 photos made smaller or saved at quality 30 none differed in more than 4; cut at
each side by 2 %, half in 4 and some in 10. Of 14,195 pairs of different photos none in less than 10."""

MOST_COLOUR = 12.0
"""Mean difference of colours, of 255, that look-alikes may have. A hash sees grey shapes alone: of 169 photos
made smaller and saved at quality 40 none differed by more than 1.7."""

PLAIN, PLAIN_COLOUR = 1.0, 4.0
"""Pictures whose greys spread less than this have no shape: only colours tell, and may differ less."""

LIKE, FLAT_LIKE = 0.85, 0.993
"""Least correlation of the greys, and that of pictures mostly of one tone, such as pages: of pages with other
text it was at most 0.988, of one page made smaller or saved at quality 30 at least 0.997."""

FLAT, TONE, ONE_TONE = 20.0, 12.0, 0.6
"""Mostly of one tone: greys spread less than `FLAT`, or `ONE_TONE` of them are near (`TONE`) the median."""

AT_ONCE = 512  # pictures compared with all others of a band at a time

PAIRS = 8_192  # pairs whose greys are compared at a time

BANDS = 8  # two hashes that differ in 7 bits agree in one of 8 bands


def look_alikes(
    hashes: NDArray[np.uint64],
    valid: NDArray[np.bool_],
    colours: NDArray[np.uint8] | None = None,
    greys: NDArray[np.uint8] | None = None,
    *,
    watch: Watch = nobody,
) -> NDArray[np.int32]:
    """Return the group of each picture, 0, 1, ..., -1 for one that looks like no other: (N,) int32.

    ``hashes`` (N,) are 64 bits each; where ``valid`` (N,) is False there is none. ``colours`` (N, C) are
    those of the same few places in each picture, ``greys`` (N, G) those of many, 0 to 255; what is not given
    is not compared. Groups are chained: a picture in one is near at least one other. A mirrored or turned
    picture is another one. ``watch`` is told the share [0, 1] done, and may raise to end the work.
    """
    groups = np.full(len(hashes), -1, np.int32)
    rows = np.flatnonzero(valid)
    if not len(rows):
        return groups
    none = np.zeros((len(hashes), 0), np.uint8)
    colours, greys = none if colours is None else colours, none if greys is None else greys
    bits = np.ascontiguousarray(hashes[rows, None]).view(np.uint8)
    known, which = np.unique(np.column_stack([bits, colours[rows], greys[rows]]), axis=0, return_inverse=True)
    split = 8 + colours.shape[1]
    near = _near(
        np.ascontiguousarray(known[:, :8]).view(np.uint64).ravel(),
        known[:, 8:split].astype(np.float32),
        known[:, split:],
        watch,
    )
    part = _components(len(known), near)[which.ravel()]
    _, number, size = np.unique(part, return_inverse=True, return_counts=True)
    shared = size[number] > 1
    groups[rows[shared]] = np.unique(number[shared], return_inverse=True)[1]
    return groups


def _near(
    known: NDArray[np.uint64], colours: NDArray[np.float32], greys: NDArray[np.uint8], watch: Watch
) -> NDArray[np.intp]:
    """Return the pairs (P, 2) of hashes that differ in at most `MOST_BITS` bits, and little in looks."""
    pairs = [np.empty((0, 2), np.intp)]
    wide = 64 // BANDS
    for band in range(BANDS):
        watch(band / BANDS)
        values = (known >> np.uint64(wide * band)) & np.uint64(2**wide - 1)
        order = np.argsort(values, kind="stable")
        starts = [0, *(np.flatnonzero(np.diff(values[order])) + 1), len(order)]
        for start, end in pairwise(starts):
            for at in range(start, end - 1, AT_ONCE):
                watch(band / BANDS)
                some, others = order[at : min(at + AT_ONCE, end)], order[at:end]
                differ = np.bitwise_count(known[some][:, None] ^ known[others])
                first, second = np.nonzero(np.triu(differ <= MOST_BITS, 1))
                found = _of_one_colour(some[first], others[second], colours)
                pairs.append(_of_one_look(found, colours, greys))
    return np.concatenate(pairs)


def _of_one_look(
    pairs: NDArray[np.intp], colours: NDArray[np.float32], greys: NDArray[np.uint8]
) -> NDArray[np.intp]:
    """Return those of the pairs (P, 2) whose ``greys`` correlate, or that are plain and of one colour."""
    if not greys.shape[1]:
        return pairs
    kept = [pairs[:0]]
    for start in range(0, len(pairs), PAIRS):
        some = pairs[start : start + PAIRS]
        a, b = (greys[some[:, side]].astype(np.float32) for side in (0, 1))
        spread = np.stack([a.std(axis=1), b.std(axis=1)])
        tones = np.stack([_one_tone(a), _one_tone(b)])
        a, b = a - a.mean(axis=1, keepdims=True), b - b.mean(axis=1, keepdims=True)
        like = (a * b).mean(axis=1) / np.maximum(spread.prod(axis=0), 1e-6)
        least = np.where((spread.min(axis=0) < FLAT) | tones.any(axis=0), FLAT_LIKE, LIKE)
        apart = np.abs(colours[some[:, 0]] - colours[some[:, 1]]).sum(axis=1) / max(colours.shape[1], 1)
        kept.append(some[np.where(spread.max(axis=0) < PLAIN, apart <= PLAIN_COLOUR, like >= least)])
    return np.concatenate(kept)


def _one_tone(greys: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return which of (P, G) greys are mostly near to their median: (P,)."""
    middle = np.median(greys, axis=1, keepdims=True)
    return np.asarray((np.abs(greys - middle) <= TONE).mean(axis=1) >= ONE_TONE)


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
