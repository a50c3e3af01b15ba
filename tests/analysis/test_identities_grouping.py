"""Grouping: what holds for every method, whatever the faces."""

from functools import partial

import numpy as np
import pytest

from tests.helpers.identities import between, partition, people, truth, unit
from workbench.analysis.identities import FREE, LEFT_OUT
from workbench.analysis.identities import group as group_by
from workbench.analysis.identities.graph_clustering import ROUNDS, VOTES, Linkage, chinese_whispers
from workbench.analysis.identities.neighbours import crowds
from workbench.analysis.identities.postprocess import rejoin
from workbench.errors import QueryError
from workbench.models.faces.pairs import FACENET

group = partial(group_by, scale=FACENET)

METHODS = ("whispers", "agglomerative", "hdbscan")
SIZES = [9, 7, 5, 2, 1, 1]


@pytest.fixture(params=METHODS)
def method(request):
    return request.param


@pytest.fixture
def crowd():
    """Return faces of six people so scattered that groups are not plain, with photos of up to four faces."""
    rng = np.random.default_rng(5)
    vectors = people([12, 10, 8, 6, 4, 3, 2, 1, 1], spread=0.9, dim=24, seed=5)
    return vectors, rng.integers(0, 20, len(vectors)), rng.uniform(0, 1, len(vectors))


def same_group(labels, a, b):
    return labels[a] >= 0 and labels[a] == labels[b]


def pairs_of_one_photo(labels, photo):
    keys = list(zip(labels[labels >= 0].tolist(), photo[labels >= 0].tolist(), strict=True))
    return len(keys) - len(set(keys))


def test_people_far_apart_are_found_and_single_faces_left_alone(method):
    labels = group(people(SIZES), method=method)
    assert partition(labels) == partition(np.where(truth(SIZES) < 4, truth(SIZES), -1))
    assert labels.dtype == np.int32


def test_the_largest_identity_has_the_lowest_number(method):
    sizes = np.bincount(group(people([3, 9, 6]), method=method))
    assert sizes.tolist() == [9, 6, 3]


def test_the_order_of_faces_does_not_matter(method):
    vectors = people(SIZES)
    order = np.random.default_rng(3).permutation(len(vectors))
    shuffled = group(vectors[order], method=method)
    back = np.empty_like(shuffled)
    back[order] = shuffled
    assert partition(back) == partition(group(vectors, method=method))


def test_grouping_again_gives_the_same(method, crowd):
    vectors, photo, quality = crowd
    first, second = (group(vectors, method=method, photo=photo, quality=quality) for _ in range(2))
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("threshold", [-1.0, 0.1, 0.4, 0.8])
def test_two_faces_of_one_photo_are_never_one_identity(method, crowd, threshold):
    vectors, photo, quality = crowd
    labels = group(vectors, method=method, photo=photo, quality=quality, threshold=threshold)
    assert pairs_of_one_photo(labels, photo) == 0


def test_twins_in_one_photo_stay_two_and_their_other_photos_join_one_of_them(method):
    face = people([1])[0]
    labels = group(np.stack([face, face, face]), method=method, photo=[0, 0, 1])
    assert labels[0] != labels[1]
    assert same_group(labels, 0, 2) or same_group(labels, 1, 2)


def test_faces_without_a_photo_may_join(method):
    assert partition(group(people([4]), method=method, photo=[-1] * 4)) == {frozenset(range(4))}


def test_faces_known_to_be_one_stay_one_however_unlike(method, crowd):
    vectors, _, _ = crowd
    known = np.full(len(vectors), FREE)
    known[[0, 13, 30]] = 4
    labels = group(vectors, method=method, known=known)
    assert labels[[0, 13, 30]].tolist() == [4, 4, 4]


def test_two_known_identities_never_join_however_alike(method):
    vectors = people([6, 6])
    known = [0, 0, 3, 3, FREE, FREE] + [FREE] * 6
    labels = group(vectors, method=method, known=known)
    assert labels[:4].tolist() == [0, 0, 3, 3]
    assert set(labels[4:6].tolist()) <= {0, 3}


