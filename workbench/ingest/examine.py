"""What one thread does with one file: read it once, hash, decode, thumbnail, find samples of each kind."""

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from workbench.media.crops import SIDE, thumbnail
from workbench.media.decode import DecodedImage, DecodeError, ImageFacts, read_image
from workbench.media.kinds import archive_named
from workbench.media.read import ReadError, read_bytes, size_and_time
from workbench.samples.image import IMAGE, decode_side
from workbench.samples.instances import not_looked_at
from workbench.samples.kind import Finder, Found, kind_named

__all__ = ["Claims", "Examined", "Failure", "Needs", "decode_side", "examine"]

# Of a model with an odd picture.
_FAILURES = (ValueError, OSError, ArithmeticError, LookupError, MemoryError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a step failed for a file."""

    step: str
    reason: str


@dataclass(frozen=True, slots=True)
class Needs:
    """What must be made of a file: thumbnail and metadata, and samples of some kinds."""

    picture: bool = False
    kinds: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return self.picture or bool(self.kinds)


@dataclass(slots=True)
class Examined:
    """The result for one file. What was not needed is None or not there; vectors are filled in by the loop.

    ``place``: of the file among those asked for. ``read``: size (bytes) and time of change (ns) just before
    it was read, which may be newer than planned.
    ``claimed``: this file was the first to bring its bytes and stands for all others with the same bytes.
    ``failure``: no image could be had from it. ``warnings``: lesser things that failed. ``found``: kind ->
    samples, none for a kind that was looked for in vain.
    """

    image_id: str | None = None
    place: int = 0
    read: tuple[int, int] | None = None
    claimed: bool = False
    failure: Failure | None = None
    facts: ImageFacts | None = None
    jpeg: bytes | None = None
    found: dict[str, Found] = field(default_factory=dict)
    warnings: list[Failure] = field(default_factory=list)


class Claims:
    """Which files need work. Each content is claimed once, by whichever thread reads its bytes first."""

    def __init__(self, needs: Callable[[str], Needs]) -> None:
        self._needs = needs
        self._claimed: set[str] = set()
        self._lock = threading.Lock()

    def claim(self, image_id: str) -> Needs:
        """Return what the caller must make of a content; nothing where another thread makes it."""
        needs = self._needs(image_id)
        with self._lock:
            if not needs or image_id in self._claimed:
                return Needs()
            self._claimed.add(image_id)
        return needs


def examine(path: bytes, claims: Claims, finders: Sequence[Finder]) -> Examined:
    """Read a file and make of it what is still needed; failures of the file are results, bugs are raised."""
    try:
        read = size_and_time(path)  # before reading: what changes in between is read anew next time
        data = read_bytes(path)
    except ReadError as error:
        return Examined(failure=Failure("read", str(error)))
    image_id = hashlib.sha256(data).hexdigest()
    needs = claims.claim(image_id)
    result = Examined(image_id, read=read, claimed=bool(needs))
    if not needs:
        return result
    wanted = {finder.step: needs.kinds & finder.keys.keys() for finder in finders}
    working = [finder for finder in finders if wanted[finder.step]]
    try:
        decoded = read_image(
            data,
            min_side=max([_picture_side(finders), *(finder.min_side for finder in working)]),
            min_long_side=max([0, *(finder.long_side for finder in working)]),
        )
    except DecodeError as error:
        result.failure = Failure("decode", archive_named(data) or error.reason)
        return result
    del data
    if needs.picture:
        result.facts, result.jpeg = decoded.facts, thumbnail(decoded.reduced(_picture_side(finders)))
        if decoded.facts.metadata.reason:
            result.warnings.append(Failure("metadata", decoded.facts.metadata.reason))
        result.warnings.extend(Failure("decode", note) for note in decoded.facts.notes)
    for finder in working:
        _find(result, decoded, finder, wanted[finder.step])
    return result


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
