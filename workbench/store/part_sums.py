"""Checksums of parts: of each column chunk and of the footer, in a small file beside the part.

``.part-<name>.sums``, hidden so that readers of folders of Parquet pass it over, is a CRC-32 of the rest of
its line, then JSON with its size, the CRC-32 of the footer and those of the column chunks by row
group. So whatever is read of a part can be checked by reading no more than that, and a part that was deleted
is known by what is left beside it. A part without this file, as of older releases, is read with the checksums
of its pages.
"""

import contextlib
import json
import os
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow.parquet as pq

from workbench.store.files import protect

_END = 8  # bytes after a footer: its length, and four letters
_BLOCK = 1 << 22


@dataclass(frozen=True)
class Checksums:
    """A part as it was written: ``chunks[g][c]`` is the CRC-32 of column chunk c of row group g."""

    size: int
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


def note(part: Path) -> None:
    """Write the checksums of a whole part beside it; where the disk is full it goes without."""
    with part.open("rb") as file:
        about = pq.read_metadata(part)
        chunks = [
            [_crc(file, start, length) for _, _, start, length in _places(about, group)]
            for group in range(about.num_row_groups)
        ]
        size = file.seek(0, os.SEEK_END)
        text = json.dumps({"size": size, "footer": _footer(file), "chunks": chunks}).encode()
    with contextlib.suppress(OSError):
        _beside(part).touch(0o600)
        protect(_beside(part))
        _beside(part).write_bytes(b"%08x %s\n" % (zlib.crc32(text), text))
        protect(_beside(part))


def noted(part: Path) -> Checksums | None:
    """Return the checksums of a part; None where it has none, or where they are damaged themselves.

    None, too, for a file of another size: it was written by another program, or it was cut or grew, and then
    its end, where a reader begins, is not that of a part.
    """
    try:
        line = _beside(part).read_bytes().rstrip(b"\n")
        if int(line[:8], 16) != zlib.crc32(line[9:]):
            return None
        sums = Checksums(**json.loads(line[9:]))
        return sums if part.stat().st_size == sums.size else None
    except (OSError, ValueError, TypeError):
        return None


def missing(folder: Path, there: Iterable[Path]) -> list[Path]:
    """Return the parts that were deleted: their checksums lie in the folder, and they do not."""
    known = {_beside(part) for part in there}
    lost = [path for path in sorted(folder.glob(".part-*.sums")) if path not in known]
    # Another process may have written one just now, or moved it aside with its checksums.
    parts = [path.with_name(path.name[1:].removesuffix(".sums") + ".parquet") for path in lost]
    return [part for part in parts if not part.exists() and _beside(part).exists()]


def forget(part: Path) -> None:
    """Remove the checksums of a part that need no longer be there."""
    _beside(part).unlink(missing_ok=True)


def _beside(part: Path) -> Path:
    return part.with_name(f".{part.stem}.sums")


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
