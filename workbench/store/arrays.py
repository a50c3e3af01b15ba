"""Caches of arrays: layouts and clusters of samples, and heatmaps, which belong to questions."""

import hashlib
import io
import json
import urllib.parse
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, Union

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from workbench.store.files import write_atomically
from workbench.store.parts import FORMAT

if TYPE_CHECKING:
    import pandas as pd


Ids: TypeAlias = Union[Sequence[str], "pd.Series[str]"]
Params: TypeAlias = Mapping[str, str | int | float | bool | None]


class ArrayCache:
    """Arrays of one row a sample, found by the parameters that made them and the ids they belong to.

    Other parameters or other ids (also in another order) are another entry. A corrupt entry is a miss.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, params: Params, ids: Ids, array: NDArray[np.generic], digest: str | None = None) -> None:
        """Keep ``array``, (N,) or (N, K) with N = len(ids); raises ValueError where the lengths differ.

        ``digest`` is ``digest_of(ids)`` where the caller knows it already, here and in ``load``.
        """
        if len(array) != len(ids):
            raise ValueError(f"{len(array)} rows for {len(ids)} ids")
        columns = array.T if array.ndim > 1 else array[None]
        table = pa.table(
            {"sample_id": pa.array(ids, pa.string())} | {f"c{i}": c for i, c in enumerate(columns)}
        )
        facts = {"workbench.format": str(FORMAT), "ndim": str(array.ndim), "params": _canonical(params)}
        buffer = io.BytesIO()
        pq.write_table(table.replace_schema_metadata(facts), buffer, write_page_checksum=True)
        write_atomically(self._path(params, digest or digest_of(ids)), buffer.getvalue())

    def load(self, params: Params, ids: Ids, digest: str | None = None) -> NDArray[np.generic] | None:
        """Return the array kept for exactly these parameters and ids in this order, or None.

        The ids are in the name of the file, by their digest: those inside it are for other readers.
        """
        try:
            path = self._path(params, digest or digest_of(ids))
            with pq.ParquetFile(path, page_checksum_verification=True) as file:
                names = [name for name in file.schema_arrow.names if name != "sample_id"]
                table = file.read(names)
            if table.num_rows != len(ids):
                return None
            columns = [column.to_numpy() for column in table.columns]
            flat = int(table.schema.metadata[b"ndim"]) == 1
        except (OSError, pa.ArrowException, KeyError, ValueError, TypeError):
            return None
        return columns[0] if flat else np.column_stack(columns)

    def latest(self, params: Params) -> tuple[list[str], NDArray[np.generic]] | None:
        """Return ids and array of the newest entry with these parameters, whatever its ids, or None."""
        wanted, paths = _canonical(params).encode(), self._folder.glob("*.parquet")
        for path in sorted(paths, key=lambda path: path.stat().st_mtime_ns, reverse=True):
            try:
                if (pq.read_schema(path).metadata or {}).get(b"params") == wanted:
                    table = pq.read_table(path, page_checksum_verification=True)
                    columns = [column.to_numpy() for column in table.columns[1:]]
                    flat = int(table.schema.metadata[b"ndim"]) == 1
                    return table["sample_id"].to_pylist(), columns[0] if flat else np.column_stack(columns)
            except (OSError, pa.ArrowException, KeyError, ValueError, IndexError):
                continue
        return None

    def _path(self, params: Params, digest: str) -> Path:
        name = hashlib.sha256(f"{_canonical(params)}\n{digest}".encode())
        return self._folder / f"{name.hexdigest()[:32]}.parquet"


def digest_of(ids: Ids) -> str:
    """Return what names these ids in this order: a digest of their bytes and of where each begins."""
    array = pa.array(ids, pa.large_string())
    chunks = array.chunks if isinstance(array, pa.ChunkedArray) else [array]
    whole = pa.concat_arrays([*chunks, pa.array([], pa.large_string())])  # also drops what was sliced off
    digest = hashlib.sha256(str(len(whole)).encode())
    for buffer in whole.buffers()[1:]:
        digest.update(buffer or b"")
    return digest.hexdigest()


def _canonical(params: Params) -> str:
    return json.dumps(dict(params), sort_keys=True, separators=(",", ":"), allow_nan=False)


Question: TypeAlias = Mapping[str, str]


@dataclass(frozen=True)
class Kept:
    """An entry: arrays by name, and facts that JSON can hold."""

    arrays: Mapping[str, NDArray[Any]]
    facts: Mapping[str, Any]


class HeatmapCache:
    """One .npz file for each question (image, target, method, ...); a corrupt one is a miss.

    ``cache`` is the cache of a case, ``key`` the embedder key of the model that is explained. The files hold
    plain arrays and a JSON text, and are read without pickle.
    """

    def __init__(self, cache: Path, key: str) -> None:
        self._folder = cache / "heatmaps" / urllib.parse.quote(key, safe="")

    def load(self, question: Question) -> Kept | None:
        """Return what is kept for exactly this question, or None."""
        try:
            with np.load(self._path(question), allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            about = json.loads(arrays.pop("about").tobytes())
            if about["format"] == FORMAT and about["question"] == dict(question):
                return Kept(arrays, about["facts"])
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
            pass
        return None

    def save(self, question: Question, kept: Kept) -> None:
        """Keep an entry, in place of an earlier one for the same question."""
        about = json.dumps({"format": FORMAT, "question": dict(question), "facts": dict(kept.facts)})
        buffer, path = io.BytesIO(), self._path(question)
        arrays: dict[str, Any] = {**kept.arrays, "about": np.frombuffer(about.encode(), np.uint8)}
        np.savez_compressed(buffer, **arrays)
        write_atomically(path, buffer.getvalue())

    def _path(self, question: Question) -> Path:
        text = json.dumps(dict(question), sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(text.encode()).hexdigest()
        return self._folder / digest[:2] / f"{digest[:32]}.npz"
