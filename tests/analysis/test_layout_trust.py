"""Trust in a layout: high where neighbours are kept, low where the map lies."""

import numpy as np
import pytest

from workbench.analysis import layout_trust as module
from workbench.analysis.layout_trust import trust
from workbench.errors import QueryError


def a_ring(n: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Unit vectors on a circle, and a map that shows that circle as it is."""
    turn = np.linspace(0, 2 * np.pi, n, endpoint=False)
    places = np.column_stack([np.cos(turn), np.sin(turn)]).astype(np.float32)
    return places, places * 3


def test_a_map_that_keeps_all_neighbours_is_trusted_everywhere():
    found = trust(*a_ring(), k=6)

    assert found.both.min() == found.preserved.min() == 1


def test_a_map_without_sense_is_trusted_nowhere():
    vectors, points = a_ring(200)
    found = trust(vectors, np.random.default_rng(0).permutation(points), k=6)

    assert found.both.mean() < 0.75
    assert found.preserved.mean() < 0.1


def test_a_sample_put_among_strangers_is_the_one_not_trusted():
    vectors, points = a_ring()
    points[7] = points[37] * 1.001
    found = trust(vectors, points, k=4)

    assert found.trustworthiness.argmin() == 7
    assert found.trustworthiness[7] < 0.3
    assert found.trustworthiness[[17, 22, 52]].min() == 1


def test_a_torn_ring_is_not_continuous_where_it_was_cut():
    vectors, _ = a_ring()
    line = np.column_stack([np.arange(60), np.zeros(60)]).astype(np.float32)
    found = trust(vectors, line, k=4)

    assert found.continuity[[0, 59]].max() < 0.6
    assert found.continuity[20:40].min() == 1


def test_the_mean_is_what_scikit_learn_computes():
    from sklearn.manifold import trustworthiness

    random = np.random.default_rng(2)
    vectors = random.standard_normal((80, 5)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    points = vectors[:, :2]
    theirs = trustworthiness(vectors, points, n_neighbors=7)

    assert trust(vectors, points, k=7).trustworthiness.mean() == pytest.approx(theirs, abs=1e-5)


def test_in_a_large_map_a_place_has_the_trust_of_its_region(monkeypatch: pytest.MonkeyPatch):
    vectors, points = a_ring(400)
    points[100:120] = points[300:320]
    monkeypatch.setattr(module, "COMPARED", 200)
    monkeypatch.setattr(module, "BLOCK", 1000)
    found = trust(vectors, points, k=5)

    assert found.both.shape == (400,)
    assert found.both[np.r_[102:118, 302:318]].max() < found.both[np.r_[0:80, 140:280]].min()


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_few_samples_are_trusted(n: int):
    vectors, points = a_ring(3)

    assert trust(vectors[:n], points[:n]).both.tolist() == [1] * n


def test_no_neighbour_is_refused():
    with pytest.raises(QueryError, match="k of 1 or more"):
        trust(*a_ring(), k=0)
