"""A request: limits outside their range are refused, and a text that names an image is that image."""

from pathlib import Path

import pytest

import workbench as wb
from workbench.errors import QueryError


@pytest.fixture
def case(tmp_path: Path, source: Path) -> wb.Case:
    case = wb.open(source, case=tmp_path / "case", model="fake")
    case.ingest(progress=False)
    return case


@pytest.mark.parametrize(
    ("limits", "help_"),
    [
        ({"probability": 2}, "from 0 to 1"),
        ({"probability": -0.1}, "from 0 to 1"),
        ({"probability": float("nan")}, "from 0 to 1"),
        ({"probability": True}, "from 0 to 1"),
        ({"threshold": 5}, r"from -1 to 1, \"fixed\" or None"),
        ({"threshold": 1.01}, r"from -1 to 1, \"fixed\" or None"),
        ({"threshold": "x"}, r"Invalid threshold 'x'.*from -1 to 1"),
        ({"k": -1}, "0 or more"),
        ({"k": 2.5}, "whole number"),
    ],
)
def test_limits_outside_their_range_are_refused(case: wb.Case, limits: dict, help_: str) -> None:
    with pytest.raises(QueryError, match=help_):
        case.search("red", **limits)
    with pytest.raises(QueryError, match=help_):
        case.ask("red", **limits)


@pytest.mark.parametrize("limits", [{"probability": 0}, {"probability": 1}, {"threshold": -1}, {"k": 0}])
def test_the_ends_of_the_ranges_are_allowed(case: wb.Case, limits: dict) -> None:
    assert len(case.search("red", **limits)) <= len(case.images)


def test_a_text_that_is_an_image_of_the_case_is_that_image(case: wb.Case) -> None:
    row = next(row for row, path in enumerate(case.images["path"]) if "blue" in path)
    path, image_id = case.images[["path", "image_id"]].iloc[row]

    for text in (path, image_id):
        hits = case.search(text, k=1)
        assert hits.rows.tolist() == [row]
        assert hits.scores[0] == pytest.approx(1, abs=1e-5)
        assert hits.query.startswith("like:")
    assert case.search(wb.weigh(path, 2), "red").query.startswith("like:")
    assert case.search("no such/photo.png").query == "no such/photo.png"
