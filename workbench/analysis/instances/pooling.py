"""Vectors of regions: pooled from dense features, whitened, joined into one (VLAD) and kept in eight bits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.vectors import unit_rows

if TYPE_CHECKING:
    from workbench.analysis.instances.boxes import Boxes

    Dense = NDArray[np.float32]


def means(dense: Dense, boxes: Boxes) -> NDArray[np.float32]:
    """Return the mean vector (B, D) of the cells under each box, cells cut by its edge counting in part.

    Summed once from the corner (an integral image), so that a box costs four look-ups whatever its size. The
    mean of a box smaller than a cell is that of the cell around its middle.
    """
    rows, columns, width = dense.shape
    sums = np.zeros((rows + 1, columns + 1, width), np.float64)
    np.cumsum(np.cumsum(dense, axis=0, dtype=np.float64), axis=1, out=sums[1:, 1:])
    left, right = _span(boxes[:, 0], boxes[:, 2], columns)
    top, bottom = _span(boxes[:, 1], boxes[:, 3], rows)
    total = _at(sums, bottom, right) - _at(sums, top, right) - _at(sums, bottom, left) + _at(sums, top, left)
    area = ((right - left) * (bottom - top))[:, None]
    return np.asarray(total / area, np.float32)


def _span(
    start: NDArray[np.floating], length: NDArray[np.floating], cells: int
) -> tuple[NDArray[np.float64], ...]:
    """Return where boxes start and end on an axis, in cells; at least one cell and inside the grid."""
    low, high = start.astype(np.float64) * cells, (start + length).astype(np.float64) * cells
    lacking = np.maximum(1 - (high - low), 0) / 2
    low = np.clip(low - lacking, 0, cells - 1)
    return low, np.clip(high + lacking, low + 1, cells)


def _at(
    sums: NDArray[np.float64], row: NDArray[np.float64], column: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Read an integral image between its cells, linear in both directions."""
    r0, c0 = np.minimum(row.astype(int), sums.shape[0] - 2), np.minimum(column.astype(int), sums.shape[1] - 2)
    dr, dc = (row - r0)[:, None], (column - c0)[:, None]
    upper = sums[r0, c0] * (1 - dc) + sums[r0, c0 + 1] * dc
    lower = sums[r0 + 1, c0] * (1 - dc) + sums[r0 + 1, c0 + 1] * dc
    found: NDArray[np.float64] = upper * (1 - dr) + lower * dr
    return found


def windows(shape: tuple[int, int], scales: int = 3) -> Boxes:
    """Return square windows (W, 4) over a grid at ``scales`` sizes, neighbours overlapping by about 40 %.

    At scale l the side is 2 / (l + 1) of the shorter side of the grid. Source of sizes and steps: Tolias,
    Sicre and Jegou, "Particular object retrieval with integral max-pooling of CNN activations" (ICLR 2016).
    """
    height, width = shape
    short, longer = min(shape), max(shape)
    steps = np.arange(1, 7)
    extra = int(np.argmin(np.abs((short**2 - short * (longer - short) / steps) / short**2 - 0.4))) + 1
    found = []
    for scale in range(1, scales + 1):
        side = 2 * short / (scale + 1)
        across = scale + extra * (width > height)
        down = scale + extra * (height > width)
        for y in np.linspace(0, height - side, down) if down > 1 else [(height - side) / 2]:
            for x in np.linspace(0, width - side, across) if across > 1 else [(width - side) / 2]:
                found.append((x / width, y / height, side / width, side / height))
    return np.array(found, np.float32)


def rmac(dense: Dense, scales: int = 3) -> NDArray[np.float32]:
    """Return R-MAC (D,): the sum of the unit maxima over windows of several sizes; unit length.

    Source: Tolias, Sicre and Jegou (ICLR 2016), see `windows`; without their PCA whitening, which needs
    another collection to learn from.
    """
    rows, columns = dense.shape[:2]
    maxima = [np.zeros(dense.shape[2], np.float32)]
    for x, y, width, height in windows((rows, columns), scales) * (columns, rows, columns, rows):
        part = dense[int(y) : int(np.ceil(y + height)), int(x) : int(np.ceil(x + width))]
        maxima.append(unit_rows(part.max(axis=(0, 1))))
    return unit_rows(np.sum(maxima, axis=0))


