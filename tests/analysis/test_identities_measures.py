"""Neighbours and measures, against a plain way of working them out."""

from itertools import combinations

import numpy as np
import pytest

from benchmarks.identity_measures import agreement, pair_cosines, verification
from tests.helpers.identities import people, truth, unit
from workbench.analysis.identities import neighbour_graph
from workbench.errors import QueryError


@pytest.fixture
def vectors():
    return unit(np.random.default_rng(0).normal(size=(83, 16)))


def plain_neighbours(vectors, k, threshold):
    """Return for each row the k likest others as a list, from the table of all pairs."""
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -np.inf)
    best = np.argsort(-cosines, axis=1, kind="stable")[:, :k]
    return [[j for j in row if cosines[i, j] >= threshold] for i, row in enumerate(best.tolist())]


@pytest.mark.parametrize("block", [None, 1, 7, 1000])
@pytest.mark.parametrize("threshold", [-1.0, 0.0, 0.3, 2.0])
@pytest.mark.parametrize("k", [1, 5, 200])
def test_neighbours_are_those_of_the_table_of_all_pairs(vectors, k, threshold, block):
    near = neighbour_graph(vectors, k, threshold, block)
    found = [row[row >= 0].tolist() for row in near.rows]
    assert found == plain_neighbours(vectors, k, threshold)


def test_likeness_is_the_cosine_and_minus_infinity_where_there_is_nobody(vectors):
    near = neighbour_graph(vectors, 9, 0.3)
    here, column = np.nonzero(near.rows >= 0)
    cosines = np.sum(vectors[here] * vectors[near.rows[here, column]], axis=1)
    np.testing.assert_allclose(near.similarity[here, column], cosines, atol=1e-6)
    assert np.isneginf(near.similarity[near.rows < 0]).all()


def test_nobody_is_a_neighbour_of_itself_even_among_copies():
    near = neighbour_graph(np.repeat(people([1]), 6, axis=0), 3)
    assert (near.rows != np.arange(6)[:, None]).all()
    assert (near.rows >= 0).all()


def test_no_table_of_all_pairs_is_ever_made(vectors, monkeypatch):
    """A block of rows against all is the largest thing multiplied."""
    monkeypatch.setattr("workbench.analysis.identities.neighbours.BLOCK_BYTES", 4 * 83 * 10)
    shapes = []
    plain = np.asarray

    def spy(values, *rest, **options):
        shapes.append(np.shape(values))
        return plain(values, *rest, **options)

    monkeypatch.setattr("workbench.analysis.identities.neighbours.np.asarray", spy)
    neighbour_graph(vectors, 3)
    assert shapes == [(10, 83)] * 8 + [(3, 83)]


@pytest.mark.parametrize("wrong", [(np.zeros(4), 3), (np.zeros((4, 2)), 0)])
def test_what_is_no_table_has_no_neighbours(wrong):
    with pytest.raises(QueryError, match="Pass"):
        neighbour_graph(*wrong)


def plain_agreement(labels, people_):
    """Count all pairs, and all faces, one by one; -1 is a group of its own."""
    groups = [label if label >= 0 else -1 - row for row, label in enumerate(labels)]
    rows = range(len(groups))
    together = {(a, b) for a, b in combinations(rows, 2) if groups[a] == groups[b]}
    same = {(a, b) for a, b in combinations(rows, 2) if people_[a] == people_[b]}
    shared = [sum(groups[a] == groups[b] and people_[a] == people_[b] for b in rows) for a in rows]
    return (
        len(together & same) / len(together),
        len(together & same) / len(same),
        np.mean([shared[a] / sum(groups[a] == groups[b] for b in rows) for a in rows]),
        np.mean([shared[a] / sum(people_[a] == people_[b] for b in rows) for a in rows]),
    )


@pytest.mark.parametrize("seed", range(5))
def test_agreement_is_what_counting_pairs_and_faces_gives(seed):
    rng = np.random.default_rng(seed)
    labels, people_ = rng.integers(-1, 6, 40), rng.integers(0, 7, 40)
    found = agreement(labels, people_)
    plain = plain_agreement(labels.tolist(), people_.tolist())
    given = (found.precision, found.recall, found.bcubed_precision, found.bcubed_recall)
    np.testing.assert_allclose(given, plain)
    assert found.f == pytest.approx(2 * plain[0] * plain[1] / (plain[0] + plain[1]))
    assert found.bcubed_f == pytest.approx(2 * plain[2] * plain[3] / (plain[2] + plain[3]))


def test_faces_of_nobody_named_do_not_count():
    with_them = agreement([0, 0, 1, 1, 0, 1], [3, 3, 4, 4, -1, -1])
    assert with_them == agreement([0, 0, 1, 1], [3, 3, 4, 4])
    assert with_them.f == with_them.bcubed_f == 1


def test_one_large_group_has_full_recall_and_everybody_alone_full_precision():
    people_ = truth([4, 4])
    assert agreement(np.zeros(8, int), people_).recall == 1
    alone = agreement(np.full(8, -1), people_)
    assert (alone.recall, alone.bcubed_precision) == (0, 1)
    assert np.isnan(alone.precision)


def test_labels_and_truth_must_have_one_length():
    with pytest.raises(QueryError, match="length"):
        agreement([0, 1], [0])


def test_pairs_that_are_told_apart_have_no_error():
    found = verification(np.array([0.7, 0.8]), np.array([0.1, 0.2, 0.3]))
    assert (found.eer, found.accuracy, found.recall_at) == (0, 1, 1)
    assert 0.3 < found.threshold <= 0.7


def test_the_equal_error_rate_is_where_both_errors_are_equal():
    """One in four pairs of one person lies below the cut, and one in four pairs of two at or above it."""
    found = verification(np.array([0.2, 0.6, 0.7, 0.8]), np.array([0.0, 0.1, 0.3, 0.65]))
    assert found.eer == 0.25
    assert found.accuracy == 0.75
    assert found.recall_at == 0.5


def test_hopeless_vectors_are_told_apart_by_chance():
    rng = np.random.default_rng(0)
    found = verification(rng.normal(size=4000), rng.normal(size=4000))
    assert found.eer == pytest.approx(0.5, abs=0.03)
    assert found.accuracy == pytest.approx(0.5, abs=0.03)


def test_pairs_of_one_kind_alone_cannot_be_judged():
    with pytest.raises(QueryError, match="missing"):
        verification(np.array([0.5]), np.array([]))


def test_pairs_are_parted_by_person_and_those_of_nobody_left_out():
    same, different = pair_cosines(people([3, 2, 4]), np.array([0, 0, 0, 1, 1, -1, -1, -1, -1]))
    assert (len(same), len(different)) == (4, 6)
    assert same.min() > 0.8
    assert different.max() < 0.3
