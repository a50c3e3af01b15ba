"""Suggestions, confidence, who somebody is, halves, order, and what to look at again."""

from functools import partial
from typing import get_args

import numpy as np
import pytest

from tests.helpers.identities import between, people, truth, unit
from workbench.analysis import identities
from workbench.analysis.identities import Method, order_by_similarity, probability, propose_split
from workbench.analysis.identities.calibration import cosine_of
from workbench.errors import QueryError
from workbench.models.faces.pairs import FACENET, SHIPPED

confidence = partial(identities.confidence, scale=FACENET)
group = partial(identities.group, scale=FACENET)
nearest = partial(identities.nearest, scale=FACENET)
review = partial(identities.review, scale=FACENET)
suggest = partial(identities.suggest, scale=FACENET)

YEAR = 365.25 * 24 * 3600


def kinds(doubts):
    return [doubt.kind for doubt in doubts]


@pytest.mark.parametrize("scale", SHIPPED, ids=lambda pair: pair.name)
def test_probability_rises_with_the_cosine_and_can_be_turned_round(scale):
    sure = probability(np.linspace(-1, 1, 50), scale)
    assert (np.diff(sure) >= 0).all()
    assert (sure[0], sure[-1]) == (pytest.approx(0, abs=1e-3), pytest.approx(1, abs=1e-3))
    back = probability(np.array([cosine_of(0.3, scale)]), scale)
    assert back[0] == pytest.approx(0.3, abs=1e-5)


def test_each_recogniser_has_a_threshold_for_each_method():
    assert {pair.name for pair in SHIPPED} == {"facenet", "sface"}
    for pair in SHIPPED:
        assert set(pair.groups) == set(get_args(Method)) == {"whispers", "agglomerative", "hdbscan"}


def test_a_stranger_in_an_identity_is_the_least_sure_of_it():
    sure = confidence(people([6, 1]), np.arange(7))
    assert sure.argmin() == 6
    assert sure[:6].min() > 0.9
    assert sure[6] < 0.1


def test_a_single_face_belongs_to_itself():
    assert confidence(people([1]), [0]).tolist() == [1]


def test_suggestions_are_the_free_faces_most_alike_surest_first():
    vectors = people([6, 4])
    rows, sure = suggest(vectors, [0, 0, 0, -1, -1, -1, 1, 1, -1, -1], 0, 5)
    assert set(rows[:3].tolist()) == {3, 4, 5}
    assert (np.diff(sure) <= 0).all()
    assert sure[2] > 0.9
    assert sure[3] < 0.1


def test_faces_that_are_taken_or_left_out_are_not_suggested():
    rows, _ = suggest(people([5]), [0, 0, 1, -2, -1], 0)
    assert rows.tolist() == [4]


def test_a_face_beside_the_identity_in_a_photo_is_not_suggested():
    rows, _ = suggest(people([4]), [0, 0, -1, -1], 0, photo=[3, -1, 3, -1])
    assert rows.tolist() == [3]


@pytest.mark.parametrize("identity", [-1, 5])
def test_nobody_looks_like_an_identity_without_faces(identity):
    with pytest.raises(QueryError, match="Choose"):
        suggest(people([3]), [0, -1, -1], identity)


def test_a_known_face_is_named_and_a_stranger_is_not():
    vectors = people([4, 4, 2])
    labels, likeness = nearest(vectors[:8], [3] * 4 + [9] * 4, vectors[[1, 6, 8]])
    assert labels.tolist() == [3, 9, -1]
    assert likeness[0] > 0.8
    assert likeness[2] < 0.3


def test_one_face_that_is_alike_by_chance_weighs_less_than_three():
    """A wrong face in an identity does not make strangers known."""
    vectors = people([6, 3])
    labels = np.array([0] * 6 + [0, 1, 1])
    asked = vectors[[6]]
    found, _ = nearest(vectors, labels, asked, 0.0)
    assert found.tolist() == [1]


def test_the_threshold_decides_who_is_unknown():
    vectors = people([3, 1])
    asked = between(vectors[0], vectors[3])[None]
    _, likeness = nearest(vectors[:3], [0, 0, 0], asked)
    above, _ = nearest(vectors[:3], [0, 0, 0], asked, float(likeness[0]) + 0.01)
    below, _ = nearest(vectors[:3], [0, 0, 0], asked, float(likeness[0]) - 0.01)
    assert (above.tolist(), below.tolist()) == ([-1], [0])


def test_without_identities_everybody_is_unknown():
    labels, likeness = nearest(people([3]), [-1, -2, -1], people([2]))
    assert (labels.tolist(), likeness.tolist()) == ([-1, -1], [-1, -1])


def test_asking_for_many_faces_gives_what_asking_one_by_one_gives(monkeypatch):
    vectors, labels = people([5, 5, 5], spread=0.8), truth([5, 5, 5])
    single = [nearest(vectors, labels, row[None]) for row in vectors]
    monkeypatch.setattr("workbench.analysis.identities.suggestions.ROWS_AT_ONCE", 4)
    found, likeness = nearest(vectors, labels, vectors)
    assert found.tolist() == [one[0][0] for one in single]
    np.testing.assert_allclose(likeness, [one[1][0] for one in single], atol=1e-6)


