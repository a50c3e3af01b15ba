"""Likeness within and across groups, and the three measures of it."""

import numpy as np
import pytest

from workbench.analysis.group_similarity import compare, likeness
from workbench.errors import QueryError


def groups(spread, seed=0, sizes=(30, 20, 10)):
    rng = np.random.default_rng(seed)
    rows = np.repeat(np.eye(3, 16, dtype=np.float32), sizes, axis=0)
    rows += spread * rng.normal(size=rows.shape).astype(np.float32)
    names = [name for name, size in zip("abc", sizes, strict=True) for _ in range(size)]
    return rows / np.linalg.norm(rows, axis=1, keepdims=True), names


@pytest.mark.parametrize("metric", ["cosine", "euclidean", "manhattan"])
def test_tight_groups_are_told_apart_by_every_metric_and_loose_ones_are_not(metric):
    (near, near_names), (far, far_names) = groups(0.05), groups(30.0)
    tight, loose = likeness(near, near_names, metric), likeness(far, far_names, metric)
    assert tight.separation == 1
    assert loose.separation == pytest.approx(0.5, abs=0.1)


def test_each_group_has_its_size_and_means():
    found = likeness(*groups(0.05))
    assert [(name, size) for name, size, *_ in found.groups] == [("a", 30), ("b", 20), ("c", 10)]
    assert all(inner > inter for _, _, inner, inter in found.groups)


def test_no_row_is_paired_with_itself():
    vectors, names = groups(1.0, sizes=(2, 2, 2))
    inner = likeness(vectors, names).inner
    pairs = [float(vectors[i] @ vectors[i + 1]) for i in (0, 2, 4)]
    np.testing.assert_allclose(np.unique(inner.round(4)), np.round(sorted(pairs), 4), atol=1e-4)


def test_rows_without_a_group_count_for_nothing():
    vectors, names = groups(0.05)
    odd = np.vstack([vectors, -vectors[:5]])
    assert likeness(odd, [*names, *[""] * 5]).inter.min() > -0.5


@pytest.mark.parametrize("names", [["a"] * 60, [""] * 60, [str(i) for i in range(60)]])
def test_groups_that_cannot_be_compared_are_refused(names):
    with pytest.raises(QueryError, match="two or more"):
        likeness(groups(0.1)[0], names)


def test_the_three_measures_are_what_their_names_say():
    a, b = np.array([[1, 0], [0.6, 0.8]], np.float32), np.array([[0, 1]], np.float32)
    np.testing.assert_allclose(compare(a, b), np.array([[0], [0.8]]), atol=1e-6)
    np.testing.assert_allclose(compare(a, b, "euclidean"), np.array([[2**0.5], [0.4**0.5]]), rtol=1e-5)
    np.testing.assert_allclose(compare(a, b, "manhattan"), np.array([[2], [0.8]]), rtol=1e-5)
    with pytest.raises(QueryError, match="manhattan"):
        compare(a, b, "hamming")  # type: ignore[arg-type]
