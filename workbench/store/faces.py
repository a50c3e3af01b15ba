"""What a case knows now of faces: one table with their vectors, in a stable order."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from workbench.store.case_folder import CaseFolder
from workbench.store.snapshot import read_vectors, unique


@dataclass(frozen=True)
class FaceSnapshot:
    """Faces of the images now in the case; row i of ``vectors`` belongs to ``frame.iloc[i]``.

    ``frame``: face_id, image_id, image_row (row of the image), x, y, width, height (pixels of the upright
    image in full size), score, landmarks (10 numbers), size, sharpness, pose, exposure, quality, gamma;
    sorted by image_row, then x, then y. ``vectors``: (F, dim) float32, unit rows.
    """

    frame: pd.DataFrame
    vectors: NDArray[np.float32]


def read_faces(folder: CaseFolder, key: str, images: pd.DataFrame) -> FaceSnapshot:
    """Read the faces of a face key that lie in ``images`` (the table of a Snapshot) and have a vector.

    A case without faces gives an empty frame with the same columns.
    """
    parts = folder.faces(key)
    table = unique(parts.rows.read(), "face_id", last=True)
    ids = pa.array(images["image_id"] if table.num_rows else [], pa.string())
    rows = pc.index_in(table["image_id"], value_set=ids)
    table = table.append_column("image_row", rows.cast(pa.int32()))
    table = table.filter(pc.is_valid(table["image_row"]))
    table = table.sort_by([("image_row", "ascending"), ("x", "ascending"), ("y", "ascending")])
    vectors, found = read_vectors(parts.vectors, table["face_id"].combine_chunks())
    frame = table.select([*_FIRST, *(n for n in table.column_names if n not in _FIRST)]).to_pandas()
    if not found.all():
        frame, vectors = frame[found].reset_index(drop=True), vectors[found]
    return FaceSnapshot(frame, vectors)


_FIRST = ("face_id", "image_id", "image_row")
