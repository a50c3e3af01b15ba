"""Faces in the loop: what one thread makes of a picture, and the batches of crops."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workbench.embedding.face_model import FaceModel
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


class CropBatches:
    """Gathers crops of many pictures and embeds them in full batches; a crop is let go with its vector."""

    def __init__(self, model: FaceModel) -> None:
        self._model = model
        self._waiting: list[ExaminedFace] = []

    def add(self, faces: Sequence[ExaminedFace]) -> None:
        """Take faces, and embed as many as fill batches."""
        self._waiting += faces
        while len(self._waiting) >= self._model.batch_size:
            self._embed(self._model.batch_size)

    def finish(self) -> None:
        """Embed those that wait."""
        if self._waiting:
            self._embed(len(self._waiting))

    def _embed(self, count: int) -> None:
        batch, self._waiting = self._waiting[:count], self._waiting[count:]
        vectors = self._model.embed_faces(np.stack([face.crop for face in batch if face.crop is not None]))
        if vectors.shape != (count, self._model.dim):
            raise ValueError(f"{self._model.key} gave {vectors.shape} for {count} faces")
        for face, vector in zip(batch, vectors, strict=True):
            face.vector, face.crop = vector, None
