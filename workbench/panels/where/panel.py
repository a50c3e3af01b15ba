"""PlacesPanel: images on a map of the world that needs no network; lasso and box select them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from workbench.analysis import geometry
from workbench.analysis.geometry import Points, project
from workbench.analysis.rows import Mode
from workbench.errors import QueryError
from workbench.panels.base import Answer, Panel, script, style
from workbench.panels.static_html import picture_html
from workbench.panels.where.geo_points import GeoPoints, View
from workbench.selection import Selection

if TYPE_CHECKING:
    import pandas as pd


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


TILE_PARTS = ("{z}", "{x}", "{y}")
WIDTH, SCALE = 860, 2
LAND, COAST = "#9aa0a633", "#9aa0a6aa"
LAYERS = ((2, "#7a828a", 1.0), (4, "#1976d2", 1.0), (3, "#e5383b", 0.6))
"""Columns of circles, the lowest first, with their colours and how large they are beside the others."""


def checked_tiles(address: str) -> str:
    """Return the address of a tile server; raise QueryError where it is none. "" is no server."""
    if address and not (
        address.startswith(("https://", "http://")) and all(part in address for part in TILE_PARTS)
    ):
        raise QueryError(
            f"{address[:80]!r} is not the address of a tile server.",
            'Use one like "https://tiles.example.org/{z}/{x}/{y}.png".',
        )
    return address


def sentence(placed: GeoPoints) -> str:
    """Say how many images have a place, and how many of those may have none in truth."""
    text = f"{len(placed):,} of {len(placed.lat):,} images have a position."
    if placed.at_zero:
        text += (
            f" {placed.at_zero:,} of them {'lies' if placed.at_zero == 1 else 'lie'} at exactly 0° N, 0° E, "
            "which some cameras write when they have no position."
        )
    return text


def no_places(images: int) -> str:
    """Say that nothing can be drawn, and why."""
    return f"None of {images:,} images has a position: there is no GPS position (EXIF) in their files."


def degrees(lat: float, lon: float) -> str:
    """Write a position as people do."""
    return f"{abs(lat):.4f}° {'S' if lat < 0 else 'N'}, {abs(lon):.4f}° {'W' if lon < 0 else 'E'}"


def still_html(view: View, circles: NDArray[np.float64], text: str) -> str:
    """Return the map with its circles (C, 5) as HTML with a picture inside."""
    image = Image.new("RGBA", (WIDTH * SCALE, round(WIDTH * SCALE * view.height / view.width)))
    draw = ImageDraw.Draw(image)
    lines = outline()["coasts"]
    for ring in np.split(_pixels(lines.points, view, image), lines.ends[:-1]):
        if (ring.max(0) > 0).all() and (ring.min(0) < image.size).all():
            draw.polygon([tuple(point) for point in ring], LAND, COAST)
    places = _pixels(circles[:, :2], view, image)
    for column, colour, share in LAYERS:
        for (x, y), count in zip(places, circles[:, column], strict=True):
            size = radius(count) * share * SCALE
            if count:
                draw.ellipse((x - size, y - size, x + size, y + size), colour)
    return picture_html("Where", text, image, SCALE, "Map of places")


def radius(count: float) -> float:
    """Return the radius in pixels of the circle of so many images."""
    return 3.5 + 2.4 * float(np.log10(max(count, 1)))


def _pixels(points: NDArray[np.float64], view: View, image: Image.Image) -> NDArray[np.float64]:
    x0, y0, x1, y1 = view.corners
    return (points - [x0, y1]) / [x1 - x0, y0 - y1] * image.size


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
            "name": self.selection.title(row),
            "where": degrees(self._geo_points.lat[row], self._geo_points.lon[row]),
            "near": self._geo_points.near(x, y, REACH / self._view.scale),
        }
        return {"row": row, **about}, self._thumbnails([row])

    def _answer_tool(self, name: str) -> None:
        self.tool = name

    def _answer_turn(self, to: str) -> None:
        {"whole": self.whole, "world": self.world}[to]()
