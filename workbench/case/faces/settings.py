"""How faces of a case are grouped: the choice of an analyst, a decision like any other."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from workbench.analysis.identities.grouping import DEFAULT_METHOD, Method
from workbench.errors import QueryError
from workbench.store.identity_state import Standing


@dataclass(frozen=True)
class Choice:
    """A method of grouping and its cosine threshold in [-1, 1]; None is the one measured for the pair.

    ``id`` is that of the decision, "" for none: each groups afresh, and undo finds the grouping before.
    """

    method: Method = DEFAULT_METHOD
    threshold: float | None = None
    id: str = ""

    def __post_init__(self) -> None:
        """Refuse what no grouping understands, with QueryError."""
        if self.method not in get_args(Method):
            raise QueryError(f"Unknown method {self.method!r}.", f"Use one of {', '.join(get_args(Method))}.")
        if self.threshold is not None and not -1 <= self.threshold <= 1:
            raise QueryError(f"{self.threshold} is no cosine.", "Give a threshold from -1 to 1.")

    def as_decided(self, pair: str) -> Mapping[str, str | float | None]:
        """Return the choice for a pair of models as a decision writes it down."""
        return {"pair": pair, "method": self.method, "threshold": self.threshold}


def choice_of(standing: Standing, pair: str) -> Choice:
    """Return the choice that stands for a pair of models, or the default; what nobody understands is none."""
    decided: Mapping[str, Any] = standing.groupings.get(pair, {})
    try:
        return Choice(**{name: decided[name] for name in ("method", "threshold", "id")})
    except (KeyError, TypeError, QueryError):
        return Choice()
