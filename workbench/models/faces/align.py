"""Cut a face out of a picture so that its eyes lie on a horizontal line."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from workbench.media.faces import CROP_SIDE

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TEMPLATE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]]
)
"""Where the five points belong in 112 x 112 pixels (Deng et al., "ArcFace", 2019, and their code)."""


def level_crop(
    image: Image.Image, box: NDArray[np.float32], points: NDArray[np.float32], *, margin: float
) -> NDArray[np.uint8]:
    """Return the box (left, top, right, bottom) with ``margin`` (part of its longer side) as square crop.

    Turned about its middle so that the eyes, the first two of ``points`` (5, 2), are level.
    """
    across = points[1] - points[0]
    angle = math.atan2(float(across[1]), float(across[0]))
    side = float(max(box[2] - box[0], box[3] - box[1])) * (1 + margin)
    middle = (box[:2] + box[2:]) / 2
    scale = side / CROP_SIDE
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]) * scale
    return _cut(image, turn, middle - turn @ np.full(2, CROP_SIDE / 2))


def template_crop(
    image: Image.Image, box: NDArray[np.float32], points: NDArray[np.float32]
) -> NDArray[np.uint8]:
    """Return the face moved, turned and scaled so that its points (5, 2) lie best on those of a model face.

    Method: least squares similarity, Umeyama, "Least-squares estimation of transformation parameters between
    two point patterns" (1991), solved as one complex number since there are two dimensions.
    """
    model = _TEMPLATE * (CROP_SIDE / 112)
    a, b = model - model.mean(0), points - points.mean(0)
    z, w = a[:, 0] + 1j * a[:, 1], b[:, 0] + 1j * b[:, 1]
    turn = (z.conj() @ w) / (z.conj() @ z).real
    matrix = np.array([[turn.real, -turn.imag], [turn.imag, turn.real]])
    return _cut(image, matrix, points.mean(0) - matrix @ model.mean(0))


def _cut(image: Image.Image, matrix: NDArray[np.float64], origin: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Resample: pixel p of the crop is place matrix @ p + origin of the picture; grey beyond its edge."""
    corners = np.array([[0, 0], [CROP_SIDE, 0], [0, CROP_SIDE], [CROP_SIDE, CROP_SIDE]]) @ matrix.T + origin
    scale = float(np.hypot(*matrix[:, 0]))
    step = max(1, int(scale))  # shrink by whole numbers first: the resampling looks at neighbours only
    left, top = (np.floor(corners.min(0)).astype(int) - step).clip(0)
    right, bottom = np.minimum(np.ceil(corners.max(0)).astype(int) + step, image.size)
    if right - left < step or bottom - top < step:
        return np.full((CROP_SIDE, CROP_SIDE, 3), 127, np.uint8)
    part = image.crop((left, top, right, bottom)).reduce(step)
    (a, b), (c, d) = matrix / step
    x, y = (origin - [left, top]) / step
    crop = part.transform(
        (CROP_SIDE, CROP_SIDE),
        Image.Transform.AFFINE,
        (a, b, x, c, d, y),
        Image.Resampling.BICUBIC,
        fillcolor=(127, 127, 127),
    )
    return np.asarray(crop)
