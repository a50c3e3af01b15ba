"""Classes: what the points of a map are coloured by now, and which of those classes are hidden."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.panels.map.colours import Colouring
from workbench.panels.map.columns import Columns, Made
from workbench.panels.map.legend import legend
from workbench.panels.map.view import Mask
from workbench.selection import Selection


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
