"""Outline: the coasts and borders of the world, read from a file of ours; no network is asked.

Natural Earth 4.1, 1:50 million, public domain (https://www.naturalearthdata.com), by way of Michael Bostock's
world-atlas 2.0.2. plotly's own geographic maps fetch their outlines from a server when they are drawn.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.mercator import Points, project

FILE = Path(__file__).with_name("outline.npz")
STEPS = 32_767
"""Whole numbers that stand for 180 degrees: a step is 600 m at the equator."""


@dataclass(frozen=True)
class Lines:
    """Lines on the Mercator square: ``points`` (P, 2), and where each line ends among them."""

    points: Points
    ends: NDArray[np.int32]


@cache
def outline() -> dict[str, Lines]:
    """Return the ``coasts``, closed rings of land, and the ``borders`` between countries."""
    with np.load(FILE, allow_pickle=False) as arrays:
        return {name: _lines(arrays[name], arrays[f"{name}_ends"]) for name in ("coasts", "borders")}


def _lines(steps: NDArray[np.int16], ends: NDArray[np.int32]) -> Lines:
    lon, lat = steps.astype(np.float64).T / STEPS * 180
    return Lines(project(lon, lat), ends)
