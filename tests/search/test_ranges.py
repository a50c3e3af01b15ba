"""Hits in videos as events and as a table of ranges, which is safe to write as CSV."""

import csv
import io

import numpy as np
import pandas as pd
import pytest

from workbench.image_id import make
from workbench.search.hits import Hits
from workbench.search.ranges import COLUMNS, RangeTable, clock, frames_of, timecode

FILE, OTHER = "ab" * 32, "cd" * 32
NAME = "=cmd|' /C calc'!A0/clip.mp4"
LOW = 0.1


def images():
    frames = [(make(FILE, t=float(t)), NAME) for t in range(10)]
    frames += [(make(OTHER, t=10.5), "b.mp4"), (make(OTHER, t=9.0), "b.mp4")]
    rows = [("ee" * 32, "photo.jpg"), *frames, (make("ff" * 32, page=2), "doc.pdf")]
    return pd.DataFrame(rows, columns=["image_id", "path"]).assign(width=40, height=30)


def hits(scores, k=None):
    table, fit = images(), np.asarray(scores, np.float32)
    rows = np.argsort(-fit, kind="stable")[:k].astype(np.int32)
    rows = rows[fit[rows] > 0.2]
    return Hits(rows, fit[rows], fit[rows], table, "a boat", all_scores=lambda: fit)


@pytest.fixture
def found():
    scores = [0.9, LOW, LOW, 0.4, 0.5, 0.45, LOW, LOW, 0.3, LOW, LOW, 0.1, 0.6, 0.7]
    return hits(scores)


def test_events_are_ranges_in_videos_best_first_and_photos_and_pages_are_none(found):
    assert [(event.video, event.start, event.end) for event in found.events] == [
        ("b.mp4", 9.0, 10.5),
        (NAME, 2.0, 5.0),
        (NAME, 7.0, 8.0),
    ]
    event = found.events[1]
    assert event.rows.tolist() == [3, 4, 5]
    assert event.times.tolist() == [2.0, 3.0, 4.0]
    assert event.scores == pytest.approx([0.4, 0.5, 0.45])
    assert (event.best, event.score) == (4, pytest.approx(0.5))
    assert event.label == "0:02-0:05, 3 frames"


def test_the_table_of_ranges_has_timecodes_and_the_best_frame(found):
    table = found.ranges
    assert list(table.columns) == COLUMNS
    row = table.iloc[1]
    assert (row["start"], row["start_timecode"], row["end_timecode"]) == (2.0, "0:00:02.000", "0:00:05.000")
    assert (row["image_id"], row["frames"]) == (make(FILE, t=3.0), 3)
    assert table["score"].tolist() == pytest.approx([0.6, 0.5, 0.3])
    assert hits([0.9, *[LOW] * 13]).ranges.empty


def test_the_frames_of_an_event_beyond_the_limit_of_the_search_belong_to_it():
    scores = [LOW, LOW, LOW, 0.4, 0.5, 0.45, *[LOW] * 8]
    assert hits(scores, k=1).events[0].rows.tolist() == [3, 4, 5]


def test_no_cell_of_the_csv_is_a_formula(found, tmp_path):
    written = found.ranges.to_csv()
    found.ranges.to_csv(tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text() == written
    rows = list(csv.DictReader(io.StringIO(written)))
    assert [row["video"] for row in rows] == ["b.mp4", f"'{NAME}", f"'{NAME}"]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_a_part_of_the_table_is_as_safe(found):
    part = found.ranges[["video", "start"]].sort_values("start").head(1)
    assert isinstance(part, RangeTable)
    assert "\n'=cmd" in part.to_csv()
    assert part.to_csv(index=True, sep=";").startswith(";video;start\n")


def test_frames_lie_in_time_order_whatever_the_order_of_the_rows():
    assert frames_of(images())[OTHER].tolist() == [12, 11]
    assert frames_of(images(), np.array([0, 3])).keys() == {FILE}
    assert frames_of(images().iloc[:1]) == {}


@pytest.mark.parametrize(
    ("seconds", "code", "short"),
    [
        (0, "0:00:00.000", "0:00"),
        (12.04, "0:00:12.040", "0:12"),
        (59.9996, "0:01:00.000", "0:59"),
        (3725.5, "1:02:05.500", "1:02:05"),
        (36_000, "10:00:00.000", "10:00:00"),
    ],
)
def test_times_are_written_as_editors_read_them(seconds, code, short):
    assert (timecode(seconds), clock(seconds)) == (code, short)


def test_hits_without_scores_of_the_rest_make_events_of_hits_alone():
    table = images()
    rows = np.array([4, 5, 9], np.int32)
    scores = np.array([0.5, 0.4, 0.3], np.float32)
    found = Hits(rows, scores, scores, table, "text:x")
    assert [event.rows.tolist() for event in found.events] == [[4, 5], [9]]
