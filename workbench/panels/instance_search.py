"""InstanceSearch: a box around an object in the focused image, and the images that show the same object."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np
import traitlets
from numpy.typing import NDArray

from workbench.errors import QueryError
from workbench.image_id import called, title
from workbench.panels.base import Answer, script, style
from workbench.panels.static_html import boxed, data_url, escape
from workbench.panels.working import WorkingPanel
from workbench.search.hits import Hits
from workbench.selection import Selection

if TYPE_CHECKING:
    import pandas as pd


Box = tuple[float, float, float, float]
"""x, y, width and height in pixels of the upright image in full size."""

KIND = 1.25
"""How much the whole image counts where things of a kind are looked for; docs/instances.md measures it."""

Asked: TypeAlias = tuple[int | str, Box | None, float]
"""What was asked: an image (its row) with a box, or a text; and ``kind``."""

FINDING = "Searching the other images"
FIRST = "Searching the other images; the first search of a session takes some seconds longer"


class FoundThings(Protocol):
    """Images that hold a thing; `Hits` fit it."""

    @property
    def query(self) -> str:
        """What was asked."""
        ...

    @property
    def seconds(self) -> float:
        """How long it took."""
        ...

    @property
    def hits(self) -> Hits:
        """The images, best first, with their boxes."""
        ...

    @property
    def frame(self) -> "pd.DataFrame":
        """The same as a table."""
        ...


def cut(box: Sequence[float], shape: Sequence[int]) -> Box:
    """Return a box cut at the edges of an image of ``shape`` (width, height), in tenths of a pixel.

    Raises QueryError for a box without area or outside the image.
    """
    sides = np.asarray(box, np.float64).ravel()
    if sides.shape != (4,) or not np.isfinite(sides).all() or min(sides[2:]) <= 0:
        what = f"Invalid box {tuple(box)!r}."
        raise QueryError(what, "Use x, y, width and height in pixels; width and height must be above 0.")
    low, high = np.maximum(sides[:2], 0), np.minimum(sides[:2] + sides[2:], shape)
    if (high <= low).any():
        what = f"The box {tuple(round(side) for side in sides.tolist())} lies outside the image."
        raise QueryError(what, f"It is {shape[0]} x {shape[1]} pixels, upright; x and y start at 0.")
    x, y, width, height = np.concatenate([low, high - low]).round(1).tolist()
    return x, y, width, height


def proposed(candidates: NDArray[np.floating], x: float, y: float, now: Sequence[float]) -> Box:
    """Return the first of ``candidates`` (R, 4) that holds a place; if ``now`` is one of them, the next.

    After the last comes the first again. Raises QueryError where no candidate holds the place.
    """
    low, high = candidates[:, :2], candidates[:, :2] + candidates[:, 2:]
    holds = ((low <= (x, y)) & (high >= (x, y))).all(1)
    here = np.round(candidates[holds].astype(np.float64), 1)
    if not len(here):
        raise QueryError("There is no candidate at this place.", "Draw a box by dragging the mouse.")
    same = np.flatnonzero((here == np.asarray(now)).all(1)) if len(now) else np.empty(0, np.intp)
    left, top, width, height = here[(same[0] + 1) % len(here) if same.size else 0].tolist()
    return left, top, width, height


def shares(box: Box, shape: Sequence[int]) -> Box:
    """Return a box as shares of the sides of an image of ``shape`` (width, height)."""
    (x, y, across, down), (width, height) = box, shape
    return x / width, y / height, across / width, down / height


def code(what: str, box: Box | None, kind: float) -> str:
    """Return the line of Python that finds the same: ``what`` is a path, or a text where there is no box."""
    given = repr(what)
    if box is not None:
        given += f", box=({', '.join(f'{side:g}' for side in box)})"
        given += f", kind={kind:g}" if kind else ""
    return f"desk.things.show(case.find_this({given}))"


def tiles_of(hits: Hits, most: int) -> list[dict[str, Any]]:
    """Return row, name, score, box (shares of the sides) and shape of the best hits."""
    told = []
    for row, score in zip(hits.rows[:most].tolist(), hits.scores[:most].tolist(), strict=True):
        image = hits.table.iloc[row]
        shape = [int(image["width"]), int(image["height"])]
        name = title(str(image["path"]), str(image.get("image_id", "")))
        tile = {"row": row, "name": name, "score": score, "shape": shape}
        told.append(tile | {"box": hits.box(row)})
    return told


def still(
    query: str, photo: bytes, box: Box | None, tiles: Sequence[dict[str, Any]], jpegs: list[bytes]
) -> str:
    """Return what was asked and found as HTML with pictures inside, boxes drawn; names are escaped.

    ``photo`` and ``jpegs`` are JPEGs; ``box`` is in shares of the sides of the photo, and so are the tiles'.
    """
    pictures = [("Query", boxed(photo, box, 320))] if photo else []
    pictures += [
        (f"{tile['name']}, {tile['score']:.2f}", boxed(jpeg, tile["box"], 128))
        for tile, jpeg in zip(tiles, jpegs, strict=True)
        if jpeg
    ]
    sheet = "".join(
        f'<img src="{data_url("jpeg", data)}" alt="{escape(name)}" title="{escape(name)}" '
        'style="margin:3px;vertical-align:top;border-radius:4px">'
        for name, data in pictures
    )
    return f'<div class="wb-still" style="margin:8px 0"><p>Found for {escape(query)}:</p>{sheet}</div>'


TILES = 24
"""Images shown in the panel; the gallery shows all that were found."""
STILL = 12
"""Images shown in a saved notebook."""


class InstanceSearch(WorkingPanel):
    """A fold-out with the image in focus, on which a box is drawn or proposed.

    ``find(image, box)`` returns what holds the thing in a box of an image (a row), more of its kind the
    higher ``kind=`` is, and ``find(text, None)`` what a text says; ``candidates(row)`` boxes (R, 4) where
    things may be, the likeliest first; all in pixels of the upright image in full size. ``picture(row)`` and
    ``thumbnails(rows)`` give JPEGs. What is found becomes the hits of the Selection.
    """

    _esm = script("things")
    _css = style("boxes", "working", "things")

    unfolded = traitlets.Bool(False).tag(sync=True)
    row = traitlets.Int(-1).tag(sync=True)
    about = traitlets.Dict().tag(sync=True)
    box = traitlets.List(traitlets.Float()).tag(sync=True)
    kind = traitlets.Float(0.0, min=0).tag(sync=True)
    said = traitlets.Dict().tag(sync=True)
    tiles = traitlets.List(traitlets.Dict()).tag(sync=True)

    def __init__(
        self,
        selection: Selection,
        find: Callable[..., FoundThings],
        candidates: Callable[[int], NDArray[np.floating]],
        picture: Callable[[int], bytes],
        thumbnails: Callable[[Sequence[int]], list[bytes]],
    ) -> None:
        self.selection, self._find, self._candidates = selection, find, candidates
        self._picture, self._thumbnails = picture, thumbnails
        self.found: FoundThings | None = None
        self._hits: Hits | None = None
        self._asked: Asked | None = None
        super().__init__(actions={"clear": self.clear})
        selection.observe(lambda _: self._follow(), "focus")
        self._follow()

    # -- the same in Python ----------------------------------------------------------------------------------

    def draw(self, box: Sequence[float]) -> Box:
        """Put a box around a thing on the image in focus, and return it, cut at the edges of the image.

        Raises QueryError without an image in focus, and for a box without area or outside the image.
        """
        drawn = cut(box, self._shape())
        self.box = list(drawn)
        return drawn

    def click(self, x: float, y: float) -> Box:
        """Put the likeliest candidate around a place of the image in focus; again at its place, the next.

        Returns the box. Raises QueryError without an image in focus or without a candidate there, CaseError
        where nobody has looked for candidates yet.
        """
        self._shape()
        return self.draw(proposed(self._candidates(self.row), x, y, self.box))

    def find(self, text: str = "") -> FoundThings:
        """Find the thing in the box, or what ``text`` says, and make it the hits of the Selection.

        Raises QueryError without box or text, CaseError where nobody has looked for candidates yet.
        """
        self.cancel()
        asked = self._question(text)
        found = self._ask(asked)
        self.show(found)
        self._asked = asked
        return found

    def show(self, found: FoundThings) -> None:
        """Show what was found before, such as the answer of ``case.find_this``."""
        self.unfolded, self._asked = True, None
        self.found, self._hits = found, found.hits
        self.tiles = tiles_of(self._hits, TILES)
        self.said = {"query": found.query, "images": len(self._hits), "seconds": found.seconds}
        self.selection.hits = self._hits

    def clear(self) -> None:
        """Take the box away, and what was found with it."""
        self.cancel()
        if self._hits is not None and self.selection.hits is self._hits:
            self.selection.hits = None
        self.found = self._hits = self._asked = None
        self.box, self.tiles, self.said, self.trouble = [], [], {}, ""

    @property
    def frame(self) -> "pd.DataFrame":
        """What was found, best first: row, score, x, y, box_width, box_height and all of the image."""
        return self.selection.table.iloc[:0] if self.found is None else self.found.frame

    def to_code(self) -> str:
        """Return Python that finds the same; "" where something else is shown now."""
        if self._asked is None or self.selection.hits is not self._hits:
            return ""
        what, box, kind = self._asked
        return code(self._called(what) if isinstance(what, int) else what, box, kind)

    def still(self) -> str:
        """Return what was asked and found as HTML for a reader without a kernel; "" where nothing was."""
        if not (self.unfolded and self.found):
            return ""
        tiles = self.tiles[:STILL]
        jpegs = self._thumbnails([tile["row"] for tile in tiles])
        photo, box = b"", None
        if self._asked and isinstance(self._asked[0], int) and self._asked[1]:
            photo = self._picture(self._asked[0])
            box = shares(self._asked[1], self._size(self._asked[0]))
        return still(self.found.query, photo, box, tiles, jpegs)

    # -- what is shown ---------------------------------------------------------------------------------------

    def _called(self, row: int) -> str:
        """Return what the row is called in Python."""
        image = self.selection.table.iloc[row]
        return called(str(image["path"]), str(image.get("image_id", "")))

    def _size(self, row: int) -> tuple[int, int]:
        image = self.selection.table.iloc[row]
        return int(image["width"]), int(image["height"])

    def _shape(self) -> tuple[int, int]:
        """Return width and height of the image shown. Raises QueryError where there is none."""
        if self.row < 0:
            raise QueryError("No image is in focus.", "Click a thumbnail or a point on the map.")
        return self._size(self.row)

    def _question(self, text: str) -> Asked:
        if text.strip():
            return text.strip(), None, 0.0
        self._shape()
        if not self.box:
            raise QueryError("No box was drawn.", "Draw one around an object, or describe it in words.")
        x, y, width, height = self.box
        return self.row, (x, y, width, height), self.kind

    def _ask(self, asked: Asked) -> FoundThings:
        what, box, kind = asked
        return self._find(what, box, kind=kind) if kind else self._find(what, box)

    def _follow(self) -> None:
        """Show the image in focus, with the box asked with, or that of what was found there."""
        row = -1 if self.selection.focus is None else self.selection.focus
        self.box = self._box_of(row)
        self.about = (
            {} if row < 0 else {"row": row, "path": self.selection.title(row), "shape": list(self._size(row))}
        )
        self.row = row

    def _box_of(self, row: int) -> list[float]:
        if self._asked is not None and self._asked[0] == row and self._asked[1] is not None:
            return list(self._asked[1])
        place = None if self._hits is None else self._hits.place(row)
        if self._hits is None or self._hits.boxes is None or place is None:
            return []
        return list(cut(self._hits.boxes[place].tolist(), self._size(row)))

    def _start(self, text: str = "") -> None:
        """Find in the background what the browser asks for."""
        asked = self._question(text)

        def show(found: FoundThings) -> None:
            self.show(found)
            self._asked = asked

        doing = FIRST if self.found is None else FINDING
        self.start(doing, lambda watch: self._ask(asked), show)

    # -- what the browser asks -------------------------------------------------------------------------------

    def _answer_unfold(self, value: bool) -> None:
        self.unfolded = value

    def _answer_draw(self, box: list[float], find: bool = False) -> None:
        self.draw(box)
        if find:
            self._start()

    def _answer_click(self, x: float, y: float) -> None:
        self.busy = "Finding candidates"
        self.click(x, y)

    def _answer_find(self, text: str = "") -> None:
        self._start(text)

    def _answer_alike(self, on: bool) -> None:
        self.kind = KIND if on else 0.0
        if self._asked is not None and self._asked[1] is not None and self.box:
            self._start()

    def _answer_picture(self) -> Answer:
        return {"row": self.row}, [self._picture(self.row) if self.row >= 0 else b""]

    def _answer_thumbnails(self, rows: list[int]) -> Answer:
        return {}, self._thumbnails(rows)

    def _answer_focus(self, row: int) -> None:
        self.selection.focus = row
