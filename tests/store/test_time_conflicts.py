"""By how much the times of a photo disagree: the camera's clock, the file's name, the file's own time."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from workbench.store.time_conflicts import in_names, time_conflicts

WHEN = datetime(2021, 3, 4, 5, 6, 7)
HOUR, DAY = 3600.0, 86_400.0


def conflict(
    path: str = "a.jpg", taken: datetime | None = WHEN, zone: int | None = None, mtime: datetime | None = WHEN
) -> float:
    images = pd.DataFrame(
        {
            "path": [path],
            "taken_at": pd.Series([taken], dtype="datetime64[us]"),
            "taken_zone": pd.Series([zone], dtype="float64"),
            "mtime": pd.Series([mtime], dtype="datetime64[us]").dt.tz_localize(UTC),
        }
    )
    return float(time_conflicts(images)[0])


@pytest.mark.parametrize(
    "name",
    [
        "IMG_20210304_050607.jpg",
        "IMG_20210304_050607_1.jpg",
        "MVIMG_20210304_050607.jpg",
        "20210304_050607.jpg",
        "20210304-050607(1).jpg",
        "PXL_20210304_050607123.jpg",
        "Screenshot_2021-03-04-05-06-07.png",
        "Screenshot_20210304-050607_Maps.png",
        "2021-03-04 05.06.07.jpg",
        "2021-03-04 05.06.07-2.jpg",
        "WhatsApp Image 2021-03-04 at 05.06.07.jpeg",
        "WhatsApp Image 2021-03-04 at 5.06.07 AM (1).jpeg",
        "Screen Shot 2021-03-04 at 5.06.07\u202fAM.png",
        "signal-2021-03-04-050607.jpg",
        "signal-2021-03-04-05-06-07-123.jpg",
        "holiday 2019-01-01/IMG_20210304_050607.jpg",
        "photo_2021-03-04T05:06:07.jpg",
    ],
)
def test_names_that_hold_a_time(name: str) -> None:
    first, last, utc = in_names(pd.Series([name]))

    assert first[0] == last[0] == WHEN.replace(tzinfo=UTC).timestamp()
    assert utc[0] == name.startswith("PXL_")


@pytest.mark.parametrize(
    "name", ["VID-20210304-WA0001.mp4", "IMG-20210304-WA0012.jpg", "2021-03-04.jpg", "a 2021.03.04 b"]
)
def test_names_that_hold_a_date(name: str) -> None:
    first, last, _ = in_names(pd.Series([name]))

    assert first[0] == datetime(2021, 3, 4, tzinfo=UTC).timestamp()
    assert last[0] - first[0] == DAY


@pytest.mark.parametrize(
    "name",
    [
        "DSC_0123.jpg",
        "DSC20210.jpg",
        "IMG_1234.jpg",
        "20210304x/DSC1.jpg",
        "120210304_050607.jpg",
        "20211304.jpg",
        "20210230_050607.jpg",
        "",
        "2021.jpg",
        "1614834367000.jpg",
    ],
)
def test_names_that_hold_none(name: str) -> None:
    assert np.isnan(in_names(pd.Series([name]))[0][0])


def test_an_afternoon_in_a_name() -> None:
    first, _, _ = in_names(
        pd.Series(["Screen Shot 2021-03-04 at 5.06.07 PM.png", "2021-03-04 at 12.06.07 AM"])
    )

    assert (first - datetime(2021, 3, 4, tzinfo=UTC).timestamp()).tolist() == [17 * HOUR + 367, 367]


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        (0, 0),
        (1, 0),
        (-5, 0),
        (14, 0),
        (-14, 0),
        (2 + 3 / HOUR, 3),
        (5.5, HOUR / 2),
        (15, 15 * HOUR),
        (48, 2 * DAY),
    ],
)
def test_a_zone_of_whole_hours_explains_the_time_of_the_file(hours: float, expected: float) -> None:
    assert conflict(mtime=WHEN + pd.Timedelta(hours=hours)) == pytest.approx(expected, abs=1)


def test_a_zone_that_is_known_explains_itself_alone() -> None:
    assert conflict(zone=120, mtime=WHEN - pd.Timedelta(hours=2)) == 0
    assert conflict(zone=120, mtime=WHEN) == 2 * HOUR


@pytest.mark.parametrize(
    ("path", "zone", "expected"),
    [
        ("IMG_20210304_050607.jpg", None, 0),
        ("IMG_20210304_040607.jpg", None, HOUR),
        ("IMG_20210304_050607.jpg", 0, 0),
        ("IMG_20210304_070607.jpg", 0, 0),
        ("PXL_20210304_040607123.jpg", None, 0),
        ("PXL_20210304_030607123.jpg", 120, 0),
        ("PXL_20210304_050607123.jpg", 120, 2 * HOUR),
        ("IMG-20210304-WA0001.jpg", None, 0),
        ("IMG-20210306-WA0001.jpg", None, 2 * DAY - (5 * HOUR + 367)),
        ("IMG_20200304_050607.jpg", None, 365 * DAY),
    ],
)
def test_names_against_the_camera(path: str, zone: int | None, expected: float) -> None:
    assert conflict(path, zone=zone, mtime=None) == expected


def test_names_against_the_file_where_the_camera_says_nothing() -> None:
    assert conflict("IMG_20210304_050607.jpg", taken=None) == 0
    assert conflict("IMG_20210304_070607.jpg", taken=None) == 0
    assert conflict("IMG_20210301_050607.jpg", taken=None) == 3 * DAY
    assert conflict("IMG-20210304-WA0001.jpg", taken=None, mtime=WHEN + pd.Timedelta(hours=30)) == 0


def test_one_time_alone_has_nothing_to_disagree_with() -> None:
    assert np.isnan(conflict(taken=None))
    assert np.isnan(conflict(mtime=None))


def test_the_largest_difference_counts_and_no_images_are_none() -> None:
    assert conflict("IMG_20210302_050607.jpg", mtime=WHEN + pd.Timedelta(days=1)) == 3 * DAY
    assert not len(time_conflicts(pd.DataFrame({"path": [], "taken_at": [], "taken_zone": [], "mtime": []})))
