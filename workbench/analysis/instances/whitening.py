"""Whitening: directions along which everything varies count less, so that finer differences count more."""

import numpy as np
from numpy.typing import NDArray

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
