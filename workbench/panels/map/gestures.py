"""Gestures: what the browser reports of a map, each turned into the public verb that does the same."""

from typing import TYPE_CHECKING, Any

from workbench.analysis import geometry
from workbench.analysis.rows import Mode
from workbench.panels.base import Answer
from workbench.panels.map import figure as drawing
from workbench.panels.map.view import View

if TYPE_CHECKING:
    from workbench.panels.map.panel import Map

REACH = 12
"""CSS pixels from the pointer within which a point is meant."""


class Gestures:
    """The answers to the questions of the browser; places are in map coordinates."""

    def __init__(self, panel: "Map") -> None:
        self._map, self._picture, self._classes = panel, panel.picture, panel.classes

    def draw(self, shape: dict[str, Any], mode: Mode) -> None:
        """Select what a drawn path or box holds."""
        corners = drawing.shape_outline(shape)
        if corners is None:
            self._map.lasso(geometry.path_polygon(shape["path"]), mode)
        else:
            self._map.box(*corners, mode=mode)

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

    def tool(self, name: str) -> None:
        """Let the mouse draw a lasso or a box, or move the map."""
        self._picture.figure.layout.dragmode = drawing.TOOLS[name]
