"""Still: the places as a picture, for a saved notebook that is read without a kernel."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from workbench.panels.static_html import picture_html
from workbench.panels.where.geo_points import View
from workbench.panels.where.outline import outline

WIDTH, SCALE = 860, 2
LAND, COAST = "#9aa0a633", "#9aa0a6aa"
LAYERS = ((2, "#7a828a", 1.0), (4, "#1976d2", 1.0), (3, "#e5383b", 0.6))
"""Columns of circles, the lowest first, with their colours and how large they are beside the others."""


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
