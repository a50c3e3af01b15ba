"""PlacesPanel: images on a map of the world that needs no network; lasso and box select them."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from workbench.analysis import geometry
from workbench.analysis.geometry import project
from workbench.analysis.rows import Mode
from workbench.errors import QueryError
from workbench.panels.base import Answer, Panel, script, style
from workbench.panels.where.geo_points import GeoPoints, View
from workbench.panels.where.view_model import checked_tiles, degrees, no_places, outline, sentence, still_html
from workbench.selection import Selection

if TYPE_CHECKING:
    import pandas as pd

FIRST = 0.035
"""The least width of the first view on the square: 1,400 km, so that a coast may be in it."""

REACH = 14
"""CSS pixels from the pointer within which an image is meant."""


class PlacesPanel(Panel):
    """The ``lat`` and ``lon`` of the selection's table on an outline of the world.

    Images too near to tell apart share a circle; hits and selected images are drawn over all. Only circles
    travel to the browser, and only while ``unfolded``. ``tiles``, the address of a tile server, is asked by
    the browser where one is given, and ``credit`` shown with it. ``thumbnails(rows)`` returns JPEG bytes.
    """

    _esm = script("where")
    _css = style("where")

    unfolded = traitlets.Bool(False).tag(sync=True)
    mode = traitlets.Enum(["replace", "add", "remove"], "replace").tag(sync=True)
    tool = traitlets.Enum(["lasso", "box", "pan"], "lasso").tag(sync=True)
    tiles = traitlets.Unicode("").tag(sync=True)
    credit = traitlets.Unicode("").tag(sync=True)
    text = traitlets.Unicode("").tag(sync=True)
    placed = traitlets.Int(0).tag(sync=True)
    unplaced = traitlets.Int(0).tag(sync=True)
    selected = traitlets.Int(0).tag(sync=True)
    look = traitlets.Dict().tag(sync=True)
    circles = traitlets.Bytes(b"").tag(sync=True)
    ring = traitlets.List(traitlets.Float()).tag(sync=True)

    def __init__(
        self,
        selection: Selection,
        thumbnails: Callable[[Sequence[int]], list[bytes]],
        place: str = "desk.places",
    ) -> None:
        self.selection, self._thumbnails, self._place = selection, thumbnails, place
        self._view, self._zoomed = View(0, 0, 900), ""
        super().__init__(actions={"unplaced": self.select_unplaced, "clear": self.selection.clear})
        self.observe(lambda _: self._opened(), "unfolded")
        selection.observe(lambda _: self._draw(), ["rows", "hits", "focus"])

    @traitlets.validate("tiles")
    def _check_tiles(self, proposal: Any) -> str:
        return checked_tiles(proposal["value"])

    # -- the same in Python ----------------------------------------------------------------------------------

    def lasso(self, polygon: Sequence[Sequence[float]] | NDArray[Any], mode: Mode = "replace") -> None:
        """Select what lies inside a polygon of (degrees east, degrees north); ``mode``: replace, add, ...

        Raises QueryError for what is no polygon.
        """
        corners = np.asarray(polygon, np.float64)
        if corners.ndim != 2 or corners.shape[1] != 2 or len(corners) < 3:
            raise QueryError("A polygon needs three corners or more.", "Pass them as (longitude, latitude).")
        code = f"{self._place}.lasso({corners.round(5).tolist()}, mode={mode!r})"
        self.selection.change(self._geo_points.inside(corners), mode, code)

    def box(self, west: float, south: float, east: float, north: float, mode: Mode = "replace") -> None:
        """Select what lies in a box of degrees; west beyond east means across the antimeridian."""
        code = f"{self._place}.box({west:.5f}, {south:.5f}, {east:.5f}, {north:.5f}, mode={mode!r})"
        self.selection.change(self._geo_points.inside_box(west, south, east, north), mode, code)

    def select_unplaced(self, mode: Mode = "replace") -> None:
        """Select the images whose file says no place."""
        code = f"{self._place}.select_unplaced(mode={mode!r})"
        self.selection.change(self._geo_points.unknown, mode, code)

    def zoom(self, west: float, south: float, east: float, north: float) -> None:
        """Show a box of degrees."""
        self._look(self._view.around(project([west, east], [south, north])))
        self._zoomed = f"{self._place}.zoom({west:.5f}, {south:.5f}, {east:.5f}, {north:.5f})"

    def whole(self) -> None:
        """Show all images that have a place, and some of the world around them."""
        if len(self._geo_points):
            self._look(self._view.around(self._geo_points.points, FIRST))
        self._zoomed = ""

    def world(self) -> None:
        """Show the world."""
        self.zoom(-180, -60, 180, 78)

    @property
    def frame(self) -> "pd.DataFrame":
        """Every image that has a place: its row as index, image_id and path, lat, lon, shown (in view)."""
        table, placed = self.selection.table, self._geo_points
        columns = [name for name in ("face_id", "image_id", "path", "lat", "lon") if name in table]
        frame: pd.DataFrame = table.iloc[placed.rows][columns].copy()
        frame["shown"] = np.isin(placed.rows, placed.in_view(self._view))
        return frame

    def to_code(self) -> str:
        """Return Python that shows the same part of the world and repeats the last selection, or ""."""
        server = f"{self._place}.tiles = {self.tiles!r}" if self.tiles else ""
        return "\n".join(filter(None, (server, self._zoomed, self.selection.code(self._place))))

    def still(self) -> str:
        """Return the map as HTML with a picture inside, for a saved notebook; "" while folded."""
        if not self.unfolded or not len(self._geo_points):
            return ""
        return still_html(self._view, self._circles(), self.text)

    # -- drawing ---------------------------------------------------------------------------------------------

    @cached_property
    def _geo_points(self) -> GeoPoints:
        return GeoPoints.of_table(self.selection.table)

    def _opened(self) -> None:
        if not self.unfolded:
            return
        self.placed, self.unplaced = len(self._geo_points), len(self._geo_points.unknown)
        self.text = sentence(self._geo_points) if self.placed else no_places(self.unplaced)
        if not self.look:
            self.whole()
        self._draw()

    def _look(self, view: View) -> None:
        """Show another part; ``turn`` tells the browser apart from where it went by itself."""
        self._view = view
        self.look = {"x": view.x, "y": view.y, "scale": view.scale, "turn": self.look.get("turn", 0) + 1}
        self._draw()

    def _circles(self) -> NDArray[np.float64]:
        return self._geo_points.circles(self._view, self.selection.found, self.selection.rows)

    def _draw(self) -> None:
        """Send the circles of the view to a browser that shows them."""
        if not self.unfolded or not len(self._geo_points):
            return
        with self.hold_sync():
            self.selected = len(self.selection)
            self.circles = self._circles().tobytes()
            self.ring = self._geo_points.place(self.selection.focus)

    # -- what the browser asks -------------------------------------------------------------------------------

    def _answer_unfold(self, on: bool) -> None:
        self.unfolded = on

    def _answer_outline(self) -> Answer:
        lines = outline()
        about = {name: some.ends.tolist() for name, some in lines.items()}
        return about, [some.points.astype(np.float32).tobytes() for some in lines.values()]

    def _answer_view(self, x: float, y: float, scale: float, width: int, height: int) -> None:
        before, self._view = self._view, View(x, y, scale, max(int(width), 1), max(int(height), 1))
        if (before.x, before.y, before.scale) != (x, y, scale):
            west, south, east, north = self._view.corners
            ends = self._geo_points.degrees([[west, south], [east, north]]).ravel()
            self._zoomed = f"{self._place}.zoom({', '.join(map(str, ends.tolist()))})"
        self._draw()

    def _answer_lasso(self, mode: Mode, buffers: Sequence[bytes]) -> None:
        path = geometry.corners_from_bytes(buffers[0])
        if len(path) > 2:
            self.lasso(self._geo_points.degrees(path), mode)

    def _answer_box(self, x0: float, y0: float, x1: float, y1: float, mode: Mode) -> None:
        corners = [[min(x0, x1), min(y0, y1)], [max(x0, x1), max(y0, y1)]]
        west, south, east, north = self._geo_points.degrees(corners).ravel().tolist()
        self.box(west, south, east, north, mode)

    def _answer_click(self, x: float, y: float) -> None:
        row = self._geo_points.nearest(x, y, REACH / self._view.scale)
        if row >= 0:
            self.selection.focus = row

    def _answer_hover(self, x: float, y: float) -> Answer:
        row = self._geo_points.nearest(x, y, REACH / self._view.scale)
        if row < 0:
            return {"row": row}, []
        about = {
            "name": str(self.selection.table["path"].iloc[row]),
            "where": degrees(self._geo_points.lat[row], self._geo_points.lon[row]),
            "near": self._geo_points.near(x, y, REACH / self._view.scale),
        }
        return {"row": row, **about}, self._thumbnails([row])

    def _answer_tool(self, name: str) -> None:
        self.tool = name

    def _answer_turn(self, to: str) -> None:
        {"whole": self.whole, "world": self.world}[to]()
