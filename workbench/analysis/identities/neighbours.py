"""The likest faces of each face, exactly, without ever holding a table of all pairs; and crowds of copies."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.progress import Watch, nobody
from workbench.errors import QueryError

Vectors = NDArray[np.float32]
BLOCK_BYTES = 32 * 2**20  # cosines held at a time


@dataclass(frozen=True)
class Neighbours:
    """For each of N faces its at most k likest others: ``rows`` and ``similarity``, both (N, k).

    ``rows`` is int32, -1 where there are fewer; ``similarity`` float32, the cosine, -inf there. Best first.
    """

    rows: NDArray[np.int32]
    similarity: NDArray[np.float32]


def neighbour_graph(
    vectors: NDArray[np.floating],
    k: int = 64,
    threshold: float = 0.0,
    block: int | None = None,
    watch: Watch = nobody,
) -> Neighbours:
    """Return for each unit row of ``vectors`` (N, D) its ``k`` likest others of cosine ``threshold`` or more.

    Exact: every pair is looked at, ``block`` rows against all at a time (by default as many as make
    `BLOCK_BYTES`), so that memory grows with N * k and not with N * N. Ties go to the lower row. Raises
    QueryError for vectors that are no table or a ``k`` below 1.
    """
    if vectors.ndim != 2 or k < 1:
        raise QueryError(
            f"Neighbours cannot be computed for vectors of shape {vectors.shape} with k = {k}.",
            "Pass one row per face and a k of 1 or more.",
        )
    n = len(vectors)
    rows = np.full((n, min(k, max(n - 1, 1))), -1, np.int32)
    similarity = np.full(rows.shape, -np.inf, np.float32)
    step = block or max(1, BLOCK_BYTES // (4 * max(n, 1)))
    for start in range(0, n, step):
        watch(start / n)
        cosines = np.asarray(vectors[start : start + step] @ vectors.T, np.float32)
        here = np.arange(len(cosines))
        cosines[here, here + start] = -np.inf
        _best(cosines, threshold, rows[start : start + step], similarity[start : start + step])
    return Neighbours(rows, similarity)


def _best(
    cosines: NDArray[np.float32],
    threshold: float,
    rows: NDArray[np.int32],
    similarity: NDArray[np.float32],
) -> None:
    """Write the best columns of each row of ``cosines`` (B, N) into ``rows`` and ``similarity`` (B, k)."""
    k = rows.shape[1]
    # Most faces are like few others, so that a comparison leaves little to sort.
    floor = np.full(len(cosines), max(threshold, np.finfo(np.float32).min), np.float32)
    crowded = np.flatnonzero(np.count_nonzero(cosines >= floor[:, None], axis=1) > k)
    if len(crowded):
        floor[crowded] = np.partition(cosines[crowded], -k, axis=1)[:, -k]
    where, column = np.nonzero(cosines >= floor[:, None])
    value = cosines[where, column]
    order = np.lexsort((column, -value, where))
    where, column, value = where[order], column[order], value[order]
    place = np.arange(len(where)) - np.searchsorted(where, where)
    fits = place < k
    rows[where[fits], place[fits]] = column[fits]
    similarity[where[fits], place[fits]] = value[fits]


LEVELS = ((0.85, 256), (0.9, 128), (0.95, 64), (0.98, 32))
"""How alike a crowd is to the face in its middle, and how many it has at least: the less alike, the more.

So few faces are ever that many and that alike that an ordinary collection has no crowd."""
LOOKED = 1024  # faces in a row that are in the middle of no crowd, before no more crowds are looked for


def crowds(vectors: NDArray[np.floating], threshold: float, watch: Watch = nobody) -> NDArray[np.int32]:
    """Return for each unit row of ``vectors`` (N, D) the row in the middle of its crowd, -1 for none: (N,).

    A crowd are faces that cannot be told apart, such as many frames of one person: grouping may take them
    for one, so that its cost does not depend on how alike faces are. ``threshold`` is the cosine at which
    faces are one person; a crowd is at least half as far from it as from being equal.

    Leader clustering (Hartigan 1975) over rows drawn at random: one is a leader where at least as many rows
    as one of `LEVELS` says are that alike to it. Not every small crowd is found; large ones are.
    """
    n = len(vectors)
    crowd = np.full(n, -1, np.int32)
    levels = [(max(alike, (1 + threshold) / 2), least) for alike, least in LEVELS if least <= n]
    order, fruitless = np.random.default_rng(0).permutation(n), 0
    step = max(1, BLOCK_BYTES // (4 * max(n, 1)))
    for start in range(0, n if levels else 0, step):
        watch(start / n)
        rows = order[start : start + step]
        rows = rows[crowd[rows] < 0]
        cosines = np.asarray(vectors[rows] @ vectors.T, np.float32)
        fruitless += len(rows)
        for row, likeness in zip(rows, cosines, strict=True):
            waiting = (likeness >= levels[0][0]) & (crowd < 0)
            for alike, least in levels if crowd[row] < 0 else ():
                members = np.flatnonzero(waiting & (likeness >= alike))
                if len(members) >= least:
                    crowd[members], fruitless = row, 0
                    break
        if fruitless >= LOOKED:
            break
    return crowd
