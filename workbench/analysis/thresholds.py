"""A threshold learnt from example queries whose right answers are known."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.errors import QueryError

Floats = NDArray[np.floating]
Judged = tuple[Floats, NDArray[np.bool_]]


class Threshold(NamedTuple):
    """A least score, and what it gave for queries that had no part in choosing it.

    ``value``: pass it to ``case.search`` as threshold or probability, whichever it was learnt ``on``.
    ``precision`` and ``recall`` [0, 1]: each example query judged at the threshold learnt from the others,
    then the mean over queries; ``low`` and ``high``: the least and the greatest of these thresholds.
    """

    value: float
    on: str
    precision: float
    recall: float
    low: float
    high: float


def learn(queries: Sequence[Judged], precision: float | None = None, on: str = "score") -> Threshold:
    """Return the threshold that suits example queries best.

    Each of ``queries`` is (scores (N,), right (N,) bool). The best has the highest mean F1 over the queries,
    or, where ``precision`` (0, 1] asks for one, the highest mean recall among those that reach it; a query
    without hits has precision 1 and recall 0. Raises QueryError for fewer than two queries, a query without
    right answers, or a precision that no threshold reaches.

    Sources: F1 as in van Rijsbergen 1979; each query judged by the others is cross-validation, Stone 1974.
    """
    if len(queries) < 2:
        raise QueryError("A threshold needs two or more example queries.", "Give more example queries.")
    if not all(right.any() for _, right in queries):
        raise QueryError(
            "An example query has no matching images.", "Name its matching images, or leave it out."
        )
    cuts = _cuts(queries)
    kept, found = (
        np.stack(table) for table in zip(*(_judged(*query, cuts) for query in queries), strict=True)
    )
    value = cuts[_best(kept, found, precision)]
    others = [np.delete(np.arange(len(queries)), left_out) for left_out in range(len(queries))]
    chosen = [_best(kept[rows], found[rows], precision) for rows in others]
    each = np.arange(len(queries))
    return Threshold(
        float(value),
        on,
        float(kept[each, chosen].mean()),
        float(found[each, chosen].mean()),
        float(cuts[chosen].min()),
        float(cuts[chosen].max()),
    )


def _cuts(queries: Sequence[Judged]) -> Floats:
    """Return the scores of right answers as cuts, at most some hundreds of them, sorted."""
    scores = np.unique(np.concatenate([scores[right] for scores, right in queries]))
    return np.asarray(scores[np.unique(np.linspace(0, len(scores) - 1, 400).round().astype(int))])


def _judged(scores: Floats, right: NDArray[np.bool_], cuts: Floats) -> tuple[Floats, Floats]:
    """Return precision and recall of one query at each cut."""
    hits = len(scores) - np.searchsorted(np.sort(scores), cuts, "left")
    good = int(right.sum()) - np.searchsorted(np.sort(scores[right]), cuts, "left")
    return np.where(hits > 0, good / np.maximum(hits, 1), 1.0), good / right.sum()


def _best(kept: Floats, found: Floats, precision: float | None) -> int:
    """Return which cut is best for queries (Q, cuts) of these precisions and recalls."""
    if precision is None:
        return int((2 * kept * found / np.maximum(kept + found, 1e-9)).mean(axis=0).argmax())
    reached = kept.mean(axis=0) >= precision
    if not reached.any():
        raise QueryError(
            f"No threshold reaches a precision of {precision}.",
            f"Use a precision of {kept.mean(axis=0).max():.2f} or less, or other example queries.",
        )
    return int(np.where(reached, found.mean(axis=0), -1).argmax())
