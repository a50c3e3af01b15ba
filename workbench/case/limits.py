"""Limits: what cuts the hits of a query."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Limits:
    """What cuts the hits: how many at most, the least cosine (or "fixed"), the least probability."""

    k: int | None = 50
    threshold: "float | Literal['fixed'] | None" = None
    probability: float | None = None
