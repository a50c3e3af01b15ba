"""What of a map is seen, and which of its points are drawn: all where that is possible, else a sample."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.geometry import inside_box
from workbench.selection import Rows

DRAWN = 100_000
"""Points drawn at most; a lasso tests every row, drawn or not."""

SAMPLED = 20_000
"""Points drawn over the density picture where more than ``DRAWN`` are in view."""

Points = NDArray[np.floating]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class View:
    """A part of the map, in its coordinates, and the size in CSS pixels at which it is looked at."""

    x0: float
    y0: float
    x1: float
    y1: float
    width: int = 640
    height: int = 480

    def holds(self, points: Points) -> Mask:
        """Say for each of (N, 2) points whether it is in view: (N,) bool."""
        return inside_box(points, self.x0, self.y0, self.x1, self.y1)

    def pixel(self) -> tuple[float, float]:
        """Return the width and height of one CSS pixel in map coordinates."""
        return (self.x1 - self.x0) / self.width, (self.y1 - self.y0) / self.height

    def same_place(self, other: "View") -> bool:
        """Say whether two views show the same part, to a thousandth of its size."""
        mine, others = (np.array([v.x0, v.y0, v.x1, v.y1]) for v in (self, other))
        return bool(np.abs(mine - others).max() <= 1e-3 * max(self.x1 - self.x0, self.y1 - self.y0))


def whole(points: Points, width: int = 640, height: int = 480) -> View:
    """Return the view of all (N, 2) points, with a margin."""
    if not len(points):
        return View(-1, -1, 1, 1, width, height)
    low, high = points.min(axis=0), points.max(axis=0)
    margin = np.maximum((high - low) * 0.05, 0.05)
    (x0, y0), (x1, y1) = (low - margin).tolist(), (high + margin).tolist()
    return View(x0, y0, x1, y1, width, height)


def drawn_rows(in_view: Mask, order: NDArray[np.integer]) -> tuple[Rows, bool]:
    """Return the rows to draw of those in view, (N,) bool, and whether they are only a sample of them.

    ``order`` (N,) is one fixed random order of all rows: what was in a sample stays in it when zooming in.
    """
    if np.count_nonzero(in_view) <= DRAWN:
        return np.flatnonzero(in_view).astype(np.int32), False
    # A few times what is needed is looked at first, so that a million rows need not be put in order.
    for some in (order[: SAMPLED * 4], order):
        sample = some[in_view[some]][:SAMPLED]
        if len(sample) == SAMPLED:
            break
    return np.sort(sample).astype(np.int32), True
