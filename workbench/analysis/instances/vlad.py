"""VLAD: the regions of a picture become one vector, for search by whole pictures over the same index."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.analysis.instances.pooling import unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

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
    return unit(unit(sums).ravel())
