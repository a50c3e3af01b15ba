"""What callers pass, made into arrays of one length."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.errors import QueryError


def column(values: ArrayLike | None, n: int, default: float, name: str) -> NDArray[Any]:
    """Return ``values`` as (n,), all ``default`` for None; raises QueryError for another length."""
    if values is None:
        return np.full(n, default)
    given = np.asarray(values)
    if given.shape != (n,):
        raise QueryError(
            f"{name} has shape {given.shape}, but there are {n} faces.", "Pass one value a face."
        )
    return given
