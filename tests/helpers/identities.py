"""People whose faces lie where a test wants them: shared by the tests of identities."""

import numpy as np
from numpy.typing import NDArray


def unit(rows: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return rows of length one."""
    return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True), np.float32)


def people(sizes: list[int], spread: float = 0.25, dim: int = 64, seed: int = 0) -> NDArray[np.float32]:
    """Return the faces of people of ``sizes``, one after the other, each around an axis of their own."""
    rng = np.random.default_rng(seed)
    centres = np.repeat(np.eye(dim)[: len(sizes)], sizes, axis=0)
    return unit(centres + rng.normal(size=centres.shape) * spread / np.sqrt(dim))


def truth(sizes: list[int]) -> NDArray[np.int64]:
    """Return the person of each face of `people`."""
    return np.repeat(np.arange(len(sizes)), sizes)


def between(a: NDArray[np.floating], b: NDArray[np.floating], share: float = 0.5) -> NDArray[np.float32]:
    """Return a face on the way from ``a`` (0) to ``b`` (1)."""
    return unit((1 - share) * a + share * b)


def partition(labels: NDArray[np.integer]) -> set[frozenset[int]]:
    """Return the groups as sets of rows, whatever their numbers; faces alone are left out."""
    return {frozenset(np.flatnonzero(labels == label).tolist()) for label in np.unique(labels[labels >= 0])}
