"""What the map of places shows: outlines, sentences about positions, the tile server, a still picture."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from workbench.analysis.geometry import Points, project
from workbench.errors import QueryError
from workbench.panels.static_html import picture_html
from workbench.panels.where.geo_points import GeoPoints, View

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
