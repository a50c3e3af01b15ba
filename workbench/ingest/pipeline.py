"""The bounded, ordered pipeline: threads examine files, the calling thread embeds batches."""

import os
from collections.abc import Generator, Iterable
from contextlib import closing
from functools import partial

import numpy as np

from workbench.ingest.embedder import Embedder
from workbench.ingest.examine import Models, examine
from workbench.ingest.examined import Claims, Examined
from workbench.ingest.faces import CropBatches
from workbench.ingest.ordered_pool import in_order
from workbench.ingest.regions import RegionBatches

_MOST_RESULTS = 512  # results handed over at once where few of them need a vector
_MOST_PARTS = 128  # faces and regions handed over at once where no image needs a vector


def default_workers() -> int:
    """Return how many threads read and decode: one a core, since inference takes the rest of each."""
    return max(2, min(16, os.cpu_count() or 2))


def run(
    paths: Iterable[bytes], models: Models, claims: Claims, *, workers: int | None = None
) -> Generator[list[Examined], None, None]:
    """Yield the results for ``paths``, in their order, in lists that end with each batch embedded.

    At most two batches are in flight, so memory does not grow with the number of files. When the caller
    stops early, or is interrupted, files not begun are dropped and the threads end.
    """
    batch = _Batch(models)
    examined = in_order(
        partial(examine, claims=claims, models=models),
        paths,
        lambda: 2 * batch.size - batch.ready,
        workers=workers or default_workers(),
        name="examine",
    )
    with closing(examined):
        for result in examined:
            batch.add(result)
            if batch.full:
                yield batch.finish()
        if batch.results:
            yield batch.finish()


class _Batch:
    """Results that wait for the models, in order; faces and regions are embedded as they come."""

    def __init__(self, models: Models) -> None:
        self._embedder = models.embedder
        self._crops = CropBatches(models.faces) if models.faces else None
        self._cuts = RegionBatches(models.embedder) if models.regions and models.embedder else None
        self.size = models.embedder.batch_size if models.embedder else 16
        self.results: list[Examined] = []
        self.ready = self.parts = 0

    @property
    def full(self) -> bool:
        """Whether the images fill a batch, or so many need none that it is time to hand over."""
        enough_parts = self.ready == 0 and self.parts >= _MOST_PARTS
        return self.ready == self.size or len(self.results) >= _MOST_RESULTS or enough_parts

    def add(self, result: Examined) -> None:
        """Take the next result."""
        self.results.append(result)
        self.ready += result.prepared is not None
        if self._crops and result.faces:
            self.parts += len(result.faces)
            self._crops.add(result.faces)
        if self._cuts and result.regions:
            self.parts += len(result.regions.regions)
            self._cuts.add(result.regions.regions)

    def finish(self) -> list[Examined]:
        """Return all results with their vectors, and begin anew."""
        if self._crops:
            self._crops.finish()
        if self._cuts:
            self._cuts.finish()
        if self._embedder:
            _embed(self.results, self._embedder)
        results, self.results, self.ready, self.parts = self.results, [], 0, 0
        return results


def _embed(results: list[Examined], embedder: Embedder) -> None:
    """Fill in the vectors of those results that have model input."""
    ready = [result for result in results if result.prepared is not None]
    if ready:
        vectors = embedder.embed_images(
            np.stack([result.prepared for result in ready if result.prepared is not None])
        )
        _check(vectors, len(ready), embedder)
        for result, vector in zip(ready, vectors, strict=True):
            result.vector, result.prepared = vector, None


def _check(
    vectors: np.ndarray[tuple[int, ...], np.dtype[np.float32]], count: int, embedder: Embedder
) -> None:
    if vectors.shape != (count, embedder.dim):
        raise ValueError(
            f"{embedder.key} gave {vectors.shape} for {count} images of {embedder.dim} dimensions"
        )
