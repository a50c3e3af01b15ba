"""The parts of samples of one kind and key (rows, vectors, crops, images searched), and the known keys."""

import urllib.parse
import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from filelock import FileLock
from numpy.typing import NDArray

from workbench.errors import CaseError
from workbench.store import schemas
from workbench.store.files import make_folder, read_json, write_json, writing
from workbench.store.parts import Parts

KEYS = "keys.json"
_COPY = "keys.json.bak"


def known_key(cache: Path, model: str) -> str | None:
    """Return the embedder key that the last ingest with ``model`` wrote, or None.

    Where ``keys.json`` is damaged or gone its copy tells; where that is damaged too, a warning says so.
    """
    return _keys(cache).get(model)


def remember_key(cache: Path, model: str, key: str) -> None:
    """Write down that vectors of ``model`` carry ``key``, in a file and its copy; raises DiskError."""
    if all(_read(cache / name).get(model) == key for name in (KEYS, _COPY)):
        return
    with writing(cache / KEYS):
        make_folder(cache)
        with FileLock(cache / "keys.lock", mode=0o600):  # two ingests may each have a key to add
            keys = _keys(cache) | {model: key}
            for name in (KEYS, _COPY):
                write_json(cache / name, keys)


def _keys(cache: Path) -> dict[str, str]:
    for name in (KEYS, _COPY):
        if keys := _read(cache / name):
            return keys
    if (cache / KEYS).exists():
        what = f"{cache / KEYS} is damaged, and with it which samples are those of which model"
        do = "the next ingest of the same kinds writes it again and computes nothing twice"
        warnings.warn(f"{what}: {do}.", RuntimeWarning, stacklevel=3)
    return {}


def _read(path: Path) -> dict[str, str]:
    try:
        return {str(model): str(key) for model, key in read_json(path).items()}
    except (OSError, ValueError):
        return {}


@dataclass(frozen=True)
class SampleTable:
    """What samples of a kind look like on disk, and in which order they are read.

    ``columns``: of a row, the id first, then ``image_id``; None where the samples are the images themselves,
    which have a table of their own. ``order``: columns by which the samples of an image are sorted.
    ``crops``: whether each has a small picture. ``packed``: one row an image with boxes and vectors of 8 bits
    as bytes, for kinds of dozens of samples an image that are no rows of a table.
    """

    kind: str
    columns: pa.Schema | None
    order: tuple[str, ...] = ()
    crops: bool = False
    packed: bool = False

    @property
    def id_column(self) -> str:
        """The name of the column of ids."""
        return "image_id" if self.columns is None else str(self.columns.names[0])


IMAGE = SampleTable("image", None)
"""Whole images: their rows are the table of images, which all keys share."""


@dataclass(frozen=True)
class SampleParts:
    """The tables below ``folder``, ``cache/samples/<kind>/<key>``; a sample is whole when it is in each.

    Made without ``dim`` they are read; with it, they are written.
    """

    folder: Path
    table: SampleTable
    dim: int | None = None

    @property
    def rows(self) -> Parts:
        """One row for a sample; for an image where samples are packed."""
        if self.table.packed:
            return Parts(self.folder / "rows", schemas.PACKED, row_group=1024, compression="none")
        return Parts(self.folder / "rows", self.table.columns or pa.schema([]))

    @property
    def vectors(self) -> Parts:
        """One vector for a sample. They do not compress, so nothing is."""
        return Parts(self.folder / "vectors", schemas.vectors(self.dim), compression="none")

    @property
    def crops(self) -> Parts:
        """JPEG bytes for a sample; in small row groups, because single rows are read."""
        schema = schemas.crops(self.table.id_column)
        return Parts(self.folder / "crops", schema, row_group=64, compression="none")

    @property
    def seen(self) -> Parts:
        """One row for an image that was searched, with the number of its samples."""
        return Parts(self.folder / "seen", schemas.SEEN)

    @property
    def tables(self) -> dict[str, Parts]:
        """The tables that this kind has, in the order in which they are written.

        That an image was searched comes last, so that a crash in between has it searched again.
        """
        if self.table.packed:
            return {"rows": self.rows}
        if self.table.columns is None:
            return {"vectors": self.vectors}
        crops = {"crops": self.crops} if self.table.crops else {}
        return {"vectors": self.vectors, **crops, "rows": self.rows, "seen": self.seen}

    def append(self, **tables: pa.Table) -> None:
        """Write what was found in some images; raises OSError."""
        for name, parts in self.tables.items():
            if tables[name].num_rows:
                parts.append(tables[name])

    def check_dim(self, key: str) -> None:
        """Raise :class:`CaseError` where there are vectors of another dimension than ``dim``."""
        loose = SampleParts(self.folder, self.table).vectors
        for path in loose.paths():
            found = getattr(loose.column_type(path, "vector"), "list_size", self.dim)
            if found != self.dim and loose.read_part(path, ["vector"]) is not None:  # no damaged footer
                raise CaseError(
                    f"The vectors of {key!r} on disk have {found} dimensions, not {self.dim}.",
                    "The key must name everything that changes the numbers: give this embedder another key.",
                )

    def prepare(self) -> None:
        """Remove temporary files that killed processes left behind, and move damaged parts aside."""
        for parts in self.tables.values():
            parts.clean()
            parts.mend()

    def finished(self, *, failed_too: bool = True) -> set[str]:
        """Return the ids of the images that need not be searched again: all they have is here whole.

        ``failed_too``: also those in which nobody could look, where that was noted.
        """
        if self.table.packed:
            return self._packed(failed_too)
        if self.table.columns is None:
            return set(self.vectors.read(["sample_id"])["sample_id"].to_pylist())
        name = self.table.id_column
        rows = self.rows.read([name, "image_id"])
        ids_of = [(self.vectors, "sample_id"), *([(self.crops, name)] if self.table.crops else [])]
        for parts, column in ids_of:
            ids = parts.read([column])[column]
            rows = rows.filter(pc.is_in(rows[name], value_set=ids.combine_chunks()))
        whole = rows.group_by("image_id").aggregate([(name, "count_distinct")]).to_pydict()
        counts = dict(zip(whole["image_id"], whole[f"{name}_count_distinct"], strict=True))
        told = self.seen.read().to_pydict()
        pairs = zip(told["image_id"], told["count"], strict=True)
        return {image_id for image_id, count in pairs if counts.get(image_id, 0) >= (count or 0)}

    def _packed(self, failed_too: bool) -> set[str]:
        table = unique(self.rows.read(["image_id", "reason"]), "image_id", last=True)
        if not failed_too:
            table = table.filter(pc.is_null(table["reason"]))
        return set(table["image_id"].to_pylist())


