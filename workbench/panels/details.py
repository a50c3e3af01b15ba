"""Details: one image large, what is known about it, and the phrases that describe it."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypedDict

import traitlets

from workbench.image_id import kind
from workbench.panels.base import Answer, Panel, script, style
from workbench.selection import Selection

if TYPE_CHECKING:
    import pandas as pd

Facts = Sequence[tuple[str, str | list[str]]]
"""What is known, by name: a text, or several that are shown as chips."""


class Box(TypedDict):
    """A face in a picture: its row, the name of its identity ("" for none) and its place.

    ``x``, ``y`` (upper left corner), ``width`` and ``height`` are shares of the picture's sides, [0, 1].
    """

    row: int
    name: str
    x: float
    y: float
    width: float
    height: float


class Details(Panel):
    """The row in focus, with the box that matched the query drawn.

    ``picture(row)`` returns a JPEG, ``facts(row)`` pairs of name and text (or texts),
    ``describe(row, vocabulary)`` a DataFrame of phrase, score and probability, ``boxes(row)`` the faces in
    it; ``on_like``, ``on_tag`` and ``on_face`` are told what was clicked.
    """

    _esm = script("details")
    _css = style("details")

    row = traitlets.Int(-1).tag(sync=True)
    version = traitlets.Int(0).tag(sync=True)
    boxes_version = traitlets.Int(0).tag(sync=True)
    face = traitlets.Int(-1).tag(sync=True)
    vocabulary = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(
        self,
        selection: Selection,
        picture: Callable[[int], bytes],
        facts: Callable[[int], Facts],
        describe: "Callable[[int, list[str]], pd.DataFrame]",
        vocabulary: Sequence[str],
        *,
        on_like: Callable[[int, bool], None] = lambda row, add: None,
        on_tag: Callable[[int, str], None] = lambda row, tag: None,
        boxes: Callable[[int], Sequence[Box]] = lambda row: (),
        on_face: Callable[[int], None] = lambda face: None,
    ) -> None:
        self.selection, self._picture, self._facts, self._describe = selection, picture, facts, describe
        self._on_like, self._on_tag, self._boxes, self._on_face = on_like, on_tag, boxes, on_face
        super().__init__(vocabulary=list(vocabulary))
        selection.observe(lambda _: self._follow(), "focus")
        selection.observe(lambda _: self._draw_boxes(), "hits")
        self._follow()

    def _follow(self) -> None:
        self.row = -1 if self.selection.focus is None else self.selection.focus

    def _draw_boxes(self) -> None:
        self.boxes_version += 1

    def refresh(self) -> None:
        """Show anew what is known about the image in focus."""
        self.version += 1

    @property
    def frame(self) -> "pd.DataFrame":
        """The phrases that describe the focus, best first: phrase, score (cosine), probability."""
        import pandas as pd

        if self.selection.focus is None:
            return pd.DataFrame(columns=["phrase", "score", "probability"])
        return self._describe(self.selection.focus, list(self.vocabulary))

    def to_code(self) -> str:
        """Return Python that looks at the same image."""
        if self.selection.focus is None:
            return "desk.selection.focus = None"
        image_id = str(self.selection.table["image_id"].iloc[self.selection.focus])
        return f"desk.selection.focus = desk.selection.row({image_id!r})"

    def _answer_show(self, row: int) -> Answer:
        """Send the picture and the facts first; phrases may need the model and are asked for apart."""
        name, facts = self.selection.title(row), self._facts(row)
        said = {"row": row, "name": name, "facts": facts, "pages": self._pages(row), "part": self._part(row)}
        return said, [self._picture(row)]

    def _part(self, row: int) -> str:
        """Return what a file of several images has many of: "page" of a document, "frame" of a video."""
        ids = self.selection.table.get("image_id")
        last = self.selection.same_file(row)[-1]  # the first of a motion photo is its still
        return "frame" if ids is not None and kind(str(ids.iloc[last])) == "video" else "page"

    def _pages(self, row: int) -> dict[str, int] | None:
        """Return which image of its file a row is, from 1, and of how many; None for a photo."""
        rows = self.selection.same_file(row)
        return {"number": row - rows.start + 1, "count": len(rows)} if len(rows) > 1 else None

    def turn(self, by: int) -> None:
        """Look at the page of the same file that comes ``by`` pages later, or at its first or last one."""
        row = self.selection.focus
        if row is not None:
            rows = self.selection.same_file(row)
            self.selection.focus = min(max(row + by, rows.start), rows.stop - 1)

    def select_pages(self) -> None:
        """Select all images of the file that the image in focus lies in."""
        if self.selection.focus is not None:
            self.selection.rows = list(self.selection.same_file(self.selection.focus))

    def _answer_turn(self, by: int) -> None:
        self.turn(by)

    def _answer_pages(self) -> None:
        self.select_pages()

    def _answer_phrases(self, row: int) -> Answer:
        found = self._describe(row, list(self.vocabulary))
        return {"row": row, "phrases": found.to_dict("records")}, ()

    def _answer_boxes(self, row: int) -> Answer:
        hits = self.selection.hits
        hit = None if hits is None else hits.box(row)
        return {"row": row, "boxes": list(self._boxes(row)), "hit": hit}, ()

    def _answer_face(self, face: int) -> None:
        self._on_face(face)

    def _answer_vocabulary(self, phrases: list[str]) -> None:
        self.vocabulary = list(dict.fromkeys(p.strip() for p in phrases if p.strip()))
        self.version += 1

    def _answer_like(self, row: int) -> None:
        self._on_like(row, False)

    def _answer_tag(self, row: int, tag: str) -> None:
        if tag.strip():
            self._on_tag(row, tag.strip())
            self.version += 1
