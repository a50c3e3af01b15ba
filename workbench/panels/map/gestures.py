"""Gestures: what the browser reports of a map, each turned into the public method that does it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from workbench.analysis import geometry
from workbench.analysis.rows import Mode
from workbench.panels.base import Answer
from workbench.panels.map.classes import Classes
from workbench.panels.map.figure import TOOLS
from workbench.panels.map.picture import MapPicture
from workbench.panels.map.view import Points, View
from workbench.selection import Selection

REACH = 12
"""CSS pixels from the pointer within which a point is meant."""


class Drawing(Protocol):
    """What gestures need of a map; `Map` fits it."""

    selection: Selection
    picture: MapPicture
    classes: Classes

    def caption(self, row: int) -> str:
        """Return the title of a row."""
        ...

    def thumbnails(self, rows: Sequence[int]) -> list[bytes]:
        """Return the pictures of rows as JPEG."""
        ...

    def lasso(self, polygon: Points, mode: Mode = "replace") -> None:
        """Select what is inside a polygon."""
        ...

    def box(self, x0: float, y0: float, x1: float, y1: float, mode: Mode = "replace") -> None:
        """Select what lies inside a box."""
        ...

    def hide(self, classes: Sequence[int]) -> None:
        """Hide classes of the legend."""
        ...

    def redraw_points(self) -> None:
        """Draw the points that are in view."""
        ...


class Gestures:
    """The answers to the questions of the browser about a map; places are in its coordinates."""

    def __init__(self, drawing: Drawing) -> None:
        self._map, self._picture, self._classes = drawing, drawing.picture, drawing.classes

    @property
    def answers(self) -> Mapping[str, Callable[..., Answer | None]]:
        """What the browser may ask, by name."""
        return {
            "draw": self.draw,
            "click": self.click,
            "hover": self.hover,
            "view": self.view,
            "marks": self.marks,
            "legend": self.legend,
            "all": self.show_all,
        }

    def draw(self, shape: str, mode: Mode, buffers: Sequence[bytes]) -> None:
        """Select what a ``lasso`` or ``box`` holds; the buffer has its corners, two for a box.

        Raises QueryError for another shape or corners that cannot be read.
        """
        corners = geometry.corners_from_bytes(buffers[0])
        if shape == "box":
            (x0, y0), (x1, y1) = corners[[0, -1]].tolist()
            self._map.box(x0, y0, x1, y1, mode=mode)
        else:
            self._map.lasso(corners, mode)

    def click(self, x: float, y: float) -> None:
        """Look at the point nearest to a place."""
        row = self._picture.nearest(x, y, REACH)
        if row >= 0:
            self._map.selection.focus = row

    def hover(self, x: float, y: float) -> Answer:
        """Return the row nearest to a place (-1: none), its title and class, and its picture."""
        row = self._picture.nearest(x, y, REACH)
        if row < 0:
            return {"row": row}, []
        about = {"row": row, "name": self._map.caption(row), "cluster": self._classes.name_of(row)}
        return about, self._map.thumbnails([row])

    def view(self, x: list[float], y: list[float], width: int, height: int) -> None:
        """Take over the part of the map that the browser shows, and draw the points that are there."""
        corners = (min(x), min(y), max(x), max(y))
        if self._picture.seen_in_browser(View(*corners, max(int(width), 1), max(int(height), 1))):
            self._map.redraw_points()

    def marks(self) -> Answer:
        """Return the names to write on the map, and the pictures to put there with their JPEGs."""
        rows = self._picture.pictures()
        codes = self._classes.colouring.codes
        pictures = [
            {"x": x, "y": y, "colour": self._classes.colour_of(codes[row])}
            for row, (x, y) in zip(rows, self._picture.points[rows].tolist(), strict=True)
        ]
        return {"names": self._picture.names(), "pictures": pictures}, self._map.thumbnails(rows)

    def legend(self, cluster: int, only: bool) -> None:
        """Hide or show a class; ``only`` shows it alone, or all again when it already is alone."""
        self._map.hide(self._classes.toggled(cluster, only))

    def show_all(self, shown: bool) -> None:
        """Show all classes of the legend, or hide them all."""
        self._map.hide([] if shown else self._classes.present)

    def tool(self, name: str) -> None:
        """Let the mouse draw a lasso or a box, or move the map."""
        self._picture.figure.layout.dragmode = TOOLS[name]
