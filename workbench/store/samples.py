"""Reading samples of one kind: a table and vectors in a stable order, each with the image it lies in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from workbench.store import schemas
from workbench.store.case_folder import CaseFolder
from workbench.store.parts import Parts
from workbench.store.sample_parts import SampleTable, read_vectors, unique

BOX = ("x", "y", "width", "height")
STEPS = 65535
"""Packed boxes are whole numbers of this fraction of an image."""
_BOX_BYTES = 8


@dataclass(frozen=True, eq=False)
class Samples:
    """S samples: row i of ``vectors`` (S, D) and ``image_row`` (S,) belongs to row i of ``frame``.

    ``image_row`` int32 says in which row of the table of images the sample lies. ``make_frame`` makes the
    frame when it is first asked for: for packed kinds it is large and seldom needed.
    """

    vectors: NDArray[Any]
    image_row: NDArray[np.int32]
    make_frame: Callable[[], pd.DataFrame]

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row a sample: its id, image_id, image_row, and the columns of its kind."""
        return self.make_frame()

    @property
    def boxes(self) -> NDArray[np.float32]:
        """Where each sample is: (S, 4) x, y, width, height in pixels of the upright image in full size.

        NaN for samples that are whole images.
        """
        if set(BOX) <= set(self.frame.columns):
            return self.frame[list(BOX)].to_numpy(np.float32)
        return np.full((len(self.frame), 4), np.nan, np.float32)


def read_samples(folder: CaseFolder, table: SampleTable, key: str, images: pd.DataFrame) -> Samples:
    """Read the samples of a kind and key that lie in ``images`` (the table of a Snapshot) and have a vector.

    They are sorted by image, then by the columns that the kind names. A key of which there is nothing gives
    no samples, and a frame with all columns.
    """
    if table.packed:
        return _unpacked(folder, table, key, images)
    parts = folder.samples(table, key)
    if table.columns is None:
        vectors, found = read_vectors(parts.vectors, pa.array(images["image_id"], pa.string()))
        row = np.flatnonzero(found).astype(np.int32)
        return Samples(vectors[found], row, lambda: images.iloc[row].reset_index(drop=True))
    name = table.id_column
    rows = unique(parts.rows.read(), name, last=True)
    ids = pa.array(images["image_id"] if rows.num_rows else [], pa.string())
    image_row = pc.index_in(rows["image_id"], value_set=ids).cast(pa.int32())
    rows = rows.append_column("image_row", image_row).filter(pc.is_valid(image_row))
    rows = rows.sort_by([(column, "ascending") for column in ("image_row", *table.order)])
    vectors, found = read_vectors(parts.vectors, rows[name].combine_chunks())
    if not found.all():
        rows, vectors = rows.filter(pa.array(found)), vectors[found]
    first = (name, "image_id", "image_row")
    rows = rows.select([*first, *(column for column in rows.column_names if column not in first)])
    frame = rows.to_pandas()
    return Samples(vectors, frame["image_row"].to_numpy(np.int32), lambda: frame)


@dataclass(frozen=True)
class Packed:
    """All packed samples of N images: ``starts`` (N + 1,) says which rows of the others belong to image i.

    ``vectors``: (S, dim) int8. ``boxes``: (S, 4) float32, as fractions of the upright image. ``reasons`` says
    why an image could not be looked at, by image id; ``missing`` counts images never looked at.
    """

    vectors: NDArray[np.int8]
    boxes: NDArray[np.float32]
    starts: NDArray[np.int64]
    reasons: dict[str, str]
    missing: int


def read_packed(parts: Parts, ids: Sequence[str], dim: int) -> Packed:
    """Read the packed samples of the images ``ids`` in that order, an image without any included.

    Vectors are read part by part into the final array, so that memory stays at one copy and one part.
    """
    paths = parts.readable()
    while True:
        table = _packed_rows(parts, paths)
        at = pc.index_in(pa.array(ids, pa.string()), value_set=table["image_id"].combine_chunks())
        wanted = table.take(at)
        counts = pc.fill_null(pc.binary_length(wanted["boxes"]), 0).to_numpy() // _BOX_BYTES
        starts = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)])
        vectors = np.zeros((starts[-1], dim), np.int8)
        unread = _fill(vectors, starts, parts, paths, wanted)
        if unread is None:
            break
        paths.remove(unread)
    boxes = _bytes_of(wanted["boxes"].combine_chunks())[0].view("<u2").reshape(-1, 4)
    reasons = zip(wanted["image_id"].to_pylist(), wanted["reason"].to_pylist(), strict=True)
    return Packed(
        vectors,
        boxes.astype(np.float32) / np.float32(STEPS),
        starts,
        {image_id: reason for image_id, reason in reasons if reason},
        at.null_count,
    )


