"""An index behind the ranker: the hits of exact search, none lost by filters, and never a stale index."""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import workbench as wb
from tests.helpers.postgres import running_server
from workbench.errors import QueryError
from workbench.index import ExactIndex, engines
from workbench.index.engines import Engines
from workbench.index.index import blocks
from workbench.search import ranker as ranking
from workbench.search.ranker import Ranked, Ranker
from workbench.search.request import Limits

N, DIM = 3000, 16
PACKAGES = {"faiss": "faiss", "lancedb": "lancedb", "postgresql": "psycopg"}


def unit(count: int, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).standard_normal((count, DIM)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running_server() as address:
        yield address


@pytest.fixture(params=PACKAGES)
def spec(request: pytest.FixtureRequest) -> str:
    pytest.importorskip(PACKAGES[request.param])
    return request.getfixturevalue("server") if request.param == "postgresql" else request.param


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let engines work, and filters lose hits, at a size that a test can afford."""
    monkeypatch.setattr(engines, "LEAST", 10)
    monkeypatch.setattr(ranking, "FEW", 0)


def rankers(spec: str, folder: Path, vectors: np.ndarray, **more: Any) -> tuple[Ranker, Ranker]:
    """Return one with the engine, and the exact one."""
    frame = pd.DataFrame({"image_id": [str(row) for row in range(len(vectors))]})
    opened = Engines(spec, folder).open("images", frame["image_id"], vectors, progress=False)
    assert opened is not None
    return Ranker(frame, vectors, engine=lambda: opened, **more), Ranker(frame, vectors, **more)


def same(found: Ranked, exact: Ranked, at_least: float = 1.0) -> bool:
    return (
        len(np.intersect1d(found.rows, exact.rows)) >= at_least * len(exact.rows)
        and len(found.rows) == len(exact.rows)
        and (found.total, found.looked) == (exact.total, exact.looked)
    )


def test_hits_and_their_probabilities_are_those_of_exact_search(spec: str, tmp_path: Path) -> None:
    mine, exact = rankers(spec, tmp_path, unit(N))
    for query in unit(10, seed=1):
        found, right = (one.rank(query, False, Limits(10)) for one in (mine, exact))
        assert same(found, right, at_least=0.9)
        both, here, there = np.intersect1d(found.rows, right.rows, return_indices=True)
        assert len(both) >= 9
        np.testing.assert_allclose(found.scores[here], right.scores[there], atol=1e-5)
        np.testing.assert_allclose(found.chances[here], right.chances[there], rtol=1e-3)
        assert found.unusual is not None and right.unusual is not None  # noqa: PT018
        np.testing.assert_allclose(found.unusual[here], right.unusual[there], rtol=1e-2)
        np.testing.assert_allclose(found.everywhere(), right.everywhere(), atol=1e-6)


@pytest.mark.parametrize("share", [0.01, 0.3])
def test_a_filter_loses_no_hits(spec: str, tmp_path: Path, share: float) -> None:
    mine, exact = rankers(spec, tmp_path, unit(N))
    where = np.random.default_rng(5).random(N) < share
    for query in unit(10, seed=2):
        found, right = (one.rank(query, False, Limits(10), where) for one in (mine, exact))
        assert where[found.rows].all()
        assert same(found, right, at_least=1 if share < 0.02 else 0.9)


def test_a_filter_that_keeps_only_what_is_farthest_still_fills_k(spec: str, tmp_path: Path) -> None:
    vectors = unit(N)
    mine, exact = rankers(spec, tmp_path, vectors)
    query = unit(1, seed=3)[0]
    where = vectors @ query < np.median(vectors @ query)
    found, right = (one.rank(query, False, Limits(10), where) for one in (mine, exact))

    assert found.rows.tolist() == right.rows.tolist()


def test_thresholds_count_all_that_pass(spec: str, tmp_path: Path) -> None:
    mine, exact = rankers(spec, tmp_path, unit(N))
    query = unit(1, seed=4)[0]
    for limits in (
        Limits(5, threshold=0.6),
        Limits(5, threshold=0.0),
        Limits(5, probability=0.2),
        Limits(None),
    ):
        found, right = (one.rank(query, False, limits) for one in (mine, exact))
        assert same(found, right, at_least=0.8), limits


def test_images_are_found_by_their_best_sample_each_once(spec: str, tmp_path: Path) -> None:
    parents = np.random.default_rng(6).integers(0, 400, N)
    mine, exact = rankers(spec, tmp_path, unit(N), image_row=parents, images=400)
    for query in unit(5, seed=7):
        found, right = (one.rank(query, False, Limits(10)) for one in (mine, exact))
        assert len(set(found.rows.tolist())) == 10
        assert same(found, right, at_least=0.9)
        assert parents[found.samples].tolist() == found.rows.tolist()


def test_an_index_is_kept_and_made_anew_when_rows_or_vectors_change(
    spec: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids, vectors, made, counts = [str(row) for row in range(50)], unit(50), [], []
    opener = Engines(spec, tmp_path)
    for module in ("faiss_index", "lance_index", "pg_index"):
        name = f"workbench.index.{module}.blocks"
        monkeypatch.setattr(name, lambda *given: made.append(1) or blocks(*given))
    for rows, names in ((vectors, ids), (vectors, ids), (vectors[:49], ids[:49]), (vectors[:49], ids[1:])):
        index = opener.open("images", names, rows, progress=False)
        assert index is not None
        assert (len(index), index.dim) == (len(rows), DIM)
        np.testing.assert_array_equal(index.search(rows[:3], 1)[0][:, 0], [0, 1, 2])
        counts.append(len(made))

    assert counts == [1, 1, 2, 3]


def test_only_the_last_index_is_kept_and_a_damaged_one_is_made_anew(tmp_path: Path) -> None:
    pytest.importorskip("faiss")
    opener, ids = Engines("faiss", tmp_path), [str(row) for row in range(50)]
    opener.open("images", ids, unit(50), progress=False)
    opener.open("images", ids[:40], unit(40), progress=False)
    (kept,) = (tmp_path / "faiss").iterdir()
    (kept / "index.faiss").write_bytes(b"damaged")

    again = opener.open("images", ids[:40], unit(40), progress=False)
    assert again is not None
    assert len(again) == 40


def test_one_bit_of_a_kept_index_is_noticed(tmp_path: Path) -> None:
    pytest.importorskip("faiss")
    opener, ids = Engines("faiss", tmp_path), [str(row) for row in range(50)]
    opener.open("images", ids, unit(50), progress=False)
    path = next(tmp_path.rglob("index.faiss"))
    damaged = bytearray(path.read_bytes())
    damaged[-9] ^= 1
    path.write_bytes(damaged)

    assert opener.open("images", ids, unit(50), progress=False) is not None
    assert path.read_bytes() != bytes(damaged)


def test_few_rows_are_searched_exactly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "LEAST", 51)
    pytest.importorskip("faiss")

    assert Engines("faiss", tmp_path).open("images", map(str, range(50)), unit(50)) is None
    assert Engines("exact", tmp_path).open("images", map(str, range(90)), unit(90)) is None


def test_an_unknown_engine_is_refused_without_telling_a_password(source: Path, tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="faiss") as told:
        wb.open(source, case=tmp_path / "case", index="mysql://me:secret@host/name")

    assert "secret" not in str(told.value)


def test_an_engine_that_fails_is_replaced_by_exact_search() -> None:
    class Broken(ExactIndex):
        def search(self, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
            raise RuntimeError("the server is gone")

    vectors = unit(N)
    mine = Ranker(pd.DataFrame(index=range(N)), vectors, engine=lambda: Broken(vectors))
    with pytest.warns(UserWarning, match="the server is gone"):
        found = mine.rank(vectors[7], False, Limits(3))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        again = mine.rank(vectors[7], False, Limits(3))

    assert found.rows.tolist() == again.rows.tolist()
    assert found.rows[0] == 7


def test_a_case_searches_through_its_index(
    spec: str, tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranking, "LEAST_ASKED", 5)
    exact = wb.open(source, case=tmp_path / "case", model="fake")
    exact.ingest(progress=False)
    exact.tag([0, 1, 2, 3], "seen")
    mine = wb.open(case=tmp_path / "case", index=spec)
    used, plain = [], Ranker._asked
    watch = lambda self, engine, *given: used.append(engine) or plain(self, engine, *given)  # noqa: E731
    monkeypatch.setattr(Ranker, "_asked", watch)
    for query in ("red", "red tag:seen", "blue -red"):
        found, right = (case.ask(query, k=1) for case in (mine, exact))
        assert found.rows.tolist() == right.rows.tolist()
        np.testing.assert_allclose(found.probabilities, right.probabilities, rtol=1e-3)
        assert (found.total, found.beyond) == (right.total, pytest.approx(right.beyond))

    assert used
    indexed, compared = (np.asarray(case.ask("red", k=1).everywhere) for case in (mine, exact))
    np.testing.assert_allclose(indexed, compared, atol=1e-6)
