"""Refinement: where in a region that was found the thing is, token by token."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.analysis.instances.boxes import ellipse_box
from workbench.vectors import unit_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from workbench.analysis.instances.boxes import Boxes
    from workbench.analysis.instances.pooling import Dense

SHARE = 0.6
"""A token belongs to the thing from this share of the way from the usual likeness to the highest on."""


def likeness(dense: Dense, query: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the cosine (rows, columns) of each token (D,) with a query (D,)."""
    return np.asarray(unit_rows(dense) @ unit_rows(np.asarray(query)), np.float32)


def refined(heat: NDArray[np.float32], box: Boxes) -> Boxes:
    """Return the box (4,) of the thing that a region ``box`` (4,) found, in a map of likeness.

    The highest place under the region is its seed; connected cells nearly as high make up the thing. Where
    they are one cell alone, the region stays.
    """
    from scipy import ndimage  # type: ignore[import-untyped]

    rows, columns = heat.shape
    left, top = int(box[0] * columns), int(box[1] * rows)
    right = max(left + 1, int(np.ceil((box[0] + box[2]) * columns - 1e-4)))
    bottom = max(top + 1, int(np.ceil((box[1] + box[3]) * rows - 1e-4)))
    under = heat[top:bottom, left:right]
    row, column = np.unravel_index(int(under.argmax()), under.shape)
    usual, highest = float(np.median(heat)), float(under.max())
    labels, _ = ndimage.label(heat >= usual + SHARE * (highest - usual))
    part = labels == labels[top + row, left + column]
    return ellipse_box(part.astype(np.float32)) if 1 < part.sum() < part.size else box
