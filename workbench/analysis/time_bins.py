"""Times counted in bins of the calendar, from decades to hours; a million of them in milliseconds."""

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from workbench.errors import QueryError

Moments = NDArray[np.datetime64]
Unit = Literal["decade", "year", "month", "week", "day", "hour"]

UNITS: tuple[Unit, ...] = get_args(Unit)
"""Bins of the calendar, the longest first. Weeks begin on Monday, decades with a year ending in 0."""

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

_TICKS: tuple[tuple[Unit, int], ...] = (
    *(("hour", 1), ("hour", 3), ("hour", 6), ("hour", 12), ("day", 1), ("week", 1), ("month", 1)),
    *(("month", 3), ("year", 1), ("year", 2), ("year", 5), ("decade", 1), ("decade", 2), ("decade", 5)),
)
_COARSEST: tuple[Unit, int] = ("decade", 10)


def index(times: Moments, unit: Unit) -> NDArray[np.int64]:
    """Return the number of the bin of each time; bins that follow each other are numbered so."""
    match unit:
        case "decade":
            return (_whole(times, "Y") + 1970) // 10
        case "year":
            return _whole(times, "Y")
        case "month":
            return _whole(times, "M")
        case "week":
            return (_whole(times, "D") + 3) // 7  # 1970 began on a Thursday
        case "day":
            return _whole(times, "D")
        case "hour":
            return _whole(times, "h")
    raise QueryError(f"Unknown unit {unit!r} for time bins.", f"Use one of {', '.join(UNITS)}.")


def starts(numbers: NDArray[np.int64], unit: Unit) -> Moments:
    """Return when the bins of these numbers begin, to the second; the inverse of `index`."""
    match unit:
        case "decade":
            return _moments(numbers * 10 - 1970, "Y")
        case "year":
            return _moments(numbers, "Y")
        case "month":
            return _moments(numbers, "M")
        case "week":
            return _moments(numbers * 7 - 3, "D")
        case "day":
            return _moments(numbers, "D")
        case "hour":
            return _moments(numbers, "h")
    raise QueryError(f"Unknown unit {unit!r} for time bins.", f"Use one of {', '.join(UNITS)}.")


def bins(start: np.datetime64, end: np.datetime64, unit: Unit) -> int:
    """Return how many bins meet the span from ``start`` to just before ``end``."""
    first, last = _ends(start, end, unit)
    return last - first + 1


def edges(start: np.datetime64, end: np.datetime64, unit: Unit) -> Moments:
    """Return the B + 1 edges of the bins that meet the span from ``start`` to just before ``end``."""
    first, last = _ends(start, end, unit)
    return starts(np.arange(first, last + 2), unit)


def finest(start: np.datetime64, end: np.datetime64, most: int) -> Unit:
    """Return the shortest bins of which at most ``most`` meet a span; decades where none are few enough."""
    fitting = [unit for unit in UNITS if bins(start, end, unit) <= most]
    return fitting[-1] if fitting else "decade"


def name(moment: np.datetime64, unit: Unit, *, short: bool = False) -> str:
    """Return what the bin that begins at a moment is called; ``short`` names fit under an axis."""
    date, _, clock = str(moment.astype("datetime64[s]")).partition("T")
    year, month, day = (int(part) for part in date.rsplit("-", 2))
    if unit == "decade":
        return f"{year}s"
    if unit == "year":
        return f"{year}"
    words = MONTHS[month - 1][:3] if short else MONTHS[month - 1]
    if unit == "month":
        return f"{words} {year}"
    if unit == "hour" and short and clock[:2] != "00":
        return clock[:5]
    if unit == "hour" and not short:
        return f"{day} {words} {year}, {clock[:5]}"
    return f"{'week of ' if unit == 'week' and not short else ''}{day} {words} {year}"


def ticks(begin: Moments, bins_are: Unit, most: int = 12) -> list[tuple[int, str]]:
    """Return up to ``most`` positions among the bins that begin at ``begin`` (B,), and short names for them.

    They lie where a longer unit of the calendar begins: a year among months, midnight among hours.
    """
    for unit, step in _TICKS:
        if UNITS.index(unit) > UNITS.index(bins_are):
            continue
        at = _turns(begin, unit, step)
        if len(at) <= most:
            break
    else:
        unit, step = _COARSEST
        at = _turns(begin, unit, step)
    return [(int(i), name(begin[i], unit, short=True)) for i in at[:: -(-len(at) // most) or 1]]


class Times:
    """When each of N rows was taken, sorted once, so that any span is counted without another look at all.

    ``values``: (N,) datetime64, NaT where unknown; seconds are kept.
    """

    def __init__(self, values: Moments) -> None:
        self.values = np.asarray(values).astype("datetime64[s]")
        known = np.isnat(self.values)
        self.unknown: NDArray[np.int32] = np.flatnonzero(known).astype(np.int32)
        order = np.argsort(self.values, kind="stable")  # NaT comes last
        self._order = order[: len(order) - len(self.unknown)].astype(np.int32)
        self._sorted = self.values[self._order]

    def __len__(self) -> int:
        return len(self._order)

    @property
    def span(self) -> tuple[np.datetime64, np.datetime64]:
        """The first known time, and the second after the last; there must be one."""
        return self._sorted[0], self._sorted[-1] + np.timedelta64(1, "s")

    def between(self, start: np.datetime64, end: np.datetime64) -> NDArray[np.int32]:
        """Return the rows from ``start`` to just before ``end``, by time."""
        low, high = np.searchsorted(self._sorted, np.array([start, end], "datetime64[s]"))
        return self._order[low:high]

    def counts(self, edges: Moments) -> NDArray[np.int64]:
        """Return how many rows lie between the edges (B + 1,) of bins: (B,)."""
        return np.diff(np.searchsorted(self._sorted, edges))

    def counts_of(self, rows: NDArray[np.integer], edges: Moments) -> NDArray[np.int64]:
        """Return how many of some rows lie between the edges (B + 1,) of bins: (B,)."""
        at = np.searchsorted(edges, self.values[rows], side="right") - 1  # NaT lies beyond the last edge
        inside = (at >= 0) & (at < len(edges) - 1)
        return np.bincount(at[inside], minlength=len(edges) - 1)


def _whole(times: Moments, unit: Literal["Y", "M", "D", "h"]) -> NDArray[np.int64]:
    return np.asarray(times).astype(f"datetime64[{unit}]").astype(np.int64)


def _moments(numbers: NDArray[np.int64], unit: Literal["Y", "M", "D", "h"]) -> Moments:
    return np.asarray(numbers).astype(f"datetime64[{unit}]").astype("datetime64[s]")


def _ends(start: np.datetime64, end: np.datetime64, unit: Unit) -> tuple[int, int]:
    """Return the numbers of the first and last bin of a span; an empty span is the bin it lies in."""
    last = max(start, end - np.timedelta64(1, "s"))
    first_bin, last_bin = index(np.array([start, last]), unit)
    return int(first_bin), int(last_bin)


def _turns(begin: Moments, unit: Unit, step: int) -> NDArray[np.int64]:
    """Return the positions at which a unit, or each ``step``-th, begins anew."""
    offset = 1970 if unit == "year" else 0
    number = (index(begin, unit) + offset) // step
    first = starts(index(begin[:1], unit), unit)[0] == begin[0] and (
        (index(begin[:1], unit)[0] + offset) % step == 0
    )
    turned = np.flatnonzero(np.diff(number)) + 1
    return np.concatenate([[0], turned]) if first else turned
