"""Cells of a CSV file that a spreadsheet takes for texts, whatever they begin with."""

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""With these (the last four in full width) a spreadsheet takes a cell for a formula: OWASP on injection."""
_BREAKS = frozenset("\r\n\t\v\f\x1c\x1d\x1e\x85\u2028\u2029")
"""What some program takes for the end of a row or cell."""


def safe_cell(text: str) -> str:
    """Return a cell of a CSV file: on one line, with an apostrophe before what looks like a formula."""
    plain = "".join(" " if letter in _BREAKS else letter for letter in text)
    return f"'{plain}" if plain.lstrip(" ").startswith(FORMULA) else plain


def safe_table(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Return a table whose texts are safe as cells of a CSV file; lists of texts become "a; b"."""
    return frame.assign(
        **{
            str(name): column.map(_safe_value)
            for name, column in frame.items()
            if not isinstance(column.dtype, np.dtype) or column.dtype == object
        }
    )


def _safe_value(value: Any) -> Any:
    if isinstance(value, str):
        return safe_cell(value)
    if isinstance(value, list | tuple | np.ndarray):
        return safe_cell("; ".join(map(str, value)))
    return value