def crow(dense: Dense) -> NDArray[np.float32]:
    """Return CroW (D,): cells weighted by how much they respond, channels by how rarely; unit length.

    Source: Kalantidis, Mellina and Osindero, "Cross-dimensional weighting for aggregated deep convolutional
    features" (ECCV workshops 2016). Negative numbers, which rectified maps have not, count as no response.
    """
    positive = np.maximum(dense, 0)
    response = positive.sum(axis=2)
    spatial = np.sqrt(response / max(float(np.linalg.norm(response)), 1e-12))
    seen = (positive > 0).mean(axis=(0, 1))
    rarity = np.log(max(float(seen.sum()), 1e-6) / np.maximum(seen, 1e-6))
    pooled = (positive * spatial[..., None]).sum(axis=(0, 1))
    return unit_rows(unit_rows(pooled) * np.maximum(rarity, 0))


def to_int8(rows: NDArray[np.floating]) -> NDArray[np.int8]:
    """Return vectors (N, D) as eight-bit numbers; each row has its own scale, made up for by its length.

    The error of a cosine is below 0.01 for rows of 128 numbers or more.
    """
    highest = np.abs(rows).max(axis=1, keepdims=True)
    return np.asarray(np.rint(rows * (127 / np.maximum(highest, 1e-12))), np.int8)


WORDS = 16


def words(rows: NDArray[np.float32], count: int = WORDS, seed: int = 0) -> NDArray[np.float32]:
    """Return ``count`` visual words (W, D), or as many as there are rows: the k-means centres of (N, D)."""
    from sklearn.cluster import MiniBatchKMeans

    number = min(count, len(rows))
    centres = MiniBatchKMeans(number, random_state=seed, n_init=3, batch_size=4096).fit(rows).cluster_centers_
    return np.asarray(centres, np.float32)


def vlad(rows: NDArray[np.float32], centres: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return one unit vector (W * D,) for the regions (R, D) of a picture; no regions give zeros.

    The sum of what is left of each region without its nearest word, word by word, each of unit length
    (intra-normalised). Sources: Jegou, Douze, Schmid and Perez, "Aggregating local descriptors into a compact
    image representation" (CVPR 2010); Arandjelovic and Zisserman, "All about VLAD" (CVPR 2013).
    """
    nearest = np.argmin(((centres**2).sum(axis=1) - 2 * rows @ centres.T), axis=1)
    sums = np.zeros_like(centres)
    np.add.at(sums, nearest, rows - centres[nearest])
    return unit_rows(unit_rows(sums).ravel())


POWER, FLOOR = 0.25, 0.003
"""Chosen on the questions of docs/instances.md that its tables leave out."""


def learn(vectors: NDArray[np.floating], power: float = POWER, floor: float = FLOOR) -> NDArray[np.float32]:
    """Return a symmetric matrix (D, D) that makes directions of much variance shorter, learnt on (N, D).

    Variances v along the principal axes become v^(1 - 2 ``power``): 0 changes nothing, 0.5 makes all equal.
    ``floor`` is a share of the largest variance that is added first, so that noise is not made large.
    Vectors are multiplied by it before they are brought to unit length; it is invertible.

    Source: Jegou and Chum, "Negative evidences and co-occurrences in image retrieval", ECCV 2012; powers
    between as in Tolias, Sicre and Jegou 2016. The mean is not taken away, which cost boxes some fit.
    """
    variances, axes = np.linalg.eigh(np.cov(np.asarray(vectors, np.float64).T))
    shrunk = (variances + floor * variances.max()) ** -power
    return np.asarray((axes * shrunk) @ axes.T, np.float32)
