"""Classes: what the points of a map can be coloured by, what they are, the legend, and what is hidden."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.clusters import LEVEL, LEVELS
from workbench.errors import QueryError
from workbench.panels.map.colours import Colouring, Values, by_values
from workbench.panels.map.figure import colour
from workbench.panels.map.view import Mask
from workbench.selection import Selection

Made: TypeAlias = Callable[[], "Values | Colouring"]
"""What gives the values (N,) of a column, or the classes that it makes."""

Grouped: TypeAlias = tuple[NDArray[np.int32], Sequence[str]]
"""Clusters (N,) from -1 for none, and what the clusters 0, 1, ... are called."""

SCORES = ("score", "probability")
"""Columns of the hits; they change with every question."""

NEVER = {"image_id", "face_id", "sample_id", "path", "paths", "raw_path", "keywords", "metadata_version"}
"""Columns that tell every row apart, or hold lists: no colours can show them."""

KEYS = 30
"""Clusters in the legend at most, the largest; the others are only counted."""


@dataclass(frozen=True)
class Levels:
    """Clusters from coarse, level 0, to fine, level ``count`` - 1; ``make(level)`` returns them.

    ``first`` is the level that is shown at first.
    """

    make: Callable[[int], Grouped]
    count: int = len(LEVELS)
    first: int = LEVEL

    def check(self, level: int) -> None:
        """Raise QueryError for a level that is not there."""
        if level not in range(self.count):
            raise QueryError(f"There is no level {level}.", f"Use 0 (coarse) to {self.count - 1} (fine).")


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

    def retract(self, name: str) -> None:
        """Take back a column that was offered."""
        self._more.pop(name, None)

    def colouring(self, by: str) -> Colouring:
        """Return the classes of a column; raises QueryError for one that is not there or holds nothing."""
        if by not in self.names:
            known = ", ".join(self.names)
            raise QueryError(f"Unknown column {by!r} for colours.", f"Use one of {known}.")
        made = self._values(by)
        if isinstance(made, Colouring):
            return made
        found = by_values(by, made)
        if len(found.codes) and found.codes.max() < 0:
            raise QueryError(f"The column {by!r} has no values.", self._advice(by))
        return found

    def _values(self, by: str) -> Values | Colouring:
        if by in self._more:
            return self._more[by]()
        if by in self._selection.table:
            return self._selection.table[by]
        return self._scores(by)

    def _advice(self, by: str) -> str:
        if by in SCORES:
            return "Run a search first: its hits have a score."
        return "Colour by another column."

    def _scores(self, by: str) -> NDArray[np.float64]:
        values = np.full(len(self._selection.table), np.nan)
        hits = self._selection.hits
        if hits is not None:
            values[hits.rows] = hits.scores if by == "score" else hits.probabilities
        return values

    def _folders(self) -> list[str]:
        return [str(path).rpartition("/")[0] or "." for path in self._selection.table["path"]]


class Classes:
    """The clusters, or the classes of a column, and what is hidden of them.

    ``labels`` (N,) are the clusters, -1 for none, with ``names``; ``groups`` is what they are called
    together and ``nobody`` what -1 is called. ``columns`` gives more to colour by than the selection's table.
    """

    def __init__(
        self,
        selection: Selection,
        labels: NDArray[np.int32],
        names: Sequence[str],
        columns: Mapping[str, Made],
        groups: str,
        nobody: str,
    ) -> None:
        self._columns, self._groups, self._nobody = Columns(selection, columns), groups, nobody
        self.hidden: frozenset[int] = frozenset()
        self.sought = ""
        self.colouring = self._regroup(labels, names)

    @property
    def choices(self) -> list[str]:
        """What can be coloured by, the clusters first."""
        return [self._groups, *self._columns.names]

    @property
    def grouped(self) -> bool:
        """Whether the clusters are the colours now."""
        return self.colouring is self.clusters

    @property
    def shown(self) -> Mask:
        """Which rows are in a class that is not hidden: (N,) bool."""
        codes = self.colouring.codes
        return ~np.isin(codes, list(self.hidden)) if self.hidden else np.ones(len(codes), bool)

    def offer(self, columns: Mapping[str, Made]) -> None:
        """Take more columns to colour by."""
        self._columns.offer(columns)

    def retract(self, column: str) -> None:
        """Take back a column that was offered."""
        self._columns.retract(column)

    def colour(self, by: str) -> None:
        """Colour by the clusters or a column; nothing is hidden then. Raises QueryError for another name."""
        self.colouring = self.clusters if by == self._groups else self._columns.colouring(by)
        self.hidden, self.sought = frozenset(), ""

    def prepare(self, by: str) -> None:
        """Compute what a column needs, and show nothing. Raises QueryError as `colour` does."""
        self._columns.colouring(by)

    def regroup(self, labels: NDArray[np.int32], names: Sequence[str]) -> bool:
        """Take other clusters; say whether what is drawn changes by it."""
        same = np.array_equal(labels, self.clusters.codes) and list(names) == self.clusters.names
        grouped = self.grouped
        found = self._regroup(labels, names)
        if grouped:
            self.colouring = found
        return grouped and not same

    def hide(self, codes: Sequence[int]) -> None:
        """Hide these classes and no others."""
        self.hidden = frozenset(int(code) for code in codes)

    @property
    def present(self) -> list[int]:
        """The classes that some row is in, -1 first."""
        return [int(code) for code in np.unique(self.colouring.codes)]

    def code(self) -> str:
        """Return as the call of a map what is hidden, or what alone is shown if that is shorter; or ""."""
        shown = [code for code in self.present if code not in self.hidden]
        if not self.hidden:
            return ""
        return f"hide({sorted(self.hidden)})" if len(self.hidden) <= len(shown) else f"only({shown})"

    def toggled(self, code: int, only: bool) -> list[int]:
        """Return what is hidden once a class is hidden or shown; ``only`` shows it alone, or all again."""
        others = set(self.present) - {code}
        if not only:
            return sorted(self.hidden ^ {code})
        return [] if self.hidden == others else sorted(others)

    def keys(self) -> tuple[list[dict[str, Any]], int]:
        """Return the keys of the legend, and how many classes got none; ``sought`` narrows them."""
        keys, more = legend(self.colouring.codes, self.hidden, self.colouring.name, self.sought)
        for key in keys:
            key["colour"] = self.colour_of(key["cluster"])
        if self.colouring.ordered:
            keys.sort(key=lambda key: (key["cluster"] < 0, key["cluster"]))
        return keys, more

    def colour_of(self, code: int) -> str:
        """Return the colour of a class."""
        return self.colouring.colours[code + 1]

    def name_of(self, row: int) -> str:
        """Return what the class of a row is called."""
        return self.colouring.name(int(self.colouring.codes[row]))

    def _regroup(self, labels: NDArray[np.int32], names: Sequence[str]) -> Colouring:
        self.clusters = Colouring(self._groups, labels, list(names), self._nobody)
        return self.clusters


def legend(
    labels: NDArray[np.int32], hidden: Collection[int], name: Callable[[int], str], sought: str = ""
) -> tuple[list[dict[str, Any]], int]:
    """Return a key for each large cluster of ``labels`` (N,), and how many clusters got none.

    The largest come first, -1 (in no cluster) last. ``sought``: only those whose name holds this text, in
    whatever case.
    """
    clusters, counts = np.unique(labels, return_counts=True)
    if sought:
        found = np.array([sought.casefold() in name(int(cluster)).casefold() for cluster in clusters], bool)
        clusters, counts = clusters[found], counts[found]
    order = np.lexsort((-counts, clusters < 0))
    few = order if len(order) <= KEYS + 1 else np.r_[order[:KEYS], order[-1]]
    keys = [
        {
            "cluster": int(clusters[i]),
            "name": name(int(clusters[i])),
            "count": int(counts[i]),
            "colour": colour(int(clusters[i])),
            "shown": int(clusters[i]) not in hidden,
        }
        for i in few
    ]
    return keys, len(order) - len(few)
