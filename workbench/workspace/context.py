"""DeskContext: what the panels of a desk are made from, and the links between them."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from workbench.selection import Selection
from workbench.workspace.face_panels import FacePanels
from workbench.workspace.image_metadata import image_metadata
from workbench.workspace.maps import ImageMaps

if TYPE_CHECKING:
    from workbench.case import Case
    from workbench.panels.details import Box


class DeskContext:
    """The case and the Selection of a desk.

    ``panel(name)`` returns a panel of the desk by its name; it makes one that is not there yet.
    ``show(side)`` turns the desk to ``images`` or ``faces``.
    """

    def __init__(self, case: "Case", panel: Callable[[str], Any], show: Callable[[str], None]) -> None:
        self.case, self.panel, self._show = case, panel, show
        self.selection = Selection(case.images)

    @cached_property
    def maps(self) -> ImageMaps:
        """What makes the maps of the images."""
        return ImageMaps(self.case, self.selection)

    @cached_property
    def face_panels(self) -> FacePanels:
        """The panels of the faces and their Selection, made when first asked for."""
        made = FacePanels(self.case, self.selection, self._redraw_boxes)
        made.selection.observe(lambda change: self._mark_face(change["new"]), "focus")
        return made

    @property
    def has_face_panels(self) -> bool:
        """Whether the panels of the faces were made."""
        return "face_panels" in self.__dict__

    # -- links between panels --------------------------------------------------------------------------------

    def like(self, row: int, add: bool) -> None:
        """Search for images like a row; ``add`` keeps the rest of the query."""
        self.panel("query").like(row, add)

    def metadata(self, row: int) -> list[tuple[str, str]]:
        """Return what is known of an image as pairs of name and text."""
        tags, image, drawn = self.case.tags, self.case.images.iloc[row], self.panel("map")
        cluster = int(drawn.labels[row])
        return image_metadata(
            image,
            cluster=drawn.names[cluster] if cluster >= 0 else "none",
            tags=set(tags["tag"][tags["sample_id"] == image["image_id"]]),
        )

    def boxes(self, row: int) -> "list[Box]":
        """Return the faces in an image, once they are grouped."""
        return self.face_panels.boxes(row) if self.has_face_panels else []

    def look_at_face(self, row: int) -> None:
        """Show the side of the faces and the identity of a face there."""
        self._show("faces")
        self.face_panels.look(row)

    def _mark_face(self, face: int | None) -> None:
        self.panel("details").face = -1 if face is None else face

    def _redraw_boxes(self) -> None:
        self.panel("details").boxes_version += 1
