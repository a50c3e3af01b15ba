"""GeoPoints: where images were taken, and the circles that a view shows of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.analysis import geometry
from workbench.analysis.geometry import Points, project, unproject
from workbench.selection import Rows

if TYPE_CHECKING:
    import pandas as pd

CELL = 18
"""CSS pixels: images nearer to each other share a circle."""

ROOM = 0.35
"""Share of a view that is left free around what it is made for."""

CLOSEST, WIDEST = 5e-6, 1.05
"""Width and height of views on the square: about 200 m at least, and the world."""


@dataclass(frozen=True)
class View:
    """A part of the Mercator square, and the size in CSS pixels at which it is looked at."""

    x: float
    y: float
    scale: float
    width: int = 960
    height: int = 420

    @property
    def corners(self) -> tuple[float, float, float, float]:
        """West, south, east and north end, on the square."""
        half_width, half_height = self.width / self.scale / 2, self.height / self.scale / 2
        return self.x - half_width, self.y - half_height, self.x + half_width, self.y + half_height

    def around(self, points: Points, widest: float = 0.0) -> "View":
        """Return a view of the same size that holds all points (K, 2), at least ``widest`` wide and high."""
        low, high = points.min(axis=0), points.max(axis=0)
        width, height = np.clip((high - low) * (1 + ROOM), max(widest, CLOSEST), WIDEST)
        x, y = (low + high) / 2
        scale = min(self.width / width, self.height / height)
        return View(float(x), float(y), float(scale), self.width, self.height)


class GeoPoints:
    """N rows at degrees ``lat`` north and ``lon`` east, NaN where unknown."""

    def __init__(self, lat: ArrayLike, lon: ArrayLike) -> None:
        self.lat, self.lon = np.asarray(lat, np.float64), np.asarray(lon, np.float64)
        known = np.isfinite(self.lat) & np.isfinite(self.lon)
        self.rows: Rows = np.flatnonzero(known).astype(np.int32)
        self.unknown: Rows = np.flatnonzero(~known).astype(np.int32)
        self.points = project(self.lon[known], self.lat[known])

    @classmethod
    def of_table(cls, table: "pd.DataFrame") -> "GeoPoints":
        """Take the columns ``lat`` and ``lon`` of a table; one without them has no places."""
        nowhere = np.full(len(table), np.nan)
        columns = [
            table[name].to_numpy(np.float64, na_value=np.nan) if name in table else nowhere
            for name in ("lat", "lon")
        ]
        return cls(*columns)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def at_zero(self) -> int:
        """How many rows are at exactly 0, 0: some cameras write that where they know no place."""
        return int(((self.lat == 0) & (self.lon == 0)).sum())

    def inside(self, degrees: ArrayLike) -> Rows:
        """Return the rows inside a polygon (M, 2) of degrees east and north, straight on the map."""
        lon, lat = np.asarray(degrees, np.float64).reshape(-1, 2).T
        return self.rows[geometry.inside(self.points, project(lon, lat))]

    def inside_box(self, west: float, south: float, east: float, north: float) -> Rows:
        """Return the rows in a box; one whose west is beyond its east crosses the antimeridian."""
        lat, lon = self.lat[self.rows], self.lon[self.rows]
        level = (lat >= min(south, north)) & (lat <= max(south, north))
        across = (lon >= west) & (lon <= east) if west <= east else (lon >= west) | (lon <= east)
        return self.rows[level & across]

    def in_view(self, view: View) -> Rows:
        """Return the rows that a view holds."""
        return self.rows[geometry.inside_box(self.points, *view.corners)]

    def place(self, row: int | None) -> list[float]:
        """Return x and y of a row on the square, or nothing where it has no place."""
        at = np.flatnonzero(self.rows == (-1 if row is None else row))
        return self.points[at].ravel().tolist()

    def nearest(self, x: float, y: float, reach: float) -> int:
        """Return the row nearest to a place on the square and at most ``reach`` from it, or -1."""
        at = geometry.nearest(self.points, np.ones(len(self.points), bool), x, y, reach, reach)
        return int(self.rows[at]) if at >= 0 else -1

    def near(self, x: float, y: float, reach: float) -> int:
        """Return how many rows are at most ``reach`` from a place on the square."""
        box = geometry.inside_box(self.points, x - reach, y - reach, x + reach, y + reach)
        return int((((self.points[box] - [x, y]) ** 2).sum(axis=1) <= reach**2).sum())

    def circles(self, view: View, hits: Rows, selected: Rows) -> NDArray[np.float64]:
        """Return the circles of a view, (C, 5): x, y, and how many images, hits and selected images.

        Images of one cell of a grid share a circle, which lies at their mean; the grid stays where it is
        when the view moves, so that circles do not dance.
        """
        x0, y0, x1, y1 = view.corners
        rim = 2 * CELL / view.scale
        near = geometry.inside_box(self.points, x0 - rim, y0 - rim, x1 + rim, y1 + rim)
        points, rows = self.points[near], self.rows[near]
        if not len(rows):
            return np.empty((0, 5))
        columns = np.floor(points * (view.scale / CELL)).astype(np.int64)
        columns -= columns.min(axis=0)
        cells = columns[:, 1] * (columns[:, 0].max() + 1) + columns[:, 0]
        counts = np.bincount(cells)
        sums = [np.bincount(cells, weights) for weights in (*points.T, *self._among(rows, hits, selected))]
        there = np.flatnonzero(counts)
        x, y, found, chosen = (total[there] for total in sums)
        count = counts[there]
        return np.column_stack([x / count, y / count, count, found, chosen])

    def degrees(self, points: ArrayLike) -> NDArray[np.float64]:
        """Return (M, 2) degrees east and north of places on the square, rounded to a metre."""
        return np.round(unproject(points), 5)

    def _among(self, rows: Rows, *sets: Rows) -> list[NDArray[np.float64]]:
        """Return for each set of rows which of ``rows`` are in it: 0.0 or 1.0."""
        masks = []
        for some in sets:
            mask = np.zeros(len(self.lat))
            mask[some] = 1
            masks.append(mask[rows])
        return masks
