"""Open regular files of the source, and nothing else: never blocking on one, never writing it."""

import errno
import os
import stat

# What a signed 64-bit number of nanoseconds, and thus a table, holds; whole years, so that zones fit too.
_FIRST_NS = -9_214_560_000 * 10**9  # 1678-01-01
_LAST_NS = 9_214_646_400 * 10**9  # 2262-01-01
_SPECIAL = "a pipe, socket or device, not a file"


class ReadError(Exception):
    """A file of the source did not give us its bytes; ``str(error)`` is the reason for the problems table."""


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


def storable_time(mtime_ns: int) -> int:
    """Return a time of change within what a table holds, 1678 to 2262: those before and after as these."""
    return min(max(mtime_ns, _FIRST_NS), _LAST_NS)
