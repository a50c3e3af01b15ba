"""Faces in the loop: what one thread makes of a picture, and the batches of crops."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workbench.ingest.batches import Batches
from workbench.ingest.face_model import FaceModel
from workbench.media.decode import ImageFacts
from workbench.media.faces import FoundFace
from workbench.media.thumbnails import thumbnail


@dataclass(slots=True)
class ExaminedFace:
    """One face: its row for the table, its picture, and its crop until the ``vector`` is there."""

    row: dict[str, Any]
    jpeg: bytes
    crop: NDArray[np.uint8] | None
    vector: NDArray[np.float32] | None = None


def examine_faces(
    image: Image.Image, facts: ImageFacts, image_id: str, model: FaceModel
) -> list[ExaminedFace]:
    """Find the faces of a decoded picture; places in the table are those of the image in full size."""
    scale = facts.width / image.width
    faces = {}
    for found in model.detect(image):
        row = _row(found, image_id, scale)
        jpeg = thumbnail(Image.fromarray(found.crop), quality=88)
        faces[row["face_id"]] = ExaminedFace(row, jpeg, found.crop)
    return list(faces.values())


def _row(found: FoundFace, image_id: str, scale: float) -> dict[str, Any]:
    x, y, width, height = (side * scale for side in found.box)
    place = ",".join(str(round(side)) for side in (x, y, width, height))
    measures = ("score", "sharpness", "pose", "exposure", "quality", "gamma")
    return {
        "face_id": f"{image_id}:{place}",
        "image_id": image_id,
        "x": x,
        "y": y,
        "width": width,
        "height": height,
        "landmarks": (found.landmarks * scale).ravel().tolist(),
        "size": min(width, height),
    } | {name: float(getattr(found, name)) for name in measures}


class CropBatches(Batches[ExaminedFace]):
    """Embeds the crops of faces in full batches; a crop is let go with its vector."""

    def __init__(self, model: FaceModel) -> None:
        super().__init__(model.key, model.dim, model.batch_size, "faces")
        self._model = model

    def embed(self, parts: Sequence[ExaminedFace]) -> NDArray[np.float32]:
        """Return the vectors of the faces."""
        return self._model.embed_faces(np.stack([face.crop for face in parts if face.crop is not None]))

    def settle(self, part: ExaminedFace, vector: NDArray[np.float32]) -> None:
        """Give a face its vector."""
        part.vector, part.crop = vector, None
