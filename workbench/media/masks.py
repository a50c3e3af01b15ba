"""Masks as run lengths: how a table stores which pixels of a box belong to a thing."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def run_lengths(mask: NDArray[np.bool_]) -> list[int]:
    """Return the lengths of the runs of a mask (h, w), row by row; the first run is False, of length 0 maybe.

    The runs add up to h * w. Source of the format: the masks of COCO (Lin et al., 2014), which run column by
    column.
    """
    flat = np.concatenate([[False], mask.ravel(), [not mask.ravel()[-1]]]) if mask.size else np.zeros(1, bool)
    changes = np.flatnonzero(flat[1:] != flat[:-1])
    return [int(length) for length in np.diff(changes, prepend=0)]


def from_run_lengths(runs: Sequence[int], size: tuple[int, int]) -> NDArray[np.bool_]:
    """Return the mask (h, w) of run lengths; raises ValueError where they do not fill it."""
    lengths = np.asarray(runs, np.int64)
    if (lengths < 0).any() or lengths.sum() != size[0] * size[1]:
        raise ValueError(f"{int(lengths.sum())} pixels do not fill a mask of {size[0]} x {size[1]}.")
    values = np.arange(len(lengths)) % 2 == 1
    return np.repeat(values, lengths).reshape(size)
