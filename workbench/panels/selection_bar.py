"""SelectionBar: undo, invert, name and reopen what is selected, and say in words what sets it apart."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

import traitlets

from workbench.analysis.rows import Mode, Rows
from workbench.panels.base import Panel, script, style
from workbench.selection import Selection

if TYPE_CHECKING:
    import pandas as pd


_PLACE = "desk.selection_bar"


class Book(Protocol):
    """Where selections are kept: ``case.selections`` is one."""

    @property
    def frame(self) -> "pd.DataFrame":
        """One row a selection: name, images, gone, query, ..."""

    def save(self, name: str, selection: Selection) -> object:
        """Keep what is selected under a name."""

    def open(self, name: str) -> Rows:
        """Return the rows of a saved selection."""

    def saved(self, name: str) -> Any:
        """Return a selection as it was saved."""

    def remove(self, name: str) -> None:
        """Forget a name."""


class SelectionBar(Panel):
    """A bar for the selection.

    ``book`` keeps selections; ``separates(a, b)`` returns a table with phrase and share of what tells the
    rows ``a`` from the rows ``b`` (None: from all others).
    """

    _esm = script("shelf")
    _css = style("shelf")

    count = traitlets.Int(0).tag(sync=True)
    undoable = traitlets.Bool(False).tag(sync=True)
    redoable = traitlets.Bool(False).tag(sync=True)
    saved = traitlets.List(traitlets.Dict()).tag(sync=True)
    note = traitlets.Unicode("").tag(sync=True)
    words = traitlets.List(traitlets.Dict()).tag(sync=True)
    against = traitlets.Unicode("").tag(sync=True)

    _reopened = ""

    def __init__(
        self,
        selection: Selection,
        book: Book,
        separates: "Callable[[Rows, Rows | None], pd.DataFrame]",
    ) -> None:
        self.selection, self._book, self._separates = selection, book, separates
        super().__init__(
            actions={
                "undo": self.selection.undo,
                "redo": self.selection.redo,
                "invert": self.selection.invert,
                "clear": self.selection.clear,
                "save": self.save,
                "open": self.reopen,
                "remove": self.remove,
            }
        )
        selection.observe(lambda _: self._follow(), "rows")
        self._follow()
        self._read()

    # -- the same in Python ----------------------------------------------------------------------------------

    def save(self, name: str) -> None:
        """Keep what is selected under a name."""
        self._book.save(name, self.selection)
        self._read()
        self.note = f"Saved {self.count:,} images as “{' '.join(name.split())}”."

    def reopen(self, name: str, mode: Mode = "replace") -> None:
        """Select a saved selection, or add, remove or intersect it; what is gone is said in ``note``."""
        import warnings

        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            rows = self._book.open(name)
        self._reopened = name
        self.selection.change(rows, mode, f"{_PLACE}.reopen({name!r}, {mode!r})")
        if mode == "replace":
            self.selection.parent = self._book.saved(name).digest
        self.note = " ".join(str(warning.message) for warning in told)

    def remove(self, name: str) -> None:
        """Forget a saved selection."""
        self._book.remove(name)
        self._read()

    def separate(self, name: str = "") -> "pd.DataFrame":
        """Say what tells the selection from a saved one, or from all others; show and return it."""
        other = self._book.open(name) if name else None
        found = self._separates(self.selection.rows, other)
        self.against = name
        self.words = [
            {"phrase": str(phrase), "share": float(share)}
            for phrase, share in zip(found["phrase"], found["share"], strict=True)
        ]
        if not self.words:
            self.note = "No phrase of the vocabulary sets the selection apart."
        return found

    @property
    def frame(self) -> "pd.DataFrame":
        """The saved selections, one a row."""
        return self._book.frame

    def to_code(self) -> str:
        """Return Python that opens the saved selection that is selected; "" for none, and once it is gone."""
        there = self._reopened in {saved["name"] for saved in self.saved}
        return self.selection.code(_PLACE) if there else ""

    # -- what the browser asks -------------------------------------------------------------------------------

    def _follow(self) -> None:
        self.count = len(self.selection)
        self.undoable, self.redoable = self.selection.can_undo, self.selection.can_redo
        self.words, self.note = [], ""

    def _read(self) -> None:
        columns = ["name", "images", "gone", "query"]
        self.saved = self._book.frame[columns].astype({"images": object, "gone": object}).to_dict("records")

    def _answer_separate(self, name: str) -> None:
        self.busy = "Finding phrases"
        self.separate(name)
