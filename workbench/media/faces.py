"""A face found in a picture: what detectors give and the loop stores."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CROP_SIDE = 160
"""Side of a crop, in pixels."""


@dataclass(frozen=True, slots=True)
class FoundFace:
    """One face. Places are pixels of the picture that was searched, x to the right and y down.

    ``box``: (x, y, width, height), inside the picture. ``landmarks``: (5, 2) float32: the eye on the left of
    the upright face, the eye on its right, nose, left and right corner of the mouth; they may lie outside.
    ``score``: how sure the detector is, [0, 1]. ``gamma``: exponent that brightened the crop (below 1), 1.0
    where none was needed. ``sharpness``, ``pose``, ``exposure`` and their summary ``quality`` are in [0, 1],
    1 is best: sharp, looking at the camera, well lit. ``crop``: (160, 160, 3) uint8 RGB, eyes on a
    horizontal line.
    """

    box: tuple[float, float, float, float]
    landmarks: NDArray[np.float32]
    score: float
    gamma: float
    sharpness: float
    pose: float
    exposure: float
    quality: float
    crop: NDArray[np.uint8]
