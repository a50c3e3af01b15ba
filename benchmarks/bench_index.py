"""Measure engines behind Index against exact search: ``python -m benchmarks.bench_index [--rows 100000]``.

Recall is the share of the exact ten nearest that an engine finds; time is that of one query, and the
yardstick in the same run is exact search. Vectors are drawn around 1,000 centres, as those of photos lie;
random ones without groups are the worst case of every engine. ``--server ADDRESS`` adds a PostgreSQL with
pgvector.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.table import Row, seconds, show
from workbench.index import ExactIndex, Index
from workbench.index.faiss_index import FaissIndex
from workbench.index.index import Vectors, recall
from workbench.index.lance_index import LanceIndex
from workbench.index.pg_index import PgIndex

K, QUERIES, CENTRES = 10, 100, 1000


def main() -> None:
    """Make the indexes, ask them all the same, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--dim", type=int, default=512)
    parser.add_argument("--server", help="address of a PostgreSQL with pgvector")
    options = parser.parse_args()
    vectors, queries = made_up(options.rows + QUERIES, options.dim)
    with tempfile.TemporaryDirectory() as folder:
        makers: dict[str, Callable[[Vectors], Index]] = {
            "FAISS HNSW": FaissIndex,
            "LanceDB": lambda rows: LanceIndex(Path(folder), rows),
        }
        if options.server:
            makers["pgvector HNSW"] = lambda rows: PgIndex(options.server, rows)
        print(f"{options.rows:,} vectors of {options.dim} numbers\n")
        print(show(list(measured(vectors, queries, makers))))


def made_up(count: int, dim: int) -> tuple[Vectors, Vectors]:
    """Return unit vectors around centres, and others of the same kind to ask for."""
    random = np.random.default_rng(0)
    centres = random.standard_normal((CENTRES, dim), np.float32)
    rows = centres[random.integers(0, CENTRES, count)] + random.standard_normal((count, dim), np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows[QUERIES:], rows[:QUERIES]


def measured(
    vectors: Vectors, queries: Vectors, makers: dict[str, Callable[[Vectors], Index]]
) -> Iterator[Row]:
    """Yield a row for exact search and one for each engine."""
    exact = ExactIndex(vectors)
    right, _ = exact.search(queries, K)
    for name, make in makers.items():
        started = time.perf_counter()
        index = make(vectors)
        built = time.perf_counter() - started
        found, _ = index.search(queries, K)
        mine, yardstick = seconds(
            [lambda index=index: index.search(queries, K), lambda: exact.search(queries, K)], 3
        )
        what = f"{name}, recall {recall(found, right):.3f}, built in {built:.0f} s"
        per = f"{mine / QUERIES * 1e3:.2f} ms"
        yield Row(what, per, f"exact {yardstick / QUERIES * 1e3:.2f} ms", mine / yardstick, "< 1")


if __name__ == "__main__":
    main()
