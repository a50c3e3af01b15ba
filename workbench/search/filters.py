"""Filters: the rows of images that have a tag, and of those that were taken in a span of time."""

import re
from typing import TYPE_CHECKING

import numpy as np

from workbench.analysis.rows import Rows
from workbench.errors import QueryError

if TYPE_CHECKING:
    import pandas as pd

_DATE = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d(:\d\d(:\d\d)?)?)?)?)?")
_HOW = (
    "Write a year, month, day or time, or a span of two: 2019, 2019-05, 2019-05-31..2020, 2020.. or ..2019."
)


def tagged(tag: str, tags: "pd.DataFrame", ids: "pd.Series[str]") -> Rows:
    """Return the rows of the ``ids`` that have a tag; raise QueryError for one that nothing has."""
    known = sorted(set(tags["tag"]))
    if tag not in known:
        which = f"Use one of {', '.join(known[:20])}." if known else "Give it with `case.tag(images, tag)`."
        raise QueryError(f"No image has the tag {tag!r}.", which)
    return np.flatnonzero(ids.isin(tags.loc[tags["tag"] == tag, "sample_id"])).astype(np.int32)


def taken(span: str, times: "pd.Series[pd.Timestamp]") -> Rows:
    """Return the rows taken within a ``span``, its last year, month or day included; never those untimed.

    Raises QueryError for a span that cannot be read or is empty.
    """
    first, last = span_of(span)
    at = times.to_numpy("datetime64[s]")
    return np.flatnonzero((at >= first) & (at < last)).astype(np.int32)


def span_of(span: str) -> tuple[np.datetime64, np.datetime64]:
    """Return from when (inclusive) to when (exclusive) a span lasts, in seconds by the camera's clock."""
    first, dots, last = span.partition("..")
    if not (first or last):
        raise QueryError(f"Invalid time {span!r}.", _HOW)
    start = _moment(first) if first else np.datetime64("0001", "s")
    end = _moment(last if dots else first, after=True) if last or not dots else np.datetime64("9999", "s")
    if end <= start:
        raise QueryError(
            f"Invalid time span {span!r}: it ends before it begins.", "Write the earlier time first."
        )
    return start, end


def _moment(text: str, after: bool = False) -> np.datetime64:
    """Return when a year, month, day or time begins, or when it is over."""
    try:
        if _DATE.fullmatch(text) is None:
            raise ValueError(text)
        at: np.datetime64 = (np.datetime64(text) + int(after)).astype("datetime64[s]")
        return at
    except ValueError as error:
        raise QueryError(f"Invalid time {text!r}.", _HOW) from error
