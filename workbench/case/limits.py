"""Limits: what cuts the hits of a query."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from workbench.analysis.rows import Rows


@dataclass(frozen=True, eq=False)
class Limits:
    """What cuts the hits: how many at most, the least cosine (or "fixed"), the least probability.

    ``background``: rows known not to show what is asked, against which scores are judged unusual.
    """

    k: int | None = 50
    threshold: "float | Literal['fixed'] | None" = None
    probability: float | None = None
    background: "Rows | None" = None
