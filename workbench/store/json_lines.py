"""JSON lines that are only ever appended: how what people made is kept."""

import getpass
import json
import os
import platform
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from filelock import FileLock, Timeout

from workbench.errors import CaseError
from workbench.store.parts import make_folder, protect

WAIT = 5.0
"""Seconds to wait for another writer."""


class JsonLines:
    """One file of JSON objects, one a line, each with ``when`` (UTC, ISO 8601) and ``who``.

    Any number may read; one process writes at a time into a folder. A line that a crash tore costs only
    itself.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Write one line, safe against a loss of power, and return the record with ``when`` and ``who``.

        Raises :class:`CaseError` where another process keeps the lock or the disk refuses.
        """
        whole = {"when": datetime.now(UTC).isoformat(), "who": _user(), **record}
        line = json.dumps(whole, ensure_ascii=False).encode() + b"\n"
        try:
            self._write(line)
        except OSError as error:
            raise CaseError(
                f"{self.path} cannot be written: {error.strerror or error}.",
                "Free some space or check the write permission; existing data is unharmed.",
            ) from error
        return whole

    def read(self, fits: Callable[[dict[str, Any]], bool]) -> Iterator[dict[str, Any]]:
        """Yield the records that fit, oldest first; every other line is left out with a warning.

        ``fits`` may raise KeyError, TypeError or AttributeError for what it does not know.
        """
        lines = self.path.read_bytes().split(b"\n") if self.path.exists() else []
        for number, line in enumerate(lines, 1):
            record = _parsed(line, fits)
            if record is not None:
                yield record
            elif line:
                text = f"{self.path} line {number} is torn or unknown and left out."
                warnings.warn(text, RuntimeWarning, stacklevel=3)

    def version(self) -> tuple[int, int]:
        """Return what changes with every line: size and time of the file; (0, 0) without a file."""
        return file_version(self.path)

    @contextmanager
    def one_writer(self) -> Iterator[None]:
        """Keep other processes from writing into the folder; raises CaseError naming who does."""
        holder = self.path.with_name("writer.txt")
        lock = FileLock(self.path.with_name("writer.lock"), mode=0o600)
        try:
            lock.acquire(timeout=WAIT)
        except Timeout:
            who = holder.read_text("utf-8") if holder.exists() else "another process"
            raise CaseError(
                f"{self.path} is being written by {who}.", "Try again when that process has finished."
            ) from None
        try:
            holder.write_text(f"{_user()} on {platform.node()} (process {os.getpid()})", "utf-8")
            protect(holder)
            yield
        finally:
            lock.release()

    def _write(self, line: bytes) -> None:
        make_folder(self.path.parent)
        with self.one_writer(), self.path.open("ab+") as file:
            if not file.tell():
                protect(self.path)
            if _is_torn(file):
                line = b"\n" + line  # what a crash left stays a line of its own
            file.write(line)
            file.flush()
            os.fsync(file.fileno())


def file_version(path: Path) -> tuple[int, int]:
    """Return what changes with a file: its size and time (ns); (0, 0) without a file."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return 0, 0
    return found.st_size, found.st_mtime_ns


def storable(text: str) -> str:
    """Return text that UTF-8 can hold: lone surrogates, as in odd file names, become backslash escapes."""
    return text.encode("utf-8", "backslashreplace").decode()


def _parsed(line: bytes, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
        datetime.fromisoformat(record["when"])
        return record if isinstance(record["who"], str) and fits(record) else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _is_torn(file: BinaryIO) -> bool:
    if file.seek(0, os.SEEK_END) == 0:
        return False
    file.seek(-1, os.SEEK_END)
    return file.read(1) != b"\n"


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"
