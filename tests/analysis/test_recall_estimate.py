"""How many were missed: estimates against collections whose right answers are known."""

import numpy as np
import pytest

from workbench.analysis.recall_estimate import Missed
from workbench.errors import QueryError


def judged(n, hits, right, sharpness, sample, seed=0):
    """Return a judged sample of a collection in which ``right`` rows score ``sharpness`` higher."""
    rng = np.random.default_rng(seed)
    is_right = np.arange(n) < right
    ranking = np.argsort(-(rng.normal(size=n) + sharpness * is_right)).astype(np.int32)
    missed = Missed(ranking[:hits], ranking, sample, seed)
    for row in missed.rows:
        missed.answer(int(row), bool(is_right[row]))
    return missed, int(is_right[ranking[:hits]].sum())


@pytest.mark.parametrize(
    ("n", "hits", "right", "sharpness"),
    [(1773, 20, 18, 2.5), (10000, 100, 300, 2.0), (100000, 200, 400, 2.5)],
)
def test_the_interval_holds_the_truth_nine_times_in_ten(n, hits, right, sharpness):
    held = 0
    for seed in range(60):
        missed, found = judged(n, hits, right, sharpness, 40, seed)
        low, _, high = missed.estimate.recall
        held += low <= found / right <= high
    assert held >= 54


def test_more_answers_make_the_interval_narrower():
    def width(sample):
        low, _, high = judged(5000, 100, 150, 2.0, sample)[0].estimate.recall
        return high - low

    assert width(400) < width(20)


def test_when_everything_is_judged_nothing_is_left_to_guess():
    missed, found = judged(60, 10, 12, 3.0, 500)
    assert missed.left == []
    assert missed.estimate.missed == (12 - found,) * 3
    assert missed.estimate.recall[0] == pytest.approx(found / 12)


def test_the_sample_is_drawn_from_every_stratum_the_same_way_for_the_same_seed():
    ranking = np.arange(1000, dtype=np.int32)
    first, again = (Missed(ranking[:30], ranking, 40, seed=3) for _ in range(2))
    assert first.rows.tolist() == again.rows.tolist()
    assert [len(rows) for rows in first.strata] == [30, 30, 90, 270, 580]
    assert all(len(sample) for sample in first.samples)
    assert first.rows[0] in first.strata[1]


def test_an_answer_can_be_changed_and_taken_back():
    ranking = np.arange(100, dtype=np.int32)
    missed = Missed(ranking[:10], ranking)
    row = int(missed.rows[0])
    missed.answer(row, True)
    missed.answer(row, False)
    assert missed.answers == {row: False}
    missed.answer(row, None)
    assert row in missed.left


def test_what_cannot_be_judged_is_refused():
    ranking = np.arange(100, dtype=np.int32)
    with pytest.raises(QueryError, match="whole collection"):
        Missed(ranking, ranking)
    with pytest.raises(QueryError, match="10 or more"):
        Missed(ranking[:5], ranking, n=3)
    with pytest.raises(QueryError, match="not in the sample"):
        Missed(ranking[:5], ranking).answer(10**6, True)
