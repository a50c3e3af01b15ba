"""Thresholds learnt from queries whose right answers are known."""

import numpy as np
import pytest

from workbench.analysis.thresholds import learn
from workbench.errors import QueryError


def query(right, wrong):
    scores = np.array([*right, *wrong], np.float32)
    return scores, np.arange(len(scores)) < len(right)


CLEAN = [query([0.5, 0.6], [0.1, 0.2]), query([0.45, 0.7], [0.3, 0.0]), query([0.55], [0.15, 0.4])]


def test_queries_that_agree_give_a_threshold_between_right_and_wrong():
    found = learn(CLEAN)
    assert 0.4 < found.value <= 0.45
    assert found.low <= found.value <= found.high
    assert found.recall == 1 or found.precision == 1


def test_each_query_is_judged_by_what_the_others_taught():
    odd = [*CLEAN, query([0.05], [0.9])]
    found = learn(odd)
    assert found.precision < 1


def test_a_precision_that_is_asked_for_is_reached_and_costs_recall():
    mixed = [query([0.5, 0.3], [0.4, 0.1]), query([0.6, 0.25], [0.45, 0.2]), query([0.7, 0.5], [0.35])]
    strict, loose = learn(mixed, precision=1.0), learn(mixed, precision=0.5)
    assert strict.value > loose.value
    assert strict.recall < loose.recall


@pytest.mark.parametrize(
    ("queries", "precision", "told"),
    [
        (CLEAN[:1], None, "two or more example queries"),
        ([*CLEAN, query([], [0.4])], None, "no matching images"),
        ([query([0.1], [0.9]), query([0.1], [0.8])], 0.9, "0.50 or less"),
    ],
)
def test_what_cannot_be_learnt_says_why(queries, precision, told):
    with pytest.raises(QueryError, match=told):
        learn(queries, precision)
