"""What a cosine of two faces means: that differs between recognisers, and is measured for each."""

import math
from collections.abc import Mapping
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Scale(Protocol):
    """What cosines of one recogniser mean; ``models.faces.pairs.FacePair`` fits it."""

    @property
    def groups(self) -> Mapping[str, float]:
        """For each method of grouping the cosine at which groups still join."""
        ...

    @property
    def unknown(self) -> float:
        """The mean cosine to the likest faces of an identity below which a face is nobody known."""
        ...

    @property
    def even(self) -> float:
        """The mean cosine of a face to a group at which it belongs there as often as not."""
        ...

    @property
    def slope(self) -> float:
        """How fast the log odds rise with the cosine from there."""
        ...


def probability(cosine: NDArray[np.floating], scale: Scale) -> NDArray[np.float32]:
    """Return how likely each mean cosine of a face to a group means the same person: [0, 1], same shape.

    A logistic curve fitted to faces and groups of known people (Platt 1999).
    """
    level = np.clip(scale.slope * (np.asarray(cosine, np.float64) - scale.even), -60, 60)
    return np.asarray(1 / (1 + np.exp(-level)), np.float32)


def cosine_of(chance: float, scale: Scale) -> float:
    """Return the mean cosine at which `probability` is ``chance``, in (0, 1)."""
    return scale.even + math.log(chance / (1 - chance)) / scale.slope
