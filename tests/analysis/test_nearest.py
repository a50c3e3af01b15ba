"""The neighbours that layouts are made of: exact where that is quick, found once, and to be ended."""

import threading
from typing import Any

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from workbench.analysis import projection
from workbench.analysis import projection as searching
from workbench.analysis.progress import nobody
from workbench.analysis.projection import nearest

COUNT = 7


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was found before, and rows are compared a few at a time."""
    monkeypatch.setattr(searching, "_last", {})
    monkeypatch.setattr(searching, "ROWS", 32)


@pytest.fixture
def vectors() -> np.ndarray:
    return np.random.default_rng(3).standard_normal((101, 512)).astype(np.float32)


@pytest.fixture
def descended(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What umap's own search was asked; it answers exactly, because compiling it takes twenty seconds."""
    asked: list[dict[str, Any]] = []

    def search(vectors: np.ndarray, count: int, metric: str, _: dict[str, Any], **more: Any) -> Any:
        asked.append({"metric": metric, **more})
        distances = cdist(vectors, vectors, {"manhattan": "cityblock"}.get(metric, metric))
        rows = np.argsort(distances, axis=1)[:, :count]
        return rows.astype(np.int32), np.take_along_axis(distances, rows, 1).astype(np.float32), None

    monkeypatch.setattr("umap.umap_.nearest_neighbors", search)
    return asked


@pytest.mark.parametrize("metric", ["cosine", "euclidean", "correlation"])
def test_all_are_compared(vectors: np.ndarray, metric: Any) -> None:
    rows, distances = nearest(vectors, COUNT, metric, watch=nobody)
    table = cdist(vectors.astype(float), vectors.astype(float), metric)

    assert (rows == np.argsort(table, axis=1)[:, :COUNT]).all()
    assert np.allclose(distances, np.sort(table, axis=1)[:, :COUNT], atol=1e-3)
    assert (rows[:, 0] == np.arange(len(vectors))).all()
    assert (distances[:, 0] == 0).all()  # not nearly: see smooth_knn_dist in umap-learn
    assert (rows.dtype, distances.dtype) == (np.int32, np.float32)


def test_of_many_they_are_found_on_all_cores(
    vectors: np.ndarray, descended: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "EXACT", 100)
    rows, _ = nearest(vectors, COUNT, watch=nobody)

    assert rows.shape == (101, COUNT)
    assert [(asked["metric"], asked["n_jobs"]) for asked in descended] == [("cosine", -1)]


def test_what_was_found_last_is_not_looked_for_again(
    vectors: np.ndarray, descended: list[dict[str, Any]]
) -> None:
    first = nearest(vectors, COUNT, "manhattan", watch=nobody)
    again = nearest(vectors.copy(), COUNT, "manhattan", watch=nobody)
    other = nearest(vectors[::-1], COUNT, "manhattan", watch=nobody)
    more = nearest(vectors[::-1], COUNT + 1, "manhattan", watch=nobody)

    assert again is first
    assert len(descended) == 3
    assert (other[0][0] != first[0][0]).any()
    assert more[0].shape == (101, COUNT + 1)


def test_looking_for_them_can_be_ended(vectors: np.ndarray) -> None:
    told: list[float] = []

    def watch(share: float) -> None:
        told.append(share)
        if len(told) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        nearest(vectors, COUNT, watch=watch)

    assert told == [0.0, 0.0]
    assert nearest(vectors, COUNT, watch=nobody)[0].shape == (101, COUNT)


def test_rows_without_any_length_have_neighbours_too() -> None:
    rows, distances = nearest(np.zeros((9, 4), np.float32), 3, watch=nobody)

    assert rows.shape == (9, 3)
    assert np.isfinite(distances).all()


def test_umap_is_given_what_it_would_have_found_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four groups far apart stay apart, whoever has looked for the neighbours."""
    middles = 9 * np.eye(4, 16, dtype=np.float32)
    spread = np.random.default_rng(0).standard_normal((160, 16)).astype(np.float32)
    vectors, group = middles[np.arange(160) % 4] + spread, np.arange(160) % 4

    for few in (10_000, 100):
        monkeypatch.setattr(projection, "FEW", few)
        places = projection.project(vectors)
        away = cdist(places, [np.median(places[group == i], axis=0) for i in range(4)])

        assert (away.argmin(axis=1) == group).mean() > 0.98


def test_a_map_and_its_clusters_look_once(
    monkeypatch: pytest.MonkeyPatch, vectors: np.ndarray, descended: list[dict[str, Any]]
) -> None:
    monkeypatch.setattr(projection, "FEW", 50)
    monkeypatch.setattr(searching, "EXACT", 100)
    projection.project(vectors)
    done = threading.Thread(target=lambda: projection.reduce(vectors, 5))
    done.start()
    done.join()

    assert len(descended) == 1
