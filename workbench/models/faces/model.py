"""DetectorAndRecogniser: finds the faces of a picture, cuts them out and turns them into vectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from workbench.media.faces import FoundFace
from workbench.models.faces import boxes, gamma, quality
from workbench.models.faces.search import at_most, search

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from PIL import Image

    from workbench.models.faces.boxes import Rows
    from workbench.models.faces.recognisers import Recogniser

    Detector = Callable[[Image.Image], Rows]
    Aligner = Callable[[Image.Image, NDArray[np.float32], NDArray[np.float32]], NDArray[np.uint8]]


@dataclass(frozen=True)
class DetectorAndRecogniser:
    """A face detector and a recogniser behind one interface; fits the `FaceModel` the ingest loop asks for.

    key: names everything that changes the numbers. dim: length of a row. detector: picture -> (N, 15).
    aligner: picture, box, points -> crop. recogniser: crops -> unit rows. least_score: faces the detector is
    less sure of are left out; where none has ``sure_score``, the picture may lie on its side. decode_side:
    longest side of the picture that is searched.
    """

    key: str
    dim: int
    detector: Detector
    aligner: Aligner
    recogniser: Recogniser
    least_score: float
    sure_score: float
    decode_side: int = 1024
    batch_size: int = 16

    def detect(self, image: Image.Image) -> list[FoundFace]:
        """Return the faces in an upright RGB picture, in its pixels, surest first; safe to call from threads.

        Faces smaller than the detector's least size in a picture of ``decode_side`` are not found. A face may
        lie on its side or upside down in a picture that does; its crop is upright.
        """
        small = at_most(image, self.decode_side)
        rows = boxes.scaled(search(small, self._look, self.sure_score), image.width / small.width)
        return [self._face(image, row) for row in rows]

    def embed_faces(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Crops (B, 160, 160, 3) -> (B, dim) unit rows."""
        return self.recogniser(crops)

    def _look(self, image: Image.Image) -> Rows:
        rows = self.detector(image)
        return rows[rows[:, 4] >= self.least_score]

    def _face(self, image: Image.Image, row: NDArray[np.float32]) -> FoundFace:
        points = row[5:].reshape(5, 2)
        crop, bent = self.aligner(image, row[:4], points), 1.0
        luma = quality.grey(crop)
        middle = gamma.value(quality.middle(crop))
        if gamma.is_dark(middle):
            crop, bent = gamma.brighten(crop, middle)
        left, top, right, bottom = map(float, boxes.within(row[:4], image.size))
        measures = (quality.sharpness(luma), quality.pose(points), quality.exposure(luma))
        return FoundFace(
            box=(left, top, right - left, bottom - top),
            landmarks=points,
            score=float(row[4]),
            gamma=bent,
            sharpness=measures[0],
            pose=measures[1],
            exposure=measures[2],
            quality=quality.summary(min(right - left, bottom - top), *measures),
            crop=crop,
        )
