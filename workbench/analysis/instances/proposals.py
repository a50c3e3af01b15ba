"""Regions of a picture that may be things, found in its dense features without any training.

DASR (see `benchmarks.dasr`) takes peaks of the last feature map of a convolutional
network, traces each back to the region that made it, and puts a rectangle around the second moments of that.
`salient` does that last step. `alike` is the same idea for a transformer: a token that is like few others is
a peak, the connected tokens that are like it are its region.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from workbench.analysis.instances.boxes import ellipse_box, suppressed
from workbench.vectors import unit_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from workbench.analysis.instances.boxes import Boxes
    from workbench.analysis.instances.pooling import Dense


LEVELS = (0.35, 0.5, 0.65)
"""Cosines (of tokens without their mean) from which on a token belongs to the region of a peak."""
COUNT = 40
OVERLAP = 0.6
"""Boxes that overlap a better one by this much (intersection over union) are left out."""
TAU = 0.15
"""Share of the highest probability from which on a place belongs to a traced region."""
_NEAR = 2  # cells around a region that it is compared with
WHOLE = np.array([(0, 0, 1, 1)], np.float32)


def alike(dense: Dense, count: int = COUNT, overlap: float = OVERLAP) -> Boxes:
    """Return at most ``count`` boxes (R, 4) of (rows, columns, D) tokens, the most distinct first.

    Seeds are chosen as in LOST (Simeoni et al., "Localizing objects with self-supervised transformers and no
    labels", BMVC 2021): tokens that fewest others are like, here every local minimum of that number. A region
    is the more distinct, the more it is like its seed and the less its surroundings are. A picture of one
    colour has one region: all of it.
    """
    shape = (dense.shape[0], dense.shape[1])
    tokens = dense.reshape(-1, dense.shape[2])
    tokens = unit_rows(tokens - tokens.mean(axis=0))
    likeness = tokens @ tokens.T
    found: dict[bytes, tuple[Boxes, float]] = {}
    for seed in _seeds(likeness, shape):
        row = likeness[seed].reshape(shape)
        for part in _parts(row, int(seed)):
            found.setdefault(part.tobytes(), (ellipse_box(part.astype(np.float32)), _distinct(row, part)))
    if not found:
        return WHOLE
    boxes = np.stack([box for box, _ in found.values()])
    return boxes[suppressed(boxes, [score for _, score in found.values()], overlap, count)]


def peaks(last: Dense) -> NDArray[np.intp]:
    """Return the places (P, 2), row and column, where the mean response of a feature map is locally highest.

    What DASR traces back; DASR* traces every place. A map that responds nowhere has none.
    """
    from scipy import ndimage  # type: ignore[import-untyped]

    response = last.mean(axis=2)
    high = (ndimage.maximum_filter(response, size=3) == response) & (response > 0)
    return np.argwhere(high)


def strongest(last: Dense, count: int) -> NDArray[np.intp]:
    """Return the ``count`` places (P, 2) of a feature map that respond most, which DASR* traces back."""
    response = last.mean(axis=2)
    order = np.argsort(-response.ravel(), kind="stable")[:count]
    return np.stack(np.unravel_index(order, response.shape), axis=1)


def salient(
    heats: NDArray[np.float32], scores: NDArray[np.floating], count: int = COUNT, overlap: float = OVERLAP
) -> Boxes:
    """Return boxes (R, 4) around traced regions (P, rows, columns), in the order of ``scores`` (P,)."""
    traced = heats.max(axis=(1, 2)) > 0 if len(heats) else np.zeros(0, bool)
    if not traced.any():
        return WHOLE
    boxes = np.stack([ellipse_box(heat, TAU) for heat in heats[traced]])
    return boxes[suppressed(boxes, scores[traced], overlap, count)]


def _seeds(likeness: NDArray[np.float32], shape: tuple[int, int]) -> NDArray[np.intp]:
    from scipy import ndimage

    alike_to = (likeness > 0).sum(axis=1).reshape(shape)
    return np.flatnonzero((ndimage.minimum_filter(alike_to, size=3) == alike_to).ravel())


def _parts(row: NDArray[np.float32], seed: int) -> Iterator[NDArray[np.bool_]]:
    """Yield the connected cells around a seed that are as like it as each level asks."""
    from scipy import ndimage

    for level in LEVELS:
        labels, _ = ndimage.label(row >= level)
        part = (labels == labels.flat[seed]) & (labels > 0)
        if part.sum() > 1:
            yield part


def _distinct(row: NDArray[np.float32], part: NDArray[np.bool_]) -> float:
    """Return how much more a region is like its seed than the cells around it are."""
    from scipy import ndimage

    around = ndimage.binary_dilation(part, iterations=_NEAR) & ~part
    return float(row[part].mean() - (row[around].mean() if around.any() else 0.0))


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
