"""Moments: times as an analyst writes them."""

from typing import Any

import numpy as np

from workbench.errors import QueryError


def span_of(start: Any, end: Any) -> tuple[np.datetime64, np.datetime64]:
    """Read the ends of a span; raise QueryError for what is no time, and where the second is not later."""
    first, last = moment(start), moment(end)
    if last <= first:
        raise QueryError(
            f"The span from {text(first)} to {text(last)} is empty.", "Pass the earlier time first."
        )
    return first, last


def moment(value: Any) -> np.datetime64:
    """Read a time, to the second; raise QueryError for what is none. A zone is left out: the clock counts."""
    import pandas as pd

    try:
        read = pd.Timestamp(value)
    except (ValueError, TypeError) as error:
        raise QueryError(f"Invalid time {value!r}.", "Use YYYY, YYYY-MM-DD or YYYY-MM-DD HH:MM.") from error
    if pd.isna(read):
        raise QueryError("A time is missing.", "Use YYYY, YYYY-MM-DD or YYYY-MM-DD HH:MM.")
    return np.datetime64(read.tz_localize(None).isoformat(), "s")


def text(at: np.datetime64) -> str:
    """Write a time as short as it can be read again."""
    written = str(at.astype("datetime64[s]")).replace("T", " ")
    return written.removesuffix(" 00:00:00").removesuffix(":00")
