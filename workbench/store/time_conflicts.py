"""Where the times of a photo disagree: the camera's clock, what its file name says, and the file's own time.

A camera's clock and most names have no zone, and the time of a file is UTC. Such two are compared as if the
zone were the whole number of hours, up to 14 either way, that makes them most alike: two that differ by 2 h
and 3 s are 3 s apart. Where they are more than 14.5 h apart no zone explains it, and all of it counts.
"""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_DATE = r"(?:^|[^0-9])(?P<year>(?:19|20)[0-9]{2})[-_.]?(?P<month>[0-9]{2})[-_.]?(?P<day>[0-9]{2})"
_CLOCK = (
    r"(?: at |[-_ T]|, )(?P<hour>[0-9]{1,2})[-_.:]?(?P<minute>[0-5][0-9])[-_.:]?(?P<second>[0-5][0-9])"
    r"[0-9]{0,3}(?:[ \x{202f}]?(?P<half>[AaPp])[Mm])?(?:[^0-9]|$)"
)
_NAME = r"(?P<name>[^/]*)$"
_FARTHEST = 14.5 * 3600  # seconds that a zone and half an hour explain
_DAY = 86_400.0
Seconds = NDArray[np.float64]
"""Since 1970 by some clock; NaN where it says nothing."""


def time_conflicts(images: pd.DataFrame) -> pd.Series:
    """Return for each image by how many seconds its times differ at most; NaN with fewer than two of them.

    ``images``: path, mtime (UTC), taken_at, taken_zone (minutes). The three times compared:

    - ``taken_at``, with its zone where that is known;
    - the date and time in the file name (``IMG_20210304_050607``, ``Screenshot_2021-03-04-05-06-07``,
      ``2021-03-04 05.06.07``, ``WhatsApp Image 2021-03-04 at 05.06.07``), by the camera's clock, but UTC
      after ``PXL_``; a date alone (``VID-20210304-WA0001``) agrees with any time of that day;
    - ``mtime`` of the file.
    """
    taken = _seconds(images["taken_at"])
    zone = images["taken_zone"].to_numpy(float, na_value=np.nan) * 60
    changed = _seconds(images["mtime"])
    first, last, utc = in_names(images["path"])
    taken_utc = taken - zone
    zoned = np.isfinite(zone)
    # What is known of a name in UTC: by the zone of the photo, where it has one that is not UTC itself.
    shift = np.where(utc, 0.0, np.where(zone != 0, zone, np.nan))
    differences = [
        np.where(zoned, np.abs(taken_utc - changed), _but_for_zone(taken - changed)),
        _outside(
            first, last, np.where(utc & zoned, taken_utc, taken), exact=~utc & ~(zone == 0) | (utc & zoned)
        ),
        _outside(
            first - np.nan_to_num(shift), last - np.nan_to_num(shift), changed, exact=np.isfinite(shift)
        ),
    ]
    with np.errstate(invalid="ignore"):
        most = np.fmax.reduce(differences) if len(images) else np.empty(0)
    return pd.Series(np.round(most), index=images.index, dtype="float64")


def in_names(paths: "pd.Series[str]") -> tuple[Seconds, Seconds, NDArray[np.bool_]]:
    """Return from when to when the names of files say, NaN for nothing, and whether that is UTC."""
    names = pc.struct_field(pc.extract_regex(pa.array(paths, pa.string()), _NAME), "name")
    exact = pc.extract_regex(names, _DATE + _CLOCK)
    date = pc.extract_regex(names, _DATE + "(?:[^0-9]|$)")
    first, whole = _day(exact) + _clock(exact), _day(date)
    start = np.where(np.isfinite(first), first, whole)
    end = np.where(np.isfinite(first), first, whole + _DAY)
    utc = pc.fill_null(pc.starts_with(names, "PXL_"), False).to_numpy(zero_copy_only=False)
    return start, end, utc & np.isfinite(first)


def _number(found: pa.StructArray, name: str) -> Seconds:
    texts = pc.struct_field(found, name)
    known = pc.and_kleene(pc.is_valid(texts), pc.not_equal(texts, ""))
    numbers = pc.cast(pc.if_else(known, texts, None), pa.float64())
    return np.asarray(numbers.to_numpy(zero_copy_only=False), np.float64)


def _day(found: pa.StructArray) -> Seconds:
    """Return when the day of a name begins; NaN for one that no calendar has."""
    year, month, day = (_number(found, name) for name in ("year", "month", "day"))
    with np.errstate(invalid="ignore"):
        good = (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    months = np.where(good, (year - 1970) * 12 + month - 1, 0).astype(np.int64).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + np.where(good, day - 1, 0).astype(np.int64)
    good &= days.astype("datetime64[M]") == months
    return np.where(good, days.astype("datetime64[s]").astype(np.float64), np.nan)


def _clock(found: pa.StructArray) -> Seconds:
    """Return seconds since the day began."""
    hour, minute, second = (_number(found, name) for name in ("hour", "minute", "second"))
    half = pc.fill_null(pc.utf8_lower(pc.struct_field(found, "half")), "").to_numpy(zero_copy_only=False)
    hour = np.where((half == "p") & (hour < 12), hour + 12, np.where((half == "a") & (hour == 12), 0, hour))
    return np.where(hour < 24, hour * 3600 + minute * 60 + second, np.nan)


def _seconds(times: "pd.Series[pd.Timestamp]") -> Seconds:
    at = times.to_numpy("datetime64[s]")
    return np.where(np.isnat(at), np.nan, at.astype(np.int64).astype(np.float64))


def _but_for_zone(difference: Seconds) -> Seconds:
    """Return how far two times are apart but for a zone of whole hours."""
    apart = np.abs(difference)
    hours = np.round(apart / 3600) * 3600
    return np.where(apart <= _FARTHEST, np.abs(apart - hours), apart)


def _outside(first: Seconds, last: Seconds, at: Seconds, *, exact: NDArray[np.bool_]) -> Seconds:
    """Return how far a time lies outside a span, 0 within; but for a zone where it is not ``exact``."""
    with np.errstate(invalid="ignore"):
        apart = np.maximum(first - at, 0) + np.maximum(at - last, 0)
        by_zone = np.where(last > first, np.where(apart <= _FARTHEST, 0.0, apart), _but_for_zone(apart))
    return np.where(exact, apart, by_zone)
