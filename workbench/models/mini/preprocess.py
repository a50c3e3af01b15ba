"""Pixels as `mini` wants them: the whole photo, squeezed to 224 x 224.

Squeezing keeps what stands at the edges, which a centre crop would lose, and the heads were trained on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

VERSION = "squeeze1"
SIDE = 224
MEAN = np.array((0.485, 0.456, 0.406), np.float32)
STD = np.array((0.229, 0.224, 0.225), np.float32)


def squeeze(image: Image.Image) -> NDArray[np.uint8]:
    """Upright photo of any size and mode -> (3, 224, 224) uint8; the network does the rest."""
    upright = image if image.mode == "RGB" else image.convert("RGB")  # convert copies even what fits
    small = upright.resize((SIDE, SIDE), Image.Resampling.BICUBIC, reducing_gap=3.0)
    return np.ascontiguousarray(np.asarray(small).transpose(2, 0, 1))


def prepare(image: Image.Image) -> NDArray[np.float32]:
    """Upright photo of any size and mode -> (3, 224, 224) float32 with ImageNet's mean and deviation."""
    pixels = squeeze(image).astype(np.float32) / np.float32(255)
    return (pixels - MEAN[:, None, None]) / STD[:, None, None]