@pytest.mark.parametrize("threshold", [-1.0, 0.3, 0.6])
@pytest.mark.parametrize("seed", range(4))
def test_known_faces_keep_their_numbers_whatever_is_around_them(method, crowd, threshold, seed):
    vectors, photo, quality = crowd
    known = np.random.default_rng(seed).integers(-2, 4, len(vectors))
    labels = group(vectors, method=method, known=known, photo=photo, quality=quality, threshold=threshold)
    np.testing.assert_array_equal(labels[known >= 0], known[known >= 0])
    assert (labels[known == LEFT_OUT] == -1).all()


def test_the_analyst_outweighs_the_rule_of_one_photo(method):
    """A mirror shows one person twice; a third face of that photo still stays out."""
    labels = group(people([3]), method=method, known=[7, 7, FREE], photo=[1, 1, 1])
    assert labels.tolist() == [7, 7, -1]


def test_a_known_identity_of_one_face_keeps_its_number(method):
    assert group(people([1, 1]), method=method, known=[2, FREE]).tolist() == [2, -1]


def test_new_numbers_begin_above_the_known_ones(method):
    labels = group(people([3, 3]), method=method, known=[8, FREE, FREE, FREE, FREE, FREE])
    assert labels.tolist() == [8, 8, 8, 9, 9, 9]


def test_new_faces_join_those_known_and_change_none_of_them(method, crowd):
    """The incremental case: yesterday's identities are given as known, today's faces are free."""
    vectors, photo, quality = crowd
    old = np.arange(len(vectors)) % 3 != 0
    yesterday = group(vectors[old], method=method, photo=photo[old], quality=quality[old], threshold=0.4)
    known = np.full(len(vectors), FREE)
    known[old] = yesterday
    today = group(vectors, method=method, photo=photo, quality=quality, threshold=0.4, known=known)
    held = np.flatnonzero(old)[yesterday >= 0]
    np.testing.assert_array_equal(today[held], known[held])


def test_a_new_face_of_a_known_person_joins_it(method):
    vectors = people([5, 5])
    known = np.where(np.arange(10) % 5 == 4, FREE, truth([5, 5]))
    assert group(vectors, method=method, known=known).tolist() == truth([5, 5]).tolist()


def test_a_face_that_is_left_out_joins_and_bridges_nobody(method):
    vectors = people([4])
    assert group(vectors, method=method, known=[FREE, FREE, FREE, LEFT_OUT]).tolist() == [0, 0, 0, -1]


def bridged():
    """Return two people whose faces are unlike, and many faces on the way from one to the other."""
    two = people([6, 6], spread=0.1)
    way = np.stack([between(two[0], two[6], share) for share in np.linspace(0.1, 0.9, 9)])
    return np.concatenate([two, unit(way)])


def test_faces_of_low_quality_never_bridge_two_identities(method):
    vectors = bridged()
    labels = group(vectors, method=method, quality=[1.0] * 12 + [0.05] * 9)
    assert same_group(labels, 0, 5)
    assert same_group(labels, 6, 11)
    assert labels[0] != labels[6]


def test_the_same_faces_of_high_quality_would_have_bridged():
    """So that the test above cannot pass by itself."""
    labels = group(bridged(), method="whispers", threshold=0.3, quality=[1.0] * 21)
    assert len(partition(labels)) == 1 or set(labels[12:].tolist()) != {-1}


def test_faces_of_low_quality_change_no_group_of_the_others(method, crowd):
    vectors, photo, quality = crowd
    poor = quality < 0.4
    options = {"method": method, "threshold": 0.4, "min_quality": 0.4}
    labels = group(vectors, photo=photo, quality=quality, **options)
    alone = group(vectors[~poor], photo=photo[~poor], **options)
    np.testing.assert_array_equal(labels[~poor], alone)


def test_a_face_of_low_quality_joins_the_identity_it_is_like(method):
    labels = group(people([4, 4]), method=method, quality=[1, 1, 1, 0.1, 1, 1, 1, 0.1])
    assert labels.tolist() == truth([4, 4]).tolist()


def test_faces_of_low_quality_form_no_identity_by_themselves(method):
    assert group(people([4]), method=method, quality=[0.1] * 4).tolist() == [-1] * 4


