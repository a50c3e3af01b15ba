"""FacePanels: the faces of a Case on their panel and their map, and what links them with the images."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.panels.details import Box
from workbench.panels.faces.panel import FacesPanel
from workbench.panels.faces.static_html import MOST, Person, people_html
from workbench.panels.map.panel import Map
from workbench.selection import Selection

if TYPE_CHECKING:
    from workbench.case import Case


class FacePanels:
    """The faces of ``case``; ``images`` is the Selection of its images, which follows the one made here.

    ``renamed`` is called after each decision, also one made without the desk.
    """

    def __init__(self, case: "Case", images: Selection, renamed: Callable[[], None]) -> None:
        self._faces = faces = case.faces
        self._images, self._renamed = case.images, renamed
        self._image_row: NDArray[np.int32] = faces.frame["image_row"].to_numpy(np.int32)
        self.selection = Selection(faces.frame)
        self.panel = FacesPanel(self.selection, faces, faces.crops, self.caption)
        images.follow(self.selection, through=self._image_row)
        self.selection.mark(images, through=self._image_row)
        faces.on_change(self._keep_up)

    @cached_property
    def map(self) -> Map:
        """The map of the faces, made when it is first looked at: its colours are the identities."""
        panel, faces = self.panel, self._faces
        drawn = Map(
            self.selection,
            faces.layout,
            panel.labels,
            panel.names,
            faces.crops,
            caption=self.caption,
            noun="faces",
            groups="identities",
            nobody="in no identity",
            place="desk.face_map",
        )
        panel.observe(lambda _: drawn.recolour(panel.labels, panel.names), "version")
        return drawn

    def caption(self, row: int) -> str:
        """Return the path of the image a face is in."""
        return str(self._images["path"].iloc[self._image_row[row]])

    def boxes(self, image: int) -> list[Box]:
        """Return the faces of an image, as shares of its sides, with the names of their identities."""
        faces, about = self._faces.frame, self._images.iloc[image]
        width, height = float(about["width"]), float(about["height"])
        return [
            Box(
                row=int(row),
                name=str(faces["name"].iloc[row]),
                x=float(faces["x"].iloc[row]) / width,
                y=float(faces["y"].iloc[row]) / height,
                width=float(faces["width"].iloc[row]) / width,
                height=float(faces["height"].iloc[row]) / height,
            )
            for row in np.flatnonzero(self._image_row == image)
        ]

    def still(self) -> str:
        """Return the people, and the faces of who is open, as HTML for a saved notebook."""
        people = self.panel.index.people
        first = people.head(MOST)
        covers = self._faces.crops(first["cover"].tolist())
        cards = [
            Person(str(name), int(count), cover)
            for name, count, cover in zip(first["name"], first["faces"], covers, strict=True)
        ]
        rows = self.panel.rows[:MOST].tolist()
        paths = [self.caption(row) for row in rows]
        crops = list(zip(paths, self._faces.crops(rows), strict=True))
        called = self.panel.person.get("name") or "The open person"
        return people_html(cards, len(people), called if self.panel.opened else "Faces", crops)

    def look(self, row: int) -> None:
        """Open the identity of a face, or the face alone where it has none, and look at it."""
        identity = str(self._faces.frame["identity"].iloc[row])
        if self.panel.index.position(identity) >= 0:
            self.panel.look(identity)
        else:
            self.selection.rows = [row]
        self.selection.focus = row

    def _keep_up(self) -> None:
        self.panel.refresh()
        self._renamed()
