"""Boxes and landmarks as rows: left, top, right, bottom, score, then x and y of five points, in pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows = NDArray[np.float32]
    """(N, 15) float32 as the first line of this module says."""

WIDTH = 15


def empty() -> Rows:
    """No faces: (0, 15)."""
    return np.zeros((0, WIDTH), np.float32)


def suppress(rows: Rows, limit: float, *, over_smaller: bool = False) -> NDArray[np.intp]:
    """Return the positions of rows to keep, best score first (greedy non-maximum suppression).

    A row goes where its overlap with a better one exceeds ``limit`` [0, 1]: the shared area over the joint
    area, or over the smaller of the two where ``over_smaller``. Rows have at least five columns.
    """
    left, top, right, bottom, score = rows[:, :5].T
    area = (right - left) * (bottom - top)
    order = np.argsort(-score, kind="stable")
    keep = []
    while len(order):
        best, order = order[0], order[1:]
        keep.append(best)
        width = np.minimum(right[best], right[order]) - np.maximum(left[best], left[order])
        height = np.minimum(bottom[best], bottom[order]) - np.maximum(top[best], top[order])
        shared = width.clip(0) * height.clip(0)
        whole = np.minimum(area[best], area[order]) if over_smaller else area[best] + area[order] - shared
        order = order[shared <= limit * whole]
    return np.array(keep, np.intp)


def scaled(rows: Rows, factor: float) -> Rows:
    """Rows of a picture that is ``factor`` times as large."""
    result = rows * np.float32(factor)
    result[:, 4] = rows[:, 4]
    return result


def within(box: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    """Return the part of a box (left, top, right, bottom) inside a picture of ``size``, never empty."""
    first = np.minimum(box[:2].clip(0), np.array(size, np.float32) - 1)
    last = np.maximum(np.minimum(box[2:], size), first + 1)
    return np.concatenate([first, last]).astype(np.float32)


def sizes(rows: Rows) -> NDArray[np.float32]:
    """Shorter side of each box in pixels: (N,)."""
    shorter: NDArray[np.float32] = (rows[:, 2:4] - rows[:, :2]).min(1)
    return shorter
