"""Classifiers on arrays: what is learnt, how good it is said to be, what is asked, and what is refused."""

import numpy as np
import pytest

from workbench.errors import CaseError, QueryError
from workbench.learn.networks import from_weights
from workbench.learn.precision import Precision, average_precision
from workbench.learn.questions import Point, advice, agreement, first_questions, next_questions
from workbench.learn.training import METHODS, train
from workbench.vectors import unit_rows

RIGHT = np.arange(200) < 40


@pytest.fixture(scope="module")
def vectors():
    """200 vectors, of which the first 40 lie round a direction of their own."""
    made = np.random.default_rng(0).normal(size=(200, 32)).astype(np.float32)
    made[:40, 0] += 12
    return unit_rows(made)


@pytest.mark.parametrize("method", METHODS)
def test_yes_alone_finds_the_rest_and_half_says_yes(vectors, method):
    trained = train(vectors, np.arange(10), np.empty(0, np.intp), method=method)
    said = trained.network.probabilities(vectors)
    left = np.arange(200) >= 10
    assert average_precision(said[left], RIGHT[left]).value > 0.95
    assert ((said >= 0.5) == RIGHT)[left].mean() > 0.9
    assert (trained.yes, trained.no, trained.unlabelled) == (10, 0, 190)


def test_both_methods_are_measured_and_the_better_is_kept(vectors):
    trained = train(vectors, np.arange(12), np.arange(60, 70))
    assert {trial.method for trial in trained.trials} == set(METHODS)
    assert trained.trials[0].least >= trained.trials[1].least
    assert all(
        trial.precision.low <= trial.precision.value <= trial.precision.high for trial in trained.trials
    )


def test_the_same_seed_gives_the_same_weights(vectors):
    weights = [train(vectors, np.arange(5), np.arange(50, 55)).network.weights() for _ in range(2)]
    assert all(np.array_equal(weights[0][name], weights[1][name]) for name in weights[0])


def test_copies_of_a_picture_are_held_back_together(vectors):
    """Else a copy in the other parts would give the answer away: noise with copies looks learnt."""
    noise = unit_rows(np.random.default_rng(1).normal(size=(150, 32)).astype(np.float32))
    twice = np.concatenate([noise[:10], noise])
    trained = train(twice, np.arange(20), np.empty(0, np.intp), method="logistic")
    assert trained.trials[0].least < 0.5


def test_a_watcher_is_told_the_share_and_may_end_it(vectors):
    shares: list[float] = []
    train(vectors, np.arange(5), np.arange(50, 55), watch=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1

    def stop(share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(vectors, np.arange(5), np.arange(50, 55), watch=stop)


@pytest.mark.parametrize(
    ("yes", "no", "says"),
    [
        ([], [1, 2], "no example of yes"),
        ([3], [], "One example"),
        (list(range(200)), [], "nothing to tell them from"),
    ],
)
def test_what_cannot_be_learnt_from_is_refused(vectors, yes, no, says):
    with pytest.raises(QueryError, match=says):
        train(vectors, np.array(yes, np.intp), np.array(no, np.intp))


def test_the_same_picture_again_and_numbers_that_are_not_finite_are_refused(vectors):
    same = np.concatenate([np.repeat(vectors[:1], 5, axis=0), vectors])
    with pytest.raises(QueryError, match="the same picture"):
        train(same, np.arange(5), np.empty(0, np.intp))
    broken = vectors.copy()
    broken[2] = np.nan
    with pytest.raises(QueryError, match="not finite"):
        train(broken, np.arange(5), np.empty(0, np.intp))
    broken[2], broken[150] = vectors[2], np.nan
    with pytest.raises(QueryError, match="not finite"):
        train(broken, np.arange(5), np.empty(0, np.intp))


def test_weights_come_back_as_the_same_network_and_others_are_refused(vectors):
    network = train(vectors, np.arange(5), np.arange(50, 55), method="mlp").network
    weights = network.weights()
    again = from_weights(weights, 32)
    assert np.allclose(again.probabilities(vectors), network.probabilities(vectors), atol=1e-6)
    for wrong, dim in (
        (weights, 31),
        ({**weights, "w9": weights["w0"]}, 32),
        ({**weights, "b0": np.full_like(weights["b0"], np.nan)}, 32),
        ({}, 32),
    ):
        with pytest.raises(CaseError, match="not the weights"):
            from_weights(wrong, dim)


def test_average_precision_and_its_interval():
    scores, right = np.arange(10, 0, -1.0), np.array([1, 1, 0, 1, 0, 0, 0, 0, 0, 0], bool)
    found = average_precision(scores, right)
    assert found.value == pytest.approx((1 + 1 + 3 / 4) / 3)
    assert found.low < found.value <= found.high
    assert found.chance == pytest.approx(0.3)
    assert np.isnan(average_precision(scores, np.arange(10) < 2).value), "two right ones say nothing"
    likely = np.where(right, 0, 0.5)
    assert average_precision(scores, right, likely).value > found.value


def test_questions_are_uncertain_or_surprising_and_never_answered_ones(vectors):
    trained = train(vectors, np.arange(5), np.arange(50, 55), method="logistic")
    said = trained.network.probabilities(vectors)
    asked = next_questions(vectors, said, np.arange(5), np.r_[0:5, 50:55], 8)
    rows = [question.row for question in asked]
    assert len(set(rows)) == 8
    assert not set(rows) & {*range(5), *range(50, 55)}
    assert "surprising" in {question.why for question in asked}
    left = np.setdiff1d(np.arange(200), np.r_[0:5, 50:55])
    assert asked[0].probability == pytest.approx(said[left[np.abs(said[left] - 0.5).argmin()]])
    assert (asked[0].why == "unsure") == (abs(asked[0].probability - 0.5) <= 0.4)
    assert all(question.probability >= 0.5 for question in asked if question.why == "surprising")
    assert next_questions(vectors, said, np.arange(5), np.arange(200), 8) == []


def test_first_questions_begin_with_the_likely_and_copies_are_asked_about_once(vectors):
    guess = np.where(np.arange(200) == 7, 1, 0).astype(np.float32)
    asked = first_questions(vectors, guess, np.empty(0, np.intp), 6)
    assert asked[0].row == 7
    assert {question.why for question in asked} == {"likely", "other"}
    copies = np.concatenate([np.repeat(vectors[:1], 50, axis=0), vectors[1:40]])
    rows = [question.row for question in first_questions(copies, None, np.empty(0, np.intp), 8)]
    assert sum(row < 50 for row in rows) == 1


def test_advice_is_to_stop_once_answers_change_nothing():
    good = Precision(0.9, 0.8, 0.95, 0.1)
    steady = [Point(8 * step, good, 0.999) for step in range(1, 6)]
    assert advice(steady, 20, 20)[1]
    assert not advice(steady[:3], 20, 20)[1]
    assert not advice(steady, 3, 20)[1], "too few of yes"
    growing = [Point(8 * s, Precision(0.1 * s, 0, 1, 0.1), 0.999) for s in range(1, 6)]
    assert not advice(growing, 20, 20)[1]
    assert agreement(np.array([0.9, 0.1]), np.array([0.6, 0.2])) == 1
    assert agreement(np.array([0.9, 0.1, 0.9, 0.1]), np.array([0.9, 0.9, 0.1, 0.1])) == 0
