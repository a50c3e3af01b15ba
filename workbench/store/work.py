"""What people made: tags, as lines that are only ever appended."""

import getpass
import json
import os
import platform
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Literal

import pandas as pd
from filelock import FileLock, Timeout

from workbench.errors import CaseError

_WAIT = 5.0  # seconds to wait for another writer


class Tags:
    """Tags of samples in ``work/tags.jsonl``: each line adds a tag to or removes it from some samples.

    Any number may read; one process writes at a time.
    """

    def __init__(self, work: Path) -> None:
        self._work = work
        self._path = work / "tags.jsonl"

    def add(self, tag: str, sample_ids: Sequence[str]) -> None:
        """Give a tag to samples; raises :class:`CaseError` where another process keeps the lock."""
        self._append("add", tag, sample_ids)

    def remove(self, tag: str, sample_ids: Sequence[str]) -> None:
        """Take a tag from samples; raises :class:`CaseError` where another process keeps the lock."""
        self._append("remove", tag, sample_ids)

    def read(self) -> pd.DataFrame:
        """Return the tags that stand: sample_id, tag, when (UTC), who; in the order they were given."""
        standing: dict[tuple[str, str], tuple[str, str]] = {}
        for change in self._changes():
            for sample_id in change["ids"]:
                standing.pop((sample_id, change["tag"]), None)
                if change["op"] == "add":
                    standing[sample_id, change["tag"]] = (change["when"], change["who"])
        rows = [(*tagged, *by) for tagged, by in standing.items()]
        frame = pd.DataFrame(rows, columns=["sample_id", "tag", "when", "who"])
        return frame.assign(when=pd.to_datetime(frame["when"], utc=True, format="ISO8601"))

    def _append(self, op: Literal["add", "remove"], tag: str, sample_ids: Sequence[str]) -> None:
        change = {
            "when": datetime.now(UTC).isoformat(),
            "who": _user(),
            "op": op,
            "tag": tag.encode("utf-8", "backslashreplace").decode(),
            "ids": [str(sample_id) for sample_id in sample_ids],
        }
        line = json.dumps(change, ensure_ascii=False).encode() + b"\n"
        self._work.mkdir(parents=True, exist_ok=True)
        with self._one_writer(), self._path.open("ab+") as file:
            if _is_torn(file):
                line = b"\n" + line  # what a crash left stays a line of its own
            file.write(line)
            file.flush()
            os.fsync(file.fileno())

    @contextmanager
    def _one_writer(self) -> Iterator[None]:
        holder = self._work / "writer.txt"
        lock = FileLock(self._work / "tags.lock")
        try:
            lock.acquire(timeout=_WAIT)
        except Timeout:
            who = holder.read_text("utf-8") if holder.exists() else "another process"
            raise CaseError(f"The tags are being written by {who}.", "Try again when it has ended.") from None
        try:
            holder.write_text(f"{_user()} on {platform.node()} (process {os.getpid()})", "utf-8")
            yield
        finally:
            lock.release()

    def _changes(self) -> Iterator[dict[str, Any]]:
        lines = self._path.read_bytes().split(b"\n") if self._path.exists() else []
        for number, line in enumerate(lines, 1):
            try:
                change = json.loads(line)
                if change["op"] in {"add", "remove"} and isinstance(change["ids"], list):
                    yield {name: change[name] for name in ("op", "tag", "ids", "when", "who")}
            except (ValueError, KeyError, TypeError):
                if line:
                    warnings.warn(
                        f"{self._path} line {number} is torn and left out.", RuntimeWarning, stacklevel=3
                    )


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
