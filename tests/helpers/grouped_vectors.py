"""Unit vectors in groups that a test knows."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def groups(
    sizes: Sequence[int] = (40, 30, 20), dim: int = 16, noise: float = 0.05, seed: int = 0
) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Return unit rows around as many axes as there are sizes, and the group of each."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    rows = np.eye(dim)[labels] + rng.normal(0, noise, (len(labels), dim))
    order = rng.permutation(len(labels))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return rows[order], labels[order]
