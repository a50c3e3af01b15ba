"""SearchSide: the panels that ask about the images of a Case, wired to it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from workbench.panels.query import Query
from workbench.panels.recall_review import Recall
from workbench.panels.runs.panel import Runs
from workbench.panels.selection_bar import Shelf
from workbench.panels.study import StudyPanel
from workbench.panels.when.panel import Timeline
from workbench.panels.where.panel import Places
from workbench.workspace.maps import Maps

if TYPE_CHECKING:
    from workbench.case import Case
    from workbench.selection import Selection


class SearchSide:
    """Query, maps, recall, shelf, timeline, places, runs and study of ``case``, which share ``selection``.

    ``split(on)`` is called when a second map comes or goes.
    """

    def __init__(self, case: "Case", selection: "Selection", split: Callable[[bool], None]) -> None:
        self.query = Query(
            selection,
            case.ask,
            lambda name: case.thumbnails([case.lookup.named(name)])[0],
            case.lookup.name,
            list(case.regions.keys),
        )
        self.maps = Maps(case, selection, split)
        self.map = self.maps.first
        self.recall = Recall(selection, case.missed, case.thumbnails)
        self.shelf = Shelf(selection, case.selections, case.separates)
        self.timeline = Timeline(selection)
        self.places = Places(selection, case.thumbnails)
        book = case.cluster_runs
        self.runs = Runs(selection, book, case.cluster_names, case.thumbnails, self.maps.colour_by_run)
        study = case.study
        self.study = StudyPanel(
            selection,
            study.likeness,  # type: ignore[arg-type]  # it refuses what it does not know
            study.captions,  # type: ignore[arg-type]
            study.duplicates,
            study.quality,
            case.thumbnails,
        )
