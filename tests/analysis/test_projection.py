"""Layouts and clusters of vectors whose groups are known."""

import subprocess
import sys
import warnings
from itertools import pairwise

import numpy as np
import pytest

from tests.helpers.grouped_vectors import groups
from workbench.analysis import clusters, projection
from workbench.errors import QueryError
from workbench.vectors import unit_rows


class EndedError(Exception):
    """What a watcher raises to end a layout."""


@pytest.mark.parametrize("method", projection.PARAMETERS)
def test_like_samples_lie_together(method):
    vectors, labels = groups()
    places = projection.project(vectors, method)
    centres = np.array([places[labels == group].mean(axis=0) for group in range(3)])
    nearest = np.linalg.norm(places[:, None] - centres, axis=2).argmin(axis=1)
    assert (nearest == labels).all()


@pytest.mark.parametrize("method", projection.PARAMETERS)
def test_the_same_seed_gives_the_same_layout(method):
    vectors, _ = groups((20, 10))
    first, again = (projection.project(vectors, method, seed=3) for _ in range(2))
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize("method", ["umap", "tsne"])
def test_a_layout_tells_how_far_it_is_and_watching_changes_nothing(method):
    vectors, _ = groups((20, 10))
    shares = []  # type: ignore[var-annotated]
    watched = projection.project(vectors, method, watch=shares.append)

    assert len(shares) > 20
    assert shares == sorted(shares)
    assert 0 <= shares[0] < 0.1
    assert 0.9 < shares[-1] <= 1
    np.testing.assert_array_equal(watched, projection.project(vectors, method))


@pytest.mark.parametrize("method", ["umap", "tsne"])
def test_a_watcher_can_end_a_layout_and_the_next_one_is_unharmed(method):
    vectors, _ = groups((20, 10))
    shares = []

    def stop_early(share):
        shares.append(share)
        if share > 0.2:
            raise EndedError

    with pytest.raises(EndedError):
        projection.project(vectors, method, watch=stop_early)
    assert shares[-1] < 0.4
    assert len(projection.project(vectors, method)) == 30


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("umap", {"n_neighbors": 1}),
        ("umap", {"n_neighbors": 2.5}),
        ("umap", {"min_dist": -0.1}),
        ("umap", {"min_dist": float("nan")}),
        ("umap", {"metric": "feeling"}),
        ("umap", {"seed": -1}),
        ("tsne", {"perplexity": 0}),
        ("tsne", {"perplexity": "many"}),
    ],
)
def test_a_value_out_of_range_is_refused_with_the_range(method, params):
    with pytest.raises(QueryError, match=r"Use (a|one of)"):
        projection.parameters(method, **params)


def test_the_same_number_is_the_same_layout_however_it_is_written():
    whole, real = projection.parameters("tsne", perplexity=30), projection.parameters("tsne", perplexity=30.0)
    assert repr(whole) == repr(real) == repr(projection.parameters("tsne"))


@pytest.mark.parametrize("method", projection.PARAMETERS)
@pytest.mark.parametrize("n", [0, 1, 2, 3, 4, 5, 6, 9])
def test_tiny_collections_have_finite_places(method, n):
    vectors, _ = groups((n,) if n else ())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        places = projection.project(vectors.reshape(n, 16), method)

    assert places.shape == (n, 2)
    assert places.dtype == np.float32
    assert np.isfinite(places).all()


@pytest.mark.parametrize("method", projection.PARAMETERS)
@pytest.mark.parametrize("distinct", [1, 2, 3])
def test_copies_have_finite_places(method, distinct):
    copies = np.repeat(np.eye(16, dtype=np.float32)[:distinct], 12, axis=0)
    assert np.isfinite(projection.project(copies, method)).all()


@pytest.mark.parametrize("method", projection.PARAMETERS)
def test_a_layout_fills_the_frame_and_is_centred(method):
    places = projection.project(groups()[0], method)
    low, high = places.min(axis=0), places.max(axis=0)
    np.testing.assert_allclose(low + high, 0, atol=1e-5)
    assert (high - low).max() == pytest.approx(2, abs=1e-5)


def test_parameters_name_all_that_decides_a_layout():
    assert projection.parameters("umap", n_neighbors=30) == {
        "method": "umap",
        "seed": 0,
        "n_neighbors": 30,
        "min_dist": 0.1,
        "metric": "cosine",
    }


