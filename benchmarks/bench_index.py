"""Measure engines behind the ranker of a case: ``python -m benchmarks.bench_index [--rows 100000]``.

Recall is the share of the exact ten and fifty best that a query finds with an engine, without a filter
and with one that keeps 1 %; time is that of one query for fifty hits with their probabilities, and the
yardstick in the same run is the same query without an engine. Vectors are drawn around 1,000 centres, as
those of photos lie; random ones without groups are the worst case of every engine. ``--server ADDRESS``
adds a PostgreSQL with pgvector; ``--engines`` alone, without names, leaves the others out.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.table import Row, seconds, show
from workbench.index.engines import Engines
from workbench.index.index import Vectors, recall
from workbench.search.ranker import Ranker
from workbench.search.request import Limits

QUERIES, CENTRES, ROUNDS = 100, 1000, 3
KEPT = 0.01


def main() -> None:
    """Make the indexes, ask them all the same, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--dim", type=int, default=512)
    parser.add_argument("--server", help="address of a PostgreSQL with pgvector")
    parser.add_argument("--engines", nargs="*", default=["faiss", "lancedb"], help="those on this machine")
    options = parser.parse_args()
    vectors, queries = made_up(options.rows + QUERIES, options.dim)
    specs = [*options.engines, *([options.server] if options.server else [])]
    print(f"{options.rows:,} vectors of {options.dim} numbers\n")
    print(show(list(measured(vectors, queries, specs))))


def made_up(count: int, dim: int) -> tuple[Vectors, Vectors]:
    """Return unit vectors around centres, and others of the same kind to ask for."""
    random = np.random.default_rng(0)
    centres = random.standard_normal((CENTRES, dim), np.float32)
    rows = centres[random.integers(0, CENTRES, count)] + random.standard_normal((count, dim), np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows[QUERIES:], rows[:QUERIES]


def measured(vectors: Vectors, queries: Vectors, specs: list[str]) -> Iterator[Row]:
    """Yield a row for each engine without a filter, and one with it."""
    frame = pd.DataFrame({"image_id": np.arange(len(vectors)).astype(str)})
    exact = Ranker(frame, vectors)
    filters = {"all": None, f"{KEPT:.0%} kept": np.random.default_rng(1).random(len(vectors)) < KEPT}
    for spec in specs:
        with tempfile.TemporaryDirectory() as folder:
            engines = Engines(spec, Path(folder))
            started = time.perf_counter()
            index = engines.open("images", frame["image_id"], vectors)
            built = time.perf_counter() - started
            mine = Ranker(frame, vectors, engine=lambda index=index: index)
            for kept, where in filters.items():
                shares = ", ".join(
                    f"{recall(rows(mine, queries, k, where), rows(exact, queries, k, where)):.3f} @{k}"
                    for k in (10, 50)
                )
                taken, yardstick = seconds(
                    [lambda one=one, where=where: rows(one, queries, 50, where) for one in (mine, exact)],
                    ROUNDS,
                )
                what = f"{repr(engines)[9:-1]}, {kept}, recall {shares}, built in {built:.0f} s"
                per = f"{taken / QUERIES * 1e3:.2f} ms"
                yield Row(what, per, f"exact {yardstick / QUERIES * 1e3:.2f} ms", taken / yardstick, "< 1")


def rows(ranker: Ranker, queries: Vectors, k: int, where: NDArray[np.bool_] | None) -> NDArray[np.int64]:
    """Return the rows found (Q, k); every query finds k."""
    found = [ranker.rank(query, words=False, limits=Limits(k), where=where).rows for query in queries]
    return np.stack(found).astype(np.int64)


if __name__ == "__main__":
    main()
