"""Workspace: one Case on the desk. Images share one Selection, faces another, and images follow faces."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

import ipywidgets

from workbench.errors import CaseError
from workbench.panels.details import Box, Details
from workbench.panels.faces.panel import FacesPanel
from workbench.panels.gallery import Gallery
from workbench.panels.map.panel import Map
from workbench.panels.shell import Shell
from workbench.panels.tabs import Tabs
from workbench.selection import Selection
from workbench.workspace.face_panels import FaceSide
from workbench.workspace.focus_panels import LookingSide
from workbench.workspace.image_metadata import facts
from workbench.workspace.maps import TwoMaps
from workbench.workspace.placeholder import slot
from workbench.workspace.search_panels import SearchSide
from workbench.workspace.static_html import desk_still

if TYPE_CHECKING:
    import pandas as pd

    from workbench.case import Case


SOON = 20_000
"""Up to so many faces are grouped when the desk is made; more when somebody first looks at them."""


class Workspace(TwoMaps, ipywidgets.VBox):
    """The desk: show it as the last line of a cell.

    ``desk.selection`` is what all panels share: read ``desk.selection.frame``, or set ``rows`` and ``focus``
    from Python and every panel follows. Where the case has faces, ``desk.faces``, ``desk.face_map`` and
    ``desk.face_selection`` are a second side of the desk; its images follow the faces selected there.
    Raises CaseError for a case without images.
    """

    panels: tuple[Any, ...] = ()
    _around: tuple[Any, ...] = ()
    _still: Any = None  # where the still picture is displayed, once it is

    def __init__(self, case: "Case") -> None:
        if not len(case.images):
            raise CaseError(
                "This case holds no images yet.", "Run `case.ingest()` first, and look at `case.problems`."
            )
        self.case = case
        case.warm()
        self.selection = Selection(case.images)
        side = SearchSide(case, self.selection, self._put_beside)
        self.query, self.map, self._maps = side.query, side.map, side.maps
        self.recall, self.shelf, self.study = side.recall, side.shelf, side.study
        self.timeline, self.places, self.runs = side.timeline, side.places, side.runs
        self.gallery = Gallery(self.selection, case.thumbnails, self._like)
        self.details = Details(
            self.selection,
            case.picture,
            self._facts,
            lambda row, phrases: case.describe(row, vocabulary=phrases),
            case.vocabulary,
            on_like=self._like,
            on_tag=case.tag,
            boxes=self._boxes,
            on_face=self._look_at_face,
        )
        self.details.observe(lambda change: setattr(case, "vocabulary", change["new"]), "vocabulary")
        looking = LookingSide(case, self.selection)
        self.why, self.things = looking.why, looking.things
        self.panels = (
            *(self.query, self.recall, self.map, self._maps, self.shelf),
            *(self.gallery, self.details, self.why, self.things),
            *(self.timeline, self.places, self.runs, self.study),
        )
        self.tabs = Tabs({"images": f"Images {len(case.images):,}", "faces": f"Faces {len(case.faces):,}"})
        self.tabs.observe(lambda change: self._turn(change["new"]), "side")
        self._shell, self._face_place, self._face_map_place = Shell(), slot("faceside"), slot("facemap")
        self._around = (self.tabs, self._shell)
        middle = ipywidgets.HBox([self.map, self._maps.place, self._face_map_place, self.gallery])
        middle.add_class("wb-middle")
        tabs = [self.tabs] if len(case.faces) else []
        above = [self._shell, *tabs, self._face_place, self.query, self.recall, self.shelf]
        below = [self.details, self.why, self.things, self.timeline, self.places, self.runs, self.study]
        super().__init__([*above, middle, *below])
        self.add_class("wb-desk")
        if 0 < len(case.faces) <= SOON:
            self._face_side  # noqa: B018 (made now, so that the faces of the image in focus have names)

    # -- the side of the faces -------------------------------------------------------------------------------

    @cached_property
    def _face_side(self) -> FaceSide:
        side = FaceSide(self.case, self.selection, self._rename_boxes)
        side.selection.observe(lambda change: self._mark_box(change["new"]), "focus")
        self.panels = (*self.panels, side.panel, self.tabs)
        return side

    @property
    def faces(self) -> FacesPanel:
        """The panel of the identities; empty where the case has no faces."""
        return self._face_side.panel

    @property
    def face_selection(self) -> Selection:
        """What is selected among the faces; the images follow it."""
        return self._face_side.selection

    @property
    def face_map(self) -> Map:
        """The map of the faces, made when it is first looked at."""
        if self._face_side.map not in self.panels:
            self.panels = (*self.panels, self._face_side.map)
        return self._face_side.map

    def show(self, side: str) -> None:
        """Show a side of the desk: ``images`` or ``faces``. Raises CaseError where the case has no faces."""
        if not len(self.case.faces):
            raise CaseError(
                "This case has no faces.", "Run `case.ingest_faces()`, then make the Workspace again."
            )
        if side not in self.tabs.sides:
            raise CaseError(f"This desk has no side {side!r}.", f"Use {' or '.join(self.tabs.sides)}.")
        self.tabs.side = side

    def _turn(self, side: str) -> None:
        if side == "faces":
            self.tabs.busy = "Grouping the faces"
            self._face_place.children = [self.faces]
            self.add_class("wb-on-faces")
            self.tabs.busy = "Drawing the map of the faces"
            self._face_map_place.children = [self.face_map]
            self.tabs.busy = ""
        else:
            self.remove_class("wb-on-faces")
        if self._still is not None:
            from IPython.display import HTML

            self._still.update(HTML(self.still()))  # type: ignore[no-untyped-call]

    def _boxes(self, row: int) -> list[Box]:
        return self._face_side.boxes(row) if "_face_side" in self.__dict__ else []

    def _mark_box(self, face: int | None) -> None:
        self.details.face = -1 if face is None else face

    def _rename_boxes(self) -> None:
        self.details.boxes_version += 1

    def _look_at_face(self, row: int) -> None:
        self.show("faces")
        self._face_side.look(row)

    # -- the side of the images ------------------------------------------------------------------------------

    def _put_beside(self, split: bool) -> None:
        (self.add_class if split else self.remove_class)("wb-split")

    def _like(self, row: int, add: bool) -> None:
        self.query.like(row, add)

    def _facts(self, row: int) -> list[tuple[str, str]]:
        """Return what is known of an image as pairs of name and text."""
        tags, image = self.case.tags, self.case.images.iloc[row]
        cluster = int(self.map.labels[row])
        return facts(
            image,
            cluster=self.map.names[cluster] if cluster >= 0 else "none",
            tags=set(tags["tag"][tags["sample_id"] == image["image_id"]]),
        )

    @property
    def frame(self) -> "pd.DataFrame":
        """What is selected, as a DataFrame: the same as ``desk.selection.frame``."""
        return self.selection.frame

    def to_code(self) -> str:
        """Return a cell that repeats what was clicked: question, lasso, gallery, faces and focus."""
        return "\n".join(filter(None, (panel.to_code() for panel in self.panels)))

    def close(self) -> None:
        """Close every panel, and free what the browser holds."""
        for panel in (*self.panels, *self._around):
            panel.close()
        super().close()

    def __repr__(self) -> str:
        return f"<Workspace of {len(self.case.images):,} images: {self.selection!r}>"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        """Show the widget, and before it a still picture for readers without a kernel."""
        from IPython.display import HTML, display

        self._still = display(HTML(self.still()), display_id=True)  # type: ignore[no-untyped-call]
        return super()._repr_mimebundle_(**options)

    def still(self) -> str:
        """Return the side shown as HTML with pictures inside: a saved notebook without a kernel shows it."""
        people = self.tabs.side == "faces"
        drawn, above = (self.face_map, self._face_side.still()) if people else (self.map, "")
        desk = desk_still(drawn, self.case, self.gallery.rows.tolist(), above)
        folds = (self.why, self.things, self.timeline, self.places, self.runs)
        return desk + "".join(panel.still() for panel in folds)
