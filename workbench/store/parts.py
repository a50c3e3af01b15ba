"""Immutable Parquet parts of one schema in one folder: the only way the cache is written."""

import contextlib
import errno
import os
import secrets
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.store import part_sums
from workbench.store.files import clean, make_folder, new_file, protect, write_atomically, writing

__all__ = ["DAMAGED", "FORMAT", "Parts", "make_folder", "protect", "write_atomically"]

FORMAT = 1
"""Number of the format of single files of the cache; it stands in their metadata."""
DAMAGED = "damaged.txt"
"""Names of parts that a reader could not use, one a line, beside them: the next ingest looks at these."""

_reported: set[Path] = set()  # parts that this process has warned about


class Parts:
    """The parts of one table. Names sort by time of writing and are unique across processes and machines.

    Parts of other versions are read as far as they go: a column that may be null and is not there is null,
    one that the schema does not know is left out. A part is damaged where it cannot be read, lacks a column
    that is never null, or has a column of another type; it is left out, with one warning. Reading never
    moves or removes anything: that is for :meth:`mend`, which an ingest calls.

    ``row_group``: rows in a Parquet row group; small where single rows are read. ``list<T>`` in the schema
    stands for lists of any fixed length too, which may differ from part to part.
    """

    def __init__(
        self, folder: Path, schema: pa.Schema, *, row_group: int = 65536, compression: str = "zstd"
    ) -> None:
        self.folder = folder
        self.schema = schema.with_metadata({"workbench.format": str(FORMAT)})
        self._row_group = row_group
        self._compression = compression

    def paths(self) -> list[Path]:
        """Return the parts now there, oldest first."""
        return sorted(self.folder.glob("part-*.parquet"))

    def readable(self) -> list[Path]:
        """Return the parts to be read, oldest first; one that must be there and is not is reported."""
        there = self.paths()
        for path in part_sums.missing(self.folder, there):
            self.report(path, "it is not there")
        return there

    def append(self, table: pa.Table) -> Path:
        """Write a table of this schema as one more part, return its path; raises DiskError, ArrowInvalid."""
        table = table.cast(self.schema)
        with writing(self.folder, table.nbytes):
            make_folder(self.folder)
            path = self.folder / self._next_name()
            for lost in part_sums.missing(self.folder, self.paths()):
                part_sums.forget(lost)  # who reads before writing was told
        with new_file(path, table.nbytes) as temporary:
            pq.write_table(
                table,
                temporary,
                row_group_size=self._row_group,
                compression=self._compression,
                write_page_checksum=True,
            )
        part_sums.note(path)
        return path

    def read(self, columns: Sequence[str] | None = None) -> pa.Table:
        """Return all parts as one table, oldest rows first; what is damaged is left out."""
        schema = self.schema if columns is None else pa.schema([self.schema.field(name) for name in columns])
        return pa.concat_tables([*self.tables(columns)] or [schema.empty_table()])

    def tables(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Yield the table of each part, oldest first, so that a reader need not hold all of them."""
        for path in self.readable():
            table = self.read_part(path, columns)
            if table is not None:
                yield table

    def read_rows(self, path: Path, groups: Sequence[int], columns: Sequence[str]) -> pa.Table | None:
        """Return only some row groups of a part; None where it is gone or damaged."""
        return self._guarded(path, lambda: self._load(path, columns, groups))

    def read_part(self, path: Path, columns: Sequence[str] | None = None) -> pa.Table | None:
        """Return the table of one part; None where it is gone or damaged."""
        names = self.schema.names if columns is None else columns
        return self._guarded(path, lambda: self._load(path, names, None))

    def column_type(self, path: Path, column: str) -> pa.DataType | None:
        """Return the type that a column has in a part; None where that cannot be read."""
        try:
            if sums := part_sums.noted(path):
                sums.check_footer(path)
            return pq.read_schema(path).field(column).type
        except _DAMAGE:
            return None

    def report(self, path: Path, reason: object) -> None:
        """Say once that a part is damaged, and note it beside the part for the next ingest."""
        if path in _reported:
            return
        _reported.add(path)
        with contextlib.suppress(OSError), (self.folder / DAMAGED).open("a", encoding="utf-8") as notes:
            notes.write(f"{path.name}\n")  # a case may lie on a read-only disk
        what = f"{path.parent.name}/{path.name} is corrupt and left out ({reason})"
        warnings.warn(f"{what}; the next ingest computes it again.", RuntimeWarning, stacklevel=4)

    def mend(self) -> int:
        """Move parts aside that readers could not use and that are damaged indeed; return how many.

        Only what writes the case calls this. Each is read whole first: what a reader once stumbled over may
        be well. What is moved keeps its bytes, under the name of the part and ``.corrupt``.
        """
        with contextlib.suppress(OSError):
            told = (self.folder / DAMAGED).read_text("utf-8").split()
            (self.folder / DAMAGED).unlink()
            _reported.update(self.folder / Path(name).name for name in told)
        moved = 0
        for path in [path for path in _reported if path.parent == self.folder]:
            _reported.discard(path)
            with contextlib.suppress(FileNotFoundError):
                if not self._is_whole(path):
                    part_sums.forget(path)
                    path.replace(path.with_name(path.name + ".corrupt"))
                    moved += 1
            if not path.exists():
                part_sums.forget(path)
        return moved

    def remove(self, path: Path) -> None:
        """Remove a part that need no longer be there, with its checksums."""
        part_sums.forget(path)
        path.unlink(missing_ok=True)

    def clean(self) -> None:
        """Remove temporary files that a killed process left behind over an hour ago."""
        clean(self.folder)

    def is_damaged(self) -> bool:
        """Whether this process left a part out because it is damaged or missing."""
        return any(path.parent == self.folder for path in _reported)

    def _next_name(self) -> str:
        """Name a part after the clock, but always after the parts that are there: clocks step back."""
        stamp = time.time_ns()
        if existing := self.paths():
            stamp = max(stamp, int(existing[-1].name.split("-")[1]) + 1)
        return f"part-{stamp:020d}-{os.getpid()}-{secrets.token_hex(4)}.parquet"

    def _load(self, path: Path, names: Iterable[str], groups: Sequence[int] | None) -> pa.Table:
        """Read columns in the types of the schema; raises what `_guarded` takes for damage."""
        fields = [self.schema.field(name) for name in names]
        if sums := part_sums.noted(path):
            sums.check(path, {field.name for field in fields}, groups)
        with pq.ParquetFile(path, page_checksum_verification=sums is None) as file:
            there = [field.name for field in fields if field.name in file.schema_arrow.names]
            if groups is None:
                table = file.read(columns=there)
            else:
                table = file.read_row_groups(groups, columns=there)
            rows = table.num_rows if there else file.metadata.num_rows
        columns = [_column(table, field, rows) for field in fields]
        named = [field.with_type(column.type) for field, column in zip(fields, columns, strict=True)]
        return pa.table(columns, schema=pa.schema(named))

    def _is_whole(self, path: Path) -> bool:
        try:
            self._load(path, self.schema.names, None)
        except _DAMAGE as error:
            if isinstance(error, FileNotFoundError) or not _is_damage(error):
                raise
            return False
        return True

    def _guarded(self, path: Path, read: Callable[[], pa.Table]) -> pa.Table | None:
        try:
            return read()
        except FileNotFoundError:
            return None  # an ingest moved it aside, or the cache was deleted
        except _DAMAGE as error:
            if not _is_damage(error):
                raise
            self.report(path, str(error).splitlines()[0][:200] if str(error) else type(error).__name__)
            return None


_DAMAGE = (pa.ArrowException, OSError, KeyError, ValueError)


def _is_damage(error: Exception) -> bool:
    """Say whether a part is to blame; too little memory or too many open files say nothing about it."""
    if isinstance(error, MemoryError):
        return False
    return not isinstance(error, OSError) or error.errno in {None, errno.EIO}


def _column(table: pa.Table, field: pa.Field, rows: int) -> pa.ChunkedArray:
    if field.name not in table.column_names:
        if not field.nullable:
            raise ValueError(f"there is no column {field.name!r}")
        return pa.chunked_array([pa.nulls(rows, field.type)])
    column = table[field.name]
    if column.type == field.type or _is_list_of(field.type, column.type):
        return column
    if not _is_narrower(column.type, field.type):
        raise ValueError(f"the column {field.name!r} has the type {column.type}, not {field.type}")
    return column.cast(field.type)


def _is_list_of(wanted: pa.DataType, found: pa.DataType) -> bool:
    lists = pa.types.is_list(wanted) and pa.types.is_fixed_size_list(found)
    return bool(lists and wanted.value_type == found.value_type)


def _is_narrower(found: pa.DataType, wanted: pa.DataType) -> bool:
    """Say whether every value of one type is one of the other: such a column was widened since."""
    for same in (pa.types.is_signed_integer, pa.types.is_floating):
        if same(found) and same(wanted):
            return bool(found.bit_width <= wanted.bit_width)
    return False
