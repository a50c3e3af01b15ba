"""FaissIndex: a graph of neighbours in memory, by FAISS (pip install faiss-cpu)."""

from pathlib import Path
from typing import Any

import numpy as np

from workbench.errors import ModelError
from workbench.index.index import Found, Vectors, blocks, checked

LINKS, EFFORT = 32, 128
"""Neighbours a row is linked with, and rows looked at to build and to search: more is better and slower."""


class FaissIndex:
    """HNSW over unit vectors (N, dim); made once, and kept in a file by ``save``.

    Source: Malkov and Yashunin 2018 (arXiv:1603.09320), as in FAISS. Raises ModelError without the package.
    """

    def __init__(self, vectors: Vectors, progress: bool = False) -> None:
        faiss = _faiss()
        self._index = faiss.IndexHNSWFlat(vectors.shape[1], LINKS, faiss.METRIC_INNER_PRODUCT)
        self._index.hnsw.efConstruction = self._index.hnsw.efSearch = EFFORT
        for _, block in blocks(vectors, progress, "FAISS"):
            self._index.add(block)

    @classmethod
    def load(cls, path: Path) -> "FaissIndex":
        """Read an index that ``save`` wrote."""
        index = cls.__new__(cls)
        index._index = _faiss().read_index(str(path))
        return index

    def save(self, path: Path) -> None:
        """Write the index to a file."""
        _faiss().write_index(self._index, str(path))

    @property
    def dim(self) -> int:
        """Numbers a vector."""
        return int(self._index.d)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(self, queries: Vectors, k: int) -> Found:
        """Return rows and cosines, both (Q, k), best first; see `Index`."""
        queries = checked(queries, self.dim, k)
        self._index.hnsw.efSearch = max(EFFORT, k)
        scores, rows = self._index.search(queries, k)
        return rows, np.where(rows < 0, np.float32(-np.inf), scores)


def _faiss() -> Any:
    try:
        import faiss
    except ImportError as error:
        raise ModelError("FAISS is not installed.", "Run `pip install faiss-cpu`.") from error
    return faiss
