"""Colours: what the points of a map are coloured by, as a few classes that a legend can name and hide."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeAlias, Union

import numpy as np
from numpy.typing import NDArray

from workbench.panels.map.figure import NO_CLUSTER, colour

if TYPE_CHECKING:
    import pandas as pd

Values: TypeAlias = Union["pd.Series[Any]", Sequence[Any], NDArray[Any]]
"""One value a row, of any kind; None, NaN and \"\" are unknown."""

RAMP = ("#46327e", "#365c8d", "#277f8e", "#1fa187", "#4ac16d", "#a0da39", "#e8d31f")
"""From little to much: steps of viridis that are seen on white and on black."""

STEPS = 8
"""Classes that numbers are cut into; each holds as many points as the others, as far as ties allow."""

TIMES = ("%Y", "%Y-%m", "%Y-%m-%d", "%Y-%m-%d %H:00", "%Y-%m-%d %H:%M")
MOST_TIMES = 14


@dataclass(frozen=True)
class Colouring:
    """Classes of the points: ``codes`` (N,) from -1 for none, and the name and colour of each class.

    ``colours`` begins with that of -1. ``ordered`` classes go from little to much and are not sorted by size.
    """

    by: str
    codes: NDArray[np.int32]
    names: list[str]
    nobody: str = "unknown"
    ordered: bool = False
    colours: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.colours:
            own = ramp(len(self.names)) if self.ordered else [colour(i) for i in range(len(self.names))]
            object.__setattr__(self, "colours", [NO_CLUSTER, *own])

    def name(self, code: int) -> str:
        """Return what a class is called."""
        return self.nobody if code < 0 else self.names[code]


def ramp(count: int) -> list[str]:
    """Return ``count`` colours from little to much."""
    anchors = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in RAMP], float)
    at = np.linspace(0, len(RAMP) - 1, max(count, 2))[:count]
    steps = [np.interp(at, range(len(RAMP)), anchors[:, i]).round().astype(int) for i in range(3)]
    return [f"#{r:02x}{g:02x}{b:02x}" for r, g, b in zip(*steps, strict=True)]


def by_values(by: str, values: Values) -> Colouring:
    """Return the classes that a column (N,) makes: steps of numbers or of time, or one class a value.

    Missing values and empty texts are in no class.
    """
    import pandas as pd

    column = pd.Series(values).reset_index(drop=True)
    kinds = pd.api.types
    if kinds.is_datetime64_any_dtype(column):
        return _by_time(by, column)
    if kinds.is_numeric_dtype(column) and not kinds.is_bool_dtype(column):
        return _by_number(by, column.to_numpy(float, na_value=np.nan))
    return _by_value(by, column)


PROBABILITIES = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)
"""Where probabilities are cut into classes, so that one edge is where a classifier says yes."""


def by_probability(by: str, values: NDArray[np.floating]) -> Colouring:
    """Return classes of probabilities (N,) in [0, 1], NaN for none: always the same, from little to much."""
    known = np.isfinite(values)
    codes = np.full(len(values), -1, np.int32)
    found = np.searchsorted(PROBABILITIES, values[known], side="right") - 1
    codes[known] = np.clip(found, 0, len(PROBABILITIES) - 2)
    names = [f"{_number(a)} to {_number(b)}" for a, b in pairwise(PROBABILITIES)]
    return Colouring(by, codes, names, "none", ordered=True)


def _by_value(by: str, column: "pd.Series") -> Colouring:
    """Make a class of each value, the most frequent first."""
    import pandas as pd

    texts = column.astype(object).where(column.notna(), "").astype(str)
    counts = texts[texts != ""].value_counts()
    names = [str(name) for name in counts.index]
    codes = counts.index.get_indexer(pd.Index(texts)).astype(np.int32)
    return Colouring(by, codes, names)


def _by_number(by: str, values: NDArray[np.float64]) -> Colouring:
    known = np.isfinite(values)
    distinct = np.unique(values[known])
    codes = np.full(len(values), -1, np.int32)
    if len(distinct) <= STEPS:
        codes[known] = np.searchsorted(distinct, values[known])
        return Colouring(by, codes, [_number(value) for value in distinct], ordered=True)
    edges = np.unique(np.quantile(values[known], np.linspace(0, 1, STEPS + 1)))
    codes[known] = np.clip(np.searchsorted(edges, values[known], side="right") - 1, 0, len(edges) - 2)
    names = [f"{_number(a)} to {_number(b)}" for a, b in pairwise(edges)]
    return Colouring(by, codes, names, ordered=True)


def _by_time(by: str, column: "pd.Series[Any]") -> Colouring:
    """Take the largest calendar unit that makes several classes; steps of years where it makes many."""
    known = column.notna().to_numpy()
    codes = np.full(len(column), -1, np.int32)
    for form in TIMES:
        names, of = np.unique(column[known].dt.strftime(form).to_numpy(str), return_inverse=True)
        if len(names) != 1:
            break
    if len(names) > MOST_TIMES and form == TIMES[0]:
        return _by_number(by, column.dt.year.to_numpy(float, na_value=np.nan))
    codes[known] = of
    return Colouring(by, codes, [str(name) for name in names], ordered=True)


def _number(value: float) -> str:
    """Write a number short, and as it is where it may be a year."""
    if value == round(value) or abs(value) >= 1000:
        return f"{value:.0f}" if abs(value) < 10_000 else f"{value:,.0f}"
    return f"{value:.3g}"
