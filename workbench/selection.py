"""Selection: all that panels share. Rows are selected, one row has the focus, a query has hits."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from traitlets import HasTraits, Instance, Int, TraitError, TraitType, Undefined, validate

from workbench.analysis.rows import Mode, combine, normalise
from workbench.errors import QueryError
from workbench.hits import Hits

if TYPE_CHECKING:
    import pandas as pd

Rows = NDArray[np.int32]


class RowsTrait(TraitType[Any, Any]):
    """A trait that holds rows: sorted, unique, read-only int32, compared before anybody is told.

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
    the last query, or None.
    """

    rows = RowsTrait()
    focus = Int(None, allow_none=True)
    hits = Instance(Hits, allow_none=True)

    def __init__(self, table: "pd.DataFrame") -> None:
        self.table = table
        super().__init__()
        self.rows = ()

    @validate("focus")
    def _check_focus(self, proposal: Any) -> int | None:
        row: int | None = proposal["value"]
        if row is not None and not 0 <= row < len(self.table):
            raise TraitError(f"Row {row} does not exist. Use 0 to {len(self.table) - 1}.")
        return row

    @property
    def frame(self) -> "pd.DataFrame":
        """The selected rows as a DataFrame; its index is the row."""
        frame: pd.DataFrame = self.table.iloc[self.rows]
        return frame

    @property
    def ids(self) -> list[str]:
        """The image ids of the selected rows: what to keep, because rows change when the case grows."""
        return [str(image_id) for image_id in self.frame["image_id"]]

    def change(self, rows: ArrayLike, mode: Mode = "replace") -> None:
        """Replace, add to, remove from or intersect the selection: ``mode`` is the verb."""
        self.rows = combine(self.rows, rows, mode, len(self.table))

    def clear(self) -> None:
        """Select nothing."""
        self.rows = ()

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return f"<Selection of {len(self)} of {len(self.table)} rows, focus {self.focus}>"
