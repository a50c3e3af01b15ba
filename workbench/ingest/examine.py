"""What one thread does with one file: read it once, hash, decode, thumbnail, find samples of each kind.

A photo is done in one go. A file of many stills is done piece by piece, so that neither its stills nor its
results are ever all in memory, and other files have their turn: see :class:`_Splitting`.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from workbench.media.crops import SIDE, thumbnail
from workbench.media.decode import DecodedImage, DecodeError, ImageFacts, read_image, read_metadata_of
from workbench.media.kinds import archive_named
from workbench.media.metadata import Metadata
from workbench.media.read import ReadError, explain, size_and_time
from workbench.media.sandbox import StoppedError
from workbench.media.stills import Openers, OpenFile, Original, Still, look
from workbench.samples.image import IMAGE, decode_side
from workbench.samples.instances import not_looked_at
from workbench.samples.kind import Finder, Found, kind_named

__all__ = ["Claims", "Examined", "Failure", "Needs", "Piece", "Wanted", "decode_side", "examine"]

_MOST_STILLS = 16  # of a file that are examined in one go
_MOST_SECONDS = 2.0  # after which what was examined in one go is handed over, however little it is
_MOST_TOLD = 50  # problems of single stills that are told of a file; of the others their number

# Of a model with an odd picture.
_FAILURES = (ValueError, OSError, ArithmeticError, LookupError, MemoryError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a step failed for a file."""

    step: str
    reason: str


@dataclass(frozen=True, slots=True)
class Needs:
    """What must be made of a file: thumbnail and metadata, or metadata alone, and samples of some kinds."""

    picture: bool = False
    kinds: frozenset[str] = frozenset()
    metadata: bool = False

    def __bool__(self) -> bool:
        return self.picture or self.metadata or bool(self.kinds)


@dataclass(slots=True)
class Examined:
    """The result for one image. What was not needed is None or not there; vectors are filled in by the loop.

    ``place``: of its file among those asked for. ``read``: size (bytes) and time of change (ns) just before
    the file was read, which may be newer than planned.
    ``claimed``: this file was the first to bring its bytes and stands for all others with the same bytes.
    ``metadata``: read with the rest, or again without it.
    ``failure``: no image could be had from the file. ``warnings``: lesser things that failed. ``found``:
    kind -> samples, none for a kind that was looked for in vain.
    ``last``: nothing more comes of the file. Of a file with parts there is a result for each image that
    needed something, and a last one with the id of the file, which is about no image: ``images`` says how
    many the file has. ``stills``: how it was split, None for a photo.
    """

    image_id: str | None = None
    place: int = 0
    read: tuple[int, int] | None = None
    claimed: bool = False
    last: bool = True
    stills: str | None = None
    images: int | None = None
    failure: Failure | None = None
    facts: ImageFacts | None = None
    metadata: Metadata | None = None
    jpeg: bytes | None = None
    found: dict[str, Found] = field(default_factory=dict)
    warnings: list[Failure] = field(default_factory=list)


@dataclass(slots=True)
class Piece:
    """What was done in one go: the results for some images of a file, and what does the next ones, if any."""

    results: list[Examined]
    rest: "_Splitting | None" = None


class Wanted(Protocol):
    """Says what is needed, by ids and by how a file is split (None for a photo); asked by several threads."""

    def needs_of_file(self, file_id: str, stills: str | None) -> Needs:
        """Return what is needed of any of the images of a file."""
        ...

    def needs(self, image_id: str, stills: str | None) -> Needs:
        """Return what is needed of one image."""
        ...

    def parts(self, file_id: str) -> Sequence[str] | None:
        """Return which parts of a file are asked for; None for those that its kind chooses."""
        ...


class Claims:
    """Which files need work. Each content is claimed once, by whichever thread reads its bytes first.

    ``openers``: what opens files of more than one still. ``stopped``: once it is set, threads end soon.
    """

    def __init__(self, wanted: Wanted, openers: Openers) -> None:
        self.wanted = wanted
        self.openers = openers
        self.stopped = threading.Event()
        self._claimed: set[str] = set()
        self._lock = threading.Lock()

    def claim(self, file_id: str, stills: str | None) -> Needs:
        """Return what the caller must make of a content; nothing where another thread makes it."""
        needs = self.wanted.needs_of_file(file_id, stills)
        with self._lock:
            if not needs or file_id in self._claimed:
                return Needs()
            self._claimed.add(file_id)
        return needs

    def go_on(self, *_: object) -> None:
        """Raise :class:`StoppedError` where the work was stopped."""
        if self.stopped.is_set():
            raise StoppedError


def examine(path: bytes, claims: Claims, finders: Sequence[Finder]) -> Piece:
    """Read a file and make of it what is still needed; failures of the file are results, bugs are raised."""
    try:
        read = size_and_time(path)  # before reading: what changes in between is read anew next time
        original = look(path, claims.openers)
        file_id = original.digest(claims.go_on)
    except ReadError as error:
        return Piece([Examined(failure=Failure("read", str(error)))])
    stills = original.opener.choice if original.opener else None
    needs = claims.claim(file_id, stills)
    result = Examined(file_id, read=read, claimed=bool(needs), stills=stills)
    if not needs:
        return Piece([result])
    if original.opener:
        return Piece([], _Splitting(original, result, claims, finders))
    data = original.data or b""
    read_photo = partial(_read_photo, data)
    misnamed = archive_named(data)
    del original
    try:
        if needs.metadata and not needs.picture:
            _note_metadata(result, read_metadata_of(data))
        if needs.picture or needs.kinds:
            _make(result, needs, finders, read_photo)
    except DecodeError as error:
        result.failure = Failure("decode", misnamed or error.reason)
    return Piece([result])


