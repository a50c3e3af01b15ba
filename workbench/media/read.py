"""Read a file of the source once, without ever blocking on it, writing it or trusting its size."""

import errno
import os
import stat

MAX_BYTES = 512 * 2**20
"""Files above this size (bytes) are a problem, not an image: they would be held in memory whole."""

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
    """Return the whole file; raises :class:`ReadError` with a reason for every way this can fail."""
    try:
        with os.fdopen(open_quietly(path), "rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size > MAX_BYTES:
                raise ReadError(f"too large: {size:,} bytes, the limit is {MAX_BYTES:,}")
            return file.read(MAX_BYTES)
    except OSError as error:
        raise ReadError(explain(error)) from error


def read_start(path: bytes, length: int = 32) -> bytes:
    """Return the first bytes of a file; raises :class:`ReadError`."""
    try:
        with os.fdopen(open_quietly(path), "rb", buffering=0) as file:
            return file.read(length) or b""
    except OSError as error:
        raise ReadError(explain(error)) from error
