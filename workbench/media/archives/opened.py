"""Find and open what lies in an archive: by its place, ``/path/holiday.zip`` NUL ``b.tar!/c.jpg``."""

import os
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import IO, BinaryIO, TypeAlias, cast

from workbench.media.archives.entries import (
    MAX_DEPTH,
    MAX_MEMBER,
    MAX_MEMBERS,
    START,
    Archive,
    Entry,
    Peek,
    begin,
)
from workbench.media.archives.sevenzips import SevenZipArchive
from workbench.media.archives.solid import spool
from workbench.media.archives.tars import PackedFile, TarArchive, decompressed, holds_tar
from workbench.media.archives.zips import ZipArchive
from workbench.media.kinds import suffix
from workbench.media.regular_files import ReadError, explain, open_quietly

INSIDE = b"!/"
"""What stands in a path between an archive and the name of a file in it."""
MAX_OPEN = 8
"""Archives that are kept open at once."""


def open_archive(
    file: BinaryIO,
    name: bytes,
    peek: Peek,
    *,
    mark: int = 0,
    known: list[Entry] | None = None,
    keep: bool = False,
) -> Archive:
    """Return the archive that a file holds, told by its bytes and not by its ``name``.

    ``mark``: a number that changes with the file. ``known``: what a TAR holds, where that was listed before.
    The file is closed with it, and at once where it is none. Raises :class:`ReadError`.
    """
    try:
        start = file.read(START)
        if not start:
            raise ReadError("an empty file, and no archive")
        if start.startswith((b"PK\3\4", b"PK\5\6", b"PK\7\x08")):
            return ZipArchive(file, peek)
        if start.startswith(b"7z\xbc\xaf\x27\x1c"):
            return SevenZipArchive(file, peek, keep=keep)
        packed = start if decompressed(file, start) else b""
        if holds_tar(file, start, name):
            return TarArchive(file, peek, packed=packed, mark=mark, known=known, keep=keep)
        if packed:
            return PackedFile(file, _unpacked_name(name), packed)
        if suffix(name) == b".zip":
            return ZipArchive(file, peek)  # some begin with a program that unpacks them
        if start.startswith(b"\xd0\xcf\x11\xe0"):
            raise ReadError("an encrypted or old Office document: save it as docx, xlsx or pptx, or as PDF")
        raise ReadError("no archive of a kind that is read, whatever its name says")
    except OSError as error:
        file.close()
        raise ReadError(explain(error)) from error
    except BaseException:
        file.close()
        raise


def _unpacked_name(name: bytes) -> bytes:
    """Return what the file in a compressed one is called: "a.jpg" in "a.jpg.gz"."""
    name = name.rpartition(b"/")[2]
    stem, _, end = name.rpartition(b".")
    return stem if stem and end else name


