"""Read a file of the source once, without ever blocking on it, writing it or trusting its size."""

import errno
import hashlib
import os
import stat
from collections.abc import Callable

MAX_BYTES = 512 * 2**20
"""Files above this size (bytes) are a problem, not an image: they would be held in memory whole."""

_TRIES = 3  # readings of a file that somebody is writing
# What a signed 64-bit number of nanoseconds, and thus a table, holds; whole years, so that zones fit too.
_FIRST_NS = -9_214_560_000 * 10**9  # 1678-01-01
_LAST_NS = 9_214_646_400 * 10**9  # 2262-01-01
_SPECIAL = "a pipe, socket or device, not a file"


class ReadError(Exception):
    """The operating system did not give us the bytes; ``str(error)`` is the reason for the problems table."""


def explain(error: OSError) -> str:
    """Say in a few plain words why the operating system refused, without the path (it is data of its own)."""
    match error.errno:
        case errno.EACCES | errno.EPERM:
            return "permission denied"
        case errno.ENOENT:
            return "vanished before it could be read"
        case errno.ELOOP:
            return "a link that leads back to itself"
        case _:
            return error.strerror or type(error).__name__


def open_quietly(path: bytes) -> int:
    """Open a regular file for reading and return its descriptor; raises OSError or :class:`ReadError`.

    ``O_NONBLOCK`` keeps a named pipe from waiting for a writer; ``O_NOATIME`` leaves even the access time
    of the source alone where we are allowed to.
    """
    if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116 - paths are bytes; opening alone may move a device
        raise ReadError(_SPECIAL)
    flags = (
        os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    )
    try:
        descriptor = os.open(path, flags | getattr(os, "O_NOATIME", 0))
    except PermissionError:
        descriptor = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise ReadError(_SPECIAL)
    return descriptor


def read_bytes(path: bytes) -> bytes:
    """Return the whole file as it was at one moment; raises :class:`ReadError` for every way this can fail.

    A file that somebody writes meanwhile is read again; one that goes on changing is refused.
    """
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
    try:
        with os.fdopen(open_quietly(path), "rb", buffering=0) as file:
            while piece := file.read(2**20):
                found.update(piece)
                told(len(piece))
    except OSError as error:
        raise ReadError(explain(error)) from error
    return found.hexdigest()


def storable_time(mtime_ns: int) -> int:
    """Return a time of change within what a table holds, 1678 to 2262: those before and after as these."""
    return min(max(mtime_ns, _FIRST_NS), _LAST_NS)


def read_start(path: bytes, length: int = 32) -> bytes:
    """Return the first bytes of a file; raises :class:`ReadError`."""
    try:
        with os.fdopen(open_quietly(path), "rb", buffering=0) as file:
            return file.read(length) or b""
    except OSError as error:
        raise ReadError(explain(error)) from error