def test_a_known_face_of_low_quality_stays_known(method):
    labels = group(people([3]), method=method, quality=[0.1, 0.1, 1], known=[5, 5, FREE])
    assert labels.tolist() == [5, 5, 5]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_hardly_any_faces_are_no_trouble(method, count):
    labels = group(people([5])[:count], method=method, photo=list(range(count)), quality=[1.0] * count)
    assert labels.tolist() == ([0, 0] if count == 2 else [-1] * count)


def test_all_faces_alike_are_one_identity(method):
    """Ties everywhere: a hundred and fifty copies, more than the neighbours looked at for each."""
    copies = np.repeat(people([1]), 150, axis=0)
    assert set(group(copies, method=method).tolist()) == {0}


def test_vectors_that_are_no_faces_are_alone(method):
    vectors = np.concatenate(
        [people([3]), np.zeros((2, 64), np.float32), np.full((2, 64), np.nan, np.float32)]
    )
    assert group(vectors, method=method).tolist() == [0, 0, 0, -1, -1, -1, -1]


def test_another_threshold_gives_coarser_or_finer_groups():
    vectors = bridged()
    counts = [len(partition(group(vectors, method="agglomerative", threshold=t))) for t in (-1.0, 0.5, 0.999)]
    assert counts[0] == 1
    assert counts[0] <= counts[1]


@pytest.mark.parametrize(
    "wrong",
    [
        {"method": "guess"},
        {"quality": [1.0]},
        {"photo": [1, 2]},
        {"known": [[-1], [-1]]},
    ],
)
def test_what_does_not_fit_is_an_error_that_says_what_to_do(wrong):
    with pytest.raises(QueryError, match=r"\. (Use|Pass)"):
        group(people([3]), **wrong)


@pytest.fixture
def parted():
    """Return a person in two looks, twenty photos each, of which two are collages of both."""
    first, second = (
        between(people([1])[0], people([1, 1])[1], 0.35),
        between(people([1])[0], people([1, 1])[1], 0.65),
    )
    rng = np.random.default_rng(1)
    looks = np.repeat(np.stack([first, second]), 20, axis=0)
    vectors = unit(looks + rng.normal(size=looks.shape) * 0.3 / np.sqrt(looks.shape[1]))
    return vectors, np.concatenate([np.arange(20), np.arange(18, 38)])


def settled(vectors, labels, photo, known=()):
    fixed = np.isin(np.arange(len(labels)), known)
    return rejoin(vectors, np.asarray(labels, np.int32), np.asarray(photo), fixed, 0.6)


def test_a_collage_of_one_person_does_not_keep_it_in_two(parted, method):
    vectors, photo = parted
    labels = group(vectors, method=method, photo=photo)
    assert np.bincount(labels[labels >= 0])[0] == 38
    assert pairs_of_one_photo(labels, photo) == 0


def test_two_who_are_often_in_one_photo_stay_two_however_alike(parted):
    vectors, photo = parted
    photo[20:26] = np.arange(6)
    labels, out = settled(vectors, np.repeat([0, 1], 20), photo)
    assert labels.tolist() == [0] * 20 + [1] * 20
    assert not out.any()


def test_who_steps_out_of_a_collage_is_nobody_the_analyst_decided_about(parted):
    vectors, photo = parted
    labels, out = settled(vectors, np.repeat([0, 1], 20), photo, known=[18, 19, 25])
    assert labels.tolist() == [0] * 20 + [1] * 20, "both were decided about"
    labels, out = settled(vectors, np.repeat([0, 1], 20), photo, known=[20, 21])
    assert labels[0] == labels[39] == 1, "what was decided keeps its number"
    assert np.flatnonzero(out).tolist() == [18, 19]


def test_two_strangers_a_little_alike_are_no_identity_and_three_such_are(method):
    first, cut = people([1])[0], 0.5
    alike = [unit(np.sqrt(0.56) * first + np.sqrt(0.44) * np.eye(64, dtype=np.float32)[k]) for k in (2, 3, 4)]
    assert partition(group(np.stack(alike[:2]), method=method, threshold=cut)) == set()
    assert partition(group(np.stack(alike), method=method, threshold=cut)) == {frozenset({0, 1, 2})}


def copies(centres, each, spread, dim=64, seed=0):
    """Return faces of ``centres`` people who look all but the same in each photo, and who each is."""
    of = np.repeat(np.arange(centres), each)
    order = np.random.default_rng(seed).permutation(len(of))
    return people([each] * centres, spread=spread, dim=dim, seed=seed)[order], of[order]


