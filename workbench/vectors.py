"""Vectors: the one place that makes and checks rows of unit length; below all rooms, like errors."""

import numpy as np
from numpy.typing import NDArray


def unit_rows(rows: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return vectors (..., D) as float32 of unit length; a vector of zeros stays zero."""
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, np.float32(1e-12)), np.float32)


TOLERANCE = 0.01
"""How far the length of a row may be from 1: half precision stays within a tenth of it."""


def are_unit_rows(rows: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Return which vectors (..., D) are finite and of unit length: (...,). Others compare with nothing."""
    lengths = np.linalg.norm(np.asarray(rows, np.float32), axis=-1)
    return np.asarray(np.abs(lengths - 1) <= TOLERANCE)  # False for what is not finite
