"""A cache of arrays that belong to samples, such as layouts and clusters."""

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from workbench.store.parts import FORMAT, write_atomically

Params: TypeAlias = Mapping[str, str | int | float | bool | None]


class ArrayCache:
    """Arrays of one row a sample, found by the parameters that made them and the ids they belong to.

    Other parameters or other ids (also in another order) are another entry. A corrupt entry is a miss.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, params: Params, ids: Sequence[str], array: NDArray[np.generic]) -> None:
        """Keep ``array``, (N,) or (N, K) with N = len(ids); raises ValueError where the lengths differ."""
        if len(array) != len(ids):
            raise ValueError(f"{len(array)} rows for {len(ids)} ids")
        columns = array.T if array.ndim > 1 else array[None]
        table = pa.table(
            {"sample_id": pa.array(ids, pa.string())} | {f"c{i}": c for i, c in enumerate(columns)}
        )
        facts = {"workbench.format": str(FORMAT), "ndim": str(array.ndim), "params": _canonical(params)}
        buffer = io.BytesIO()
        pq.write_table(table.replace_schema_metadata(facts), buffer, write_page_checksum=True)
        self._folder.mkdir(parents=True, exist_ok=True)
        write_atomically(self._path(params, ids), buffer.getvalue())

    def load(self, params: Params, ids: Sequence[str]) -> NDArray[np.generic] | None:
        """Return the array kept for exactly these parameters and ids in this order, or None."""
        try:
            table = pq.read_table(self._path(params, ids), page_checksum_verification=True)
            if not table["sample_id"].equals(pa.chunked_array([pa.array(ids, pa.string())])):
                return None
            columns = [column.to_numpy() for column in table.columns[1:]]
            flat = int(table.schema.metadata[b"ndim"]) == 1
        except (OSError, pa.ArrowException, KeyError, ValueError, TypeError):
            return None
        return columns[0] if flat else np.column_stack(columns)

    def _path(self, params: Params, ids: Sequence[str]) -> Path:
        digest = hashlib.sha256("\n".join([_canonical(params), *ids]).encode())
        return self._folder / f"{digest.hexdigest()[:32]}.parquet"


def _canonical(params: Params) -> str:
    return json.dumps(dict(params), sort_keys=True, separators=(",", ":"), allow_nan=False)
