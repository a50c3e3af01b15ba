"""Writing one file of a case: all of it or nothing, also after a loss of power; one error of the disk."""

import contextlib
import errno
import hashlib
import json
import os
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from workbench.errors import CaseError, DiskError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_REFUSED = {errno.EROFS, errno.EACCES, errno.EPERM}
_TEMPORARY_AGE = 3600.0  # seconds after which a temporary file cannot belong to a living writer
_DIGEST = "sha256"


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that a reader sees all of it or none; raises DiskError, and nothing stays then."""
    with new_file(path, len(data)) as temporary:
        temporary.write_bytes(data)


@contextlib.contextmanager
def new_file(path: Path, size: int = 0) -> Iterator[Path]:
    """Give a name to write to, in the folder of ``path``, and give what was written the name ``path`` then.

    The folder is made where it is missing. Where the disk is full or the user stops it, no temporary file
    stays.
    Raises :class:`DiskError` for what the disk refuses; ``size`` is how many bytes are to be written.
    """
    temporary = path.with_name(f".{path.name}-{os.getpid()}-{secrets.token_hex(4)}.tmp")
    with writing(path, size):
        try:
            make_folder(path.parent)
            yield temporary
            commit(temporary, path)
        except (OSError, KeyboardInterrupt, MemoryError):
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, for their owner alone (0700), whatever the umask; raises OSError.

    What is there stays as it is. Faces are biometric data, and nobody else has to read the rest of a case.
    """
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(0o700, exist_ok=True)
        protect(folder)


def protect(path: Path) -> None:
    """Let only the owner read and write a file or folder; file systems without owners are left alone."""
    with contextlib.suppress(OSError):
        path.chmod(0o700 if path.is_dir() else 0o600)


def commit(temporary: Path, path: Path) -> None:
    """Give a complete temporary file or folder its name, for its owner alone, surviving a loss of power."""
    protect(temporary)
    sync(temporary)
    temporary.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Flush a file or a folder to the disk."""
    if path.is_dir() and os.name != "posix":  # Windows can neither open nor needs to flush a folder
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def writing(path: Path, size: int = 0) -> Iterator[None]:
    """Turn what the disk refuses inside into a :class:`DiskError` about ``path``; our own errors pass."""
    try:
        yield
    except OSError as error:
        if isinstance(error, CaseError):
            raise
        raise _refused(path, size, error) from error


def clean(folder: Path) -> None:
    """Remove temporary files that a killed process left in a folder over an hour ago."""
    for path in folder.glob(".*.tmp"):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > _TEMPORARY_AGE:
                path.unlink()


def write_json(path: Path, facts: Mapping[str, Any]) -> None:
    """Write a JSON object with a checksum of its own; raises DiskError."""
    plain = {name: fact for name, fact in facts.items() if name != _DIGEST}
    write_atomically(path, json.dumps(plain | {_DIGEST: _digest(plain)}, indent=2).encode())


def read_json(path: Path) -> dict[str, Any]:
    """Return a JSON object without its checksum; one of older releases has none.

    Raises OSError, and ValueError where it is damaged.
    """
    facts = json.loads(path.read_bytes())
    if not isinstance(facts, dict):
        raise ValueError(f"it holds {type(facts).__name__} in place of an object")
    told = facts.pop(_DIGEST, None)
    if told is not None and told != _digest(facts):
        raise ValueError(f"its SHA-256 is {_digest(facts)[:12]}, {str(told)[:12]} was expected")
    return facts


def _digest(facts: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(dict(facts), sort_keys=True).encode()).hexdigest()


def _refused(path: Path, size: int, error: OSError) -> DiskError:
    reason = os.strerror(error.errno) if error.errno else str(error)
    what = f"{path} cannot be written: {reason}."
    if error.errno in _FULL:
        do = f"Free some space{_room(path, size)}; what was finished before is kept."
    elif error.errno in _REFUSED:
        do = "Choose a place that you may write, or copy the case to one; what is there is unharmed."
    else:
        do = "Check the disk and the write permission; what was finished before is kept."
    return DiskError(what, do, error.errno)


def _room(path: Path, size: int) -> str:
    """Say how much is needed, and how much there is."""
    needed = f" (at least {_bytes(size)} are needed" if size else " ("
    there = next((folder for folder in path.parents if folder.is_dir()), Path())
    try:
        free = f"{_bytes(shutil.disk_usage(there).free)} are free"
    except OSError:
        return f"{needed})" if size else ""
    return f"{needed}, {free})" if size else f"{needed}{free})"


def _bytes(size: float) -> str:
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"
