"""Measure a query against one pass over the same memory and other rankings, and a lasso over a million rows.

python -m benchmarks.bench_search

FAISS is measured where it is installed, as its exact (flat) search of one query over the same array. What
rclip does with a query (rclip/model.py: a product with all vectors, then Python's sort over all pairs of
score and position) is repeated here on the same array, because the package brings a model of its own.
"""

import importlib.util
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from benchmarks.table import Row, seconds, show
from workbench.analysis import geometry, search
from workbench.analysis.calibration import Background

DIM = 512
SIZES = (100_000, 1_000_000)
ROUNDS = 15
AIM = 1.3


def rows() -> Iterator[Row]:
    """Yield the rows of search and lasso; needs about 3 GB of memory."""
    for n in SIZES:
        yield from query_rows(n)
    yield from lasso_rows(max(SIZES))


def query_rows(n: int) -> Iterator[Row]:
    vectors = unit_rows(n)
    query = unit_rows(1, seed=1)[0]
    background = Background(vectors, unit_rows(500, seed=2))
    found = search.scores(vectors, query)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        floor, whole, best, chances = seconds(
            [
                memory_pass(vectors, pool),
                lambda: search.top(search.scores(vectors, query), 50),
                lambda: search.top(found, 50),
                lambda: background.probability(found),
            ],
            ROUNDS,
        )
    size = f"{n:,} x {DIM}"
    pass_ms = f"{floor * 1e3:.1f} ms: one pass over memory"
    yield Row(
        f"query, {size}: scores and top 50", f"{whole * 1e3:.1f} ms", pass_ms, whole / floor, f"<= {AIM}"
    )
    yield Row(f"... of which top 50 of {n:,}", f"{best * 1e3:.1f} ms", pass_ms, best / floor)
    yield Row(f"... and besides, {n:,} probabilities", f"{chances * 1e3:.1f} ms", pass_ms, chances / floor)
    ours = lambda: search.top(search.scores(vectors, query), 50)  # noqa: E731
    for name, other, rounds in others(vectors, query):
        mine, theirs = seconds([ours, other], rounds)
        yield Row(
            f"query, {n:,} x {DIM}, top 50: ours against {name}",
            f"{mine * 1e3:.1f} ms",
            f"{theirs * 1e3:.1f} ms: {name}",
            mine / theirs,
        )


def others(
    vectors: NDArray[np.float32], query: NDArray[np.float32]
) -> Iterator[tuple[str, Callable[[], object], int]]:
    """Yield what a user would take instead: name, work, and how often it is measured."""
    if importlib.util.find_spec("faiss"):
        import faiss

        yield (
            "FAISS flat",
            lambda: faiss.knn(query[None], vectors, 50, metric=faiss.METRIC_INNER_PRODUCT),
            ROUNDS,
        )
    yield "rclip's ranking", lambda: rank_all(vectors, query)[:50], 3


def rank_all(vectors: NDArray[np.float32], query: NDArray[np.float32]) -> list[tuple[float, int]]:
    """Score every vector and sort all of them in Python, as rclip does."""
    scores = (query[None] @ vectors.T)[0].tolist()
    return sorted(zip(scores, range(len(scores)), strict=True), key=lambda pair: pair[0], reverse=True)


def lasso_rows(n: int) -> Iterator[Row]:
    points = np.random.default_rng(0).normal(size=(n, 2)).astype(np.float32)
    angle = np.linspace(0, 2 * np.pi, 300, endpoint=False)
    star = np.c_[np.cos(angle), np.sin(angle)] * (2 + 0.5 * np.sin(9 * angle))[:, None]
    (taken,) = seconds([lambda: geometry.inside(points, star)], ROUNDS)
    yield Row(
        f"lasso of 300 corners over {n:,} points", f"{taken * 1e3:.0f} ms", "200 ms", taken / 0.2, "<= 1"
    )


def unit_rows(n: int, seed: int = 0) -> NDArray[np.float32]:
    made = np.random.default_rng(seed).random((n, DIM), np.float32) - np.float32(0.5)
    for start in range(0, n, 10_000):
        block = made[start : start + 10_000]
        block /= np.linalg.norm(block, axis=1, keepdims=True)
    return made


def memory_pass(vectors: NDArray[np.float32], pool: ThreadPoolExecutor) -> Callable[[], float]:
    """Return a work that reads every number once, on all processors: the maximum, the quickest we know."""
    blocks = np.array_split(vectors, 64)
    return lambda: max(pool.map(np.max, blocks))


if __name__ == "__main__":
    print(show(list(rows())))