def _read_photo(data: bytes, min_side: int, min_long_side: int) -> DecodedImage:
    return read_image(data, min_side=min_side, min_long_side=min_long_side)


def _make(
    result: Examined, needs: Needs, finders: Sequence[Finder], read: Callable[[int, int], DecodedImage]
) -> None:
    """Decode one image and make of it what is needed; raises :class:`DecodeError`."""
    wanted = {finder.step: needs.kinds & finder.keys.keys() for finder in finders}
    working = [finder for finder in finders if wanted[finder.step]]
    decoded = read(
        max([_picture_side(finders), *(finder.min_side for finder in working)]),
        max([0, *(finder.long_side for finder in working)]),
    )
    if needs.picture:
        result.facts, result.jpeg = decoded.facts, thumbnail(decoded.reduced(_picture_side(finders)))
        _note_metadata(result, decoded.facts.metadata)
        result.warnings.extend(Failure("decode", note) for note in decoded.facts.notes)
    for finder in working:
        _find(result, decoded, finder, wanted[finder.step])


class _Splitting:
    """A file on its way: each call examines some of its stills, on one thread at a time.

    It is opened by the first call and closed with the last. Where it changes meanwhile, what was read since
    is thrown away and the file is a problem.
    """

    def __init__(self, original: Original, file: Examined, claims: Claims, finders: Sequence[Finder]) -> None:
        self._original, self._file, self._claims, self._finders = original, file, claims, finders
        self._open: OpenFile | None = None
        self._stills: Iterator[Still] = iter(())
        self._images = self._told = self._untold = 0
        self._first: Failure | None = None

    def __call__(self) -> Piece:
        """Examine the next stills."""
        results: list[Examined] = []
        try:
            ended = self._some(results)
            changed = size_and_time(self._original.path) != self._file.read
        except ReadError as error:
            return self._end([], Failure("read", str(error)))
        except OSError as error:
            return self._end([], Failure("read", explain(error)))
        except DecodeError as error:  # of all that would follow
            return self._end(results, Failure("decode", error.reason))
        except BaseException:
            self.close()
            raise
        if changed:
            return self._end(
                [], Failure("read", "changes while it is read: ingest again when it is finished")
            )
        return self._end(results) if ended else Piece(results, self)

    def close(self) -> None:
        """Let go of the file, where it was opened."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def _some(self, results: list[Examined]) -> bool:
        """Examine stills until it is time to hand over; return whether there are no more."""
        if self._open is None and self._original.opener is not None:
            self._open = self._original.opener.open(self._original.path, self._original.data)
            self._stills = self._open.stills(self._claims.wanted.parts(str(self._file.image_id)))
        until = time.monotonic() + _MOST_SECONDS
        for still in self._stills:
            self._claims.go_on()
            if result := self._one(still):
                results.append(result)
                if len(results) >= _MOST_STILLS or time.monotonic() > until:
                    return False
        return True

    def _one(self, still: Still) -> Examined | None:
        """Examine one still; None where it needs nothing."""
        file = self._file
        image_id = f"{file.image_id}#{still.part}" if still.part else str(file.image_id)
        needs = self._claims.wanted.needs(image_id, file.stills)
        result = Examined(image_id, read=file.read, claimed=True, last=False, stills=file.stills)
        if needs:
            try:
                _make(result, needs, self._finders, still.read)
            except DecodeError as error:
                result.warnings.append(Failure("decode", error.reason))
                self._first = self._first or result.warnings[0]
                self._images -= needs.picture  # an image that decoded once stays one
            self._tell(result, still.part)
        self._images += 1
        return result if needs else None

    def _tell(self, result: Examined, part: str) -> None:
        """Name the part in the problems of a result, and leave out what would be too many of a file."""
        room = max(0, _MOST_TOLD - self._told)
        self._told += len(result.warnings)
        self._untold += len(result.warnings[room:])
        said = result.warnings[:room]
        result.warnings = [Failure(f"{one.step} {part}" if part else one.step, one.reason) for one in said]

    def _end(self, results: list[Examined], failure: Failure | None = None) -> Piece:
        """Return the last results, with that of the file: a failure where it has no image or has changed."""
        self.close()
        file = self._file
        if failure and self._images and failure.step == "decode":  # what could be read is kept
            file.warnings.append(failure)
            failure = None
        if not failure and not self._images:
            failure = self._first or Failure("decode", "the file holds no picture")
        if failure:
            for result in results:
                result.warnings = []
        elif self._untold:
            file.warnings.append(Failure("stills", f"{self._untold:,} more problems with pages or frames"))
        file.failure, file.images = failure, self._images
        return Piece([*results, file])


def _note_metadata(result: Examined, metadata: Metadata) -> None:
    result.metadata = metadata
    if metadata.reason:
        result.warnings.append(Failure("metadata", metadata.reason))


def _picture_side(finders: Sequence[Finder]) -> int:
    """Return the shorter side that thumbnails are made from: that of the vectors, for one decode."""
    return max([SIDE, *(finder.min_side for finder in finders if IMAGE.name in finder.keys)])


def _find(result: Examined, decoded: DecodedImage, finder: Finder, kinds: frozenset[str]) -> None:
    try:
        result.found.update(finder.find(decoded, str(result.image_id), kinds))
    except _FAILURES as error:
        reason = f"{type(error).__name__}: {error}"[:200]
        kept = {kind: not_looked_at(finder.dim, reason) for kind in kinds if kind_named(kind).table.packed}
        result.found.update(kept)
        if not kept:
            result.warnings.append(Failure(finder.step, reason))
