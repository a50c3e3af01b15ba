"""Several examples and words become one query vector."""

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
            f"{len(weights)} weights were given for {likes + nots} examples.",
            "Give one number of 0 or more for each like, then for each not.",
        )
    return usual * np.asarray(weights, np.float32)


def _unit(vector: ArrayLike) -> Vector:
    array = np.asarray(vector, np.float32)
    length = float(np.linalg.norm(array))
    # Opposites leave rounding errors behind, whose direction means nothing.
    if not length > 1e-6:
        raise QueryError("The parts of the query cancel out.", "Remove one of them or change a weight.")
    return array / np.float32(length)
