"""DeskContext: what the panels of a desk are made from, and the links between them."""

from collections.abc import Callable, Collection
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.image_id import called, file_id, part_title, title
from workbench.panels.details import Box, Facts
from workbench.panels.faces.panel import MOST, FacesPanel, Person, people_html
from workbench.panels.map.panel import Map
from workbench.selection import Selection
from workbench.workspace.maps import ImageMaps

if TYPE_CHECKING:
    import pandas as pd
    from PIL.Image import Image

    from workbench.case import Case


LEAST_CONFLICT = 60
"""Seconds from which on it is shown that the times of a photo disagree."""


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
        """Return the title of the image a face is in: its path, with the page or time of a part of a file."""
        image = self._images.iloc[self._image_row[row]]
        return title(str(image["path"]), str(image["image_id"]))

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

    def like_picture(self, picture: "Image", name: str) -> None:
        """Search for images like a picture that is called ``name``."""
        self.panel("query").like_picture(picture, name)

    def appearances(self, video: str) -> "pd.DataFrame":
        """Return when people are seen in a video (its file id), once the faces are grouped."""
        if self.has_face_panels:
            return self.case.faces.appearances(video=video)
        import pandas as pd

        return pd.DataFrame(columns=["identity", "name", "start", "end", "frames"])

    def metadata(self, row: int) -> Facts:
        """Return what is known of an image as pairs of name and text, or texts."""
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
        self.panel("video").refresh()


def image_metadata(image: "pd.Series[Any]", *, cluster: str, tags: Collection[str]) -> Facts:
    """Return a row of ``case.images`` as pairs of name and text, or texts; what is unknown is left out."""
    known: list[tuple[str, str | list[str]]] = [
        ("Title", _text(image.get("title"))),
        ("Description", _text(image.get("description"))),
        ("Keywords", _texts(image.get("keywords"))),
        ("Rating", _stars(image.get("rating"))),
        ("Creator", _text(image.get("creator"))),
        ("Copyright", _text(image.get("copyright"))),
        ("Time", _in_video(image)),
        ("Taken", _taken(image.get("taken_at"), image.get("taken_zone"))),
        ("Times differ", _apart(image.get("time_conflict"))),
        ("Camera", _text(image.get("camera"))),
        ("Lens", _text(image.get("lens"))),
        ("Software", _text(image.get("software"))),
        ("Size", f"{image['width']} x {image['height']} px"),
        ("File", f"{image['format']}, {image['size'] / 1e6:.2f} MB"),
        ("Place", _place(image.get("lat"), image.get("lon"), image.get("altitude"))),
        ("Cluster", cluster),
        ("Tags", ", ".join(sorted(tags))),
        ("Paths", "\n".join(map(str, image["paths"])) if len(image["paths"]) > 1 else ""),
        ("Image id", _short(str(image["image_id"]))),
    ]
    return [(name, text) for name, text in known if text]


def _text(value: object) -> str:
    return "" if value is None or str(value) in ("nan", "NaT", "None", "<NA>") else str(value)


def _texts(values: Any) -> list[str]:
    return [str(value) for value in values] if isinstance(values, list | tuple) else []


def _stars(rating: Any) -> str:
    """Return the stars of a rating; a photo that was rated 0 was not rated."""
    if not _text(rating) or rating == 0:
        return ""
    return "rejected" if rating < 0 else "★" * int(rating) + "☆" * (5 - int(rating))


def _in_video(image: "pd.Series[Any]") -> str:
    """Return where a frame lies, as "0:52.600 of 1:19, 10 frames a second"; "" for what is no frame."""
    if not _text(image.get("t")):
        return ""
    said = part_title(str(image["image_id"]))
    if _text(image.get("duration")):
        minutes, seconds = divmod(round(image["duration"]), 60)
        hours, minutes = divmod(minutes, 60)
        said += f" of {hours}:{minutes:02}:{seconds:02}" if hours else f" of {minutes}:{seconds:02}"
    return said + (f", {image['fps']:.3g} frames a second" if _text(image.get("fps")) else "")


def _taken(at: Any, zone: Any) -> str:
    """Return a time with its zone, where that is known, as "2021-03-04 05:06:07 +02:00"."""
    if not _text(at) or not _text(zone):
        return _text(at)
    hours, minutes = divmod(abs(int(zone)), 60)
    return f"{at} {'-' if zone < 0 else '+'}{hours:02}:{minutes:02}"


def _apart(seconds: Any) -> str:
    """Return by how much the times of a photo disagree, where that is a minute or more."""
    if not _text(seconds) or seconds < LEAST_CONFLICT:
        return ""
    units = (("day", 86_400), ("h", 3_600), ("min", 60))
    name, unit = next((name, unit) for name, unit in units if seconds >= unit)
    count = f"{seconds / unit:,.0f}" if seconds >= 10 * unit else f"{seconds / unit:.1f}".removesuffix(".0")
    plural = "s" if name == "day" and count != "1" else ""
    return f"by {count} {name}{plural}: camera, file name, file"


def _place(lat: Any, lon: Any, altitude: Any = None) -> str:
    if not _text(lat) or not _text(lon):
        return ""
    return f"{lat:.5f}, {lon:.5f}" + (f", {altitude:.0f} m" if _text(altitude) else "")


def _short(image_id: str) -> str:
    """Return the first digits of the file, and which part of it the image is."""
    return called(file_id(image_id)[:16], image_id)
