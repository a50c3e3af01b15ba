"""Exact search: a score for every sample, and the best of them."""

import numpy as np
from numpy.typing import NDArray

from workbench.errors import QueryError

BLOCK_BYTES = 64 * 2**20  # converted or read at a time; larger blocks were no faster


def scores(vectors: NDArray[np.floating], query: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the cosine of ``query`` (D,) with each unit row of ``vectors`` (N, D): (N,) float32, -1 to 1.

    Exact: every row is read once. ``vectors`` may be memory-mapped and of any float type; besides the answer
    no more than one block of rows is held. Raises QueryError if the dimensions differ.
    """
    if vectors.ndim != 2 or query.shape != vectors.shape[1:]:
        raise QueryError(
            f"A query of shape {query.shape} does not fit vectors of shape {vectors.shape}.",
            "Embed the query with the embedder that made the vectors.",
        )
    query = np.ascontiguousarray(query, np.float32)
    found = np.empty(len(vectors), np.float32)
    step = max(1, BLOCK_BYTES // (4 * max(1, query.size)))
    for start in range(0, len(vectors), step):
        block = np.asarray(vectors[start : start + step], np.float32)
        np.dot(block, query, out=found[start : start + step])
    return found


def top(
    scores: NDArray[np.floating], k: int | None = None, threshold: float | None = None
) -> NDArray[np.int32]:
    """Return the rows of the ``k`` highest of (N,) ``scores``, best first, ties by row: (<= k,) int32.

    ``k`` None means all. Scores below ``threshold`` are left out. Raises QueryError for a negative ``k``.
    """
    if k is not None and k < 0:
        raise QueryError(f"{k} hits were asked for.", "Ask for 0 or more, or None for all.")
    floor = -np.inf if threshold is None else threshold
    if k == 0:
        floor = np.inf
    elif k is not None and k < len(scores):
        # The k-th best score in linear time; sorting all of a million takes some forty times as long. What a
        # filter leaves out is -inf, and among equal numbers a partition takes twenty times as long.
        left = scores[scores > -np.inf] if scores.min() == -np.inf else scores
        if k < len(left):
            floor = max(floor, float(np.partition(left, -k)[-k]))
    rows = np.flatnonzero(scores >= floor)
    order = np.argsort(-scores[rows], kind="stable")
    return rows[order][:k].astype(np.int32)
