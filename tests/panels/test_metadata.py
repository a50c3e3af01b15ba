"""What the details of an image say of its metadata."""

from typing import Any

import pandas as pd
import pytest

from workbench.workspace.context import image_metadata

PLAIN = {"width": 64, "height": 48, "format": "JPEG", "size": 1000, "paths": ["a.jpg"], "image_id": "ab" * 32}


def told(**image: Any) -> dict[str, Any]:
    return dict(image_metadata(pd.Series(PLAIN | image, dtype=object), cluster="none", tags=()))


def test_all_that_is_known_is_shown_and_nothing_else() -> None:
    found = told(
        title="<b>A boat</b>",
        description="two\nlines",
        keywords=["sea", "<i>"],
        rating=4,
        creator="Zoë",
        copyright="© Zoë",
        lens="50 mm",
        software="14.4",
        lat=51.5,
        lon=-0.125,
        altitude=-12.4,
    )

    assert found["Title"] == "<b>A boat</b>"
    assert found["Description"] == "two\nlines"
    assert found["Keywords"] == ["sea", "<i>"]
    assert found["Rating"] == "★★★★☆"
    assert (found["Creator"], found["Copyright"]) == ("Zoë", "© Zoë")
    assert (found["Lens"], found["Software"]) == ("50 mm", "14.4")
    assert found["Place"] == "51.50000, -0.12500, -12 m"
    unknown = told(keywords=None, rating=float("nan"), taken_zone=float("nan"), time_conflict=float("nan"))
    assert set(unknown) == {"Size", "File", "Cluster", "Image id"}


@pytest.mark.parametrize(
    ("zone", "expected"),
    [(120, " +02:00"), (-210.0, " -03:30"), (0, " +00:00"), (float("nan"), ""), (None, "")],
)
def test_a_time_has_its_zone(zone: float | None, expected: str) -> None:
    found = told(taken_at=pd.Timestamp("2021-03-04 05:06:07"), taken_zone=zone)

    assert found["Taken"] == f"2021-03-04 05:06:07{expected}"


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (59.0, None),
        (60.0, "1 min"),
        (5400.0, "1.5 h"),
        (36_000.0, "10 h"),
        (86_400.0, "1 day"),
        (1e7, "116 days"),
    ],
)
def test_times_that_differ_are_said(seconds: float, expected: str | None) -> None:
    found = told(time_conflict=seconds).get("Times differ")

    assert found == (expected and f"by {expected}: camera, file name, file")


@pytest.mark.parametrize(("rating", "expected"), [(0, None), (-1, "rejected"), (5.0, "★★★★★")])
def test_ratings_are_stars(rating: float, expected: str | None) -> None:
    assert told(rating=rating).get("Rating") == expected
