"""Exact search: several examples become one query vector, every sample gets a score, the best are found."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.errors import QueryError

Vector = NDArray[np.float32]

MINUS_WEIGHT = 0.5  # a "not" that weighs as much as a "like" throws away what the two share


def combine(
    plus: Sequence[ArrayLike], minus: Sequence[ArrayLike] = (), weights: Sequence[float] | None = None
) -> Vector:
    """Return the unit vector (D,) that is near all of ``plus`` and far from all of ``minus``.

    ``plus`` and ``minus`` are vectors (D,) of texts or images, of any length; each is first made a unit
    vector, so that all have the same say: the mean of the likes loses `MINUS_WEIGHT` times the mean of the
    nots. ``weights`` has one number >= 0 for each of ``plus``, then for each of ``minus``, by which its say
    is multiplied.

    Raises QueryError if there is nothing to combine, or if it cancels out.

    Source: Rocchio, "Relevance feedback in information retrieval" (in The SMART Retrieval System, 1971).
    """
    if not len(plus) and not len(minus):
        raise QueryError("The query is empty.", "Give at least one text or image.")
    given = np.stack([_unit(vector) for vector in (*plus, *minus)])
    signed = _signed_weights(len(plus), len(minus), weights)
    return _unit(signed @ given)


def _signed_weights(likes: int, nots: int, weights: Sequence[float] | None) -> Vector:
    """Return (likes + nots,) weights, those of the nots negative."""
    each = np.array([1 / max(likes, 1), -MINUS_WEIGHT / max(nots, 1)], np.float32)
    usual = np.repeat(each, [likes, nots])
    if weights is None:
        return usual
    if len(weights) != likes + nots or min(weights) < 0:
        raise QueryError(
            f"{len(weights)} weights were given for {likes + nots} examples, or one is negative.",
            "Give one number of 0 or more for each positive example, then for each negative one.",
        )
    return usual * np.asarray(weights, np.float32)


def _unit(vector: ArrayLike) -> Vector:
    array = np.asarray(vector, np.float32)
    length = float(np.linalg.norm(array))
    # Opposites leave rounding errors behind, whose direction means nothing.
    if not length > 1e-6:
        raise QueryError("The parts of the query cancel out.", "Remove one of them or change a weight.")
    return array / np.float32(length)


BLOCK_BYTES = 64 * 2**20  # converted or read at a time; larger blocks were no faster


def scores(vectors: NDArray[np.floating], query: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the cosine of ``query`` (D,) with each unit row of ``vectors`` (N, D): (N,) float32, -1 to 1.

    Exact: every row is read once. ``vectors`` may be memory-mapped and of any float type; besides the answer
    no more than one block of rows is held. Raises QueryError if the dimensions differ.
    """
    if vectors.ndim != 2 or query.shape != vectors.shape[1:]:
        raise QueryError(
            f"A query of shape {query.shape} does not fit vectors of shape {vectors.shape}.",
            "Compute the query with the embedder that computed the vectors.",
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
        raise QueryError(f"Invalid number of hits: {k}.", "Use 0 or more, or None for all.")
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
