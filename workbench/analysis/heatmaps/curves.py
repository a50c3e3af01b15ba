"""Deletion and insertion: whether the score follows the map while the photo is hidden or shown bit by bit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CELLS = 16
STEPS = 4


def cell_order(values: NDArray[np.floating], cells: int = CELLS) -> NDArray[np.intp]:
    """(H, W) map -> (cells * cells,) flat indices of a grid over it, the most relevant cell first."""
    rows, columns = (np.arange(cells + 1) * side // cells for side in values.shape)
    sums = np.add.reduceat(np.add.reduceat(values, rows[:-1], axis=0), columns[:-1], axis=1)
    sizes = np.outer(np.diff(rows), np.diff(columns)).clip(min=1)
    return np.argsort(-(sums / sizes), axis=None, kind="stable")


def kept_masks(order: NDArray[np.intp], steps: int = STEPS) -> NDArray[np.bool_]:
    """Which cells are kept while a photo is shown and while it is hidden.

    order: (N,) flat indices of a square grid. Returns (2, steps + 1, c, c): insertion shows the first cells
    of the order first, from none to all; deletion hides them first, from all to none.
    """
    rank = np.empty(len(order), np.intp)
    rank[order] = np.arange(len(order))
    shown = rank[None, :] < np.linspace(0, len(order), steps + 1).round()[:, None]
    side = round(len(order) ** 0.5)
    return np.stack([shown, ~shown]).reshape(2, steps + 1, side, side)


def area(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    """Area under curves (..., steps + 1) over the share of the photo, from 0 to 1: their mean height."""
    heights: NDArray[np.float64] = np.trapezoid(scores, dx=1 / (scores.shape[-1] - 1), axis=-1)
    return heights


def moved(values: NDArray[np.floating], random: np.random.Generator) -> NDArray[np.floating]:
    """(H, W) map shifted around by a random way and mirrored by chance: the same shapes in another place."""
    turned = values[:: random.choice((-1, 1)), :: random.choice((-1, 1))]
    shift = tuple(int(random.integers(side)) for side in values.shape)
    return np.roll(turned, shift, axis=(0, 1))
