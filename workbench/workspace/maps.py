"""Maps: the map of the images of a Case, and a second one beside it with a layout and colours of its own."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from workbench.panels.map.colours import Colouring, Values
from workbench.panels.map.panel import Map
from workbench.workspace.placeholder import slot
from workbench.workspace.progress_bar import told

if TYPE_CHECKING:
    from workbench.case import Case
    from workbench.selection import Selection

T = TypeVar("T")

SECOND = "tsne"
"""The layout that the second map begins with, where nobody asks for another."""


def run_column(name: str) -> str:
    """Return what a run of clustering is called among the columns of a map."""
    return f"run: {name}"


class Maps:
    """The maps of ``case``, linked by ``selection`` alone; the second is made when it is asked for.

    ``changed(split)`` is called when the second one comes or goes.
    """

    def __init__(self, case: "Case", selection: "Selection", changed: Callable[[bool], None]) -> None:
        self._case, self._selection, self._changed = case, selection, changed
        self.labels = self._told(case.clusters, "Grouping")()
        self.names = case.cluster_names(self.labels)
        self.first = self._map("desk.map", self.begin)
        self.second: Map | None = None
        self.place = slot("secondmap")

    def begin(self) -> None:
        """Open a second map as a click does: it shows the first layout until its own is made."""
        self._open().compute(SECOND)

    def split(self, method: str = SECOND, **settings: Any) -> Map:
        """Open a second map, or take the one that is open, and show a layout on it; see ``Map.show``."""
        second = self._open()
        second.show(method, **settings)
        return second

    def unite(self) -> None:
        """Close the second map."""
        if self.second is not None:
            second, self.second = self.second, None
            self.place.children, self.first.bar.beside = (), "open"
            self._changed(False)
            second.close()

    def colour_by_run(self, name: str) -> None:
        """Colour the first map by a run of clustering, and offer it to the second."""
        for drawn in filter(None, (self.first, self.second)):
            drawn.offer({run_column(name): self._run(name)})
        self.first.colour(run_column(name))

    def to_code(self) -> str:
        """Return Python that opens the same second map; "" where there is none."""
        if self.second is None:
            return ""
        return f"desk.split({self.second.layouts.code()})\n{self.second.to_code()}"

    def close(self) -> None:
        """Close the second map; the first is a panel of the desk."""
        if self.second is not None:
            self.second.close()

    def _open(self) -> Map:
        if self.second is None:
            self.second = self._map("desk.second_map", self.unite)
            self.second.bar.beside, self.first.bar.beside = "close", ""
            self.place.children = [self.second]
            self._changed(True)
        return self.second

    def _told(self, make: Callable[..., T], doing: str) -> Callable[..., T]:
        count = len(self._selection.table)
        return told(make, f"{doing} {count:,} images", count)

    def _run(self, name: str) -> Callable[[], Colouring]:
        def classes() -> Colouring:
            labels = self._case.cluster_runs.labels(name)
            return Colouring(run_column(name), labels, self._case.cluster_names(labels), "no cluster")

        return classes

    def _map(self, place: str, beside: Callable[[], None]) -> Map:
        case, drawn = self._case, list[Map]()
        columns: dict[str, Callable[[], Values | Colouring]] = {
            "trust": lambda: case.trust(drawn[0].layouts.method, **drawn[0].layouts.params).both,
            "tags": lambda: case.study.groups("tag"),
            **{run_column(name): self._run(name) for name in case.cluster_runs.names},
        }
        drawn.append(
            Map(
                self._selection,
                self._told(case.layout, "Laying out"),
                self.labels,
                self.names,
                case.thumbnails,
                columns=columns,
                place=place,
                beside=beside,
            )
        )
        return drawn[0]


class TwoMaps:
    """The verbs of a desk about its second map."""

    _maps: Maps

    @property
    def second_map(self) -> Map | None:
        """The map beside the first, once `split` has opened it."""
        return self._maps.second

    def split(self, method: str = SECOND, **settings: Any) -> Map:
        """Open a second map beside the first, and return it: the same selection in another layout.

        ``method`` and ``settings`` are those of ``desk.map.show``; its colours are its own too.
        """
        return self._maps.split(method, **settings)

    def unite(self) -> None:
        """Close the second map."""
        self._maps.unite()
