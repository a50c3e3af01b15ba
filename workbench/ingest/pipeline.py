"""The bounded, ordered pipeline: threads examine files, the calling thread embeds samples in batches."""

import os
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from workbench.ingest.examine import Claims, Examined, Failure, Needs, Piece, examine
from workbench.media import sandbox, stills
from workbench.media.archives import entries
from workbench.media.scan import Problem
from workbench.samples.image import IMAGE
from workbench.samples.kind import Finder, PackedSamples, Sample, finders
from workbench.samples.models import Embedder, Models
from workbench.vectors import are_unit_rows

_PATIENCE = 0.5  # seconds that all others wait for the file whose turn it is
_MOST_LONG = 2  # files of many stills that are in work at once: each holds its file and some stills
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
    The images of a file come in their order, those of a long file in pieces, with other files between them.
    At most two batches of files and the pieces of two long files are in flight, so memory grows neither with
    the number of files nor with what is in them. When the caller stops early, or is interrupted, files not
    begun are dropped and the threads end.
    """
    batch = _Batch(finders)
    examined = as_finished(
        partial(examine, claims=claims, finders=finders),
        paths,
        lambda: 2 * batch.size - batch.ready,
        workers=workers or default_workers(),
        name="examine",
        rest=_rest,
        stop=claims.stopped.set,
    )
    with closing(examined):
        for found in examined:
            if found is None:
                if batch.results:
                    yield batch.finish()
                yield []
                continue
            for result in found[1].results:
                batch.add(result, place=found[0])
                if batch.full:
                    yield batch.finish()
        if batch.results:
            yield batch.finish()


def _rest(piece: Piece) -> "Rest | None":
    return piece.rest


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
        return self.ready >= self.size or len(self.results) >= _MOST_RESULTS

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


class Rest(Protocol):
    """What goes on with an item whose work is done in several calls."""

    def __call__(self) -> Any:
        """Do the next piece."""
        ...

    def close(self) -> None:
        """Let go of what is held; nothing else is called afterwards."""
        ...


def _no_rest(result: object) -> None:
    """Say that work is done in one call."""


def as_finished(
    work: Callable[[Item], Result],
    items: Iterable[Item],
    room: Callable[[], int],
    *,
    workers: int,
    name: str = "work",
    rest: Callable[[Result], Rest | None] = _no_rest,
    stop: Callable[[], object] = lambda: None,
) -> Generator[tuple[int, Result] | None, None, None]:
    """Call ``work`` on each item, on ``workers`` threads called ``name``; yield (number of the item, result).

    Results come in the order of the items, but for one that takes longer than a moment: that one comes when
    it is finished. None says that nothing else is to come until a late one is finished.

    ``rest(result)`` says what goes on with an item, whose call gives its next result: the item keeps its
    place, and the next call begins while the result is used. So no thread waits for the caller, and others
    have their turn. At most two such items are in work; others of them wait, and what follows passes them.

    ``room()`` is asked before each result how many calls may be begun and not yet handed over, 1 or more.
    Close the generator when stopping early: ``stop`` is called, calls not begun are dropped, and the threads
    have ended.
    """
    calls = _Calls[Result](ThreadPoolExecutor(workers, thread_name_prefix=name), rest)
    remaining = enumerate(items)
    told = False
    try:
        while True:
            for number, item in islice(remaining, max(0, room() - calls.count)):
                calls.begin(number, partial(work, item))
            if not calls.count:
                return
            following = calls.following()
            if following is not None:
                result = calls.take(following)
                told = told and following in calls.late
                yield following, result
            elif told:
                calls.wait()
            else:
                told = True
                yield None
                calls.wait()
    except BaseException:
        stop()
        sandbox.stop()  # a thread may wait for it, and we for the thread
        entries.stop()
        raise
    finally:
        calls.end()


class _Calls(Generic[Result]):
    """Calls in flight, by the number of their item.

    ``late``: items that took long once; nobody waits for their next pieces either.
    """

    def __init__(self, pool: ThreadPoolExecutor, rest: Callable[[Result], Rest | None]) -> None:
        self._pool, self._rest = pool, rest
        self._waiting: dict[int, Future[Result]] = {}
        self._long: dict[int, Rest] = {}  # whose next piece is among those waiting
        self._held: dict[int, Rest] = {}  # what goes on when there is place among them
        self.late: set[int] = set()

    @property
    def count(self) -> int:
        """How many items were begun and are not finished."""
        return len(self._waiting) + len(self._held)

    def begin(self, number: int, call: Callable[[], Result]) -> None:
        """Have a thread do what comes next of an item."""
        self._waiting[number] = self._pool.submit(call)

    def take(self, number: int) -> Result:
        """Return the result of a call that is finished, and begin what can go on now."""
        result = self._waiting.pop(number).result()
        more = self._rest(result)
        if more is None:
            self.late.discard(number)
            self._long.pop(number, None)
        elif number in self._long:
            self._long[number] = more
            self.begin(number, more)
        else:
            self._held[number] = more
        while self._held and len(self._long) < _MOST_LONG:
            first = min(self._held)
            self._long[first] = self._held.pop(first)
            self.begin(first, self._long[first])
        return result

    def following(self) -> int | None:
        """Return which result is the next; None where all are late. What takes too long becomes late."""
        for number in sorted(self.late & self._waiting.keys()):
            if self._waiting[number].done():
                return number
        for number in sorted(self._waiting.keys() - self.late):
            future = self._waiting[number]
            if future.done() or wait([future], _PATIENCE).done:
                return number
            self.late.add(number)
            return self.following()
        return None

    def wait(self) -> None:
        """Wait until some call is finished."""
        wait(self._waiting.values(), return_when=FIRST_COMPLETED)

    def end(self) -> None:
        """End the threads and let go of what would have gone on."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        for more in (*self._held.values(), *self._long.values()):
            more.close()


