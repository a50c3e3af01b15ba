"""The bounded, ordered pipeline: threads examine files, the calling thread embeds samples in batches."""

import os
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from workbench.ingest.examine import Claims, Examined, Failure, Needs, examine
from workbench.media import sandbox
from workbench.media.archives import entries
from workbench.media.scan import Problem
from workbench.samples.image import IMAGE
from workbench.samples.kind import Finder, PackedSamples, Sample, finders
from workbench.samples.models import Embedder, Models
from workbench.vectors import are_unit_rows

_PATIENCE = 0.5  # seconds that all others wait for the file whose turn it is
_MOST_RESULTS = 512  # results handed over at once where few of them need a vector
_MOST_SAMPLES = 128  # samples within images handed over at once where no image needs a vector

Item = TypeVar("Item")
Result = TypeVar("Result")


def default_workers() -> int:
    """Return how many threads read and decode: one a core, since inference takes the rest of each."""
    return max(2, min(16, os.cpu_count() or 2))


def run(
    paths: Iterable[bytes], finders: Sequence[Finder], claims: Claims, *, workers: int | None = None
) -> Generator[list[Examined], None, None]:
    """Yield the results for ``paths`` in lists that end with each batch of images embedded.

    Results say their place among the paths; they come in that order, but for a file that takes long. Where
    only such are left, what there is comes at once, and then an empty list: time to write it down.
    At most two batches are in flight, so memory does not grow with the number of files. When the caller
    stops early, or is interrupted, files not begun are dropped and the threads end.
    """
    batch = _Batch(finders)
    examined = as_finished(
        partial(examine, claims=claims, finders=finders),
        paths,
        lambda: 2 * batch.size - batch.ready,
        workers=workers or default_workers(),
        name="examine",
    )
    with closing(examined):
        for found in examined:
            if found is None:
                if batch.results:
                    yield batch.finish()
                yield []
                continue
            batch.add(found[1], place=found[0])
            if batch.full:
                yield batch.finish()
        if batch.results:
            yield batch.finish()


class Batcher:
    """Gathers samples of one finder from many images and embeds them in full batches.

    A sample lets go of what was cut out when it gets its vector.
    """

    def __init__(self, finder: Finder) -> None:
        self._finder = finder
        self._waiting: list[Sample] = []

    def add(self, samples: Iterable[Sample]) -> None:
        """Take samples, and embed as many as fill batches."""
        self._waiting += samples
        while len(self._waiting) >= self._finder.batch_size:
            self._next(self._finder.batch_size)

    def finish(self) -> None:
        """Embed those that wait."""
        if self._waiting:
            self._next(len(self._waiting))

    def _next(self, count: int) -> None:
        batch, self._waiting = self._waiting[:count], self._waiting[count:]
        finder = self._finder
        if finder.embed is None:
            raise ValueError(f"{finder.step} finds samples without a vector, and nothing embeds them")
        vectors = finder.embed([sample.cut for sample in batch])
        if vectors.shape != (count, finder.dim):
            key = ", ".join(finder.keys.values())
            raise ValueError(f"{key} gave {vectors.shape} for {count} samples of {finder.dim} dimensions")
        for sample, vector in zip(batch, vectors, strict=True):
            sample.vector, sample.cut = vector, None


class _Batch:
    """Results that wait for the models, in order; batches of samples are embedded as they fill."""

    def __init__(self, finders: Sequence[Finder]) -> None:
        self._batchers = [(finder, Batcher(finder)) for finder in finders]
        sizes = [finder.batch_size for finder in finders if IMAGE.name in finder.keys]
        self.size = sizes[0] if sizes else 16
        self.results: list[Examined] = []
        self.ready = self._others = 0

    @property
    def full(self) -> bool:
        """Whether the images fill a batch, or nothing waits, or so much that it is time to hand over."""
        if self.ready == 0:
            return self._others == 0 or self._others >= _MOST_SAMPLES or len(self.results) >= _MOST_RESULTS
        return self.ready == self.size or len(self.results) >= _MOST_RESULTS

    def add(self, result: Examined, place: int) -> None:
        """Take the next result, of the path at ``place``."""
        result.place = place
        self.results.append(result)
        for finder, batcher in self._batchers:
            for kind in finder.keys:
                found = result.found.get(kind, ())
                if isinstance(found, PackedSamples):
                    continue
                if kind == IMAGE.name:
                    self.ready += len(found)
                else:
                    self._others += len(found)
                batcher.add(found)

    def finish(self) -> list[Examined]:
        """Return all results with their vectors, and begin anew."""
        for _, batcher in self._batchers:
            batcher.finish()
        results, self.results, self.ready, self._others = self.results, [], 0, 0
        return results


