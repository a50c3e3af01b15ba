"""Probabilities on collections whose right answers are known."""

import numpy as np
import pytest

from workbench.analysis.calibration import Background

DIM = 64


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=-1, keepdims=True)).astype(np.float32)


def collection(n, right, seed=0):
    """Return n unit rows, a query that the first ``right`` of them answer, and references they all ignore."""
    rng = np.random.default_rng(seed)
    query = unit(rng.normal(size=DIM))
    rows = unit(rng.normal(size=(n, DIM)))
    rows[:right] = unit(rows[:right] + 1.5 * query)
    return rows, query, unit(rng.normal(size=(100, DIM)))


@pytest.mark.parametrize("n", [5, 20, 200, 5000])
def test_right_rows_are_probable_and_others_are_not(n):
    rows, query, references = collection(n, right=2)
    chances = Background(rows, references).probability(rows @ query)
    assert chances[:2].min() > 0.7
    assert np.median(chances[2:]) < 0.1


@pytest.mark.parametrize("n", [1, 2, 3, 10, 1000])
def test_a_query_that_nothing_answers_has_no_probable_hit(n):
    rows, query, references = collection(n, right=0)
    assert Background(rows, references).probability(rows @ query).max() < 0.5


def test_a_higher_score_never_has_a_lower_probability():
    rows, query, references = collection(500, right=20)
    scores = rows @ query
    chances = Background(rows, references).probability(scores)[np.argsort(scores)]
    assert (np.diff(chances) >= 0).all()


def test_probabilities_are_float32_between_0_and_1_even_for_impossible_scores():
    rows, _, references = collection(100, right=0)
    chances = Background(rows, references).probability(np.linspace(-1e6, 1e6, 100))
    assert chances.dtype == np.float32
    assert chances.min() >= 0
    assert chances.max() <= 1


def test_an_example_is_probably_itself_and_its_copies():
    rows, *_ = collection(50, right=0)
    rows[7] = rows[3]
    chances = Background(rows, rows).probability(rows @ rows[3])
    assert np.flatnonzero(chances > 0.9).tolist() == [3, 7]


def test_a_model_with_all_cosines_shifted_gives_the_same_probabilities():
    """Some models put every text far from every image: only the contrast within the collection counts."""
    rows, query, references = collection(300, right=5)
    shift = np.full((300, 1), 0.4, np.float32)
    before = Background(rows, references).probability(rows @ query)
    after = Background(
        np.hstack([rows, shift]), np.hstack([references, np.ones((100, 1), np.float32)])
    ).probability(rows @ query + 0.4)
    np.testing.assert_allclose(before, after, atol=1e-3)


def test_the_same_seed_gives_the_same_probabilities():
    rows, query, references = collection(300, right=5)
    first, again = (Background(rows, references, seed=4).probability(rows @ query) for _ in range(2))
    np.testing.assert_array_equal(first, again)


def test_an_empty_collection_and_an_empty_vocabulary_are_no_trouble():
    rows, query, references = collection(10, right=1)
    assert Background(rows[:0], references).probability(rows[:0] @ query).shape == (0,)
    assert Background(rows, references[:0]).probability(rows @ query).argmax() == 0
    # alone, only the usual spread of 64 dimensions is known: 7.6 of it are 0.88 with the measured line
    assert Background(rows[:1], rows[:1]).probability(rows[:1] @ rows[0])[0] > 0.85


@pytest.mark.parametrize("n", [200, 5000])
def test_right_rows_are_unusual_and_others_are_as_usual_as_their_rank(n):
    rows, query, references = collection(n, right=5)
    unusual = Background(rows, references).unusual(rows @ query, np.arange(n))
    assert unusual[:5].max() < 5 / n
    assert 0.3 < np.median(unusual[5:]) < 0.7
    assert np.mean(unusual[5:] <= 0.05) == pytest.approx(0.05, abs=0.04)


def test_a_higher_score_is_never_more_usual():
    rows, query, references = collection(500, right=20)
    scores = rows @ query
    best_first = np.argsort(-scores)
    assert (np.diff(Background(rows, references).unusual(scores, best_first)) >= 0).all()


def test_against_chosen_rows_a_score_is_judged_by_their_scores_alone():
    rows, query, references = collection(300, right=0)
    scores = rows @ query
    chosen = np.zeros(300, bool)
    chosen[:99] = True
    unusual = Background(rows, references).unusual(scores, np.arange(300), chosen)
    highest = scores[:99].max()
    assert (unusual[scores > highest] == np.float32(0.01)).all()
    assert unusual[scores <= scores[:99].min()].min() == 1
