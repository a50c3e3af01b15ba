"""Index: what every engine can do, and the exact one that others are measured by."""

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from workbench.errors import QueryError

Vectors = NDArray[np.float32]
BLOCK = 10_000
Found = tuple[NDArray[np.int64], NDArray[np.float32]]


class Index(Protocol):
    """Rows of unit vectors that can be searched: three members, whatever the engine.

    ``len(index)`` is how many rows there are and ``dim`` how many numbers each has.
    """

    @property
    def dim(self) -> int:
        """Numbers a vector."""
        ...

    def __len__(self) -> int: ...

    def search(self, queries: Vectors, k: int) -> Found:
        """Return rows and cosines, both (Q, k), best first, of the rows nearest to ``queries`` (Q, dim).

        A place that an engine leaves empty has row -1 and cosine -inf. Raises QueryError for queries of
        another shape or k below 1.
        """
        ...


class ExactIndex:
    """Every row compared with every query: right by definition, one pass over memory a query."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors

    @property
    def dim(self) -> int:
        """Numbers a vector."""
        return int(self._vectors.shape[1])

    def __len__(self) -> int:
        return len(self._vectors)

    def search(self, queries: Vectors, k: int) -> Found:
        """Return rows and cosines, both (Q, k), best first; see `Index`."""
        queries = checked(queries, self.dim, k)
        wanted = min(k, len(self))
        rows, scores = empty(len(queries), k)
        for i, query in enumerate(queries):
            cosines = self._vectors @ query
            best = np.argpartition(-cosines, wanted - 1)[:wanted] if wanted else np.empty(0, np.int64)
            best = best[np.lexsort((best, -cosines[best]))]
            rows[i, :wanted], scores[i, :wanted] = best, cosines[best]
        return rows, scores


def checked(queries: Vectors, dim: int, k: int) -> Vectors:
    """Return queries as (Q, dim) float32 in one block; raise QueryError where they cannot be asked."""
    queries = np.ascontiguousarray(queries, np.float32)
    if queries.ndim != 2 or queries.shape[1] != dim:
        raise QueryError(
            f"This index holds vectors of dimension {dim}, but the queries have shape {queries.shape}.",
            f"Pass an array of shape (queries, {dim}), made by the same embedder.",
        )
    if k < 1:
        raise QueryError(f"Invalid k {k}.", "Use a k of 1 or more.")
    return queries


def blocks(vectors: Vectors, progress: bool, what: str) -> Iterator[tuple[int, Vectors]]:
    """Yield the first row and the vectors of one block after another, as float32, with a progress bar."""
    from tqdm.auto import tqdm

    with tqdm(total=len(vectors), desc=f"Index, {what}", unit="row", disable=not progress) as bar:
        for start in range(0, len(vectors), BLOCK):
            block = np.ascontiguousarray(vectors[start : start + BLOCK], np.float32)
            yield start, block
            bar.update(len(block))


def empty(queries: int, k: int) -> Found:
    """Return an answer in which nothing is found yet."""
    return np.full((queries, k), -1, np.int64), np.full((queries, k), -np.inf, np.float32)


def recall(found: NDArray[np.int64], exact: NDArray[np.int64]) -> float:
    """Return the share of the exact rows (Q, k) that were found, whatever their order: [0, 1]."""
    if not exact.size:
        return 1.0
    hits = [len(np.intersect1d(a, b[b >= 0])) for a, b in zip(found, exact, strict=True)]
    return float(sum(hits) / max((exact >= 0).sum(), 1))
