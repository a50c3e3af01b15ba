"""Grids: how many patches a picture is cut into, and where a position embedding lies on them.

A picture keeps its shape, because a squeezed thing does not look like the same thing in a picture of another
shape. So grids differ from picture to picture, and the number of patches, which is what costs time, does not.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

LONGEST = 4.0
"""Pictures longer than 4 : 1 are squeezed to that: else a panorama would be a few rows of patches high."""


def grid_of(size: tuple[int, int], patches: int) -> tuple[int, int]:
    """Return (rows, columns) of about ``patches`` patches for a picture of (width, height) pixels."""
    ratio = min(max(size[0] / size[1], 1 / LONGEST), LONGEST)
    columns = max(1, round(math.sqrt(patches * ratio)))
    return max(1, round(patches / columns)), columns


def pixels(image: Image.Image, grid: tuple[int, int], side: int) -> NDArray[np.uint8]:
    """Upright picture of any size and mode -> (1, 3, rows * side, columns * side) uint8."""
    upright = image if image.mode == "RGB" else image.convert("RGB")
    size = (grid[1] * side, grid[0] * side)
    small = upright.resize(size, Image.Resampling.BICUBIC, reducing_gap=3.0)
    return np.ascontiguousarray(np.asarray(small).transpose(2, 0, 1)[None])


@lru_cache(maxsize=256)
def stretch(cells: int, known: int) -> NDArray[np.float32]:
    """Return the matrix (cells, known) that resizes a row of ``known`` numbers, bicubic with antialiasing."""
    identity = Image.fromarray(np.eye(known, dtype=np.float32))
    return np.array(identity.resize((known, cells), Image.Resampling.BICUBIC), np.float32)
