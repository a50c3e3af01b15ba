"""How good vectors and groups are, where the right answer is known."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.errors import QueryError


@dataclass(frozen=True)
class Agreement:
    """How groups agree with the truth, all in [0, 1]; nan where there is nothing to count.

    ``precision``: share of pairs in one group that are one person; ``recall``: share of pairs of one person
    that are in one group; ``f``: their harmonic mean. ``bcubed_*``: the same as seen from each face, averaged
    (Bagga and Baldwin 1998), so that large people do not outweigh small ones as pairs do.
    """

    precision: float
    recall: float
    f: float
    bcubed_precision: float
    bcubed_recall: float
    bcubed_f: float


@dataclass(frozen=True)
class Verification:
    """How well a cosine tells pairs of one person from pairs of two, all in [0, 1].

    ``eer``: the error rate where as many pairs are wrongly joined as wrongly parted, ``threshold`` the cosine
    there. ``accuracy``: share of right answers at the best cosine for equally many pairs of both kinds.
    ``recall_at``: share of pairs of one person accepted where one pair of two people in 1,000 is.
    """

    eer: float
    threshold: float
    accuracy: float
    recall_at: float


def agreement(labels: ArrayLike, truth: ArrayLike) -> Agreement:
    """Compare (N,) ``labels`` of groups, -1 for alone, with (N,) ``truth``, the person of each face.

    Faces whose person is not known (-1) do not count. Raises QueryError where lengths differ.
    """
    groups, people = np.asarray(labels, np.int64), np.asarray(truth, np.int64)
    if groups.shape != people.shape or groups.ndim != 1:
        raise QueryError("Labels and truth differ in length.", "Pass one of each a face.")
    groups, people = groups[people >= 0], people[people >= 0]
    alone = groups < 0
    groups = np.where(alone, groups.max(initial=-1) + 1 + np.arange(len(groups)), groups)
    both, in_group, in_person = (_size(key) for key in (_joint(groups, people), groups, people))
    precision = _ratio(np.sum(both - 1), np.sum(in_group - 1))
    recall = _ratio(np.sum(both - 1), np.sum(in_person - 1))
    b_precision, b_recall = (
        _ratio(np.sum(both / in_group), len(both)),
        _ratio(np.sum(both / in_person), len(both)),
    )
    return Agreement(
        precision, recall, _f(precision, recall), b_precision, b_recall, _f(b_precision, b_recall)
    )


def verification(same: NDArray[np.floating], different: NDArray[np.floating]) -> Verification:
    """Judge (P,) cosines of pairs of the ``same`` person against (Q,) of ``different`` people.

    Raises QueryError where either is empty.
    """
    if not len(same) or not len(different):
        raise QueryError("Pairs of one kind are missing.", "Pass people with two faces, and two people.")
    same, different = np.sort(same), np.sort(different)
    cuts = np.unique(np.concatenate([same, different]))
    refused = np.searchsorted(same, cuts) / len(same)
    accepted = 1 - np.searchsorted(different, cuts) / len(different)
    even = int(np.argmin(np.abs(refused - accepted)))
    strict = int(np.argmax(accepted <= 1e-3)) if (accepted <= 1e-3).any() else len(cuts) - 1
    return Verification(
        float((refused[even] + accepted[even]) / 2),
        float(cuts[even]),
        float(1 - np.min(refused + accepted) / 2),
        float(1 - refused[strict]),
    )


def pair_cosines(
    vectors: NDArray[np.floating], truth: ArrayLike
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the cosines of all pairs of one person and of all pairs of two: of rows (N, D) with people (N,).

    Holds all pairs, so give it a few thousand rows at most. People of -1 are left out.
    """
    people = np.asarray(truth)
    rows = np.flatnonzero(people >= 0)
    a, b = np.triu_indices(len(rows), 1)
    cosines = np.asarray(vectors[rows] @ vectors[rows].T, np.float32)[a, b]
    one = people[rows][a] == people[rows][b]
    return cosines[one], cosines[~one]


def _joint(groups: NDArray[np.int64], people: NDArray[np.int64]) -> NDArray[np.int64]:
    return groups * (int(people.max(initial=0)) + 1) + people


def _size(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each key how often it occurs."""
    _, place = np.unique(keys, return_inverse=True)
    return np.asarray(np.bincount(place)[place], np.int64)


def _ratio(part: np.integer | float, whole: np.integer | float) -> float:
    return float(part) / float(whole) if whole else float("nan")


def _f(precision: float, recall: float) -> float:
    total = precision + recall
    return 2 * precision * recall / total if total > 0 else total
