"""MapPicture: what is drawn of a map. All points where that can be done, else some over their density."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from workbench.analysis import geometry
from workbench.panels.map import figure as drawing
from workbench.panels.map import view as views
from workbench.panels.map.colours import Colouring
from workbench.panels.map.density import Density
from workbench.panels.map.marks import names_on_map, pictures_on_map
from workbench.panels.map.view import Mask, Points, View
from workbench.selection import Rows

CLOSE = 0.6
"""Share of the map's area in view from which down one is close enough for pictures."""


class MapPicture:
    """The figure of ``count`` points, the part of it that is in view, and the rows that are drawn."""

    def __init__(self, count: int) -> None:
        self.figure = drawing.figure()
        self.points: Points = np.zeros((count, 2), np.float32)
        self.view = self._whole = views.whole(self.points)
        self.drawn: Rows = np.empty(0, np.int32)
        self._order = np.random.default_rng(0).permutation(count)
        self._density: Density | None = None
        self._shown: Mask = np.ones(count, bool)
        self._colouring = Colouring("", np.full(count, -1, np.int32), [])

    @property
    def sampled(self) -> bool:
        """Whether there are more points than can be drawn at once."""
        return len(self.points) > views.DRAWN

    @property
    def dense(self) -> bool:
        """Whether a density picture stands for what is not drawn."""
        return self._density is not None

    def place(self, points: Points) -> None:
        """Give every row its place (N, 2), and look at all of them."""
        self.points = np.asarray(points, np.float32)
        now = self.view
        self._whole = views.whole(self.points, now.width, now.height)
        self.look_at(self._whole)

    def look_at(self, view: View | None) -> None:
        """Look at another part, or at all; the points are not drawn by this."""
        self.view = view or self._whole
        drawing.look_at(self.figure, self.view)

    def seen_in_browser(self, view: View) -> bool:
        """Take over the part that the browser shows; say whether other points need drawing for it."""
        before, self.view = self.view, view
        resized = (view.width, view.height) != (before.width, before.height)
        return self.sampled and (resized or not view.same_place(before))

    def draw(self, colouring: Colouring, shown: Mask, selected: Rows, number: int) -> None:
        """Draw the points that are ``shown`` (N,) bool in the colours of their classes.

        ``number`` tells this drawing from others.
        """
        self._colouring, self._shown = colouring, shown
        self.drawn, dense = np.arange(len(self.points), dtype=np.int32), False
        if self.sampled:
            self.drawn, dense = views.drawn_rows(shown & self.view.holds(self.points), self._order)
        codes, colours = colouring.codes, colouring.colours
        self._density = Density(self.points, shown, codes, colours, self.view) if dense else None
        rows, size = self.drawn, drawing.size(len(self.points) if dense else len(self.drawn))
        with self.figure.batch_update():
            drawing.draw_points(
                self.figure, self.points[rows], codes[rows], colours, shown[rows], size, number
            )
            self.dim_others(selected)

    def dim_others(self, selected: Rows) -> None:
        """Dim what is not ``selected`` in the density picture, where there is one; sends no coordinates."""
        address = "" if self._density is None else self._density.address(selected)
        drawing.draw_density(self.figure, address, self.view)

    def bright(self, selected: Rows) -> bytes:
        """Return a bit for each point drawn, set where it is ``selected``; none where nothing is."""
        if not len(selected):
            return b""
        chosen = np.zeros(len(self.points), bool)
        chosen[selected] = True
        return np.packbits(chosen[self.drawn], bitorder="little").tobytes()

    def places(self, rows: Rows | Sequence[int]) -> bytes:
        """Return where rows lie: x and y of each as float32."""
        return self.points[np.asarray(rows, np.int32)].astype("<f4").tobytes()

    def names(self) -> list[dict[str, Any]]:
        """Return the names to write on the map: x, y, name and colour."""
        rows = self.drawn[self._shown[self.drawn] & self.view.holds(self.points[self.drawn])]
        return names_on_map(self.points, rows, self._colouring, self.view)

    def pictures(self) -> list[int]:
        """Return the rows to show as pictures: some, once one has come close."""
        share = self._area(self.view) / self._area(self._whole)
        if share > CLOSE or self.dense:
            return []
        rows = self.drawn[self._shown[self.drawn] & self.view.holds(self.points[self.drawn])]
        return pictures_on_map(self.points, rows, self.view)

    def nearest(self, x: float, y: float, pixels: float) -> int:
        """Return the shown row nearest to a place and at most so many pixels from it, or -1; drawn or not."""
        width, height = self.view.pixel()
        return geometry.nearest(self.points, self._shown, x, y, pixels * width, pixels * height)

    @staticmethod
    def _area(view: View) -> float:
        return (view.x1 - view.x0) * (view.y1 - view.y0)
