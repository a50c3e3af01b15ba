"""What a cosine of two faces means, for each recogniser."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from workbench.errors import QueryError

Method = str


@dataclass(frozen=True)
class Scale:
    """What cosines of one recogniser mean.

    ``groups``: for each method of grouping the cosine at which groups still join. ``unknown``: the mean
    cosine to the likest faces of an identity below which a face is nobody known. ``even``: the mean cosine of
    a face to a group at which it belongs there as often as not; ``slope``: how fast the log odds rise.
    """

    groups: Mapping[Method, float]
    unknown: float
    even: float
    slope: float


SCALES: Mapping[str, Scale] = MappingProxyType(
    {
        "facenet": Scale({"agglomerative": 0.55, "whispers": 0.55, "hdbscan": 0.65}, 0.59, 0.57, 25.0),
        "sface": Scale({"agglomerative": 0.4, "whispers": 0.35, "hdbscan": 0.5}, 0.35, 0.4, 30.0),
    }
)

"""Chosen on half of the people of a benchmark and measured on the other: see docs/identities.md."""

THRESHOLDS: Mapping[str, float] = MappingProxyType(
    {name: scale.groups["whispers"] for name, scale in SCALES.items()}
)


def scale(recogniser: str) -> Scale:
    """Return the scale of a recogniser; raises QueryError for one that was never measured."""
    if recogniser not in SCALES:
        raise QueryError(
            f"No calibration is known for the face recogniser {recogniser!r}.",
            f"Use one of {', '.join(SCALES)}.",
        )
    return SCALES[recogniser]


def probability(cosine: NDArray[np.floating], recogniser: str = "facenet") -> NDArray[np.float32]:
    """Return how likely each mean cosine of a face to a group means the same person: [0, 1], same shape.

    A logistic curve fitted to faces and groups of known people (Platt 1999).
    """
    here = scale(recogniser)
    level = np.clip(here.slope * (np.asarray(cosine, np.float64) - here.even), -60, 60)
    return np.asarray(1 / (1 + np.exp(-level)), np.float32)


def cosine_of(chance: float, recogniser: str = "facenet") -> float:
    """Return the mean cosine at which `probability` is ``chance``, in (0, 1)."""
    here = scale(recogniser)
    return here.even + math.log(chance / (1 - chance)) / here.slope
