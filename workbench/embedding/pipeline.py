"""The bounded, ordered pipeline: threads examine files, the calling thread embeds batches."""

import os
from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

import numpy as np

from workbench.embedding.embedder import Embedder
from workbench.embedding.examine import Claims, Examined, decode_side, examine

_MOST_RESULTS = 512  # results handed over at once where few of them need a vector


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
    min_side = decode_side(embedder.prepare)
    results: list[Examined] = []
    ready = 0  # results that wait for the batch to be full
    try:
        while True:
            for path in islice(remaining, 2 * embedder.batch_size - len(waiting) - ready):
                waiting.append(pool.submit(examine, path, claims, embedder.prepare, min_side))
            if not waiting:
                break
            results.append(waiting.popleft().result())
            ready += results[-1].prepared is not None
            if ready == embedder.batch_size or len(results) >= _MOST_RESULTS:
                yield _embed(results, embedder)
                results, ready = [], 0
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