@pytest.mark.parametrize("spread", [0.0, 0.05, 0.3])
def test_faces_that_cannot_be_told_apart_cost_next_to_nothing(method, monkeypatch, spread):
    """Work grows with what differs: of 3,000 faces around ten centres few are linked one by one."""
    linked = []

    class Counted(Linkage):
        def run(self, near, watch):
            linked.append(len(self.sums))
            return super().run(near, watch)

    monkeypatch.setattr("workbench.analysis.identities.grouping.Linkage", Counted)
    vectors, of = copies(10, 300, spread)
    labels = group(vectors, method=method)
    assert partition(labels) == partition(of)
    assert linked[0] < 300


def test_copies_in_one_photo_stay_as_many_as_they_are(method):
    """Each photo shows each of six faces twice: so there are twelve, however alike they are."""
    vectors, of = copies(6, 200, 0.05)
    photo = np.empty(len(of), np.int64)
    for person in range(6):
        photo[of == person] = np.arange(200) // 2
    labels = group(vectors, method=method, photo=photo)
    assert pairs_of_one_photo(labels, photo) == 0
    sizes = [len(rows) for rows in partition(labels)]
    assert len(sizes) == 12
    assert sum(sizes) == 1200


def test_copies_join_what_the_analyst_decided_about_them(method):
    vectors, of = copies(5, 150, 0.05)
    known = np.full(len(of), FREE)
    first = np.flatnonzero(of == 2)
    known[first[:40]] = 7
    known[first[40:50]] = LEFT_OUT
    labels = group(vectors, method=method, known=known)
    assert (labels[first[:40]] == 7).all()
    assert (labels[first[40:50]] == -1).all()
    assert (labels[first[50:]] == 7).all()
    assert len(partition(labels)) == 5


def test_ordinary_faces_are_in_no_crowd():
    vectors = people([100] * 10, spread=0.9, dim=128)
    assert (crowds(vectors, 0.55) == -1).all()


def test_a_threshold_near_one_makes_no_crowd_of_what_it_keeps_apart():
    vectors, _ = copies(1, 200, 0.1)
    assert (crowds(vectors, 0.55) >= 0).all()
    assert (crowds(vectors, 0.9999) == -1).all()


def test_grouping_tells_how_far_it_is_and_ends_where_the_watcher_says_so(method):
    vectors = people([30] * 20, spread=0.7, dim=128)
    told = []
    group(vectors, method=method, watch=told.append)
    assert told == sorted(told)
    assert told[0] == 0
    assert 0.7 < told[-1] <= 1
    for end in (0, len(told) // 2, len(told) - 1):
        left = iter(range(end))

        def watch(share, left=left):
            if next(left, None) is None:
                raise InterruptedError

        with pytest.raises(InterruptedError):
            group(vectors, method=method, watch=watch)


def test_a_node_whose_neighbours_did_not_change_would_say_the_same_again():
    """Passing over it gives exactly what visiting all gives; here beside the plain form of the method."""
    rng = np.random.default_rng(0)
    near = [np.unique(rng.integers(0, 200, 12)) for _ in range(200)]
    near = [rows[rows != node] for node, rows in enumerate(near)]
    loud = [rng.integers(1, 5, len(rows)).astype(np.float64) for rows in near]
    fixed = np.arange(200) % 17 == 0
    votes = [np.zeros(len(rows), int) for rows in near]
    for seed in range(VOTES):
        labels, order = np.arange(200), np.random.default_rng(seed)
        for _ in range(ROUNDS):
            before = labels.copy()
            for node in order.permutation(np.flatnonzero(~fixed)):
                heard, place = np.unique(labels[near[node]], return_inverse=True)
                labels[node] = heard[np.argmax(np.bincount(place, weights=loud[node]))]
            if np.array_equal(before, labels):
                break
        for node, rows in enumerate(near):
            votes[node] += labels[rows] == labels[node]
    plain = [rows[count * 2 > VOTES] for rows, count in zip(near, votes, strict=True)]
    for found, expected in zip(chinese_whispers(near, loud, fixed), plain, strict=True):
        np.testing.assert_array_equal(found, expected)