def _packed_rows(parts: Parts, paths: Sequence[Path]) -> pa.Table:
    """Return all but the vectors of each image, and where these are: the number of the part, and the row."""
    names = ["image_id", "boxes", "reason"]
    tables = [parts.schema.empty_table().select(names).append_column("part", pa.array([], pa.int64()))]
    tables[0] = tables[0].append_column("at", pa.array([], pa.int64()))
    for number, path in enumerate(paths):
        table = parts.read_part(path, names)
        if table is not None:
            table = table.append_column("part", pa.array(np.full(len(table), number)))
            tables.append(table.append_column("at", pa.array(np.arange(len(table)))))
    return unique(pa.concat_tables(tables), "image_id", last=True)


def _fill(
    vectors: NDArray[np.int8], starts: NDArray[np.int64], parts: Parts, paths: Sequence[Path], rows: pa.Table
) -> Path | None:
    """Read the vectors of rows to their places; return the first part whose vectors cannot be used."""
    number, at = (pc.fill_null(rows[name], -1).to_numpy() for name in ("part", "at"))
    for part in np.unique(number[number >= 0]).tolist():
        path: Path = paths[part]
        table = parts.read_part(path, ["vectors"])
        if table is None:
            return path
        data, ends = _bytes_of(table["vectors"].combine_chunks())
        for image in np.flatnonzero(number == part).tolist():
            place = vectors[starts[image] : starts[image + 1]]
            found = data[ends[at[image]] : ends[at[image] + 1]]
            if found.size != place.size:
                parts.report(path, "vectors of another dimension")
                return path
            place[:] = found.view(np.int8).reshape(place.shape)
    return None


def count_packed(parts: Parts, ids: Sequence[str]) -> int:
    """Return how many packed samples the images ``ids`` have, without reading their vectors."""
    table = unique(parts.read(["image_id", "boxes"]), "image_id", last=True)
    ours = table.filter(pc.is_in(table["image_id"], value_set=pa.array(ids, pa.string())))
    return int(pc.sum(pc.binary_length(ours["boxes"])).as_py() or 0) // _BOX_BYTES


def pack(
    image_id: str, boxes: NDArray[np.float32], vectors: NDArray[np.int8], reason: str | None
) -> dict[str, object]:
    """Return the row of an image in the packed form: ``boxes`` (R, 4) fractions, ``vectors`` (R, dim)."""
    return {
        "image_id": image_id,
        "dim": vectors.shape[1],
        "boxes": np.rint(np.clip(boxes, 0, 1) * STEPS).astype("<u2").tobytes(),
        "vectors": np.ascontiguousarray(vectors, np.int8).tobytes(),
        "reason": reason,
    }


def _bytes_of(array: pa.Array) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    """Return the bytes of a binary array, one after another, and where each begins, without a copy."""
    if isinstance(array, pa.ChunkedArray):
        array = array.chunk(0) if array.num_chunks else pa.array([], pa.binary())
    if not len(array):
        return np.zeros(0, np.uint8), np.zeros(1, np.int32)
    _, offsets, data = array.buffers()
    ends = np.frombuffer(offsets, np.int32, len(array) + 1, 4 * array.offset)
    return np.frombuffer(data or b"", np.uint8)[ends[0] : ends[-1]], ends - ends[0]


def _unpacked(folder: CaseFolder, table: SampleTable, key: str, images: pd.DataFrame) -> Samples:
    parts = folder.samples(table, key).rows
    dims = parts.read(["dim"])["dim"]
    packed = read_packed(parts, images["image_id"].tolist(), dims[0].as_py() if len(dims) else 1)
    image_row = np.repeat(np.arange(len(images), dtype=np.int32), np.diff(packed.starts))

    def frame() -> pd.DataFrame:
        sides = images[["width", "height"]].to_numpy(np.float32)[image_row]
        places = dict(zip(BOX, (packed.boxes * np.tile(sides, 2)).T, strict=True))
        return pd.DataFrame({"image_row": image_row, **places})

    return Samples(packed.vectors, image_row, frame)


def empty_rows(schema: pa.Schema = schemas.REGIONS) -> pd.DataFrame:
    """Return a table of no samples with the columns that `read_samples` gives."""
    table = schema.empty_table().append_column("image_row", pa.array([], pa.int32()))
    first = (schema.names[0], "image_id", "image_row")
    names = [*first, *(name for name in schema.names if name not in first)]
    frame: pd.DataFrame = table.select(names).to_pandas()
    return frame
