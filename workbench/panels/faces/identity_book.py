"""IdentityBook: what the Faces panel asks of whoever keeps the identities."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from numpy.typing import ArrayLike

from workbench.selection import Rows

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
