"""MapPicture: what is drawn of a map: its points with their marks, or some of them over their density."""

from base64 import b64encode
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor

from workbench.analysis import geometry
from workbench.panels.map import figure as drawing
from workbench.panels.map import view as views
from workbench.panels.map.colours import Colouring
from workbench.panels.map.view import Mask, Points, View
from workbench.selection import Rows

NAMES = 14
"""Names on the map at most, those of the largest classes in view."""

SPARSE = 400
"""Points in view from which down some are shown as pictures."""

PICTURE = 64
"""Pixels a side of a picture on the map; no two overlap."""

LETTER, LINE = 7.5, 18
"""Pixels that a letter is wide and a name is high."""


def names_on_map(points: Points, rows: Rows, colouring: Colouring, view: View) -> list[dict[str, Any]]:
    """Return the names of the largest classes of ``rows`` with their places, x and y, none over another.

    Classes that are steps of a number have no place of their own, and get no name.
    """
    codes = colouring.codes[rows]
    if colouring.ordered or not len(rows) or codes.max() < 0:
        return []
    sizes = np.bincount(codes[codes >= 0])
    placed: list[dict[str, Any]] = []
    boxes: list[tuple[float, float, float]] = []
    for code in np.argsort(-sizes, kind="stable")[: 2 * NAMES]:
        if sizes[code] == 0 or len(placed) == NAMES:
            break
        name = colouring.name(int(code))
        x, y = np.median(points[rows[codes == code]], axis=0).tolist()
        left, top = _pixels(np.array([[x, y]]), view)[0]
        half = len(name) * LETTER / 2
        if not 0 <= left <= view.width or view.width < 2 * half:
            continue
        inside = min(max(left, half), view.width - half)  # beside its class, where it would be cut off
        x, left = x + (inside - left) * float(view.pixel()[0]), inside
        box = (left, top, half)
        if all(abs(left - u) > half + other or abs(top - v) > LINE for u, v, other in boxes):
            boxes.append(box)
            placed.append({"x": x, "y": y, "name": name, "colour": colouring.colours[code + 1]})
    return placed


def pictures_on_map(points: Points, rows: Rows, view: View) -> list[int]:
    """Return those of ``rows`` that have room for a picture, greedily; none where too many are in view."""
    if not 0 < len(rows) <= SPARSE:
        return []
    places = _pixels(points[rows], view)
    taken: list[int] = []
    for i, place in enumerate(places):
        if not taken or np.abs(places[taken] - place).max(axis=1).min() >= PICTURE:
            taken.append(i)
    return [int(row) for row in rows[taken]]


def _pixels(points: Points, view: View) -> NDArray[np.float64]:
    """Return (M, 2) pixels, counted from the lower left corner of a view."""
    return np.asarray((points - [view.x0, view.y0]) / view.pixel(), np.float64)


CELL = 2
"""CSS pixels a side of a cell of the picture: finer is noise, coarser is blur."""

FAINTEST, DIMMED = 0.16, 0.2
"""Opacity of a cell with one point, and what is left of opacity where others are selected."""

FEW = 0.7
"""Opacity of a cell with one selected point: a selection must be seen even where it is thin."""


class Density:
    """The density of the points (N, 2) that are ``shown`` (N,) in a view.

    ``codes`` (N,) from -1 are the classes of the points, ``colours`` those of -1, 0, 1, ...
    """

    def __init__(
        self, points: Points, shown: Mask, codes: NDArray[np.int32], colours: Sequence[str], view: View
    ) -> None:
        self._columns, self._lines = max(1, view.width // CELL), max(1, view.height // CELL)
        self._cells = self._cells_of(points, shown, view)
        palette = np.array([ImageColor.getrgb(colour)[:3] for colour in colours], np.float32)
        self._rgb, self._codes = palette, codes
        self._all = self._picture(np.arange(len(points)), FAINTEST)

    def png(self, selected: Rows) -> bytes:
        """Return the picture as PNG, upwards like the map; unless ``selected`` is empty, the others dim."""
        picture = self._all.copy()
        if len(selected):
            bright = self._picture(selected, FEW)
            picture[:, 3] *= DIMMED
            picture = np.where(bright[:, 3:] > 0, bright, picture)
        pixels = picture.reshape(self._lines, self._columns, 4)[::-1]
        buffer = BytesIO()
        Image.fromarray(pixels.round().astype(np.uint8), "RGBA").save(buffer, "PNG", compress_level=1)
        return buffer.getvalue()

    def address(self, selected: Rows) -> str:
        """Return the picture as a data address."""
        return f"data:image/png;base64,{b64encode(self.png(selected)).decode('ascii')}"

    def _cells_of(self, points: Points, shown: Mask, view: View) -> NDArray[np.int32]:
        """Return the cell (N,) of each point, and one beyond the last for those not in the picture."""
        size = np.array([view.x1 - view.x0, view.y1 - view.y0], np.float32)
        scale = np.array([self._columns, self._lines], np.float32) / size
        x, y = ((points - np.array([view.x0, view.y0], np.float32)) * scale).astype(np.int32).T
        cells = np.clip(y, 0, self._lines - 1) * self._columns + np.clip(x, 0, self._columns - 1)
        return np.where(shown & view.holds(points), cells, self._columns * self._lines)

    def _picture(self, rows: NDArray[np.integer], faintest: float) -> NDArray[np.float32]:
        """Return (cells, 4): the mean colour [0, 255] of the points of each cell, and its opacity."""
        last = self._columns * self._lines
        cells = self._cells[rows]
        rows, cells = rows[cells < last], cells[cells < last]
        counts = np.bincount(cells, minlength=last)
        picture = np.zeros((last, 4), np.float32)
        if not len(rows):
            return picture
        colours = self._rgb[self._codes[rows] + 1]
        for channel in range(3):
            total = np.bincount(cells, colours[:, channel], last)
            picture[:, channel] = total / np.maximum(counts, 1)
        most = np.log1p(np.percentile(counts[counts > 0], 99))
        strength = np.clip(np.log1p(counts) / most, 0, 1)
        picture[:, 3] = 255 * np.where(counts > 0, faintest + (1 - faintest) * strength, 0)
        return picture


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