def folder_name(key: str) -> str:
    """Return a file name for a key: what is no letter, digit or ``-_.~`` is percent-encoded."""
    name = urllib.parse.quote(key, safe="")
    return name if name.strip(".") else name.replace(".", "%2E") or "%00"


def vector_table(ids: Sequence[str], vectors: Sequence[NDArray[np.floating]], dim: int) -> pa.Table:
    """Return the rows of some samples, in the order of ``ids``.

    ``vectors``: float arrays of shape (dim,), or (B, dim) for B samples at once.
    """
    flat = np.concatenate([np.zeros(0, np.float32), *(vector.ravel() for vector in vectors)])
    column = pa.FixedSizeListArray.from_arrays(pa.array(flat.astype(np.float32, copy=False)), dim)
    return pa.table({"sample_id": pa.array(ids, pa.string()), "vector": column})


def read_vectors(parts: Parts, ids: pa.Array) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return the vectors of ``ids`` in their order, (len(ids), D) float32, and which were found.

    Parts are read one by one into the final array, so that memory stays at one copy and one part. D is what
    most parts say, 1 where there is none; parts that say otherwise are reported as damaged.
    """
    dims = {path: getattr(parts.column_type(path, "vector"), "list_size", 0) for path in parts.readable()}
    said = Counter(dim for dim in dims.values() if dim > 0).most_common(1)
    vectors = np.zeros((len(ids), said[0][0] if said else 1), np.float32)
    found = np.zeros(len(ids), np.bool_)
    for path, rows in _rows_by_part(parts, dims, ids):
        wanted = rows >= 0
        table = parts.read_part(path, ["vector"]) if wanted.any() else None
        if table is None:
            continue
        flat = table["vector"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
        if flat.size == len(rows) * vectors.shape[1]:
            vectors[rows[wanted]] = flat.reshape(-1, vectors.shape[1])[wanted]
            found[rows[wanted]] = True
        else:
            parts.report(path, f"vectors of other than {vectors.shape[1]} dimensions")
    return vectors, found


def _rows_by_part(parts: Parts, paths: Iterable[Path], ids: pa.Array) -> list[tuple[Path, NDArray[np.int64]]]:
    """Return for each part the position in ``ids`` of each of its samples, -1 for those not asked for.

    All positions are looked up at once: a look-up for each part would hash all ids each time.
    """
    tables = [(path, parts.read_part(path, ["sample_id"])) for path in paths]
    there = [(path, table["sample_id"].combine_chunks()) for path, table in tables if table is not None]
    names = pa.chunked_array([column for _, column in there], pa.string())
    positions = pc.fill_null(pc.index_in(names, value_set=ids), -1)
    ends = np.cumsum([len(column) for _, column in there], dtype=np.int64)
    split = np.split(positions.to_numpy().astype(np.int64), ends[:-1]) if there else []
    return [(path, rows) for (path, _), rows in zip(there, split, strict=True)]


def unique(table: pa.Table, column: str, *, last: bool) -> pa.Table:
    """Return a table with only the last or first row of each value of a column, in the order it had."""
    how = "max" if last else "min"
    rows = table.select([column]).append_column("row", pa.array(np.arange(table.num_rows)))
    kept = rows.group_by(column).aggregate([("row", how)])[f"row_{how}"]
    return table.take(np.sort(kept.to_numpy()))