@pytest.mark.parametrize(("method", "params"), [("som", {}), ("umap", {"perplexity": 5}), ("pca", {"x": 1})])
def test_an_unknown_method_or_parameter_is_refused(method, params):
    with pytest.raises(QueryError):
        projection.project(groups()[0], method, **params)


def test_clusters_are_the_groups_largest_first():
    vectors, labels = groups()
    np.testing.assert_array_equal(clusters.cluster(vectors), labels)


def test_a_layout_can_be_clustered_as_it_is():
    places = np.repeat([[0.0, 0.0], [9.0, 9.0]], [12, 8], axis=0) + np.random.default_rng(0).normal(
        0, 0.1, (20, 2)
    )
    assert clusters.cluster(places).tolist() == [0] * 12 + [1] * 8


def test_a_sample_far_from_all_is_in_no_cluster():
    vectors, _ = groups((40, 30), dim=4, noise=0.02)
    alone = np.array([[0, 0, 0, 1]], np.float32)
    assert clusters.cluster(np.concatenate([vectors, alone]))[-1] == -1


@pytest.mark.parametrize("n", [0, 1, 3, 4, 5])
def test_too_few_samples_are_in_no_cluster_or_one(n):
    found = clusters.cluster(groups((n,))[0].reshape(n, 16))
    assert found.shape == (n,)
    assert found.dtype == np.int32
    assert set(found.tolist()) <= {-1, 0}


def test_clusters_are_the_same_each_time():
    vectors, _ = groups((30, 30, 30, 10), noise=0.2)
    np.testing.assert_array_equal(clusters.cluster(vectors), clusters.cluster(vectors))


def test_clusters_of_every_level_lie_within_one_of_the_level_before():
    points, _ = groups((60, 40, 30, 3), dim=5, noise=0.08)
    found = clusters.levels(points * 4)

    counts = found.max(axis=1) + 1
    assert found.shape == (len(clusters.LEVELS), len(points))
    assert 3 <= counts[0] < counts.max()
    for coarse, fine in pairwise(found):
        above = clusters.parents(fine, coarse)
        members = fine >= 0
        assert (coarse[members] == np.array(above)[fine[members]]).all()
        assert (np.bincount(fine[members]) >= clusters.SMALLEST).all()
        assert (np.diff(np.bincount(fine[members])) <= 0).all()


def test_the_same_groups_are_found_among_many_as_among_few():
    """A cluster is not the larger for the collection around it, nor for being gathered in cells first."""
    points, labels = groups((40,) * 4, dim=5, noise=0.02)
    crowd = np.concatenate([points * 9, groups((1500,) * 5, dim=5, noise=0.02)[0] * 9 + 50])
    found = clusters.levels(crowd)[clusters.LEVEL]

    assert len(crowd) > clusters.CELLS
    assert found.max() == 8
    assert (found[:160] < 0).mean() < 0.02
    assert all(len(set(found[:160][labels == group]) - {-1}) == 1 for group in range(4))
    assert clusters.levels(points * 9)[clusters.LEVEL].max() == 3


@pytest.mark.parametrize("count", [0, 1, 3])
def test_too_few_samples_are_in_no_cluster_at_any_level(count):
    assert (clusters.levels(np.zeros((count, 5))) == -1).all()


def test_copies_are_one_cluster_at_every_level():
    assert (clusters.levels(np.ones((9, 5), np.float32)) == 0).all()


@pytest.mark.parametrize("settings", [{"min_cluster_size": 1}, {"min_samples": 0}, {"merge_distance": -0.1}])
def test_impossible_sizes_and_distances_are_refused(settings):
    with pytest.raises(QueryError):
        clusters.cluster(groups()[0], **settings)


def test_clusters_of_a_layout_are_merged_within_a_distance():
    places = np.repeat([[0.0, 0.0], [1.0, 0.0], [9.0, 0.0]], 20, axis=0)
    places += np.random.default_rng(0).normal(0, 0.05, places.shape)
    assert clusters.cluster(places, 6).max() == 2
    assert clusters.cluster(places, 6, merge_distance=2.0).tolist() == [0] * 40 + [1] * 20


def test_cluster_parameters_are_those_of_cluster():
    vectors, _ = groups()
    settings = clusters.parameters(min_cluster_size=10)
    assert settings == {"min_cluster_size": 10, "min_samples": 3, "merge_distance": None, "seed": 0}
    assert clusters.cluster(vectors, **settings).max() == 2  # type: ignore[arg-type]


