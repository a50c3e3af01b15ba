"""Search and queries on vectors small enough to check by eye."""

import numpy as np
import pytest

from workbench.analysis import search
from workbench.errors import QueryError


def unit_rows(n, dim=8, seed=0):
    rows = np.random.default_rng(seed).normal(size=(n, dim)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_a_score_is_the_cosine():
    vectors = np.array([[1, 0], [0, 1], [-1, 0]], np.float32)
    assert search.scores(vectors, np.array([1, 0], np.float32)).tolist() == [1, 0, -1]


def test_blocks_change_no_score(monkeypatch):
    vectors = unit_rows(1000)
    whole = search.scores(vectors, vectors[3])
    monkeypatch.setattr(search, "BLOCK_BYTES", 4 * 8 * 7)
    np.testing.assert_allclose(search.scores(vectors, vectors[3]), whole, atol=1e-6)


def test_scores_of_a_memory_mapped_half_precision_file_are_float32(tmp_path):
    vectors = unit_rows(50)
    np.save(tmp_path / "vectors.npy", vectors.astype(np.float16))
    mapped = np.load(tmp_path / "vectors.npy", mmap_mode="r")

    found = search.scores(mapped, vectors[7])

    assert found.dtype == np.float32
    np.testing.assert_allclose(found, vectors @ vectors[7], atol=2e-3)


def test_an_empty_collection_has_no_scores():
    assert search.scores(np.zeros((0, 8), np.float32), np.ones(8, np.float32)).shape == (0,)


def test_a_query_of_another_model_is_refused():
    with pytest.raises(QueryError, match="Compute the query"):
        search.scores(unit_rows(3), np.ones(5, np.float32))


def test_top_equals_a_full_stable_sort_also_with_ties():
    scores = np.random.default_rng(1).integers(0, 20, 500).astype(np.float32)
    expected = np.argsort(-scores, kind="stable")
    for k in (0, 1, 7, 499, 500, 900, None):
        assert search.top(scores, k).tolist() == expected[:k].tolist()


@pytest.mark.parametrize("kept", [0, 1, 7, 40])
def test_top_equals_a_full_stable_sort_where_most_is_filtered_away(kept):
    scores = np.full(200, -np.inf, np.float32)
    scores[50 : 50 + kept] = np.random.default_rng(0).integers(0, 9, kept) / 9
    expected = np.argsort(-scores, kind="stable")
    for k in (0, 1, 7, 8, 199, 200, None):
        assert search.top(scores, k).tolist() == expected[:k].tolist()
        some = [row for row in expected[:k].tolist() if scores[row] >= 0]
        assert search.top(scores, k, 0.0).tolist() == some


def test_top_leaves_out_what_is_below_the_threshold():
    scores = np.array([0.1, 0.9, 0.5, 0.4], np.float32)
    assert search.top(scores, 10, 0.4).tolist() == [1, 2, 3]
    assert search.top(scores, 1, 0.4).tolist() == [1]
    assert search.top(scores, None, 0.95).tolist() == []


def test_top_of_nothing_is_nothing_and_a_negative_k_an_error():
    assert search.top(np.zeros(0, np.float32), 5).tolist() == []
    with pytest.raises(QueryError, match="0 or more"):
        search.top(np.zeros(3, np.float32), -1)


def test_a_query_of_one_example_is_its_unit_vector():
    np.testing.assert_allclose(search.combine([[3, 4]]), [0.6, 0.8], rtol=1e-6)


def test_each_like_has_the_same_say_whatever_its_length():
    np.testing.assert_allclose(search.combine([[10, 0], [0, 1]]), [0.5**0.5, 0.5**0.5], rtol=1e-6)


def test_a_not_ranks_what_has_it_lower():
    both, one = np.array([0.8, 0.6], np.float32), np.array([1, 0], np.float32)
    asked = search.combine([[1, 0.2]], [[0, 1]])
    assert asked @ one > asked @ both


def test_only_nots_find_the_opposite():
    np.testing.assert_allclose(search.combine([], [[0, 2]]), [0, -1])


def test_weights_shift_the_query():
    np.testing.assert_allclose(search.combine([[1, 0], [0, 1]], weights=[1, 0]), [1, 0])
    np.testing.assert_allclose(search.combine([[1, 0]], [[0, 1]], weights=[1, 2]), [0.5**0.5, -(0.5**0.5)])


def test_weights_of_one_change_nothing():
    plus, minus = [[1, 0, 0], [0, 1, 0]], [[0, 0, 1]]
    np.testing.assert_allclose(search.combine(plus, minus, [1, 1, 1]), search.combine(plus, minus))


@pytest.mark.parametrize(
    ("plus", "minus", "weights", "told"),
    [
        ([], [], None, "at least one"),
        ([[0, 0]], [], None, "cancel"),
        ([[1, 0]], [[1, 0]], [1, 2], "cancel"),
        ([[1, 0]], [], [1, 2], "one number"),
        ([[1, 0]], [[0, 1]], [1, -1], "0 or more"),
    ],
)
def test_a_query_that_means_nothing_is_refused(plus, minus, weights, told):
    with pytest.raises(QueryError, match=told):
        search.combine(plus, minus, weights)
