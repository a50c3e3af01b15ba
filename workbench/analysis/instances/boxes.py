"""Boxes: how much they overlap, which to keep of many alike, and the box around a blurred shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Boxes = NDArray[np.float32]


def overlaps(one: ArrayLike, many: ArrayLike) -> NDArray[np.float32]:
    """Return the intersection over union of boxes (A, 4) with boxes (B, 4): (A, B) in [0, 1]."""
    first = np.asarray(one, np.float32).reshape(-1, 1, 4)
    second = np.asarray(many, np.float32).reshape(1, -1, 4)
    low = np.maximum(first[..., :2], second[..., :2])
    high = np.minimum(first[..., :2] + first[..., 2:], second[..., :2] + second[..., 2:])
    both = np.prod(np.maximum(high - low, 0), axis=2)
    union = np.prod(first[..., 2:], axis=2) + np.prod(second[..., 2:], axis=2) - both
    shares: NDArray[np.float32] = both / np.maximum(union, np.float32(1e-12))
    return shares


def suppressed(boxes: Boxes, scores: ArrayLike, most: float, count: int) -> NDArray[np.intp]:
    """Return the rows of the boxes to keep, best first, none of which overlaps a better one by ``most``.

    Non-maximum suppression: boxes (N, 4), scores (N,), ``most`` an intersection over union in [0, 1], at most
    ``count`` of them.
    """
    order = np.argsort(-np.asarray(scores, np.float32), kind="stable")
    kept: list[int] = []
    while len(order) and len(kept) < count:
        kept.append(int(order[0]))
        order = order[1:][overlaps(boxes[order[:1]], boxes[order[1:]])[0] < most]
    return np.array(kept, np.intp)


def ellipse_box(heat: NDArray[np.floating], least: float = 0.0) -> Boxes:
    """Return the rectangle (4,) around the ellipse with the second moments of ``heat`` (rows, columns) >= 0.

    Cells below ``least`` times the highest count as empty. A uniform ellipse has a quarter of the square of
    its half axes as variance, so the rectangle reaches two standard deviations to each side, and is cut at
    the edges of the picture. Source: Xiao, Zhao, Lin, Hong and Ngo, "Deeply Activated Salient Region for
    Instance Search" (ACM TOMM 2022), who take the second-moment matrix of local-feature detectors.
    """
    weight = np.where(heat >= least * heat.max(), heat, 0).astype(np.float64)
    total = max(weight.sum(), 1e-12)
    spans = []
    for axis, cells in ((1, heat.shape[1]), (0, heat.shape[0])):
        share = weight.sum(axis=1 - axis) / total
        at = np.arange(cells) + 0.5
        middle = float(share @ at)
        # a cell is not a point: it spreads over its own width, whose variance is 1/12
        reach = 2 * np.sqrt(float(share @ (at - middle) ** 2) + 1 / 12)
        spans.append((max(middle - reach, 0) / cells, min(middle + reach, cells) / cells))
    (left, right), (top, bottom) = spans
    return np.array((left, top, right - left, bottom - top), np.float32)
