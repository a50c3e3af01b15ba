"""Faces: found and embedded by a pair of face models, each kept with a picture of 160 px."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.media.crops import FoundFace, thumbnail
from workbench.samples.kind import Finder, Found, Sample, SampleKind, box_columns, needed, register
from workbench.samples.models import Models
from workbench.store import schemas
from workbench.store.case_folder import CaseFolder
from workbench.store.sample_parts import SampleTable
from workbench.store.samples import Samples, read_samples

if TYPE_CHECKING:  # opening a case decodes nothing
    from workbench.media.decode import DecodedImage

TABLE = SampleTable("face", schemas.FACES, order=("x", "y"), crops=True)


def _finder(models: Models, wanted: Collection[str]) -> Finder:
    from PIL import Image

    model = needed(models.faces)

    def find(decoded: DecodedImage, image_id: str, wanted: Collection[str]) -> Mapping[str, Found]:
        scale = decoded.facts.width / decoded.image.width
        faces = {}
        for found in model.detect(decoded.image):
            row = _row(found, image_id, scale)
            jpeg = thumbnail(Image.fromarray(found.crop), quality=88)
            faces[row["face_id"]] = Sample(row, found.crop, jpeg)
        return {TABLE.kind: list(faces.values())}

    def embed(crops: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        vectors: NDArray[np.float32] = model.embed_faces(np.stack(crops))
        return vectors

    keys = {TABLE.kind: model.key}
    return Finder(keys, "faces", find, embed, model.dim, model.batch_size, long_side=model.decode_side)


def _row(found: FoundFace, image_id: str, scale: float) -> dict[str, Any]:
    place, box = box_columns(found.box, scale)
    measures = ("score", "sharpness", "pose", "exposure", "quality", "gamma")
    return {
        "face_id": f"{image_id}:{place}",
        "image_id": image_id,
        **box,
        "landmarks": (found.landmarks * scale).ravel().tolist(),
        "size": min(box["width"], box["height"]),
    } | {name: float(getattr(found, name)) for name in measures}


FACE = register(SampleKind(TABLE, _finder))


def read_faces(folder: CaseFolder, key: str, images: pd.DataFrame) -> Samples:
    """Read the faces of a face key that lie in ``images`` (the table of a Snapshot) and have a vector.

    ``frame``: face_id, image_id, image_row (row of the image), x, y, width, height (pixels of the upright
    image in full size), score, landmarks (10 numbers), size, sharpness, pose, exposure, quality, gamma;
    sorted by image_row, then x, then y. A case without faces gives an empty frame with the same columns.
    """
    return read_samples(folder, TABLE, key, images)
