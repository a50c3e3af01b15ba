"""Bins of the calendar: every time is in exactly one, and they begin where a calendar says."""

import numpy as np
import pytest

from workbench.analysis import time_bins
from workbench.analysis.time_bins import UNITS, Times
from workbench.errors import QueryError


def at(text: str) -> np.datetime64:
    return np.datetime64(text, "s")


def random_times(count: int, seed: int = 0) -> np.ndarray:
    """Times of about forty years around 1970, a tenth of them unknown."""
    random = np.random.default_rng(seed)
    times = at("1950-01-01") + random.integers(0, 40 * 365 * 86400, count).astype("timedelta64[s]")
    times[random.random(count) < 0.1] = np.datetime64("NaT")
    return times


@pytest.mark.parametrize("unit", UNITS[:-1])
def test_every_known_time_is_counted_once(unit):
    times = Times(random_times(5000))
    edges = time_bins.edges(*times.span, unit)

    assert times.counts(edges).sum() == len(times)
    assert (times.counts_of(np.arange(5000), edges) == times.counts(edges)).all()
    assert len(times) + len(times.unknown) == 5000


@pytest.mark.parametrize("unit", UNITS)
def test_a_bin_begins_where_its_number_says(unit):
    moments = random_times(300)
    moments = moments[~np.isnat(moments)]
    number = time_bins.index(moments, unit)
    begin, end = time_bins.starts(number, unit), time_bins.starts(number + 1, unit)

    assert (begin <= moments).all()
    assert (moments < end).all()
    assert (time_bins.index(begin, unit) == number).all()


def test_weeks_begin_on_monday_and_decades_with_a_zero():
    weeks = time_bins.edges(at("1969-12-25"), at("1970-01-20"), "week")
    decades = time_bins.edges(at("1969-12-25"), at("1981-01-01"), "decade")

    assert [str(week)[:10] for week in weeks[:3]] == ["1969-12-22", "1969-12-29", "1970-01-05"]
    assert [str(decade)[:10] for decade in decades] == [
        "1960-01-01",
        "1970-01-01",
        "1980-01-01",
        "1990-01-01",
    ]


def test_the_bins_between_edges_are_the_rows_between_them():
    values = random_times(2000)
    times = Times(values)
    edges = time_bins.edges(*times.span, "year")
    rows = times.between(edges[3], edges[5])
    known = ~np.isnat(values)

    assert sorted(rows) == np.flatnonzero(known & (values >= edges[3]) & (values < edges[5])).tolist()
    assert len(rows) == times.counts(edges)[3:5].sum()


def test_the_finest_bins_are_the_finest_that_are_few_enough():
    start, end = at("2001-01-01"), at("2003-01-01")

    assert time_bins.finest(start, end, 800) == "day"
    assert time_bins.finest(start, end, 700) == "week"
    assert time_bins.finest(start, end, 1) == "decade"
    assert time_bins.bins(start, end, "day") == 730


def test_ticks_lie_where_a_longer_unit_begins():
    days = time_bins.edges(at("2019-12-25"), at("2020-03-05"), "day")[:-1]
    hours = time_bins.edges(at("2020-03-01"), at("2020-03-02"), "hour")[:-1]

    assert [(i, str(days[i])[:10]) for i, _ in time_bins.ticks(days, "day", 4)] == [
        (7, "2020-01-01"),
        (38, "2020-02-01"),
        (67, "2020-03-01"),
    ]
    assert time_bins.ticks(hours, "hour")[:2] == [(0, "1 Mar 2020"), (3, "03:00")]


@pytest.mark.parametrize(
    ("start", "end"), [("0001-01-01", "9999-12-31"), ("2020-02-29T10:00", "2020-02-29T10:00")]
)
def test_the_ends_of_the_calendar_and_a_single_moment_have_bins(start, end):
    unit = time_bins.finest(at(start), at(end), 400)
    edges = time_bins.edges(at(start), at(end), unit)
    ticks = time_bins.ticks(edges[:-1], unit)

    assert edges[0] <= at(start)
    assert edges[-1] > at(end)
    assert len(ticks) <= 12
    assert time_bins.name(edges[0], unit)


def test_a_bin_nobody_knows_is_refused():
    with pytest.raises(QueryError, match="century"):
        time_bins.edges(at("2020-01-01"), at("2021-01-01"), "century")  # type: ignore[arg-type]
