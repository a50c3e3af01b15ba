"""SearchSide: the panels that ask about the images of a Case, wired to it."""

from typing import TYPE_CHECKING

from workbench.panels.map.panel import Map
from workbench.panels.query import Query
from workbench.panels.recall import Recall
from workbench.panels.shelf import Shelf
from workbench.panels.study import StudyPanel
from workbench.panels.when.panel import Timeline
from workbench.panels.where.panel import Places

if TYPE_CHECKING:
    from workbench.case import Case
    from workbench.selection import Selection


class SearchSide:
    """Query, map, recall, shelf, timeline, places and study of ``case``, which share ``selection``."""

    def __init__(self, case: "Case", selection: "Selection") -> None:
        self.query = Query(
            selection,
            case.ask,
            lambda name: case.thumbnails([case.lookup.named(name)])[0],
            case.lookup.name,
        )
        labels = case.clusters()
        self.map = Map(
            selection,
            case.layout,
            labels,
            case.cluster_names(labels),
            case.thumbnails,
            columns={
                "trust": lambda: case.trust(self.map.bar.method).both,
                "tags": lambda: case.study.groups("tag"),
            },
        )
        self.recall = Recall(selection, case.missed, case.thumbnails)
        self.shelf = Shelf(selection, case.selections, case.separates)
        self.timeline = Timeline(selection)
        self.places = Places(selection, case.thumbnails)
        study = case.study
        self.study = StudyPanel(
            selection,
            study.likeness,  # type: ignore[arg-type]  # it refuses what it does not know
            study.captions,  # type: ignore[arg-type]
            study.duplicates,
            study.quality,
            case.thumbnails,
        )
