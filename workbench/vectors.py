"""Vectors: the one place where rows are made unit length; below all rooms, like errors."""

import numpy as np
from numpy.typing import NDArray


def unit_rows(rows: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return vectors (..., D) as float32 of unit length; a vector of zeros stays zero."""
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, np.float32(1e-12)), np.float32)
