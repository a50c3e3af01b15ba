"""The ledger of a folder of parts: which parts there must be, and checksums of all that is in them.

It lies beside the folder, as ``<folder>.parts``, one line a part: a CRC-32 of the line, then JSON with the
name of the part, its number of rows, the CRC-32 of its footer and those of its column chunks by row group.
So a part that is missing is known, and whatever is read of a part can be checked by reading no more than that.
Parts that are not in it, such as those of older releases, are read with the checksums of their pages.
"""

import contextlib
import json
import os
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow.parquet as pq

_END = 8  # bytes after a footer: its length, and four letters
_BLOCK = 1 << 22


@dataclass(frozen=True)
class Entry:
    """A part as it was written: ``chunks[g][c]`` is the CRC-32 of column chunk c of row group g."""

    rows: int
    footer: int
    chunks: Sequence[Sequence[int]]

    def check_footer(self, path: Path) -> None:
        """Raise ValueError where what describes the part is damaged."""
        with path.open("rb") as file:
            if _footer(file) != self.footer:
                raise ValueError("its footer does not have the checksum expected")

    def check(self, path: Path, columns: Collection[str], groups: Sequence[int] | None) -> None:
        """Raise ValueError where columns of a part, in some row groups or all, are damaged."""
        with path.open("rb") as file:
            if _footer(file) != self.footer:
                raise ValueError("its footer does not have the checksum expected")
            about = pq.read_metadata(path)
            for group in range(about.num_row_groups) if groups is None else groups:
                for number, name, start, length in _places(about, group):
                    if name in columns and _crc(file, start, length) != self.chunks[group][number]:
                        raise ValueError(f"the checksum of column {name!r} is not the one expected")


class Ledger:
    """What parts a folder must hold. Any number of processes may add to it at once."""

    def __init__(self, folder: Path) -> None:
        self.path = folder.with_name(folder.name + ".parts")

    def entries(self) -> Mapping[str, Entry]:
        """Return the parts that must be there, by name; a damaged line protects no part, and costs none."""
        try:
            found = self.path.stat()
        except OSError:
            return {}
        version = found.st_size, found.st_mtime_ns
        if self.path not in _known or _known[self.path][0] != version:
            _known[self.path] = version, self._read()
        return _known[self.path][1]

    def add(self, part: Path) -> None:
        """Note a whole part; where the disk is full it goes without a note."""
        with part.open("rb") as file:
            about = pq.read_metadata(part)
            chunks = [
                [_crc(file, start, length) for _, _, start, length in _places(about, group)]
                for group in range(about.num_row_groups)
            ]
            self._append({"part": part.name, "rows": about.num_rows, "footer": _footer(file), "chunks": chunks})

    def drop(self, name: str) -> None:
        """Note that a part need no longer be there."""
        if name in self.entries():
            self._append({"part": name, "dropped": True})

    def _append(self, facts: Mapping[str, Any]) -> None:
        text = json.dumps(facts, separators=(",", ":")).encode()
        line = b"\n%08x %s\n" % (zlib.crc32(text), text)  # a line of its own, whatever a crash left before it
        with contextlib.suppress(OSError):
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
            try:
                os.write(descriptor, line)
            finally:
                os.close(descriptor)

    def _read(self) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        with contextlib.suppress(OSError):
            for line in self.path.read_bytes().split(b"\n"):
                with contextlib.suppress(ValueError, KeyError, TypeError):
                    crc, text = int(line[:8], 16), line[9:]
                    if crc == zlib.crc32(text):
                        _take(entries, json.loads(text))
        return entries


_known: dict[Path, tuple[tuple[int, int], Mapping[str, Entry]]] = {}  # what was read, by size and time


def _take(entries: dict[str, Entry], facts: Mapping[str, Any]) -> None:
    if facts.get("dropped"):
        entries.pop(facts["part"], None)
    else:
        entries[facts["part"]] = Entry(facts["rows"], facts["footer"], facts["chunks"])


def _places(about: Any, group: int) -> Iterator[tuple[int, str, int, int]]:
    """Yield the number, the name of the column, the first byte and the length of each column chunk."""
    row_group = about.row_group(group)
    for number in range(row_group.num_columns):
        chunk = row_group.column(number)
        start = chunk.data_page_offset
        if chunk.has_dictionary_page:
            start = min(start, chunk.dictionary_page_offset)
        yield number, chunk.path_in_schema.partition(".")[0], start, chunk.total_compressed_size


def _footer(file: BinaryIO) -> int:
    """Return the CRC-32 of the footer and what follows it; -1 where the file ends too early."""
    size = file.seek(0, os.SEEK_END)
    if size < _END:
        return -1
    file.seek(size - _END)
    length = int.from_bytes(file.read(4), "little") + _END
    return _crc(file, size - length, length) if length <= size else -1


def _crc(file: BinaryIO, start: int, length: int) -> int:
    file.seek(start)
    crc = 0
    while length > 0:
        block = file.read(min(length, _BLOCK))
        if not block:
            return -1
        crc, length = zlib.crc32(block, crc), length - len(block)
    return crc
