"""JSON lines that are only ever appended, with a checksum each: how what people made is kept."""

import contextlib
import getpass
import json
import os
import platform
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from workbench.errors import CaseError
from workbench.store.files import make_folder, protect, write_atomically, writing
from workbench.store.line_checks import Line, check, plain, sealed

WAIT = 5.0
"""Seconds to wait for another writer."""
COPY = ".bak"
"""What the name of the copy ends with that lies beside each file."""


class JsonLines:
    """One file of JSON objects, one a line, each with ``when`` (UTC, ISO 8601) and ``who``, and checksums.

    Any number may read; one process writes at a time into a folder. A line that is damaged or torn costs only
    itself, and is named at each reading. A copy lies beside the file; where the file is damaged it holds all
    lines that either of them has whole, and :meth:`mend` takes them from there. Lines of older releases have
    no checksums; the first line after them vouches for them.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.copy = path.with_name(path.name + COPY)

    def append(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Write one line, safe against a loss of power, and return the record with ``when`` and ``who``.

        Raises :class:`CaseError` where another process keeps the lock or the disk refuses.
        """
        whole = {**signature(), **record}
        with writing(self.path, 2 * len(json.dumps(whole))):
            make_folder(self.path.parent)
            with self.one_writer():
                self._write(whole)
        return whole

    def read(self, fits: Callable[[dict[str, Any]], bool]) -> Iterator[dict[str, Any]]:
        """Yield the records that fit, oldest first; every other line is left out with a warning.

        ``fits`` may raise KeyError, TypeError or AttributeError for what it does not know.
        """
        copied = _size(self.copy)  # asked first: a writer writes the copy last
        data = _whole(self.path)
        log = check(data)
        faults = {fault.number: fault for fault in log.faults}
        said = bool(faults)
        for line in log.lines:
            record, fault = _parsed(line.raw, fits), faults.pop(line.number, None)
            if record is None:
                said = True
                self._warn(f"line {line.number} is torn or unknown and left out.")
                continue
            if fault:
                self._warn(f"line {line.number} is used, but {fault.what}.")
            yield record
        for fault in faults.values():
            self._warn(f"line {fault.number} is torn or unknown and left out: {fault.what}.")
        if not said and copied > len(data) and (lost := _others(check(_bytes(self.copy)).lines, log.lines)):
            self._warn(f"lacks {len(lost)} of its lines.")

    def mend(self) -> int:
        """Write the file anew from the lines that stand and those of the copy; return how many came back.

        The damaged file stays beside it, under a name that ends with ``.damaged-1``, ``-2`` and so on.
        Raises CaseError like `append`.
        """
        if not (self.path.exists() or self.copy.exists()):
            return 0
        with writing(self.path), self.one_writer():
            data, copied = _bytes(self.path), check(_bytes(self.copy))
            log = check(data)
            lost = _others(_records(copied.lines), log.lines)
            whole = _records(log.lines)
            if not lost and not log.faults and len(whole) == len(log.lines):
                return 0
            numbers = range(1, 1 + len(list(self.path.parent.iterdir())))
            names = (self.path.with_name(f"{self.path.name}.damaged-{number}") for number in numbers)
            write_atomically(next(name for name in names if not name.exists()), data)
            mended = sealed(json.loads(line.raw) for line in _joined(whole, _records(copied.lines)))
            write_atomically(self.path, mended)
            write_atomically(self.copy, mended)
            return len(lost)

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

    def _write(self, record: Mapping[str, Any]) -> None:
        data, copied = _bytes(self.path), _bytes(self.copy)
        log = check(data)
        # What a crash left stays a line of its own.
        start = b"" if not data or data.endswith(b"\n") else b"\n"
        line = start + log.seal(record) + b"\n"
        _append(self.path, line)
        whole = _records(log.lines)
        if copied == data:
            if self.copy.exists():
                _append(self.copy, line)
            else:
                write_atomically(self.copy, data + line)
        elif log.faults or len(whole) < len(log.lines) or len(copied) > len(data):
            kept = _joined(whole, _records(check(copied).lines))
            write_atomically(self.copy, b"".join(one.raw + b"\n" for one in kept) + line.lstrip(b"\n"))
        else:
            write_atomically(self.copy, data + line)

    def _warn(self, what: str) -> None:
        held = f" `case.mend()` takes what is missing from {self.copy.name}." if self.copy.exists() else ""
        warnings.warn(f"{self.path} {what}{held}", RuntimeWarning, stacklevel=4)


def signature() -> dict[str, str]:
    """Return ``when`` it is now (UTC, ISO 8601) and ``who`` is writing."""
    return {"when": datetime.now(UTC).isoformat(), "who": _user()}


def mend(work: Path) -> dict[str, int]:
    """Mend all logs in a folder; return how many lines came back to each that was damaged or lost some."""
    names = {path.name.removesuffix(COPY) for path in work.glob("*.jsonl*") if "damaged" not in path.suffix}
    return {name: count for name in sorted(names) if (count := JsonLines(work / name).mend())}


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


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _whole(path: Path) -> bytes:
    """Return what a log holds; where its last line is not whole, a writer gets a moment to finish it."""
    for _ in range(3):
        data = _bytes(path)
        if not data or data.endswith(b"\n"):
            break
        time.sleep(0.01)
    return data


def _size(path: Path) -> int:
    return file_version(path)[0]


def _append(path: Path, line: bytes) -> None:
    """Add a line and flush it to the disk; where that fails the file is what it was before."""
    with path.open("ab", buffering=0) as file:
        before, rest = file.seek(0, os.SEEK_END), memoryview(line)
        try:
            while rest:
                rest = rest[file.write(rest) :]
            os.fsync(file.fileno())
            if not before:
                protect(path)
        except OSError:
            with contextlib.suppress(OSError):
                file.truncate(before)
            raise


def _records(lines: Iterable[Line]) -> list[Line]:
    """Return the lines that hold a JSON object."""
    return [line for line in lines if _object(line.raw) is not None]


def _others(lines: Iterable[Line], known: Iterable[Line]) -> list[Line]:
    """Return those of ``lines`` whose record ``known`` has not; checksums do not count."""
    facts = {_facts(line) for line in known}
    return [line for line in lines if _facts(line) not in facts]


def _facts(line: Line) -> str | bytes:
    record = _object(line.raw)
    return line.raw if record is None else json.dumps(plain(record), sort_keys=True)


def _joined(lines: list[Line], copied: list[Line]) -> list[Line]:
    """Return all lines of a log and its copy: what the copy lacks comes where its time says."""
    joined = list(copied)
    for line in _others(lines, copied):
        when = _when(line)
        later = (at for at, other in enumerate(joined) if _when(other) > when)
        joined.insert(next(later, len(joined)), line)
    return joined


def _when(line: Line) -> str:
    return str((_object(line.raw) or {}).get("when", ""))


def _object(raw: bytes) -> dict[str, Any] | None:
    try:
        record = json.loads(raw)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


def _parsed(raw: bytes, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any] | None:
    record = _object(raw) or {}
    try:
        datetime.fromisoformat(record["when"])
        return record if isinstance(record["who"], str) and fits(record) else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"
