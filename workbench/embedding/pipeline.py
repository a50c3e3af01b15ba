"""The bounded, ordered pipeline: threads examine files, the calling thread embeds batches."""

import os
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

import numpy as np

from workbench.embedding.embedder import Embedder
from workbench.embedding.examine import Claims, Examined, examine


def default_workers() -> int:
    """Return how many threads read and decode: one a core, since inference takes the rest of each."""
    return max(2, min(16, os.cpu_count() or 2))


def run(
    paths: Iterable[bytes], embedder: Embedder, claims: Claims, *, workers: int | None = None
) -> Generator[list[Examined], None, None]:
    """Yield the results for ``paths``, in their order, in lists that end with each batch embedded.

    At most two batches are in flight, so memory does not grow with the number of files. When the caller
    stops early, or is interrupted, files not begun are dropped and the threads end.
    """
    pool = ThreadPoolExecutor(workers or default_workers(), thread_name_prefix="examine")
    waiting: deque[Future[Examined]] = deque()
    remaining = iter(paths)
    window = 2 * embedder.batch_size
    results: list[Examined] = []
    try:
        while True:
            for path in islice(remaining, window - len(waiting)):
                waiting.append(pool.submit(examine, path, claims, embedder.prepare))
            if not waiting:
                break
            results.append(waiting.popleft().result())
            if (
                sum(result.prepared is not None for result in results) >= embedder.batch_size
                or len(results) >= 512
            ):
                yield _embed(results, embedder)
                results = []
        if results:
            yield _embed(results, embedder)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _embed(results: list[Examined], embedder: Embedder) -> list[Examined]:
    """Fill in the vectors of those results that have model input."""
    ready = [result for result in results if result.prepared is not None]
    if ready:
        vectors = embedder.embed_images(
            np.stack([result.prepared for result in ready if result.prepared is not None])
        )
        _check(vectors, len(ready), embedder)
        for result, vector in zip(ready, vectors, strict=True):
            result.vector, result.prepared = vector, None
    return results


def _check(
    vectors: np.ndarray[tuple[int, ...], np.dtype[np.float32]], count: int, embedder: Embedder
) -> None:
    if vectors.shape != (count, embedder.dim):
        raise ValueError(
            f"{embedder.key} gave {vectors.shape} for {count} images of {embedder.dim} dimensions"
        )