def test_clusters_that_show_the_same_are_named_by_it_and_told_apart():
    """Axis 3 is shared by all samples: all are "a photo", and that alone tells nobody which."""
    vectors, labels = groups((10, 8), dim=4, noise=0.01)
    vectors = unit_rows(vectors + np.array([0, 0, 0, 1.03], np.float32))
    texts = np.eye(4, dtype=np.float32)
    found = clusters.names(vectors, labels, texts, ["cat", "dog", "bird", "a photo"])
    assert found == ["a photo: cat", "a photo: dog"]


def test_a_second_phrase_that_hardly_holds_gives_way_to_a_number():
    """All are far more "a photo" than a cat or a dog, though the one group is a little more a cat."""
    vectors, labels = groups((10, 8), dim=4)
    vectors = unit_rows(vectors + np.array([0, 0, 0, 5], np.float32))
    texts = np.eye(4, dtype=np.float32)
    found = clusters.names(vectors, labels.astype(np.int32), texts, ["cat", "dog", "bird", "a photo"])
    assert found == ["a photo", "a photo (2)"]


def test_a_second_phrase_holds_of_most_and_not_of_the_others():
    texts = np.eye(3, dtype=np.float32)
    cats, dogs = unit_rows(np.array([[1, 0, 1.05], [0, 1, 1.05]], np.float32))
    plain = texts[2]
    most = np.stack([cats] * 8 + [plain] * 2 + [dogs] * 9)  # eight of ten are cats
    some = np.stack([cats] * 5 + [plain] * 5 + [dogs] * 9)
    shared = np.stack([cats] * 8 + [plain] * 2 + [cats] * 5 + [dogs] * 4)  # so are five of the others
    labels = np.repeat([0, 1], [10, 9]).astype(np.int32)
    words = ["cat", "dog", "a photo"]
    assert clusters.names(most, labels, texts, words) == ["a photo: cat", "a photo: dog"]
    assert clusters.names(some, labels, texts, words) == ["a photo", "a photo: dog"]
    assert clusters.names(shared, labels, texts, words) == ["a photo", "a photo (2)"]


def test_the_only_cluster_is_named_by_what_it_shows():
    vectors, labels = groups((12,), dim=4)
    assert clusters.names(vectors, labels, np.eye(4, dtype=np.float32), ["cat", "dog", "bird", "a"]) == [
        "cat"
    ]


def test_names_are_unique_and_run_out_gracefully():
    vectors, labels = groups((10, 8, 6))
    found = clusters.names(vectors, labels, np.eye(16, dtype=np.float32)[:2], ["cat", "dog"])
    assert len(set(found)) == 3
    assert {"cat", "dog"} < set(found)


def test_names_are_the_same_when_samples_are_compared_in_parts(monkeypatch):
    vectors, labels = groups((20, 17, 9))
    labels[::7] = -1
    texts = np.eye(16, dtype=np.float32)[:5]
    words = ["cat", "dog", "bird", "fish", "ant"]
    whole = clusters.names(vectors, labels.astype(np.int32), texts, words)
    monkeypatch.setattr(clusters, "AT_ONCE", 4 * len(words))
    assert clusters.names(vectors, labels.astype(np.int32), texts, words) == whole == ["cat", "dog", "bird"]


def test_no_cluster_needs_no_name():
    vectors, _ = groups((5,))
    assert clusters.names(vectors, np.full(5, -1, np.int32), vectors[:2], ["cat", "dog"]) == []
    assert clusters.names(vectors[:0], np.zeros(0, np.int32), vectors[:2], ["cat", "dog"]) == []


def test_no_layout_by_umap_compiles_what_an_earlier_process_has_compiled():
    """Of two new processes, the second finds in numba's cache all that the layout calls."""
    code = (
        "import numpy as np\n"
        "from workbench.analysis.projection import project\n"
        "project(np.random.default_rng(0).standard_normal((40, 8), np.float32))\n"
        "from numba.core import event\n"
        "from umap import layouts, umap_\n"
        "from workbench.analysis import projection\n"
        "made = [getattr(umap_, name, None) or getattr(layouts, name) for name in projection._COMPILED]\n"
        "print(sum(sum(one.stats.cache_misses.values()) for one in made),\n"
        "      sum(sum(one.stats.cache_hits.values()) for one in made))\n"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.split()
        for _ in range(2)
    ]

    compiled, found = map(int, told[1])
    assert compiled == 0
    assert found > 0
