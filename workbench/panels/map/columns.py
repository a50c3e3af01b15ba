"""Columns: what a map can be coloured by, and the classes that each makes."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from workbench.errors import QueryError
from workbench.panels.map.colours import Colouring, Values, by_values
from workbench.selection import Selection

Made: TypeAlias = Callable[[], "Values | Colouring"]
"""What gives the values (N,) of a column, or the classes that it makes."""

SCORES = ("score", "probability")
"""Columns of the hits; they change with every question."""

NEVER = {"image_id", "face_id", "sample_id", "path", "paths", "raw_path"}
"""Columns that tell every row apart, or hold lists: no colours can show them."""


class Columns:
    """The columns of a selection's table, the folders of its paths, the scores of its hits, and ``more``.

    ``more`` gives the values (N,) of other columns by name, or their classes, and is asked only when one is
    looked at.
    """

    def __init__(self, selection: Selection, more: Mapping[str, Made]) -> None:
        self._selection, self._more = selection, dict(more)
        if "path" in selection.table:
            self._more.setdefault("folder", self._folders)
        self._own = [str(name) for name in selection.table.columns if name not in NEVER]

    @property
    def names(self) -> list[str]:
        """What can be coloured by."""
        return [*self._more, *self._own, *(name for name in SCORES if name not in self._own)]

    def offer(self, more: Mapping[str, Made]) -> None:
        """Take other columns, or other values of those that are there."""
        self._more |= more

    def colouring(self, by: str) -> Colouring:
        """Return the classes of a column; raises QueryError for one that is not there or holds nothing."""
        if by not in self.names:
            known = ", ".join(self.names)
            raise QueryError(f"There is no column {by!r} to colour by.", f"Use one of {known}.")
        made = self._values(by)
        if isinstance(made, Colouring):
            return made
        found = by_values(by, made)
        if len(found.codes) and found.codes.max() < 0:
            raise QueryError(f"Nothing is known of {by!r} here.", self._advice(by))
        return found

    def _values(self, by: str) -> Values | Colouring:
        if by in self._more:
            return self._more[by]()
        if by in self._selection.table:
            return self._selection.table[by]
        return self._scores(by)

    def _advice(self, by: str) -> str:
        if by in SCORES:
            return "Ask a question first; its hits have a score."
        return "Colour by another column."

    def _scores(self, by: str) -> NDArray[np.float64]:
        values = np.full(len(self._selection.table), np.nan)
        hits = self._selection.hits
        if hits is not None:
            values[hits.rows] = hits.scores if by == "score" else hits.probabilities
        return values

    def _folders(self) -> list[str]:
        return [str(path).rpartition("/")[0] or "." for path in self._selection.table["path"]]
