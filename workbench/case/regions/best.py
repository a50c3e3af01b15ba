"""Best: what a question finds in each image: how well its best place fits, and where that is."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Best(NamedTuple):
    """Of each of N images: ``scores`` and ``chances`` (N,) float32, and ``boxes`` (N, 4) or None.

    ``scores`` are -inf where an image has nothing to compare; ``chances`` are probabilities [0, 1]; boxes are
    x, y, width, height in pixels of the upright image in full size, NaN where that is the whole image.
    """

    scores: NDArray[np.float32]
    chances: NDArray[np.float32]
    boxes: NDArray[np.float32] | None = None


def best_of_each(
    parents: NDArray[np.integer],
    scores: NDArray[np.float32],
    chances: NDArray[np.float32],
    boxes: NDArray[np.float32],
    images: int,
) -> Best:
    """Return the best of the samples (S,) of each image, ``parents`` (S,) saying which image that is."""
    order = np.argsort(scores, kind="stable")
    best = np.full(images, -1)
    best[parents[order]] = order  # of several samples the last, which has the highest score, stays
    some = best >= 0
    found = np.full(images, -np.inf, np.float32), np.zeros(images, np.float32)
    places = np.full((images, 4), np.nan, np.float32)
    for into, values in zip((*found, places), (scores, chances, boxes), strict=True):
        into[some] = values[best[some]]
    return Best(*found, places)
