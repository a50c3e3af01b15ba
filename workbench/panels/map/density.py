"""Density: a picture of how many points lie where, in their mean colour, for maps too full to draw.

Written with two histograms of numpy: datashader's import and compilation cost 4.4 s before the first picture
of a million points, which is more than the whole opening of a case may take; this takes 0.1 s.
"""

from base64 import b64encode
from collections.abc import Sequence
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor

from workbench.panels.map.view import Mask, Points, View
from workbench.selection import Rows

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
