"""Selection: all that panels share. Rows are selected, one row has the focus, a query has hits."""

from collections import deque
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from traitlets import HasTraits, Instance, Int, TraitError, TraitType, Undefined, Unicode, validate

from workbench.analysis.rows import Mode, combine, normalise
from workbench.errors import QueryError
from workbench.image_id import file_id, title
from workbench.search.hits import Hits

if TYPE_CHECKING:
    import pandas as pd

Rows = NDArray[np.int32]

STEPS = 30
"""Changes that can be undone."""


class RowsTrait(TraitType[Any, Any]):
    """A trait that holds rows: sorted, unique, read-only int32, compared before observers are notified.

    Comparing before notifying stops echoes: any number of panels linked both ways draw once.
    """

    info_text = "row numbers of the table (a list, an array, a boolean mask or a pandas index)"

    def validate(self, obj: Any, value: Any) -> Rows:
        """Return ``value`` as rows of ``obj.table``; raise TraitError for a row that does not exist."""
        try:
            return normalise(value, len(obj.table))
        except QueryError as error:
            raise TraitError(str(error)) from error

    def set(self, obj: Any, value: Any) -> None:
        """Store and notify only when the rows differ from those now held."""
        name = str(self.name)
        old = obj._trait_values.get(name)
        new = self.validate(obj, value)
        obj._trait_values[name] = new
        same = isinstance(old, np.ndarray) and np.array_equal(old, new)
        if not same:
            obj._notify_trait(name, Undefined if old is None else old, new)


