"""Degrees and the square of the web Mercator projection (EPSG:3857), in which maps of streets are drawn.

The square is 1 wide and high, with 0, 0 in its middle, x to the east and y to the north.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

HIGHEST = 85.05112878
"""Latitude in degrees at which the square ends; what lies nearer to a pole is put on its edge."""

AROUND = 40_075_016.7
"""Metres around the equator: what the width of the square stands for there."""

Points = NDArray[np.float64]


def project(lon: ArrayLike, lat: ArrayLike) -> Points:
    """Return (N, 2) places on the square of degrees east and north, both (N,)."""
    north = np.radians(np.clip(np.asarray(lat, np.float64), -HIGHEST, HIGHEST))
    y = np.log(np.tan(np.pi / 4 + north / 2)) / (2 * np.pi)
    return np.column_stack([np.asarray(lon, np.float64) / 360, y])


def unproject(points: ArrayLike) -> Points:
    """Return (N, 2) degrees east and north of places on the square (N, 2)."""
    x, y = np.asarray(points, np.float64).reshape(-1, 2).T
    return np.column_stack([x * 360, np.degrees(2 * np.arctan(np.exp(2 * np.pi * y)) - np.pi / 2)])
