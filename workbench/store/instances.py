"""The candidates of one instance key on disk: one row an image, with all its boxes and vectors as bytes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from workbench.store.case_folder import CaseFolder
from workbench.store.parts import Parts
from workbench.store.snapshot import unique

# Boxes are fractions of the upright image in 1 / 65535: x, y, width, height. A vector is ``dim`` numbers of
# eight bits, whose length means nothing. An image that could not be read has a reason and no candidates.
SCHEMA = pa.schema(
    [
        ("image_id", pa.string()),
        ("dim", pa.int32()),
        ("boxes", pa.binary()),
        ("vectors", pa.binary()),
        ("reason", pa.string()),
    ]
)
_STEPS = 65535
_BOX_BYTES = 8


@dataclass(frozen=True)
class Candidates:
    """What one image has: ``boxes`` (R, 4) fractions and ``vectors`` (R, dim) int8; else why it has none."""

    image_id: str
    boxes: NDArray[np.float32]
    vectors: NDArray[np.int8]
    reason: str | None = None


@dataclass(frozen=True)
class StoredCandidates:
    """All candidates of N images: ``starts`` (N + 1,) says which rows of the others belong to image i.

    ``reasons`` says why an image could not be read, by image id; ``missing`` counts images never looked at.
    """

    vectors: NDArray[np.int8]
    boxes: NDArray[np.float32]
    starts: NDArray[np.int64]
    reasons: dict[str, str]
    missing: int


def instance_parts(folder: CaseFolder, key: str) -> Parts:
    """Return the parts of an instance key; vectors do not compress, so nothing is."""
    place: Path = folder.cache / "instances" / key
    return Parts(place, SCHEMA, row_group=1024, compression="none")


def looked_at(parts: Parts, *, failed_too: bool) -> set[str]:
    """Return the ids of the images that need no look, with or without those that could not be read."""
    table = unique(parts.read(["image_id", "reason"]), "image_id", last=True)
    if not failed_too:
        table = table.filter(pc.is_null(table["reason"]))
    return set(table["image_id"].to_pylist())


def count_candidates(parts: Parts, ids: Sequence[str]) -> int:
    """Return how many candidates the images ``ids`` have, without reading their vectors."""
    table = unique(parts.read(["image_id", "boxes"]), "image_id", last=True)
    ours = table.filter(pc.is_in(table["image_id"], value_set=pa.array(ids, pa.string())))
    return int(pc.sum(pc.binary_length(ours["boxes"])).as_py() or 0) // _BOX_BYTES


def append(parts: Parts, rows: Iterable[Candidates]) -> None:
    """Write the candidates of some images as one part; raises OSError."""
    records = [
        {
            "image_id": row.image_id,
            "dim": row.vectors.shape[1],
            "boxes": np.rint(np.clip(row.boxes, 0, 1) * _STEPS).astype("<u2").tobytes(),
            "vectors": np.ascontiguousarray(row.vectors, np.int8).tobytes(),
            "reason": row.reason,
        }
        for row in rows
    ]
    if records:
        parts.append(pa.Table.from_pylist(records, SCHEMA))


def read_candidates(parts: Parts, ids: Sequence[str], dim: int) -> StoredCandidates:
    """Read the candidates of the images ``ids`` in that order, an image without any included."""
    table = unique(parts.read(), "image_id", last=True)
    at = pc.index_in(pa.array(ids, pa.string()), value_set=table["image_id"].combine_chunks())
    wanted = table.take(at)
    boxes = [_array(data, "<u2", 4) for data in wanted["boxes"].to_pylist()]
    vectors = [_array(data, np.int8, dim) for data in wanted["vectors"].to_pylist()]
    starts = np.cumsum([0, *map(len, vectors)], dtype=np.int64)
    reasons = zip(wanted["image_id"].to_pylist(), wanted["reason"].to_pylist(), strict=True)
    return StoredCandidates(
        np.concatenate([np.zeros((0, dim), np.int8), *vectors]),
        np.concatenate([np.zeros((0, 4)), *boxes]).astype(np.float32) / np.float32(_STEPS),
        starts,
        {image_id: reason for image_id, reason in reasons if reason},
        at.null_count,
    )


def _array(data: bytes | None, dtype: object, width: int) -> NDArray[np.generic]:
    found: NDArray[np.generic] = np.frombuffer(data or b"", dtype).reshape(-1, width)  # type: ignore[call-overload]
    return found