class Selection(HasTraits):
    """What is selected among the rows of ``table``; set any trait from Python and every panel follows.

    ``rows``: selected rows, sorted int32; ``focus``: the one row looked at, or None; ``hits``: the answer to
    the last query, or None; ``marked``: rows that belong to what is selected elsewhere (see ``mark``);
    ``parent``: the digest of the saved selection that this one was made from ("" for none).
    """

    rows = RowsTrait()
    marked = RowsTrait()
    focus = Int(None, allow_none=True)
    hits = Instance(Hits, allow_none=True)
    parent = Unicode("")

    def __init__(self, table: "pd.DataFrame") -> None:
        if not hasattr(table, "iloc"):
            what = f"The table of a Selection must be a DataFrame, not {type(table).__name__}."
            raise QueryError(what, "Use wb.Selection(case.images).")
        self.table = table
        super().__init__()
        self.rows, self.marked = (), ()
        self._past: deque[Rows] = deque(maxlen=STEPS)
        self._future: deque[Rows] = deque(maxlen=STEPS)
        self._stepping = False
        self._lines: list[str] = []
        self._made: Rows = self.rows
        self.observe(self._remember, "rows")

    @validate("focus")
    def _check_focus(self, proposal: Any) -> int | None:
        row: int | None = proposal["value"]
        if row is not None and not 0 <= row < len(self.table):
            last = len(self.table) - 1
            raise TraitError(
                f"Row {row} does not exist. "
                + (f"Use 0 to {last}." if last >= 0 else "The table has no rows.")
            )
        return row

    @property
    def frame(self) -> "pd.DataFrame":
        """The selected rows as a DataFrame; its index is the row."""
        frame: pd.DataFrame = self.table.iloc[self.rows]
        return frame

    @property
    def found(self) -> Rows:
        """The rows of the hits, best first; none where nothing was asked."""
        return np.empty(0, np.int32) if self.hits is None else self.hits.rows

    @property
    def ids(self) -> list[str]:
        """The ids of the selected images or faces: what to keep, because rows change when the case grows."""
        column = "face_id" if "face_id" in self.table else "image_id"
        return [str(sample_id) for sample_id in self.frame[column]]

    def title(self, row: int) -> str:
        """Return what people read of a row: the path of its file, with the page or time of a part of it."""
        found = self.table.iloc[row]
        return title(str(found["path"]), str(found.get("image_id", "")))

    def same_file(self, row: int) -> range:
        """Return the rows of the images that lie in the file of a row, the pages of a document in order.

        A motion photo comes before the frames of its video.
        """
        if "image_id" not in self.table or "face_id" in self.table:
            return range(row, row + 1)
        ids = self.table["image_id"]
        known, start, stop = file_id(str(ids.iloc[row])), row, row + 1
        while start and file_id(str(ids.iloc[start - 1])) == known:
            start -= 1
        while stop < len(ids) and file_id(str(ids.iloc[stop])) == known:
            stop += 1
        return range(start, stop)

    def row(self, sample_id: str) -> int:
        """Return the row of an image, or of a face, by its id. Raises QueryError where it is not there."""
        column = "face_id" if "face_id" in self.table else "image_id"
        found = np.flatnonzero(self.table[column].to_numpy() == str(sample_id))
        if not len(found):
            raise QueryError(f"There is no {column} {sample_id!r} here.", "It may be gone since.")
        return int(found[0])

    def change(self, rows: ArrayLike, mode: Mode = "replace", code: str = "") -> None:
        """Replace, add to, remove from or intersect the selection: ``mode`` is the verb.

        ``code`` is a line of Python that does the same, for `code`.
        """
        changed = combine(self.rows, rows, mode, len(self.table))
        before = [] if mode == "replace" or not self._is_as_made() else self._lines
        self.rows = changed
        self._lines, self._made = [*before, code] if code else [], self.rows

    def code(self, place: str) -> str:
        """Return the Python that made what is selected, where its last line calls something in ``place``.

        It is "" for another place, and once something else is selected.
        """
        last = self._lines[-1] if self._lines else ""
        return "\n".join(self._lines) if last.startswith(f"{place}.") and self._is_as_made() else ""

    def _is_as_made(self) -> bool:
        return bool(np.array_equal(self.rows, self._made))

    def clear(self) -> None:
        """Select nothing."""
        self.rows = ()

    def invert(self) -> None:
        """Select what is not selected."""
        mask = np.ones(len(self.table), bool)
        mask[self.rows] = False
        self.rows = mask

    def undo(self) -> bool:
        """Select what was selected before the last change; say whether there was one to undo."""
        return self._step(self._past, self._future)

    def redo(self) -> bool:
        """Select again what was undone last, until something else is selected; say whether there was any."""
        return self._step(self._future, self._past)

    @property
    def can_undo(self) -> bool:
        """Whether a change can be undone; the last `STEPS` can."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether something was undone and nothing selected since."""
        return bool(self._future)

    def _remember(self, change: Any) -> None:
        if not self._stepping:
            self._past.append(change["old"])
            self._future.clear()

    def _step(self, back: "deque[Rows]", forth: "deque[Rows]") -> bool:
        if not back:
            return False
        forth.append(self.rows)
        self._stepping = True
        try:
            self.rows = back.pop()
        finally:
            self._stepping = False
        return True

    def follow(self, other: "Selection", through: ArrayLike) -> None:
        """Select and look at what belongs to the rows of ``other``, each time those change.

        ``through`` (M,) int gives the row here of each row there, -1 for none. One way only: two ways would
        widen the selection with every step (one face, its image, all faces of that image, ...).
        """
        row_of = _links(other, through, len(other.table) if isinstance(other, Selection) else 0)

        def select(_: object) -> None:
            rows = np.unique(row_of[other.rows])
            self.rows = rows[rows >= 0]

        def look(_: object) -> None:
            if other.focus is not None and row_of[other.focus] >= 0:
                self.focus = int(row_of[other.focus])

        other.observe(select, "rows")
        other.observe(look, "focus")

    def mark(self, other: "Selection", through: ArrayLike) -> None:
        """Mark the rows here whose row there is selected, each time that changes; selects nothing.

        ``through`` (N,) int gives the row there of each row here, -1 for none.
        """
        row_of = _links(other, through, len(self.table))
        other.observe(lambda _: setattr(self, "marked", np.isin(row_of, other.rows)), "rows")

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"<Selection of {len(self)} of {len(self.table)} rows, focus {self.focus}>"


def _links(other: Any, through: ArrayLike, count: int) -> NDArray[np.int64]:
    """Return what links the rows of two selections, (count,) int64; raise QueryError for what does not."""
    if not isinstance(other, Selection):
        what = f"A Selection follows another Selection, not a {type(other).__name__}."
        raise QueryError(what, "Use for example selection.follow(desk.face_selection, image_rows).")
    try:
        rows = np.asarray(through)
    except ValueError:  # lists of several lengths
        rows = np.zeros((0, 0))
    if rows.shape != (count,) or (count and not np.issubdtype(rows.dtype, np.integer)):
        what = f"Invalid through: there must be {count} whole numbers, one for each row."
        raise QueryError(what, "Give the row that each row belongs to, -1 for none.")
    return rows.astype(np.int64)
