"""Foreground masks: which pixels of a box are the thing in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from workbench.models import weights
from workbench.models.engine import runner

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from workbench.models.engine import Chosen

    Foreground = Callable[[Image.Image], NDArray[np.float32]]
    """An RGB picture -> (320, 320) float32, how much each part of the picture stands out, [0, 1]."""

_SIDE = 320
_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
_STD = np.array([0.229, 0.224, 0.225], np.float32)


def load_foreground(precision: Chosen) -> Foreground:
    """Load U2-Net's small version, which finds what stands out in a picture. Raises ModelError.

    Source: Qin et al., "U2-Net: Going Deeper with Nested U-Structure for Salient Object Detection" (2020).
    """
    network = runner(weights.path_of(weights.U2NETP), precision)

    def find(image: Image.Image) -> NDArray[np.float32]:
        small = image.resize((_SIDE, _SIDE), Image.Resampling.BILINEAR, reducing_gap=2.0)
        pixels = np.asarray(small, np.float32)
        pixels = (pixels / max(float(pixels.max()), 1.0) - _MEAN) / _STD
        found = network(np.ascontiguousarray(pixels.transpose(2, 0, 1)[None]))[0, 0]
        low, high = float(found.min()), float(found.max())
        spread: NDArray[np.float32] = (found - low) / np.float32(max(high - low, 1e-6))
        return spread

    return find