@dataclass(frozen=True)
class EmbeddedPart:
    """``vectors[i]`` (dim,) belongs to ``ids[i]`` and was read from ``paths[kept[i]]``.

    ``kept`` holds positions in the paths asked for, ascending, that of a document once for each page; files
    that failed are in ``problems``. Files with equal bytes are embedded once and each has its rows.
    """

    ids: list[str]
    vectors: NDArray[np.float32]
    kept: NDArray[np.int64]
    problems: list[Problem]


class _AllNew:
    """Wants a vector of every image, of files that nothing is known of."""

    def needs_of_file(self, file_id: str, stills: str | None) -> Needs:
        return self.needs(file_id, stills)

    def needs(self, image_id: str, stills: str | None) -> Needs:
        return Needs(picture=True, kinds=frozenset([IMAGE.name]))

    def parts(self, file_id: str) -> None:
        return None


def embed_part(
    paths: Sequence[Path | str | bytes], embedder: Embedder, *, workers: int | None = None
) -> EmbeddedPart:
    """Embed the images at ``paths``; broken files become problems and shift no row."""
    raw = [os.fsencode(path) for path in paths]
    claims = Claims(_AllNew(), stills.openers())
    by_place: list[list[Examined]] = [[] for _ in raw]
    for batch in run(raw, finders(Models(embedder), [IMAGE.name]), claims, workers=workers):
        for result in batch:
            by_place[result.place].append(result)
    first = {said[-1].image_id: said for said in by_place if said[-1].claimed}
    ids, vectors, kept, problems = [], [], [], []
    for position, own in enumerate(by_place):
        for result in first.get(own[-1].image_id, own):
            vector = _vector(result)
            if vector is not None:
                ids.append(str(result.image_id))
                vectors.append(vector)
                kept.append(position)
            elif (failure := _said(result)) is not None:
                problems.append(Problem(raw[position], failure.step, failure.reason))
    matrix = np.stack(vectors) if vectors else np.zeros((0, embedder.dim), np.float32)
    return EmbeddedPart(ids, matrix, np.array(kept, np.int64), problems)


def _said(result: Examined) -> Failure | None:
    """Return why there is no vector; None where there should be none, as of a file with pages."""
    if result.failure or result.warnings:
        return result.failure or result.warnings[0]
    whole = result.last and result.stills is not None
    return None if whole else Failure("embed", "no vector of unit length")


def _vector(result: Examined) -> NDArray[np.float32] | None:
    found = result.found.get(IMAGE.name, ())
    vector = found[0].vector if found and not isinstance(found, PackedSamples) else None
    return vector if vector is not None and are_unit_rows(vector) else None
