"""Searching only what has a tag, or was taken in a span of time."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

import workbench as wb
from tests.helpers.dated_photos import write_dated
from workbench.errors import QueryError
from workbench.search.questions import span_of

TIMES = ["2018-12-31 23:59:59", "2019-01-01 00:00:00", "2019-05-31 14:30:00", "2020-02-29 12:00:00", None]


@pytest.fixture
def case(tmp_path: Path) -> wb.Case:
    """Five photos, the last without a time; the second and third are evidence."""
    for number, time in enumerate(TIMES):
        when = datetime.fromisoformat(time) if time else None
        write_dated(tmp_path / f"photos/{number}.jpg", (50 * number, 90, 200 - 40 * number), when, None)
    case = wb.open(tmp_path / "photos", case=tmp_path / "case", model="fake")
    case.ingest(progress=False)
    case.tag([1, 2], "evidence")
    case.tag([2, 3], "seen twice")
    return case


@pytest.mark.parametrize(
    ("asked", "rows"),
    [
        ("red taken:2019", {1, 2}),
        ("red taken:2019-05", {2}),
        ("red taken:2019-05-31T14", {2}),
        ("red taken:2018..2019", {0, 1, 2}),
        ("red taken:2019-06..", {3}),
        ("red taken:..2019-01-01", {0, 1}),
        ("red -taken:2019", {0, 3, 4}),
        ("red tag:evidence", {1, 2}),
        ("tag:evidence", {1, 2}),
        ('red tag:evidence -tag:"seen twice"', {1}),
        ("red tag:evidence taken:2019-05", {2}),
    ],
)
def test_only_what_fits_is_found_and_the_query_says_so(case: wb.Case, asked: str, rows: set[int]) -> None:
    hits = case.ask(asked)

    assert set(hits.rows.tolist()) == rows
    assert hits.query == asked


def test_the_same_in_python(case: wb.Case) -> None:
    hits = case.search("red", tag=["evidence", "seen twice"], taken="2019")

    assert hits.rows.tolist() == [2]
    assert hits.query == 'red tag:evidence tag:"seen twice" taken:2019'
    assert set(case.search("red", tag="evidence").rows) == {1, 2}
    case.untag([1], "evidence")
    assert set(case.search("red", tag="evidence").rows) == {2}


@pytest.mark.parametrize("span", ["2019", "2019-05", "2019-05-31", "2019-05-31T14", "2019-05-31T14:30"])
def test_a_span_ends_where_the_next_begins(span: str) -> None:
    start, end = span_of(span)
    following = span_of(str(np.datetime64(span) + 1))

    assert start < end == following[0]
    assert span_of(f"{span}..{span}") == (start, end)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("red taken:yesterday", "Invalid time.*2019-05"),
        ("red taken:2019-02-30", "Invalid time"),
        ("red taken:..", "Invalid time"),
        ("red taken:2020..2019", "ends before it begins"),
        ("red tag:nothing", "No image has the tag.*evidence"),
        ("red tag:evidence^2", "cannot have a weight"),
    ],
)
def test_what_cannot_be_is_told(case: wb.Case, asked: str, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        case.ask(asked)


def test_no_tag_at_all_says_how_to_give_one(tmp_path: Path) -> None:
    write_dated(tmp_path / "photos/a.jpg", (1, 2, 3), None, None)
    case = wb.open(tmp_path / "photos", case=tmp_path / "case", model="fake")
    case.ingest(progress=False)

    with pytest.raises(QueryError, match=r"case\.tag\("):
        case.ask("red tag:evidence")
    assert not len(case.ask("red taken:2019"))
