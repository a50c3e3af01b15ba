"""The identities of a case as the panel reads them, and an index that finds a page of them at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.selection import Rows
from workbench.spelling import lookup_form

if TYPE_CHECKING:
    import pandas as pd


class IdentityBook(Protocol):
    """Faces, the identities they are grouped into, and the verbs that correct them.

    Rows are positions in ``frame``; a verb that cannot be done raises WorkbenchError. Every verb is one step
    of ``undo``.
    """

    @property
    def frame(self) -> "pd.DataFrame":
        """One row a face: face_id, image_id, image_row, quality, sure, identity, name, state, ..."""
        ...

    @property
    def identities(self) -> "pd.DataFrame":
        """One row an identity, largest first: identity, name, faces, images, cover (a face row), kept."""
        ...

    @property
    def history(self) -> "pd.DataFrame":
        """What was decided, oldest first: at least op, and stands (bool), False where it was undone."""
        ...

    @property
    def can_undo(self) -> bool:
        """Whether there is something to undo."""
        ...

    @property
    def can_redo(self) -> bool:
        """Whether there is something to redo."""
        ...

    def rows_of(self, identity: str) -> Rows:
        """Return the faces of an identity, alike ones beside each other."""
        ...

    def name(self, identity: str, name: str) -> object:
        """Give an identity a name; an empty one takes it away."""
        ...

    def merge(self, identities: Sequence[str]) -> str:
        """Make one identity of several; the first gives its name. Return the identity that stays."""
        ...

    def propose_split(self, identity: str) -> tuple[Rows, Rows]:
        """Return the two halves an identity would fall into; the first stays."""
        ...

    def split(self, identity: str, rows: ArrayLike) -> str:
        """Make a new identity of some faces of another and return it."""
        ...

    def move(self, rows: ArrayLike, identity: str | None, name: str = "") -> str:
        """Put faces into an identity, or into a new one (None), called ``name`` if given; return it."""
        ...

    def not_a_face(self, rows: ArrayLike) -> object:
        """Set rows aside that show no face."""
        ...

    def unknown(self, rows: ArrayLike) -> object:
        """Set faces aside that nobody can name."""
        ...

    def release(self, rows: ArrayLike) -> object:
        """Take decisions about faces back: the grouping decides again."""
        ...

    def confirm(self, rows: ArrayLike, identity: str) -> object:
        """Say that faces are of an identity."""
        ...

    def reject(self, rows: ArrayLike, identity: str) -> object:
        """Say that faces are not of an identity."""
        ...

    def undo(self) -> str | None:
        """Take the last step back and return its verb, None where there is none."""
        ...

    def redo(self) -> str | None:
        """Do again what was taken back and return its verb, or None."""
        ...

    def suggest(self, identity: str, k: int = 12) -> "pd.DataFrame":
        """Return free faces that look like an identity, best first: row, confidence [0, 1]."""
        ...

    def review(self) -> "pd.DataFrame":
        """Return doubts, worst first: kind, identity, other, row, other_row, similarity, why, leaving.

        ``other`` may be ``identity``; ``leaving`` are the rows that are not, if the answer is no. What was
        answered is left out.
        """
        ...


ASIDE = ("not a face", "unknown")
"""States of faces that take no part in the grouping."""


@dataclass(frozen=True, eq=False)
class IdentityIndex:
    """The identities, largest first, and the place of every face among them.

    ``people``: the book's table of identities; ``place`` (N,) int32: position in ``people`` of each face, -1
    for none; ``alone`` and ``aside``: faces in no identity, and faces set aside, the best first and what may
    be no face last.
    """

    people: "pd.DataFrame"
    place: NDArray[np.int32]
    alone: Rows
    aside: Rows
    _order: Rows
    _starts: NDArray[np.int64]

    @classmethod
    def of(cls, book: IdentityBook) -> "IdentityIndex":
        """Read the book once."""
        people, frame = book.identities.reset_index(drop=True), book.frame
        place = _places(frame["identity"].to_numpy(), people["identity"].to_numpy())
        aside = frame["state"].isin(ASIDE).to_numpy()
        place[aside] = -1
        best_first = (-frame["quality"].to_numpy(np.float32), ~frame["sure"].to_numpy(np.bool_))
        order = np.lexsort((*best_first, place)).astype(np.int32)
        nobody = order[place[order] < 0]
        starts = np.searchsorted(place[order], np.arange(len(people) + 1))
        return cls(people, place, nobody[~aside[nobody]], nobody[aside[nobody]], order, starts)

    def best(self, position: int, k: int) -> list[int]:
        """Return up to ``k`` faces of an identity: the cover, then the best."""
        cover = int(self.people["cover"].iloc[position])
        start, stop = self._starts[position], self._starts[position + 1]
        others = self._order[start : min(stop, start + k)].tolist()
        return list(dict.fromkeys([cover, *others]))[:k]

    def person(self, position: int) -> dict[str, Any]:
        """Return identity, name, faces, images and kept of an identity as plain values."""
        person = self.people.iloc[position]
        return {
            "identity": str(person["identity"]),
            "name": str(person["name"]),
            "faces": int(person["faces"]),
            "images": int(person["images"]),
            "kept": bool(person["kept"]),
        }

    def position(self, identity: str) -> int:
        """Return the position of an identity, -1 where there is none (any more)."""
        found = np.flatnonzero(self.people["identity"].to_numpy() == identity)
        return int(found[0]) if found.size else -1

    def heir(self, identity: str, before: "IdentityIndex") -> str:
        """Return the identity that most faces of an earlier one have now, "" for none.

        An identity that stands keeps its id; one the analyst decides about for the first time gets another.
        """
        if self.position(identity) >= 0:
            return identity
        places = (
            self.place[before.place == before.position(identity)] if before.position(identity) >= 0 else ()
        )
        counts = np.bincount([place for place in places if place >= 0], minlength=1)
        return str(self.people["identity"].iloc[counts.argmax()]) if counts.any() else ""

    def found(self, text: str, which: str) -> NDArray[np.intp]:
        """Return positions of the identities whose name holds ``text``, largest first.

        ``which``: "all", "named" or "unnamed".
        """
        names = self.people["name"].astype(str).map(lookup_form)
        fits = names.str.contains(lookup_form(text), regex=False).to_numpy(bool)
        if which != "all":
            fits = fits & ((names.str.len() > 0).to_numpy() == (which == "named"))
        return np.flatnonzero(fits)

    def count_at(self, rows: Rows) -> dict[str, int]:
        """Return how many of ``rows`` each identity has, the most first, two hundred identities at most."""
        places = self.place[rows]
        counts = np.bincount(places[places >= 0], minlength=len(self.people))
        most = np.argsort(-counts, kind="stable")[:200]
        ids = self.people["identity"]
        return {str(ids.iloc[position]): int(counts[position]) for position in most if counts[position]}


class Numbers:
    """A number for each identity ever seen, as long as a panel lives: its colour and its label on the map."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def of(self, identity: str) -> int:
        """Return the number of an identity, a new one the first time."""
        return self._numbers.setdefault(identity, len(self._numbers))

    def pass_on(self, before: IdentityIndex, now: IdentityIndex) -> None:
        """Give the number of an identity that is gone to the one that has its cover now."""
        there, ids = set(now.people["identity"]), now.people["identity"].to_numpy()
        for identity, cover in zip(before.people["identity"], before.people["cover"], strict=True):
            place = now.place[int(cover)]
            if identity not in there and place >= 0:
                self._numbers.setdefault(str(ids[place]), self.of(str(identity)))

    def labels(self, index: IdentityIndex) -> NDArray[np.int32]:
        """Return the number (N,) of each face's identity, -1 for none."""
        numbers = [self.of(str(identity)) for identity in index.people["identity"]]
        return np.array([*numbers, -1], np.int32)[index.place]

    def names(self, index: IdentityIndex) -> list[str]:
        """Return what each number is called."""
        people = index.people
        numbers = [self.of(str(identity)) for identity in people["identity"]]
        names = [f"person {number + 1}" for number in range(len(self._numbers))]
        for number, name in zip(numbers, people["name"], strict=True):
            names[number] = str(name) or names[number]
        return names


def _places(identities: NDArray[np.object_], ids: NDArray[np.object_]) -> NDArray[np.int32]:
    position = {identity: place for place, identity in enumerate(ids)}
    return np.fromiter((position.get(identity, -1) for identity in identities), np.int32, len(identities))
