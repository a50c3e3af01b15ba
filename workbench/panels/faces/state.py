"""FacesState: what the Faces panel shows at one moment, and how it keeps up with book and selection."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from workbench.analysis.rows import normalise
from workbench.errors import QueryError
from workbench.panels.base import Panel
from workbench.panels.faces.identity_index import IdentityBook, IdentityIndex, Numbers
from workbench.panels.map.figure import colour
from workbench.selection import Rows, Selection

PANES = ("", "identity", "split", "selected", "alone", "aside", "review", "history")
_NONE: Rows = np.empty(0, np.int32)


class FacesState(Panel):
    """Cards of identities; one pane of faces beside them; faces ticked there; identities picked to be merged.

    The selection holds the ticked faces, or, where none is ticked, all faces of the pane. What others
    select (a lasso on the face map) becomes the pane ``selected``, all ticked.
    """

    version = traitlets.Int(0).tag(sync=True)
    pane = traitlets.Enum(PANES, "").tag(sync=True)
    opened = traitlets.Unicode("").tag(sync=True)
    person = traitlets.Dict().tag(sync=True)
    counts = traitlets.Dict().tag(sync=True)
    picked = traitlets.List(traitlets.Unicode()).tag(sync=True)
    find = traitlets.Unicode("").tag(sync=True)
    which = traitlets.Enum(["all", "named", "unnamed"], "all").tag(sync=True)
    odd_first = traitlets.Bool(False).tag(sync=True)
    lit = traitlets.Dict().tag(sync=True)
    focus = traitlets.Int(-1).tag(sync=True)

    def __init__(
        self,
        selection: Selection,
        book: IdentityBook,
        crops: Callable[[Sequence[int]], list[bytes]],
        caption: Callable[[int], str],
    ) -> None:
        self.selection, self._book, self._crops, self._caption = selection, book, crops, caption
        self.ticked: Rows = _NONE
        self._pane_rows = self._lassoed = _NONE
        self._numbers, self.index = Numbers(), IdentityIndex.of(book)
        self._busy_selecting = False
        super().__init__()
        selection.observe(lambda _: self._selected_elsewhere(), "rows")
        selection.observe(lambda _: self._light(), "marked")
        selection.observe(lambda _: self._set_focus(), "focus")
        self.observe(lambda _: self._bump(), ["find", "which"])
        self.observe(lambda _: self._turned(), "odd_first")
        self.refresh()

    # -- the same in Python ----------------------------------------------------------------------------------

    def look(self, identity: str) -> None:
        """Open an identity: all its faces, alike ones beside each other. Raises QueryError without one."""
        if self.index.position(identity) < 0:
            raise QueryError(f"Unknown identity {identity!r}.", "Use one of `case.faces.identities`.")
        self.opened = identity
        self._turn("identity")

    def show(self, pane: str) -> None:
        """Show ``alone``, ``aside``, ``selected``, ``review`` or ``history`` beside the cards; "" nothing."""
        if pane not in PANES or (pane in ("identity", "split") and not self.opened):
            raise QueryError(
                f"Unknown view {pane!r}.", f"Use look(identity), or one of {', '.join(PANES[3:])}."
            )
        if pane == "":
            self.opened = ""
        self._turn(pane)

    def tick(self, rows: ArrayLike, on: bool = True) -> None:
        """Tick faces, or untick them; what is ticked is what the verbs change."""
        chosen = normalise(rows, len(self.selection.table))
        self.ticked = (np.union1d if on else np.setdiff1d)(self.ticked, chosen).astype(np.int32)
        self._select()
        self._count()

    def pick(self, identity: str, on: bool = True) -> None:
        """Pick an identity to be merged with others, or leave it out again."""
        rest = [other for other in self.picked if other != identity]
        self.picked = [*rest, identity] if on else rest

    def tick_all(self, on: bool = True) -> None:
        """Tick all faces of the pane, or none."""
        self.tick(self.rows, on)
        self.version += 1

    def unpick(self) -> None:
        """Pick no identity."""
        self.picked = []

    def focus_on(self, row: int) -> None:
        """Look at one face: the image it is in comes into focus too."""
        self.selection.focus = row

    @property
    def rows(self) -> Rows:
        """The faces shown in the pane, in the order shown."""
        return self._pane_rows

    # -- keeping up ------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read the book again after it has changed; what is open, ticked and picked stays if it exists."""
        frame = self._book.frame
        if self.version and self.selection.table is frame:
            return
        before, self.index = self.index, IdentityIndex.of(self._book)
        self._numbers.pass_on(before, self.index)
        self.selection.table = frame
        self.picked = [identity for one in self.picked if (identity := self.index.heir(one, before))]
        self.opened = self.index.heir(self.opened, before)
        if self.pane in ("identity", "split"):
            self.pane = "identity" if self.opened else ""
        self._turned()
        self._light()

    def _turn(self, pane: str) -> None:
        self.ticked = _NONE
        self.pane = pane
        self._turned()

    def _turned(self) -> None:
        """Gather what the pane shows, and tell the browser and the selection."""
        rows = self._gather()
        self._pane_rows = rows[::-1] if self.odd_first and self.pane == "identity" else rows
        self.ticked = np.intersect1d(self.ticked, rows).astype(np.int32)
        self.person = self._person(self.index.position(self.opened)) if self.opened else {}
        self._select()
        self._bump()

    def _gather(self) -> Rows:
        match self.pane:
            case "identity" | "split":
                return np.asarray(self._book.rows_of(self.opened), np.int32)
            case "alone":
                return self.index.alone
            case "aside":
                return self.index.aside
            case "selected":
                return self._lassoed
        return _NONE

    def _select(self) -> None:
        """Select what is ticked, or everything in a pane that was opened to be looked at."""
        whole = self.rows if self.pane in ("identity", "split", "selected") else _NONE
        self._busy_selecting = True
        try:
            self.selection.rows = self.ticked if len(self.ticked) else whole
        finally:
            self._busy_selecting = False

    def _selected_elsewhere(self) -> None:
        if self._busy_selecting:
            return
        self._lassoed = self.ticked = self.selection.rows
        if len(self.ticked):
            self.pane = "selected"
        elif self.pane == "selected":
            self.pane = "identity" if self.opened else ""
        self._turned()

    def _bump(self) -> None:
        self._count()
        self.version += 1

    def _count(self) -> None:
        self.counts = {
            "faces": len(self.index.place),
            "people": len(self.index.people),
            "alone": len(self.index.alone),
            "aside": len(self.index.aside),
            "selected": len(self._lassoed),
            "shown": len(self.rows),
            "ticked": len(self.ticked),
            "undo": bool(self._book.can_undo),
            "redo": bool(self._book.can_redo),
        }

    def _light(self) -> None:
        self.lit = self.index.count_at(self.selection.marked)

    def _set_focus(self) -> None:
        self.focus = -1 if self.selection.focus is None else self.selection.focus

    def _person(self, position: int) -> dict[str, Any]:
        person = self.index.person(position)
        return {**person, "colour": colour(self._numbers.of(person["identity"]))}
