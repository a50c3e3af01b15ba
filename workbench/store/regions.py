"""What a case knows now of regions: one table of all kinds with their vectors, in a stable order."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from workbench.store import schemas
from workbench.store.case_folder import CaseFolder
from workbench.store.snapshot import read_vectors, unique


@dataclass(frozen=True)
class RegionSnapshot:
    """Regions of the images now in the case; row i of ``vectors`` belongs to ``frame.iloc[i]``.

    ``frame``: region_id, image_id, image_row (row of the image), kind, label, x, y, width, height (pixels of
    the upright image in full size), score, mask (run lengths, or None), mask_rows and mask_columns (the mask
    covers the box; 0 without one), text, script; sorted by image_row, kind, y, x.
    ``vectors``: (R, dim) float32, unit rows.
    """

    frame: pd.DataFrame
    vectors: NDArray[np.float32]


def read_regions(folder: CaseFolder, keys: Mapping[str, str], images: pd.DataFrame) -> RegionSnapshot:
    """Read the regions of each kind's region key that lie in ``images`` (the table of a Snapshot).

    Those without a vector are left out. A case without regions gives an empty frame with the same columns.
    """
    ids = pa.array(images["image_id"], pa.string())
    found = [_read(folder, key, ids) for key in keys.values()]
    empty = _with_image_row(schemas.REGIONS.empty_table(), ids)
    table = pa.concat_tables([empty, *(rows for rows, _ in found)])
    order = [(name, "ascending") for name in ("image_row", "kind", "y", "x")]
    rows = pc.sort_indices(table, sort_keys=order)
    vectors = [some for _, some in found if len(some)] or [np.zeros((0, 1), np.float32)]
    frame = table.take(rows).select([*_FIRST, *(n for n in table.column_names if n not in _FIRST)])
    return RegionSnapshot(frame.to_pandas(), np.concatenate(vectors)[rows.to_numpy()])


_FIRST = ("region_id", "image_id", "image_row", "kind", "label")


def _read(folder: CaseFolder, key: str, ids: pa.Array) -> tuple[pa.Table, NDArray[np.float32]]:
    parts = folder.regions(key)
    table = _with_image_row(unique(parts.rows.read(), "region_id", last=True), ids)
    table = table.filter(pc.is_valid(table["image_row"]))
    vectors, there = read_vectors(parts.vectors, table["region_id"].combine_chunks())
    return (table, vectors) if there.all() else (table.filter(pa.array(there)), vectors[there])


def _with_image_row(table: pa.Table, ids: pa.Array) -> pa.Table:
    rows = pc.index_in(table["image_id"], value_set=ids)
    return table.append_column("image_row", rows.cast(pa.int32()))
