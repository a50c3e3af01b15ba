"""Immutable Parquet parts of one schema in one folder: the only way the cache is written."""

import os
import secrets
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

FORMAT = 1
"""Number of the case format; it stands in ``case.json`` and in every part's metadata."""

_TEMPORARY_AGE = 3600.0  # seconds after which a temporary file cannot belong to a living writer


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that a reader sees all of it or none, also after a loss of power."""
    temporary = path.with_name(f".{path.name}-{os.getpid()}-{secrets.token_hex(4)}.tmp")
    with temporary.open("wb") as file:
        file.write(data)
    commit(temporary, path)


def commit(temporary: Path, path: Path) -> None:
    """Give a complete temporary file its name, surviving a loss of power."""
    _sync(temporary)
    temporary.replace(path)
    if os.name == "posix":  # Windows can neither open nor needs to flush a folder
        _sync(path.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Parts:
    """The parts of one table. Names sort by time of writing and are unique across processes and machines.

    ``row_group``: rows in a Parquet row group; small where single rows are read.
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

    def append(self, table: pa.Table) -> Path:
        """Write a table of this schema as one more part and return its path; raises OSError, ArrowInvalid."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / self._next_name()
        temporary = path.with_name(f".{path.name}.tmp")
        pq.write_table(
            table.cast(self.schema),
            temporary,
            row_group_size=self._row_group,
            compression=self._compression,
            write_page_checksum=True,
        )
        commit(temporary, path)
        return path

    def read(self, columns: Sequence[str] | None = None) -> pa.Table:
        """Return all parts as one table, oldest rows first; a corrupt part is one warning and moved aside."""
        schema = self.schema if columns is None else pa.schema([self.schema.field(name) for name in columns])
        return pa.concat_tables([schema.empty_table(), *self.tables(columns)])

    def tables(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Yield the table of each part, oldest first, so that a reader need not hold all of them."""
        for path in self.paths():
            table = self.read_part(path, columns)
            if table is not None:
                yield table

    def read_rows(self, path: Path, groups: Sequence[int], columns: Sequence[str]) -> pa.Table | None:
        """Return only some row groups of a part; None where it is gone or corrupt."""

        def read() -> pa.Table:
            with self._file(path) as file:
                return file.read_row_groups(groups, columns=list(columns))

        return self._guarded(path, read)

    def clean(self) -> None:
        """Remove temporary files that a killed process left behind over an hour ago."""
        for path in self.folder.glob(".*.tmp"):
            try:
                if time.time() - path.stat().st_mtime > _TEMPORARY_AGE:
                    path.unlink()
            except FileNotFoundError:
                continue

    def _next_name(self) -> str:
        """Name a part after the clock, but always after the parts that are there: clocks step back."""
        stamp = time.time_ns()
        if existing := self.paths():
            stamp = max(stamp, int(existing[-1].name.split("-")[1]) + 1)
        return f"part-{stamp:020d}-{os.getpid()}-{secrets.token_hex(4)}.parquet"

    def _file(self, path: Path) -> pq.ParquetFile:
        return pq.ParquetFile(path, page_checksum_verification=True)

    def read_part(self, path: Path, columns: Sequence[str] | None = None) -> pa.Table | None:
        """Return the table of one part; None where it is gone or corrupt."""
        names = list(self.schema.names if columns is None else columns)

        def read() -> pa.Table:
            with self._file(path) as file:
                table = file.read(columns=names)
            schema = pa.schema([self.schema.field(name) for name in names])
            return table.select(names).replace_schema_metadata(None).cast(schema)

        return self._guarded(path, read)

    def _guarded(self, path: Path, read: Callable[[], pa.Table]) -> pa.Table | None:
        try:
            return read()
        except FileNotFoundError:
            return None  # another process moved it aside, or the cache was deleted
        except (pa.ArrowException, OSError, KeyError, ValueError) as error:
            self._move_aside(path, error)
            return None

    def _move_aside(self, path: Path, error: Exception) -> None:
        if isinstance(error, PermissionError):
            raise error
        path.replace(path.with_name(path.name + ".corrupt"))
        warnings.warn(
            f"{path.parent.name}/{path.name} is corrupt and was moved aside; the next ingest makes it again.",
            RuntimeWarning,
            stacklevel=2,
        )
