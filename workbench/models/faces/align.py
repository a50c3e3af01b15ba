"""Cut a face out of a picture so that its eyes lie on a horizontal line."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from workbench.media.crops import CROP_SIDE
from workbench.models.faces import boxes

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

    Turned about its middle so that the eyes, the first two of ``points`` (5, 2), are level. Where the picture
    ends within the margin, the margin is as wide as the picture allows.
    """
    across = points[1] - points[0]
    angle = math.atan2(float(across[1]), float(across[0]))
    inside = boxes.within(box, image.size)
    middle = (inside[:2] + inside[2:]) / 2
    longer = float(max(inside[2:] - inside[:2]))
    room = 2 * float(min(*middle, *(image.size - middle)))
    scale = min(max(room, longer), longer * (1 + margin)) / CROP_SIDE
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
    """Resample: pixel p of the crop is place matrix @ p + origin of the picture; its edge goes on outside."""
    corners = np.array([[0, 0], [CROP_SIDE, 0], [0, CROP_SIDE], [CROP_SIDE, CROP_SIDE]]) @ matrix.T + origin
    scale = float(np.hypot(*matrix[:, 0]))
    step = max(1, int(scale))  # shrink by whole numbers first: the resampling looks at neighbours only
    start = np.floor(corners.min(0)).astype(int) - step
    end = np.ceil(corners.max(0)).astype(int) + step
    first, last = start.clip(0), np.minimum(end, image.size)
    if (last - first < step).any():
        return np.full((CROP_SIDE, CROP_SIDE, 3), 127, np.uint8)
    part = _with_edges(image.crop((*first, *last)), first - start, end - last).reduce(step)
    (a, b), (c, d) = matrix / step
    x, y = (origin - start) / step
    size, coefficients = (CROP_SIDE, CROP_SIDE), (a, b, x, c, d, y)
    crop = part.transform(size, Image.Transform.AFFINE, coefficients, Image.Resampling.BICUBIC)
    return np.asarray(crop)


def _with_edges(part: Image.Image, before: NDArray[np.int_], after: NDArray[np.int_]) -> Image.Image:
    """Repeat the outermost pixels ``before`` (x, y) times to the left and top, ``after`` to right and bottom.

    No frame of one colour, which the network would take for a part of the face.
    """
    if not before.any() and not after.any():
        return part
    pads = ((before[1], after[1]), (before[0], after[0]), (0, 0))
    return Image.fromarray(np.pad(np.asarray(part), pads, mode="edge"))