@pytest.mark.parametrize("sizes", [[8, 8], [9, 4], [7, 1], [1, 1]])
def test_two_people_in_one_identity_are_the_halves(sizes):
    rows = np.arange(sum(sizes)) + 2
    vectors = np.concatenate([people([2]), people(sizes, seed=4)])
    first, second = propose_split(vectors, rows[::-1])
    assert first.tolist() == rows[: sizes[0]].tolist()
    assert second.tolist() == rows[sizes[0] :].tolist()


def test_halves_of_a_large_identity_come_from_a_sample(monkeypatch):
    monkeypatch.setattr("workbench.analysis.identities.suggestions.SAMPLED", 10)
    first, second = propose_split(people([40, 30]), np.arange(70))
    assert (first.tolist(), second.tolist()) == (list(range(40)), list(range(40, 70)))


@pytest.mark.parametrize("count", [2, 3, 50])
def test_copies_of_one_face_still_make_two_halves(count):
    first, second = propose_split(np.repeat(people([1]), count, axis=0), np.arange(count))
    assert len(first) >= len(second) >= 1
    assert sorted([*first, *second]) == list(range(count))


def test_one_face_has_no_halves():
    with pytest.raises(QueryError, match="Choose"):
        propose_split(people([2]), [1, 1])


def test_the_order_begins_with_the_most_typical_and_ends_with_strangers():
    vectors = people([6, 1])
    rows = order_by_similarity(vectors, [6, 3, 1, 0, 2, 5, 4])
    assert sorted(rows.tolist()) == list(range(7))
    assert rows[0] == np.argmax(vectors @ vectors.sum(axis=0))
    assert rows[-1] == 6


def test_the_order_shows_one_person_after_the_other():
    mixed = np.random.default_rng(2).permutation(12)
    shown = truth([7, 5])[mixed[order_by_similarity(people([7, 5])[mixed], np.arange(12))]]
    assert shown.tolist() == [0] * 7 + [1] * 5


def test_a_large_identity_is_ordered_by_how_typical_a_face_is(monkeypatch):
    monkeypatch.setattr("workbench.analysis.identities.suggestions.SAMPLED", 3)
    vectors = people([6, 1])
    rows = order_by_similarity(vectors, np.arange(7))
    assert (np.diff(vectors[rows] @ vectors.sum(axis=0)) <= 0).all()


@pytest.mark.parametrize("rows", [[], [1]])
def test_hardly_anything_to_order_is_no_trouble(rows):
    assert order_by_similarity(people([3]), rows).tolist() == rows


def test_a_good_grouping_leaves_nothing_to_doubt():
    vectors = people([6, 5, 4])
    assert review(vectors, group(vectors)) == []


def test_a_stranger_in_an_identity_is_doubted():
    (doubt,) = review(people([6, 1]), [2] * 7)
    assert (doubt.kind, doubt.identity, doubt.other, doubt.row) == ("far apart", 2, 2, 6)
    assert doubt.other_row in range(6)
    assert "0.0" in doubt.why or "0.1" in doubt.why


def likeness_to(vectors, cosine):
    """Return a face of this mean cosine to ``vectors``."""
    mean = vectors.mean(axis=0)
    length = np.linalg.norm(mean)
    aside = np.linalg.svd(vectors)[2][-1]
    part = cosine / length
    return unit(part * mean / length + np.sqrt(1 - part**2) * aside)


def test_a_blurred_face_may_be_less_alike_before_it_is_doubted():
    own = people([6])
    vectors = np.concatenate([own, likeness_to(own, FACENET.even - 0.08)[None]])
    sharp = review(vectors, [0] * 7, quality=[1.0] * 7)
    blurred = review(vectors, [0] * 7, quality=[1.0] * 6 + [0.1])
    assert (kinds(sharp), kinds(blurred)) == (["far apart"], [])


def test_years_without_a_photo_are_a_doubt_and_a_long_life_is_none():
    vectors = people([6])
    gap = [0, 1, 2, 20, 21, np.nan]
    (doubt,) = review(vectors, [0] * 6, when=np.array(gap) * YEAR)
    assert doubt.kind == "far in time"
    assert doubt.row in {0, 1, 2}
    assert doubt.other_row in {3, 4}
    assert "18 years" in doubt.why
    assert review(vectors, [0] * 6, when=np.array([0, 9, 18, 27, 36, 45]) * YEAR) == []


def test_two_identities_of_one_person_are_close_unless_a_photo_shows_both():
    vectors = people([6, 3])
    labels = [0, 0, 0, 4, 4, 4, 5, 5, 5]
    (doubt,) = review(vectors, labels)
    assert (doubt.kind, doubt.identity, doubt.other) == ("close", 0, 4)
    assert doubt.row in {0, 1, 2}
    assert doubt.other_row in {3, 4, 5}
    assert review(vectors, labels, photo=[7, -1, -1, 7, -1, -1, -1, -1, -1]) == []


def test_the_gravest_doubt_comes_first_and_only_so_many_come():
    vectors = people([8, 1, 1])
    vectors[8] = likeness_to(vectors[:8], 0.4)
    doubts = review(vectors, [0] * 10)
    assert [doubt.row for doubt in doubts] == [9, 8]
    assert [doubt.row for doubt in review(vectors, [0] * 10, limit=1)] == [9]


def test_doubts_of_no_identities_are_none():
    assert review(people([3]), [-1, -1, -2]) == []
    assert review(people([3])[:0], []) == []
