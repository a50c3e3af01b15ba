"""FacesPanel: the people of the collection and the actions that correct them; each click is one undo step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from workbench.errors import QueryError
from workbench.panels.base import Answer, script, style
from workbench.panels.faces.identity_index import IdentityBook
from workbench.panels.faces.paging import FacesPages
from workbench.panels.static_html import data_url, escape
from workbench.selection import Rows, Selection
from workbench.spelling import lookup_form

ASIDE = {"not a face": "not_a_face", "unknown": "unknown"}
SLOW = {"propose_split": "Finding two groups"}
"""Verbs that may take a while, and what is shown meanwhile."""

VERBS = (
    *("look", "show", "tick", "tick_all", "pick", "unpick", "focus_on"),
    *("name", "merge", "move", "set_aside", "release", "propose_split", "split"),
    *("answer", "settle", "undo", "redo"),
)
"""What a click may do, each a method."""


class FacesPanel(FacesPages):
    """Identities as cards, and the faces of one beside them.

    ``book`` keeps the identities (``case.faces`` does); ``crops(rows)`` returns JPEG bytes; ``caption(row)``
    says in words where a face comes from.
    """

    _esm = script("faces")
    _css = style("faces", "strip")

    note = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        selection: Selection,
        book: IdentityBook,
        crops: Callable[[Sequence[int]], list[bytes]],
        caption: Callable[[int], str] = lambda row: f"face {row}",
    ) -> None:
        super().__init__(selection, book, crops, caption)

    # -- the same in Python ----------------------------------------------------------------------------------

    def name(self, identity: str, name: str) -> str:
        """Give an identity a name, offer to merge it with others of that name, and return the identity."""
        name = " ".join(name.split())
        before = self.index
        self._book.name(identity, name)
        self.refresh()
        identity, people = self.index.heir(identity, before), self.index.people
        same = people["name"].astype(str).map(lookup_form) == lookup_form(name)
        others = [str(i) for i in people["identity"][same] if i != identity] if name else []
        self._say(
            f"Named {name}." if name else "Name removed.",
            merge=[identity, *others] if others else [],
        )
        return identity

    def merge(self, identities: Sequence[str] = ()) -> str:
        """Make one identity of several, the first of which gives its name, and return it.

        Without ``identities``, of those picked: named ones come first, then large ones.
        """
        chosen = list(identities) or sorted(self.picked, key=self._rank)
        if len(chosen) < 2:
            raise QueryError(
                "A merge needs two or more identities.", "Select two cards, or drop one on another."
            )
        kept = self._book.merge(chosen)
        self.picked = []
        self._done(f"{len(chosen)} people merged into {{name}}.", kept)
        return kept

    def move(self, identity: str | None, rows: ArrayLike | None = None, name: str = "") -> str:
        """Put the ticked faces (or ``rows``) into an identity, or into a new one (None), called ``name``."""
        chosen = self._chosen(rows)
        target = self._book.move(chosen, identity, name if identity is None else "")
        self._done(f"{_faces(len(chosen))} moved to {{name}}.", target)
        return target

    def set_aside(self, state: str, rows: ArrayLike | None = None) -> None:
        """Set the ticked faces (or ``rows``) aside as ``not a face`` or ``unknown``."""
        if state not in ASIDE:
            raise QueryError(f"Unknown state {state!r} for faces.", f"Use {' or '.join(ASIDE)}.")
        chosen = self._chosen(rows)
        getattr(self._book, ASIDE[state])(chosen)
        self._done(f"{_faces(len(chosen))} set aside as {state}.")

    def release(self, rows: ArrayLike | None = None) -> None:
        """Take back what was decided about the ticked faces (or ``rows``); the grouping decides again."""
        chosen = self._chosen(rows)
        self._book.release(chosen)
        self._done(f"Decisions about {_faces(len(chosen))} removed.")

    def propose_split(self) -> tuple[Rows, Rows]:
        """Propose two halves of the open identity, show them side by side and return them."""
        stays, leaves = self._book.propose_split(self.opened)
        self._stays, self._leaves = tuple(map(int, stays)), tuple(map(int, leaves))
        self._turn("split")
        return stays, leaves

    def flip(self, rows: ArrayLike) -> None:
        """Put faces into the other of the two proposed halves."""
        chosen = set(np.atleast_1d(np.asarray(rows, np.int64)).tolist())
        both = ((*self._stays, *self._leaves), (*self._leaves, *self._stays))
        stay = {*self._stays} ^ chosen
        self._stays = tuple(row for row in both[0] if row in stay)
        self._leaves = tuple(row for row in both[1] if row not in stay)

    def split(self) -> str:
        """Make a new identity of the second half, and open it."""
        if not self._stays or not self._leaves:
            raise QueryError(
                "Each half needs at least one face.", "Click a face to move it to the other half."
            )
        new = self._book.split(self.opened, np.array(self._leaves, np.int32))
        count = len(self._leaves)
        self._done(f"{_faces(count)} moved to a new person. Enter a name.", new)
        self.look(new)
        return new

    def answer(self, row: int, identity: str, yes: bool) -> None:
        """Say whether a suggested face is of an identity."""
        (self._book.confirm if yes else self._book.reject)([row], identity)
        self._done("Face confirmed as {name}." if yes else "Face marked as not {name}.", identity)

    def settle(self, row: int, other_row: int, same: bool) -> None:
        """Say whether the two faces of a doubt, ``row`` and ``other_row`` of ``doubts``, are one person."""
        doubts = self.doubts
        found = doubts[(doubts["row"] == row) & (doubts["other_row"] == other_row)]
        if not len(found):
            raise QueryError("This question was answered already.", "Choose another one.")
        identity, other = str(found["identity"].iloc[0]), str(found["other"].iloc[0])
        if not same:
            self._book.reject(found["leaving"].iloc[0], identity)
        elif identity == other:
            self._book.confirm([row, other_row], identity)
        else:
            self._book.merge([identity, other])
        self._done("Marked as the same person." if same else "Marked as different people.")
        there = {"", *self.index.people["identity"]}
        left = doubts.drop(index=found.index)
        self._doubts = left[left["identity"].isin(there) & left["other"].isin(there)]

    def undo(self) -> None:
        """Take the last step back."""
        verb = self._book.undo()
        self._done(f"Undone: {verb}." if verb else "Nothing to undo.")

    def redo(self) -> None:
        """Do again what was taken back."""
        verb = self._book.redo()
        self._done(f"Redone: {verb}." if verb else "Nothing to redo.")

    # -- keeping up ------------------------------------------------------------------------------------------

    def _chosen(self, rows: ArrayLike | None) -> Rows:
        chosen = self.ticked if rows is None else np.atleast_1d(np.asarray(rows, np.int32))
        if not len(chosen):
            raise QueryError(
                "No face is selected.", "Select faces first: press Space, or click the corner of a face."
            )
        return chosen

    def _rank(self, identity: str) -> tuple[bool, int]:
        position = self.index.position(identity)
        return not self.index.people["name"].iloc[position], position

    def _done(self, text: str, identity: str = "") -> None:
        """Show the book as it now is, and say what was done."""
        self.refresh()
        position = self.index.position(identity) if identity else -1
        called = str(self.index.people["name"].iloc[position]) if position >= 0 else ""
        self._say(text.format(name=called or "an unnamed person"))

    def _say(self, text: str, merge: Sequence[str] = ()) -> None:
        self.note = {"text": text, "merge": list(merge), "id": self.version}

    # -- what the browser asks -------------------------------------------------------------------------------

    def _answer_do(self, verb: str, **data: Any) -> None:
        """Do what was clicked: a click is a verb with a line of Python."""
        if verb not in VERBS:
            raise QueryError(f"Unknown action {verb!r}.", f"Use one of {', '.join(VERBS)}.")
        if verb in SLOW:
            self.busy = SLOW[verb]
        getattr(self, verb)(**data)

    def _answer_flip(self, rows: list[int]) -> Answer:
        self.flip(rows)
        return {"stays": len(self._stays), "leaves": len(self._leaves)}, ()


def _faces(count: int) -> str:
    return "1 face" if count == 1 else f"{count:,} faces"


MOST = 24
"""People shown, and faces of the one that is open."""


@dataclass(frozen=True)
class Person:
    """A card: ``name`` ("" for none), how many ``faces`` and the JPEG of the ``cover``."""

    name: str
    faces: int
    cover: bytes


def people_html(people: Sequence[Person], count: int, opened: str, faces: Sequence[tuple[str, bytes]]) -> str:
    """Return HTML with a card for each of ``people``, of ``count`` in all, and the faces of who is open.

    ``opened`` says who that is, "" for nobody; ``faces`` are (path, JPEG). Text is escaped, style is inline.
    """
    cards = "".join(
        f'<div style="display:inline-block;width:96px;margin:3px;vertical-align:top;text-align:center">'
        f"{_picture(person.cover, person.name or 'An unnamed person', 96)}"
        f'<div style="overflow:hidden;text-overflow:ellipsis;white-space:nowrap">'
        f"{escape(person.name) or '<em>no name</em>'} ({person.faces:,})</div></div>"
        for person in people
    )
    more = f"<p>... and {count - len(people):,} more people</p>" if count > len(people) else ""
    strip = "".join(_picture(jpeg, path, 72) for path, jpeg in faces)
    return f"<div>{cards}{more}</div>" + (
        f"<p><b>{escape(opened)}</b></p><div>{strip}</div>" if faces else ""
    )


def _picture(jpeg: bytes, text: str, side: int) -> str:
    size = f"width:{side}px;height:{side}px;object-fit:cover;margin:2px;border-radius:4px"
    return f'<img src="{data_url("jpeg", jpeg)}" alt="{escape(text)}" title="{escape(text)}" style="{size}">'
