"""The table of the desk's panels: each is one entry, in the order in which ``to_code`` repeats them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from workbench.panels.details import Details
from workbench.panels.gallery import Gallery
from workbench.panels.instance_search import InstanceSearch
from workbench.panels.left_out import LeftOut
from workbench.panels.query import Query
from workbench.panels.recall_review import RecallReview
from workbench.panels.runs.panel import Runs
from workbench.panels.selection_bar import SelectionBar
from workbench.panels.study import Study
from workbench.panels.teach import Teach
from workbench.panels.video.exports import VideoSource
from workbench.panels.video.panel import Video
from workbench.panels.when.panel import Timeline
from workbench.panels.where.panel import PlacesPanel
from workbench.panels.why import Why
from workbench.workspace.context import DeskContext

WHOLE_IMAGE = 0.8
"""A candidate that covers more than this share of its image is offered last: it is rarely one thing in it."""


@dataclass(frozen=True)
class PanelEntry:
    """One panel of the desk.

    name: its attribute, ``desk.<name>``. make: returns the panel, which has ``to_code()`` and ``close()``.
    place: where it lies; those above and below stand one under another, those in the middle side by side.
    asks: what others show follows from its question, so that its code comes before theirs.
    side: with which tab it is shown; panels of ``faces`` are made when they are first shown or asked for, and
    stand before the others. doing: what the tabs say while it is made. still: its ``still()`` is part of the
    still picture of the desk.
    """

    name: str
    make: Callable[[DeskContext], Any]
    place: Literal["above", "middle", "below"]
    side: Literal["images", "faces"] = "images"
    doing: str = ""
    still: bool = False
    asks: bool = False

    @property
    def lazy(self) -> bool:
        """Whether the panel is made when it is first shown or asked for."""
        return self.side == "faces"


def _query(desk: DeskContext) -> Query:
    case = desk.case
    return Query(
        desk.selection,
        case.ask,
        lambda name: case.thumbnails([case.lookup.named(name)])[0],
        case.lookup.name,
        list(case.regions.keys),
    )


def _details(desk: DeskContext) -> Details:
    case = desk.case
    details = Details(
        desk.selection,
        case.picture,
        desk.metadata,
        lambda row, phrases: case.describe(row, vocabulary=phrases),
        case.vocabulary,
        on_like=desk.like,
        on_tag=case.tag,
        boxes=desk.boxes,
        on_face=desk.look_at_face,
    )
    details.observe(lambda change: setattr(case, "vocabulary", change["new"]), "vocabulary")
    desk.maps.first.bar.observe(lambda _: details.refresh(), "level")  # it tells the cluster of the image
    return details


def _why(desk: DeskContext) -> Why:
    case = desk.case
    return Why(desk.selection, case.why, lambda: case.why.methods, case.picture, case.thumbnails)


def _instance_search(desk: DeskContext) -> InstanceSearch:
    case = desk.case

    def candidates(row: int) -> NDArray[np.float32]:
        boxes = case.instances.boxes(row)
        large = boxes[:, 2] * boxes[:, 3] > WHOLE_IMAGE * float(boxes[:, 2].max() * boxes[:, 3].max())
        return np.concatenate([boxes[~large], boxes[large]])

    return InstanceSearch(desk.selection, case.find_this, candidates, case.picture, case.thumbnails)


def _video(desk: DeskContext) -> Video:
    videos = desk.case.videos
    source = VideoSource(
        videos.probe,
        videos.cut,
        videos.frame_at,
        videos.save_clip,
        videos.new_file,
        desk.case.thumbnails,
        desk.appearances,
        desk.like_picture,
    )
    return Video(desk.selection, source)


def _runs(desk: DeskContext) -> Runs:
    case = desk.case
    book = case.cluster_runs
    return Runs(
        desk.selection, book, case.cluster_names, case.thumbnails, desk.maps.colour_by_run, desk.maps.run_gone
    )


def _teach(desk: DeskContext) -> Teach:
    maps = desk.maps
    return Teach(
        desk.selection,
        desk.case.classifiers,
        maps.colour_by_classifier,
        maps.classifier_gone,
        maps.offer_classifier,
    )


def _study(desk: DeskContext) -> Study:
    study = desk.case.study
    return Study(
        desk.selection,
        study.likeness,  # type: ignore[arg-type]  # it refuses what it does not know
        study.captions,  # type: ignore[arg-type]
        study.duplicates,
        study.quality,
        desk.case.thumbnails,
    )


def _recall(desk: DeskContext) -> RecallReview:
    return RecallReview(desk.selection, desk.case.missed, desk.case.thumbnails)


def _map(desk: DeskContext) -> Any:
    return desk.maps.first


def _beside(desk: DeskContext) -> Any:
    return desk.maps.beside


def _selection_bar(desk: DeskContext) -> SelectionBar:
    return SelectionBar(desk.selection, desk.case.selections, desk.case.separates)


def _gallery(desk: DeskContext) -> Gallery:
    return Gallery(desk.selection, desk.case.thumbnails, desk.like)


def _places(desk: DeskContext) -> PlacesPanel:
    return PlacesPanel(desk.selection, desk.case.thumbnails)


def _left_out(desk: DeskContext) -> LeftOut:
    return LeftOut(lambda: desk.case.problems, lambda: desk.case.skipped, lambda: str(desk.case.count))


def _faces(desk: DeskContext) -> Any:
    return desk.face_panels.panel


def _face_map(desk: DeskContext) -> Any:
    return desk.face_panels.map


TABLE = (
    PanelEntry("query", _query, "above", asks=True),
    PanelEntry("recall", _recall, "above"),
    PanelEntry("map", _map, "middle"),
    PanelEntry("beside", _beside, "middle"),
    PanelEntry("selection_bar", _selection_bar, "above"),
    PanelEntry("gallery", _gallery, "middle"),
    PanelEntry("details", _details, "below"),
    PanelEntry("video", _video, "below", still=True),
    PanelEntry("why", _why, "below", still=True),
    PanelEntry("things", _instance_search, "below", still=True, asks=True),
    PanelEntry("timeline", lambda desk: Timeline(desk.selection), "below", still=True),
    PanelEntry("places", _places, "below", still=True),
    PanelEntry("runs", _runs, "below", still=True),
    PanelEntry("teach", _teach, "below"),
    PanelEntry("study", _study, "below"),
    PanelEntry("left_out", _left_out, "below"),
    PanelEntry("faces", _faces, "above", "faces", "Grouping the faces"),
    PanelEntry("face_map", _face_map, "middle", "faces", "Drawing the map of the faces"),
)
"""The desk as it ships. ``Workspace(case, table=(*TABLE, PanelEntry(...)))`` has one panel more."""
