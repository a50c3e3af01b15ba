"""The map of the images of a Case, and a second one beside it with a layout and colours of its own."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import ipywidgets
from tqdm.auto import tqdm

from workbench.panels.base import close_widgets
from workbench.panels.map.classes import Grouped, Levels
from workbench.panels.map.colours import Colouring, Values, by_probability
from workbench.panels.map.panel import Map

if TYPE_CHECKING:
    from workbench.case import Case
    from workbench.selection import Selection


T = TypeVar("T")

SECOND = "tsne"
"""The layout that the second map begins with, where nobody asks for another."""


def classifier_column(name: str) -> str:
    """Return what the scores of a classifier are called among the columns of a map."""
    return f"is: {name}"


def run_column(name: str) -> str:
    """Return what a run of clustering is called among the columns of a map."""
    return f"run: {name}"


class SecondMap(ipywidgets.VBox):
    """The place of a second map beside ``first``; ``make(name, beside)`` makes one when it is asked for.

    While there is one, the desk around it has the class ``wb-split``: ``changed(split)`` is told.
    """

    children: tuple[Map, ...]

    def __init__(self, first: Map, make: Callable[[str, Callable[[], None]], Map]) -> None:
        super().__init__()
        self.add_class("wb-secondmap")
        self.map: Map | None = None
        self.changed: Callable[[bool], None] = lambda split: None
        self._first, self._make = first, make

    def begin(self) -> None:
        """Open a second map as a click does: it shows the first layout until its own is computed."""
        self._open().compute(SECOND)

    def split(self, method: str = SECOND, **settings: Any) -> Map:
        """Open a second map, or take the one that is open, and show a layout on it; see ``Map.show``."""
        second = self._open()
        second.show(method, **settings)
        return second

    def unite(self) -> None:
        """Close the second map."""
        if self.map is not None:
            second, self.map = self.map, None
            self.children = ()
            self._first.bar.beside = "open"
            self.changed(False)
            second.close()

    def to_code(self) -> str:
        """Return Python that opens the same second map; "" where there is none."""
        if self.map is None:
            return ""
        return f"desk.split({self.map.layouts.code()})\n{self.map.to_code()}"

    def close(self) -> None:
        """Close the second map with its place."""
        if self.map is not None:
            self.map.close()
        close_widgets(self.layout)
        super().close()

    def _open(self) -> Map:
        if self.map is None:
            self.map = self._make("desk.second_map", self.unite)
            self.map.bar.beside, self._first.bar.beside = "close", ""
            self.children = (self.map,)
            self.changed(True)
        return self.map


class ImageMaps:
    """The maps of the images of ``case``, linked by ``selection`` alone, in the colours of its clusters."""

    def __init__(self, case: "Case", selection: "Selection") -> None:
        self._case, self._selection = case, selection
        self.labels = self._with_progress(case.clusters, "Grouping")()
        self.names = case.cluster_names(self.labels)
        self.first = self._map("desk.map", self._begin)
        self.beside = SecondMap(self.first, self._map)

    def colour_by_run(self, name: str) -> None:
        """Colour the first map by a run of clustering, and offer it to the second."""
        for drawn in filter(None, (self.first, self.beside.map)):
            drawn.offer({run_column(name): self._run(name)})
        self.first.colour(run_column(name))

    def run_gone(self, name: str, now: str) -> None:
        """Take a run away that is now called otherwise, or forgotten (""); a map in its colours follows."""
        self._gone(run_column(name), run_column(now) if now else "", lambda: self._run(now))

    def offer_classifier(self, name: str) -> None:
        """Offer the scores of a classifier as a column of the maps; one in its colours is drawn anew."""
        column = classifier_column(name)
        for drawn in filter(None, (self.first, self.beside.map)):
            drawn.offer({column: self._classifier(name)})
            if drawn.bar.column == column:
                drawn.colour(column)

    def colour_by_classifier(self, name: str) -> None:
        """Colour the first map by the scores of a classifier, and offer them to the second."""
        self._case.classifiers[name]
        self.offer_classifier(name)
        self.first.colour(classifier_column(name))

    def classifier_gone(self, name: str, now: str) -> None:
        """Take the scores of a classifier away that is now called otherwise, or forgotten ("")."""
        self._gone(
            classifier_column(name), classifier_column(now) if now else "", lambda: self._classifier(now)
        )

    def _classifier(self, name: str) -> Callable[[], Colouring]:
        return lambda: by_probability(classifier_column(name), self._case.classifiers.image_scores(name))

    def _gone(self, column: str, now: str, make: Callable[[], Callable[[], Values | Colouring]]) -> None:
        for drawn in filter(None, (self.first, self.beside.map)):
            shown = drawn.bar.column == column
            drawn.retract(column)
            if now:
                drawn.offer({now: make()})
                if shown:
                    drawn.colour(now)

    def _begin(self) -> None:
        self.beside.begin()

    def _with_progress(self, make: Callable[..., T], doing: str) -> Callable[..., T]:
        count = len(self._selection.table)
        return with_progress_bar(make, f"{doing} {count:,} images", count)

    def _level(self, level: int) -> Grouped:
        labels = self._case.clusters(level=level)
        return labels, self._case.cluster_names(labels)

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
            **{classifier_column(name): self._classifier(name) for name in case.classifiers.usable},
        }
        drawn.append(
            Map(
                self._selection,
                self._with_progress(case.layout, "Laying out"),
                self.labels,
                self.names,
                case.thumbnails,
                columns=columns,
                place=place,
                beside=beside,
                levels=Levels(self._level),
            )
        )
        return drawn[0]


BRIEF = 5_000
"""Up to so many samples usually take some seconds: the bar appears only after `PATIENCE` seconds."""

PATIENCE = 3.0


def with_progress_bar(make: Callable[..., T], doing: str, samples: int) -> Callable[..., T]:
    """Return ``make``, which takes a ``watch``, with a progress bar for calls that give it none.

    The bar appears with the first progress and goes when the call ends; a cached result shows none.
    ``doing`` is what it says, ``samples`` how many are worked on.
    """

    def made(*given: Any, **settings: Any) -> T:
        if "watch" in settings:
            return make(*given, **settings)
        bars: list[tqdm[None]] = []

        def watch(share: float) -> None:
            if not bars:
                delay, first = 0 if samples > BRIEF else PATIENCE, "finding neighbours"
                bars.append(tqdm(total=100, desc=doing, unit="%", delay=delay, leave=False, postfix=first))
            if 0 < share < 1:
                bars[0].set_postfix_str("", refresh=False)
            bars[0].update(max(0, round(100 * share) - bars[0].n))

        try:
            return make(*given, watch=watch, **settings)
        finally:
            for bar in bars:
                bar.close()

    return made
