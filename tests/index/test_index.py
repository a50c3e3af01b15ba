"""Engines behind Index answer as the exact one does, up to their recall; the server is a real one."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.helpers.postgres import running_server
from workbench.errors import ModelError, QueryError
from workbench.index import ExactIndex, Index
from workbench.index.index import recall

ENGINES = ["exact", "faiss", "lance", "pgvector"]


def unit(count: int, dim: int = 32, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).standard_normal((count, dim)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running_server() as address:
        yield address


@pytest.fixture(params=ENGINES)
def make(request: pytest.FixtureRequest, tmp_path: Path):
    """Return a function that makes an index of vectors."""
    if request.param == "exact":
        return ExactIndex
    if request.param == "faiss":
        pytest.importorskip("faiss")
        from workbench.index.faiss_index import FaissIndex

        return FaissIndex
    if request.param == "lance":
        pytest.importorskip("lancedb")
        from workbench.index.lance_index import LanceIndex

        return lambda vectors: LanceIndex(tmp_path / "lance", vectors)
    address = request.getfixturevalue("server")
    from workbench.index.pg_index import PgIndex

    return lambda vectors: PgIndex(address, vectors)


def test_it_finds_what_exact_search_finds(make) -> None:
    vectors, queries = unit(2000), unit(20, seed=1)
    index: Index = make(vectors)
    rows, scores = index.search(queries, 10)
    exact_rows, exact_scores = ExactIndex(vectors).search(queries, 10)

    assert (len(index), index.dim) == (2000, 32)
    assert recall(rows, exact_rows) >= 0.95
    assert (np.diff(scores, axis=1) <= 1e-6).all()
    same = rows == exact_rows
    assert np.allclose(scores[same], exact_scores[same], atol=1e-5)


def test_a_vector_finds_itself_first(make) -> None:
    vectors = unit(300)
    rows, scores = make(vectors).search(vectors[:5], 1)

    assert rows[:, 0].tolist() == [0, 1, 2, 3, 4]
    assert np.allclose(scores, 1, atol=1e-5)


def test_fewer_rows_than_asked_for_leave_places_empty(make) -> None:
    rows, scores = make(unit(3)).search(unit(1, seed=4), 5)

    assert sorted(rows[0, :3].tolist()) == [0, 1, 2]
    assert rows[0, 3:].tolist() == [-1, -1]
    assert np.isneginf(scores[0, 3:]).all()


@pytest.mark.parametrize(("queries", "k"), [(unit(1, 16), 3), (unit(1)[0], 3), (unit(1), 0)])
def test_what_cannot_be_asked_says_why(make, queries: np.ndarray, k: int) -> None:
    with pytest.raises(QueryError, match=r"Use a k|Pass an array"):
        make(unit(50)).search(queries, k)


def test_a_faiss_index_is_kept_in_a_file(tmp_path: Path) -> None:
    pytest.importorskip("faiss")
    from workbench.index.faiss_index import FaissIndex

    made = FaissIndex(unit(100))
    made.save(tmp_path / "index.faiss")
    again = FaissIndex.load(tmp_path / "index.faiss")

    assert again.search(unit(4, seed=2), 3)[0].tolist() == made.search(unit(4, seed=2), 3)[0].tolist()


def test_a_lance_index_is_found_again(tmp_path: Path) -> None:
    pytest.importorskip("lancedb")
    from workbench.index.lance_index import LanceIndex

    with pytest.raises(ModelError, match="no index"):
        LanceIndex(tmp_path / "lance")
    LanceIndex(tmp_path / "lance", unit(60))

    assert len(LanceIndex(tmp_path / "lance")) == 60


def test_a_table_of_the_server_is_found_again(server: str) -> None:
    from workbench.index.pg_index import PgIndex

    PgIndex(server, unit(40), "forty").close()
    with pytest.raises(ModelError, match="no table"):
        PgIndex(server, table="none")

    assert len(PgIndex(server, table="forty")) == 40


def test_a_server_that_is_not_there_is_named() -> None:
    pytest.importorskip("psycopg")
    from workbench.index.pg_index import PgIndex

    with pytest.raises(ModelError, match="check the address"):
        PgIndex("postgresql://nobody@127.0.0.1:1/none?connect_timeout=2")


def test_recall_counts_what_is_found_in_any_order() -> None:
    assert recall(np.array([[1, 2, 3]]), np.array([[3, 2, 9]])) == pytest.approx(2 / 3)
    assert recall(np.empty((0, 3), int), np.empty((0, 3), int)) == 1