def as_finished(
    work: Callable[[Item], Result],
    items: Iterable[Item],
    room: Callable[[], int],
    *,
    workers: int,
    name: str = "work",
) -> Generator[tuple[int, Result] | None, None, None]:
    """Call ``work`` on each item, on ``workers`` threads called ``name``; yield (number of the item, result).

    Results come in the order of the items, but for one that takes longer than a moment: that one comes when
    it is finished. None says that nothing else is to come until a late one is finished.

    ``room()`` is asked before each result how many calls may be begun and not yet handed over, 1 or more.
    Close the generator when stopping early: calls not begun are dropped, and the threads have ended.
    """
    pool = ThreadPoolExecutor(workers, thread_name_prefix=name)
    waiting: dict[int, Future[Result]] = {}
    late: set[int] = set()
    remaining = enumerate(items)
    try:
        while True:
            for number, item in islice(remaining, room() - len(waiting)):
                waiting[number] = pool.submit(work, item)
            if not waiting:
                return
            following = _following(waiting, late)
            if following is None:
                yield None
                wait(waiting.values(), return_when=FIRST_COMPLETED)
            else:
                late.discard(following)
                yield following, waiting.pop(following).result()
    except BaseException:
        sandbox.stop()  # a thread may wait for it, and we for the thread
        entries.stop()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _following(waiting: Mapping[int, Future[Result]], late: set[int]) -> int | None:
    """Return which result to hand over next; None where all are late. What takes too long becomes late."""
    for number in sorted(late):
        if waiting[number].done():
            return number
    for number, future in waiting.items():
        if number not in late:
            if future.done() or wait([future], _PATIENCE).done:
                return number
            late.add(number)
            return _following(waiting, late)
    return None


@dataclass(frozen=True)
class EmbeddedPart:
    """``vectors[i]`` (dim,) belongs to ``ids[i]`` and was read from ``paths[kept[i]]``.

    ``kept`` holds positions in the paths asked for, ascending; files that failed are in ``problems``. Files
    with equal bytes are embedded once and each has its row.
    """

    ids: list[str]
    vectors: NDArray[np.float32]
    kept: NDArray[np.int64]
    problems: list[Problem]


def embed_part(
    paths: Sequence[Path | str | bytes], embedder: Embedder, *, workers: int | None = None
) -> EmbeddedPart:
    """Embed the images at ``paths``; broken files become problems and shift no row."""
    raw = [os.fsencode(path) for path in paths]
    claims = Claims(lambda image_id: Needs(picture=True, kinds=frozenset([IMAGE.name])))
    batches = run(raw, finders(Models(embedder), [IMAGE.name]), claims, workers=workers)
    results = sorted((result for batch in batches for result in batch), key=lambda result: result.place)
    first = {result.image_id: result for result in results if result.claimed}
    vectors, kept, problems = [], [], []
    for position, result in enumerate(results):
        said = first.get(result.image_id, result)
        vector = _vector(said)
        if vector is not None:
            vectors.append(vector)
            kept.append(position)
        else:
            failure = said.failure or next(iter(said.warnings), Failure("embed", "no vector of unit length"))
            problems.append(Problem(raw[position], failure.step, failure.reason))
    ids = [str(results[position].image_id) for position in kept]
    matrix = np.stack(vectors) if vectors else np.zeros((0, embedder.dim), np.float32)
    return EmbeddedPart(ids, matrix, np.array(kept, np.int64), problems)


def _vector(result: Examined) -> NDArray[np.float32] | None:
    found = result.found.get(IMAGE.name, ())
    vector = found[0].vector if found and not isinstance(found, PackedSamples) else None
    return vector if vector is not None and are_unit_rows(vector) else None
