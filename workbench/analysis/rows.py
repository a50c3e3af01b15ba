"""Sets of rows: how selections are tidied and combined.

A set of rows is always sorted, unique, int32 and read-only, so two sets are equal when their arrays are.
"""

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.errors import QueryError

Rows = NDArray[np.int32]
Mode = Literal["replace", "add", "remove", "intersect"]


def normalise(rows: ArrayLike, n: int) -> Rows:
    """Return ``rows`` as a sorted, unique, read-only int32 array.

    ``rows`` holds integers in [0, n), in any order and as often as it likes, or n booleans.
    Raises QueryError for anything else.
    """
    return _from_mask(_mask(rows, n))


def combine(old: ArrayLike, new: ArrayLike, mode: Mode, n: int) -> Rows:
    """Return the set of rows that ``new`` makes of ``old``, both as `normalise` accepts them.

    "replace" keeps ``new`` alone, "add" the rows of either, "remove" those of ``old`` that ``new`` has not,
    "intersect" those of both. Raises QueryError for another mode or rows outside [0, n).
    """
    if not isinstance(mode, str):
        raise QueryError(
            f"Invalid mode: a {type(mode).__name__}.", f"Use one of {', '.join(get_args(Mode))}."
        )
    before, after = _mask(old, n), _mask(new, n)
    match mode:
        case "replace":
            return _from_mask(after)
        case "add":
            return _from_mask(before | after)
        case "remove":
            return _from_mask(before & ~after)
        case "intersect":
            return _from_mask(before & after)
    raise QueryError(f"Unknown mode {mode!r}.", f"Use one of {', '.join(get_args(Mode))}.")


def _mask(rows: ArrayLike, n: int) -> NDArray[np.bool_]:
    """Return (n,) booleans; one pass, where sorting a million rows would take two hundred times as long."""
    try:
        given = np.asarray(rows)
    except ValueError:  # lists of several lengths
        given = np.zeros((1, 0), object)
    if given.dtype == bool and given.shape == (n,):
        return given
    mask = np.zeros(n, bool)
    if given.ndim == 1 and given.size == 0:
        return mask
    if given.ndim != 1 or not np.issubdtype(given.dtype, np.integer):
        raise QueryError("Rows must be whole numbers.", "Pass row numbers, or one boolean per row.")
    if given.min() < 0 or given.max() >= n:
        raise QueryError(
            f"The table has {n} rows, but rows {given.min()} to {given.max()} were requested.",
            f"Use row numbers from 0 to {n - 1}." if n else "There are no rows to choose from.",
        )
    mask[given] = True
    return mask


def _from_mask(mask: NDArray[np.bool_]) -> Rows:
    rows = np.flatnonzero(mask).astype(np.int32)
    rows.flags.writeable = False
    return rows
