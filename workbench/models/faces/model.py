"""DetectorAndRecogniser: finds the faces of a picture, cuts them out and turns them into vectors.

A picture that is dark or may lie on its side is searched again, with its light corrected or turned.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from workbench.media.crops import FoundFace
from workbench.models.faces import boxes, quality

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from workbench.models.faces.boxes import Rows

    Look = Callable[[Image.Image], Rows]
    from PIL import Image

    from workbench.models.faces.recognisers import Recogniser

    Detector = Callable[[Image.Image], Rows]
    Aligner = Callable[[Image.Image, NDArray[np.float32], NDArray[np.float32]], NDArray[np.uint8]]


_SAME = 0.4  # overlap above which two boxes show one face
_TURNED_SIDE = 384  # pixels: small, because all pictures without faces are looked at in three turns
_TURNS = {
    1: Image.Transpose.ROTATE_90,
    2: Image.Transpose.ROTATE_180,
    3: Image.Transpose.ROTATE_270,
}


def search(image: Image.Image, look: Look, sure: float) -> Rows:
    """Return the faces that ``look`` finds in a picture, best first, each once.

    A picture with a dark face, or one in shadow without any, is looked at again with its light corrected. One
    without a face whose score is ``sure`` is turned by quarters, since scans and old cameras do not say which
    way is up; it counts as turned where that gives such a face.
    """
    rows = _each_once(look(image))
    pixels = np.asarray(image)
    if any(_is_dark(pixels, row) for row in rows) or (not len(rows) and _is_gloomy(pixels)):
        bright = Image.fromarray(quality.brighten(pixels)[0])
        rows = _each_once(np.concatenate([rows, look(bright)]))
    if _certainty(rows, sure):
        return rows
    turned = _search_turned(image, look, sure)
    return turned if len(turned) else rows


def turn_back(rows: Rows, quarters: int, size: tuple[int, int]) -> Rows:
    """Return rows of a picture that was turned counter-clockwise as rows of the picture before.

    size: width and height, in pixels, before it was turned.
    """
    width, height = size if quarters % 2 == 0 else size[::-1]  # of the turned picture
    points = np.concatenate([rows[:, :4], rows[:, 5:]], 1).reshape(len(rows), 7, 2)
    for _ in range(quarters):
        points = np.stack([height - points[..., 1], points[..., 0]], -1)
        width, height = height, width
    corners = np.concatenate([points[:, :2].min(1), points[:, :2].max(1), rows[:, 4:5]], 1)
    return np.concatenate([corners, points[:, 2:].reshape(len(rows), 10)], 1)


def _search_turned(image: Image.Image, look: Look, sure: float) -> Rows:
    small = at_most(image, _TURNED_SIDE)
    found = {quarters: _certainty(look(small.transpose(turn)), sure) for quarters, turn in _TURNS.items()}
    quarters = max(found, key=lambda one: found[one])
    if not found[quarters]:
        return boxes.empty()
    rows = look(image.transpose(_TURNS[quarters]))
    return turn_back(_each_once(rows), quarters, image.size) if _certainty(rows, sure) else boxes.empty()


def _certainty(rows: Rows, sure: float) -> float:
    """Sum the scores of the faces that are beyond doubt."""
    scores = rows[:, 4]
    return float(scores[scores >= sure].sum())


def at_most(image: Image.Image, side: int) -> Image.Image:
    """Return a picture whose longer side is at most ``side`` pixels: itself, or a smaller copy."""
    scale = side / max(image.size)
    if scale >= 1:
        return image
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.BOX, reducing_gap=1.0)


def _each_once(rows: Rows) -> Rows:
    return rows[boxes.suppress(rows, _SAME)]


def _is_dark(pixels: NDArray[np.uint8], row: NDArray[np.float32]) -> bool:
    left, top, right, bottom = row[:4].astype(int).clip(0)
    return quality.is_dark(quality.value(pixels[top:bottom, left:right]))


def _is_gloomy(pixels: NDArray[np.uint8]) -> bool:
    return quality.is_gloomy(quality.value(pixels[::4, ::4]))


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
        middle = quality.value(quality.middle(crop))
        if quality.is_dark(middle):
            crop, bent = quality.brighten(crop, middle)
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
