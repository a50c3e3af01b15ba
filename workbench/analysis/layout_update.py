"""Placing: where new samples belong in a layout that stays as it is."""

import numpy as np
from numpy.typing import NDArray

NEIGHBOURS = 10
BLOCK = 2_000_000
"""Similarities held at once."""


def place(
    new: NDArray[np.floating],
    old: NDArray[np.floating],
    points: NDArray[np.floating],
    k: int = NEIGHBOURS,
) -> NDArray[np.float32]:
    """Return places (M, 2) for ``new`` unit vectors (M, D) among ``old`` ones (N, D) at ``points`` (N, 2).

    A new sample lies at the mean of its ``k`` nearest old ones, each counted by how much nearer it is than
    the next one would be: the start that UMAP gives to samples it is shown later (McInnes, Healy and
    Melville 2018), without moving them further. Without old samples all lie at the origin.
    """
    placed = np.zeros((len(new), 2), np.float32)
    k = min(k, len(old))
    step = max(1, BLOCK // max(len(old), 1))
    for start in range(0, len(new) if k else 0, step):
        cosines = new[start : start + step] @ old.T
        near = np.argpartition(-cosines, k - 1, axis=1)[:, :k]
        weights = np.take_along_axis(cosines, near, axis=1)
        weights = weights - weights.min(axis=1, keepdims=True) + 1e-6
        weights = weights / weights.sum(axis=1, keepdims=True)
        placed[start : start + step] = (points[near] * weights[..., None]).sum(axis=1)
    return placed
