"""LanceIndex: vectors in a folder on disk, by LanceDB (pip install lancedb)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from workbench.errors import ModelError
from workbench.index.index import Found, Vectors, blocks, checked, empty

WORTH = 5_000
"""Rows from which on an approximate index is built; fewer are read one by one."""

PROBED, REFINED = 32, 10
"""Parts of the index that are looked into, and how many times k are compared exactly in the end."""


class LanceIndex:
    """Unit vectors (N, dim) in a LanceDB table: opened where the folder has one, else made of ``vectors``.

    Raises ModelError without the package, or where there is neither a table nor vectors.
    """

    def __init__(self, folder: Path, vectors: Vectors | None = None, progress: bool = False) -> None:
        self._table = _open(folder) if vectors is None else _make(folder, vectors, progress)
        self._rows = int(self._table.count_rows())
        self._dim = int(self._table.schema.field("vector").type.list_size)

    @property
    def dim(self) -> int:
        """Numbers a vector."""
        return self._dim

    def __len__(self) -> int:
        return self._rows

    def search(self, queries: Vectors, k: int) -> Found:
        """Return rows and cosines, both (Q, k), best first; see `Index`."""
        queries = checked(queries, self.dim, k)
        rows, scores = empty(len(queries), k)
        for i, query in enumerate(queries):
            asked = self._table.search(query).distance_type("dot").nprobes(PROBED).refine_factor(REFINED)
            found = asked.select(["row", "_distance"]).limit(k).to_arrow()
            rows[i, : len(found)] = found["row"].to_numpy()
            scores[i, : len(found)] = 1 - found["_distance"].to_numpy()
        return rows, scores


def _make(folder: Path, vectors: Vectors, progress: bool) -> Any:
    vector = pa.list_(pa.float32(), vectors.shape[1])
    schema = pa.schema([("row", pa.int64()), ("vector", vector)])

    def batches() -> Iterator[pa.RecordBatch]:
        for start, block in blocks(vectors, progress, "LanceDB"):
            flat = pa.FixedSizeListArray.from_arrays(pa.array(block.reshape(-1)), type=vector)
            rows = pa.array(np.arange(start, start + len(block)))
            yield pa.RecordBatch.from_arrays([rows, flat], schema=schema)

    reader = pa.RecordBatchReader.from_batches(schema, batches())
    table = _lancedb().connect(str(folder)).create_table("vectors", reader, mode="overwrite")
    if len(vectors) >= WORTH:
        table.create_index(metric="dot", vector_column_name="vector")
    return table


def _open(folder: Path) -> Any:
    try:
        return _lancedb().connect(str(folder)).open_table("vectors")
    except (ValueError, FileNotFoundError) as error:
        raise ModelError(
            f"No index was found in {folder}.", "Create one with LanceIndex(folder, vectors)."
        ) from error


def _lancedb() -> Any:
    try:
        import lancedb
    except ImportError as error:
        raise ModelError("LanceDB is not installed.", "Run `pip install lancedb`.") from error
    return lancedb
