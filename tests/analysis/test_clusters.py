"""Cluster methods on vectors whose groups are known, what is measured of a run, and input that has none."""

import numpy as np
import pytest

from tests.helpers.grouped_vectors import groups
from workbench.analysis.cluster_methods import METHODS, k_distances, knee, parameters, run
from workbench.analysis.cluster_quality import outliers, quality, representatives
from workbench.analysis.clusters import cluster
from workbench.errors import QueryError


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("space", ["vectors", "reduced"])
def test_every_method_finds_the_groups_largest_first(method: str, space: str) -> None:
    vectors, labels = groups()
    more = {"threshold": 5.0} if (method, space) == ("agglomerative", "reduced") else {}
    found = run(vectors, method, space=space, **more)
    both = found >= 0

    assert both.mean() > 0.8
    assert (found[both] == labels[both]).all()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_hardly_any_or_equal_samples_are_no_error(method: str, count: int) -> None:
    copies = np.repeat(np.eye(1, 16, dtype=np.float32), count, axis=0)
    found = run(copies, method)

    assert found.shape == (count,)
    assert set(found.tolist()) <= {-1, 0}


@pytest.mark.parametrize("method", METHODS)
def test_a_vector_that_is_not_finite_is_named(method: str) -> None:
    vectors, _ = groups()
    vectors[[17, 40], 3] = np.nan

    with pytest.raises(QueryError, match=r"2 of 90 vectors .* first in row 17"):
        run(vectors, method)


@pytest.mark.parametrize(
    ("method", "wrong"),
    [
        ("dbscan", {"eps": 0.0}),
        ("dbscan", {"eps": -1.0}),
        ("dbscan", {"eps": 0.3, "min_samples": 0}),
        ("agglomerative", {"threshold": 0.0}),
        ("hdbscan", {"min_cluster_size": 1}),
        ("hdbscan", {"min_cluster_size": 1, "space": "vectors"}),
        ("hdbscan", {"eps": 1.0}),
        ("hdbscan", {"space": "outer"}),
        ("kmeans", {}),
    ],
)
def test_what_cannot_be_done_says_what_to_do(method: str, wrong: dict[str, float]) -> None:
    with pytest.raises(QueryError, match=r"Use "):
        run(groups()[0], method, **wrong)


def test_too_many_to_join_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.analysis.cluster_methods.MOST_JOINED", 50)

    with pytest.raises(QueryError, match="HDBSCAN or DBSCAN"):
        run(groups()[0], "agglomerative", space="vectors")


def test_parameters_name_all_that_decides_a_run() -> None:
    assert parameters("dbscan", eps=0.4) == {
        "method": "dbscan",
        "space": "reduced",
        "seed": 0,
        "eps": 0.4,
        "min_samples": 5,
    }


def test_the_knee_lies_where_noise_begins() -> None:
    rng = np.random.default_rng(0)
    crowd, strangers = rng.normal(0, 0.1, (200, 2)), rng.uniform(-9, 9, (20, 2))
    distances = k_distances(np.concatenate([crowd, strangers]), 4)
    found = knee(distances)

    assert (np.diff(distances) >= 0).all()
    assert 0.02 < found < 1
    assert knee(np.ones(5)) == 1
    assert knee(np.empty(0)) == 0


def test_a_perfect_run_is_measured_as_one() -> None:
    vectors, labels = groups()
    found = quality(vectors, labels.astype(np.int32), labels.astype(np.int32))

    assert (found.clusters, found.noise, found.largest) == (3, 0, 40)
    assert (found.purity, found.adjusted_rand) == (1, 1)
    assert found.silhouette > 0.5
    assert found.dbcv > 0.3
    assert found.note == ""


def test_a_run_without_sense_is_measured_as_one() -> None:
    vectors, labels = groups()
    mixed = np.random.default_rng(1).permutation(labels).astype(np.int32)
    found = quality(vectors, mixed, labels.astype(np.int32))

    assert abs(found.adjusted_rand) < 0.1
    assert found.silhouette < 0.05
    assert found.purity < 0.65


def test_samples_without_a_class_do_not_count_against_a_run() -> None:
    vectors, labels = groups()
    truth = labels.astype(np.int32)
    truth[::3] = -1

    assert quality(vectors, labels.astype(np.int32), truth).adjusted_rand == 1


@pytest.mark.parametrize(
    ("labels", "note"),
    [([], "no samples"), ([-1], "One sample"), ([-1] * 9, "in no cluster"), ([0] * 9, "in one cluster")],
)
def test_a_run_that_says_nothing_says_so(labels: list[int], note: str) -> None:
    found = quality(np.zeros((len(labels), 4)), np.array(labels, np.int32))

    assert note in found.note
    assert np.isnan(found.silhouette)


def test_copies_have_figures_or_none_but_no_error() -> None:
    copies = np.repeat(np.eye(2, dtype=np.float32), 5, axis=0)
    found = quality(copies, np.repeat([0, 1], 5).astype(np.int32))

    assert found.silhouette == 1


def test_the_middle_represents_and_the_edge_stands_out() -> None:
    turn = np.radians([0, 2, -2, 30, 80])
    vectors = np.column_stack([np.cos(turn), np.sin(turn)])
    labels = np.array([0, 0, 0, 0, 1], np.int32)

    assert representatives(vectors, labels, 0, 3).tolist() == [1, 0, 2]
    assert outliers(vectors, labels, 0, 1).tolist() == [3]
    assert representatives(vectors, labels, 7).tolist() == []


def test_an_invalid_parameter_is_named_and_those_not_given_are_left_out() -> None:
    vectors, _ = groups()

    with pytest.raises(QueryError, match="min_samples = 0") as without:
        cluster(vectors, min_samples=0)
    with pytest.raises(QueryError, match=r"merge_distance = -0\.5"):
        cluster(vectors, merge_distance=-0.5)

    assert "None" not in str(without.value)
