"""Read a file of the source once, without ever blocking on it, writing it or trusting its size.

A place is the path of a file in bytes, or that of an archive, NUL and the name of a file in it: see
`CaseFolder.place`, which gives the place of any raw path of a source. All readers here take both.
"""

import hashlib
import io
import os
from collections.abc import Callable
from typing import BinaryIO, cast

from workbench.media.archives import opened
from workbench.media.archives.solid import spool
from workbench.media.regular_files import ReadError, explain, open_quietly, storable_time

__all__ = [
    "MAX_BYTES", "ReadError", "digest", "explain", "open_file", "open_quietly", "read_bytes", "read_start",
    "size_and_time", "storable_time",
]  # fmt: skip

MAX_BYTES = 512 * 2**20
"""Files above this size (bytes) are a problem, not an image: they would be held in memory whole."""

_TRIES = 3  # readings of a file that somebody is writing


def read_bytes(path: bytes) -> bytes:
    """Return the whole file as it was at one moment; raises :class:`ReadError` for every way this can fail.

    A file that somebody writes meanwhile is read again; one that goes on changing is refused.
    """
    if opened.is_inside(path):
        return _unpacked(path)
    try:
        descriptor = open_quietly(path)
        try:
            before = os.fstat(descriptor)
            for _ in range(_TRIES):
                if before.st_size > MAX_BYTES:
                    raise ReadError(f"too large: {before.st_size:,} bytes, the limit is {MAX_BYTES:,}")
                data = _read(descriptor, before.st_size)
                after = os.fstat(descriptor)
                if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns):
                    return data
                before = after
                os.lseek(descriptor, 0, os.SEEK_SET)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise ReadError(explain(error)) from error
    raise ReadError("changes while it is read: ingest again when it is finished")


def open_file(path: bytes) -> BinaryIO:
    """Open a file for reading, at any place in it; raises :class:`ReadError`.

    One in an archive is unpacked first, into memory or a file without a name that is gone when it is closed.
    """
    try:
        if not opened.is_inside(path):
            return os.fdopen(open_quietly(path), "rb")
        file = cast(BinaryIO, spool())
        try:
            opened.copy_out(path, file)
            file.seek(0)
        except BaseException:
            file.close()
            raise
        return file
    except OSError as error:
        raise ReadError(explain(error)) from error


def _unpacked(place: bytes) -> bytes:
    size = opened.entry_of(place).size
    if size > MAX_BYTES:
        most = f"the limit in an archive is {MAX_BYTES:,}"
        raise ReadError(f"too large: {size:,} bytes, {most}: unpack it to have it read")
    target = io.BytesIO()
    opened.copy_out(place, target)
    return target.getvalue()


def _read(descriptor: int, size: int) -> bytes:
    """Read up to the end, which need not be where ``size`` says; at once where it is."""
    data = os.read(descriptor, size + 1)
    if len(data) == size:
        return data
    pieces, left = [data], MAX_BYTES - len(data)
    while left > 0 and (piece := os.read(descriptor, min(left, 2**20))):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def size_and_time(path: bytes) -> tuple[int, int]:
    """Return bytes and time of change (ns, as `storable_time`) of a file; raises :class:`ReadError`."""
    if opened.is_inside(path):
        entry = opened.entry_of(path)
        return entry.size, entry.mtime_ns
    try:
        info = os.stat(path)  # noqa: PTH116 - paths are bytes on purpose
    except OSError as error:
        raise ReadError(explain(error)) from error
    return info.st_size, storable_time(info.st_mtime_ns)


def digest(path: bytes, told: Callable[[int], object]) -> str:
    """Return the SHA-256 of a file in hexadecimal, and tell the bytes read piece by piece.

    Raises :class:`ReadError`.
    """
    found = hashlib.sha256()
    if opened.is_inside(path):
        opened.copy_out(path, cast(BinaryIO, _Hashed(found.update, told)))
        return found.hexdigest()
    try:
        with os.fdopen(open_quietly(path), "rb", buffering=0) as file:
            while piece := file.read(2**20):
                found.update(piece)
                told(len(piece))
    except OSError as error:
        raise ReadError(explain(error)) from error
    return found.hexdigest()


class _Hashed:
    """A target of bytes that are only hashed and counted."""

    def __init__(self, update: Callable[[bytes], object], told: Callable[[int], object]) -> None:
        self._update, self._told = update, told

    def write(self, data: bytes) -> int:
        self._update(data)
        self._told(len(data))
        return len(data)


def read_start(path: bytes, length: int = 32) -> bytes:
    """Return the first bytes of a file; raises :class:`ReadError`."""
    if opened.is_inside(path):
        start = io.BytesIO()
        opened.copy_out(path, start, length)
        return start.getvalue()
    try:
        with os.fdopen(open_quietly(path), "rb", buffering=0) as file:
            return file.read(length) or b""
    except OSError as error:
        raise ReadError(explain(error)) from error