@dataclass(eq=False)
class _Kept:
    """An archive that is open, and how many use it."""

    users: int = 0
    archive: Archive | None = None
    numbers: dict[bytes, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def close(self) -> None:
        if self.archive is not None:
            self.archive.close()


class _Pool:
    """Archives that are open, by place; those used last are kept while somebody holds the pool."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[object, ...], _Kept] = OrderedDict()
        self.holders = 0

    @contextmanager
    def use(self, key: tuple[object, ...], make: Callable[[], Archive]) -> Iterator[_Kept]:
        with self._lock:
            kept = self._kept.setdefault(key, _Kept())
            self._kept.move_to_end(key)
            kept.users += 1
        try:
            with kept.lock:
                if kept.archive is None:
                    kept.archive = make()
                    kept.numbers = {entry.name: n for n, entry in enumerate(kept.archive.entries)}
            yield kept
        finally:
            with self._lock:
                kept.users -= 1
            self.trim()

    def trim(self) -> None:
        with self._lock:
            most = MAX_OPEN if self.holders else 0
            idle = [key for key, kept in self._kept.items() if not kept.users]
            closing = [self._kept.pop(key) for key in idle[: max(0, len(self._kept) - most)]]
        for kept in closing:
            kept.close()


_pool = _Pool()
Version: TypeAlias = tuple[bytes, int, int, int]
"""Of a file on disk: path, number, size (bytes) and time of change (ns)."""
_listed: OrderedDict[Version, list[Entry]] = OrderedDict()
_listed_lock = threading.Lock()


@contextmanager
def kept_open() -> Iterator[None]:
    """Keep archives open between readings inside: many of their files are to be read."""
    with _pool._lock:
        _pool.holders += 1
    try:
        yield
    finally:
        with _pool._lock:
            _pool.holders -= 1
        _pool.trim()


def separators(path: bytes) -> Iterator[int]:
    """Yield each place where a path may go on inside an archive."""
    place = path.find(INSIDE)
    while place >= 0:
        if place:
            yield place
        place = path.find(INSIDE, place + 1)


def is_inside(place: bytes) -> bool:
    """Say whether a place is in an archive; a path on disk never holds NUL."""
    return b"\0" in place


def entry_of(place: bytes) -> Entry:
    """Return what the archive says of a file in it; raises :class:`ReadError`."""
    with _found(place) as (kept, number):
        return _archive(kept).entries[number]


def copy_out(place: bytes, target: BinaryIO, most: int = MAX_MEMBER) -> int:
    """Write a file of an archive to ``target``, at most so many bytes of it; return its whole size (bytes).

    Raises :class:`ReadError`.
    """
    with _found(place) as (kept, number):
        entry = _archive(kept).entries[number]
        if fault := entry.fault or ("" if entry.kind == "file" else "a link or device in an archive"):
            raise ReadError(fault)
        try:
            _archive(kept).copy(number, target, min(most, entry.size))
        except OSError as error:  # the disk of the photos, or that of the spool
            raise ReadError(explain(error)) from error
        return entry.size


@contextmanager
def _found(place: bytes) -> Iterator[tuple[_Kept, int]]:
    begin()
    real, _, inner = place.partition(b"\0")
    try:
        info = os.stat(real)  # noqa: PTH116 - paths are bytes on purpose
    except OSError as error:
        raise ReadError(explain(error)) from error
    key = (real, info.st_ino, info.st_size, info.st_mtime_ns)
    with (
        _pool.use(key, lambda: open_at(real, _never, keep=_pool.holders > 0)) as kept,
        _descend(kept, key, inner, 1) as found,
    ):
        yield found


@contextmanager
def _descend(kept: _Kept, key: tuple[object, ...], inner: bytes, depth: int) -> Iterator[tuple[_Kept, int]]:
    if (number := kept.numbers.get(inner)) is not None:
        yield kept, number
        return
    for end in separators(inner) if depth < MAX_DEPTH else ():
        at = kept.numbers.get(inner[:end])
        if at is not None:
            make = partial(_open_nested, kept, at)
            with (
                _pool.use((*key, inner[:end]), make) as nested,
                _descend(nested, (*key, inner[:end]), inner[end + 2 :], depth + 1) as found,
            ):
                yield found
            return
    raise ReadError("no longer in the archive") from FileNotFoundError()


def open_at(path: bytes, peek: Peek, *, keep: bool = False, anew: bool = False) -> Archive:
    """Open the archive at a path on disk; raises :class:`ReadError`.

    ``anew``: what was listed of it before is not used.
    """
    try:
        file = os.fdopen(open_quietly(path), "rb")
        info = os.fstat(file.fileno())
    except OSError as error:
        raise ReadError(explain(error)) from error
    version = (path, info.st_ino, info.st_size, info.st_mtime_ns)
    mark = zlib.crc32(b"%d %d" % (info.st_size, info.st_mtime_ns))
    known = None if anew else _listed.get(version)
    archive = open_archive(file, path, peek, mark=mark, known=known, keep=keep)
    if isinstance(archive, TarArchive):
        _remember(version, archive.entries)
    return archive


def _remember(version: Version, entries: list[Entry]) -> None:
    """Keep what a TAR holds, which only a pass over all of it tells, for who reads it next."""
    with _listed_lock:
        _listed.pop(version, None)
        _listed[version] = entries
        while len(_listed) > 1 and sum(map(len, _listed.values())) > MAX_MEMBERS:
            _listed.popitem(last=False)


def open_nested(archive: Archive, number: int, peek: Peek) -> Archive:
    """Open an archive that lies in another, out of a spool; raises :class:`ReadError`."""
    entry = archive.entries[number]
    if entry.fault:
        raise ReadError(entry.fault)
    file: IO[bytes] = spool()
    try:
        archive.copy(number, cast(BinaryIO, file), entry.size)
        file.seek(0)
    except OSError as error:
        file.close()
        raise ReadError(explain(error)) from error
    except BaseException:
        file.close()
        raise
    mark = entry.mtime_ns + entry.size
    return open_archive(cast(BinaryIO, file), entry.name, peek, mark=mark, keep=_pool.holders > 0)


def _open_nested(kept: _Kept, number: int) -> Archive:
    return open_nested(_archive(kept), number, _never)


def _archive(kept: _Kept) -> Archive:
    if kept.archive is None:
        raise ReadError("the archive was closed")
    return kept.archive


def _never(name: bytes) -> bool:
    """Read no first bytes: what the files are is known already."""
    return False
