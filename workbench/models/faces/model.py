"""DetectorAndRecogniser: finds the faces of a picture, cuts them out and turns them into vectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from workbench.media.faces import FoundFace
from workbench.models.faces import boxes, gamma, quality

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from workbench.models.faces.boxes import Rows
    from workbench.models.faces.recognisers import Recogniser

    Detector = Callable[[Image.Image], Rows]
    Aligner = Callable[[Image.Image, NDArray[np.float32], NDArray[np.float32]], NDArray[np.uint8]]

_SAME = 0.4  # overlap above which two boxes show one face


@dataclass(frozen=True)
class FacePair:
    """A face detector and a recogniser behind one interface; fits the `FaceModel` the ingest loop asks for.

    key: names everything that changes the numbers. dim: length of a row. detector: picture -> (N, 15).
    aligner: picture, box, points -> crop. recogniser: crops -> unit rows. least_score: faces the detector is
    less sure of are left out. decode_side: longest side of the picture that is searched.
    """

    key: str
    dim: int
    detector: Detector
    aligner: Aligner
    recogniser: Recogniser
    least_score: float = 0.90
    decode_side: int = 1024
    batch_size: int = 16

    def detect(self, image: Image.Image) -> list[FoundFace]:
        """Return the faces in an upright RGB picture, in its pixels, surest first; safe to call from threads.

        Faces smaller than the detector's least size in a picture of ``decode_side`` are not found. A dark
        picture without a face, and one with a dark face, is searched again with its light corrected.
        """
        small = _at_most(image, self.decode_side)
        rows = boxes.scaled(self._search(small), image.width / small.width)
        return [self._face(image, row) for row in rows]

    def embed_faces(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Crops (B, 160, 160, 3) -> (B, dim) unit rows."""
        return self.recogniser(crops)

    def _search(self, image: Image.Image) -> Rows:
        rows = self._sure(image)
        pixels = np.asarray(image)
        lights = [_inside(gamma.value(pixels), row) for row in rows]
        if any(map(gamma.is_dark, lights)) or (not len(rows) and gamma.is_gloomy(gamma.value(pixels))):
            more = self._sure(Image.fromarray(gamma.brighten(pixels)[0]))
            rows = np.concatenate([rows, more])
            rows = rows[boxes.suppress(rows, _SAME)]
        return rows

    def _sure(self, image: Image.Image) -> Rows:
        rows = self.detector(image)
        return rows[rows[:, 4] >= self.least_score]

    def _face(self, image: Image.Image, row: NDArray[np.float32]) -> FoundFace:
        points = row[5:].reshape(5, 2)
        crop, bent = self.aligner(image, row[:4], points), 1.0
        luma = quality.grey(crop)
        middle = gamma.value(crop[40:-40, 40:-40])
        if gamma.is_dark(middle):
            crop, bent = gamma.brighten(crop, middle)
        left, top, right, bottom = map(float, row[:4])
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


def _at_most(image: Image.Image, side: int) -> Image.Image:
    scale = side / max(image.size)
    if scale >= 1:
        return image
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.BOX, reducing_gap=1.0)


def _inside(values: NDArray[np.float32], row: NDArray[np.float32]) -> NDArray[np.float32]:
    left, top, right, bottom = row[:4].astype(int).clip(0)
    return values[top:bottom, left:right]
