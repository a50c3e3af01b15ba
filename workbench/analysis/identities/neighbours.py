"""The likest faces of each face, exactly, without ever holding a table of all pairs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
    vectors: NDArray[np.floating], k: int = 64, threshold: float = 0.0, block: int | None = None
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
