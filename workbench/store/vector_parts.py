"""The vectors of a key on disk: what their folder is called, and what dimension they have."""

import urllib.parse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from workbench.errors import CaseError
from workbench.store import schemas
from workbench.store.parts import Parts


def folder_name(key: str) -> str:
    """Return a file name for an embedder key: what is no letter, digit or ``-_.~`` is percent-encoded."""
    name = urllib.parse.quote(key, safe="")
    return name if name.strip(".") else name.replace(".", "%2E") or "%00"


def vector_parts(folder: Path, key: str, dim: int | None) -> Parts:
    """Return the vectors of a key in a folder; ``dim`` may be left out where some are already on disk.

    Raises :class:`CaseError` where the vectors on disk have another dimension than ``dim``.
    """
    known = _known_dim(folder)
    if dim is not None and known is not None and dim != known:
        raise CaseError(
            f"The vectors of {key!r} on disk have {known} dimensions, not {dim}.",
            "The key must name everything that changes the numbers: give this embedder another key.",
        )
    return Parts(folder, schemas.vectors(known or dim or 1), compression="none")


def vector_table(ids: Sequence[str], vectors: Sequence[NDArray[np.floating]], dim: int) -> pa.Table:
    """Return the rows of some samples, in the order of ``ids``.

    ``vectors``: float arrays of shape (dim,), or (B, dim) for B samples at once.
    """
    flat = np.concatenate([np.zeros(0, np.float32), *(vector.ravel() for vector in vectors)])
    column = pa.FixedSizeListArray.from_arrays(pa.array(flat.astype(np.float32, copy=False)), dim)
    return pa.table({"sample_id": pa.array(ids, pa.string()), "vector": column})


def _known_dim(folder: Path) -> int | None:
    """Return the dimension of the vectors on disk; None where there are none to read."""
    import pyarrow.parquet as pq

    for path in sorted(folder.glob("part-*.parquet"), reverse=True):
        try:
            return int(pq.read_schema(path).field("vector").type.list_size)
        except (pa.ArrowException, OSError, KeyError, AttributeError):
            continue
    return None
