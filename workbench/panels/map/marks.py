"""Marks: names of classes on the map and, close up, the pictures themselves."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.panels.map.colours import Colouring
from workbench.panels.map.view import Points, View
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
        if not half < left < view.width - half:
            continue  # it would be cut off
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
