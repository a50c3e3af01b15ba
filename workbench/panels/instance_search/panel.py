"""InstanceSearch: a box around an object in the focused image, and the images that show the same object."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import traitlets
from numpy.typing import NDArray

from workbench.errors import QueryError
from workbench.panels.base import Answer, script, style
from workbench.panels.instance_search import view_model
from workbench.panels.instance_search.view_model import FINDING, FIRST, KIND, Asked, Box, FoundThings
from workbench.panels.working import WorkingPanel
from workbench.search.hits import Hits
from workbench.selection import Selection

if TYPE_CHECKING:
    import pandas as pd

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
        drawn = view_model.cut(box, self._shape())
        self.box = list(drawn)
        return drawn

    def click(self, x: float, y: float) -> Box:
        """Put the likeliest candidate around a place of the image in focus; again at its place, the next.

        Returns the box. Raises QueryError without an image in focus or without a candidate there, CaseError
        where nobody has looked for candidates yet.
        """
        self._shape()
        return self.draw(view_model.proposed(self._candidates(self.row), x, y, self.box))

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
        self.tiles = view_model.tiles_of(self._hits, TILES)
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
        return view_model.code(self._path(what) if isinstance(what, int) else what, box, kind)

    def still(self) -> str:
        """Return what was asked and found as HTML for a reader without a kernel; "" where nothing was."""
        if not (self.unfolded and self.found):
            return ""
        tiles = self.tiles[:STILL]
        jpegs = self._thumbnails([tile["row"] for tile in tiles])
        photo, box = b"", None
        if self._asked and isinstance(self._asked[0], int) and self._asked[1]:
            photo = self._picture(self._asked[0])
            box = view_model.shares(self._asked[1], self._size(self._asked[0]))
        return view_model.still(self.found.query, photo, box, tiles, jpegs)

    # -- what is shown ---------------------------------------------------------------------------------------

    def _path(self, row: int) -> str:
        return str(self.selection.table["path"].iloc[row])

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
        self.about = {} if row < 0 else {"row": row, "path": self._path(row), "shape": list(self._size(row))}
        self.row = row

    def _box_of(self, row: int) -> list[float]:
        if self._asked is not None and self._asked[0] == row and self._asked[1] is not None:
            return list(self._asked[1])
        place = None if self._hits is None else self._hits.place(row)
        if self._hits is None or self._hits.boxes is None or place is None:
            return []
        return list(view_model.cut(self._hits.boxes[place].tolist(), self._size(row)))

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
