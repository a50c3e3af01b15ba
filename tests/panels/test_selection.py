"""The Selection: what panels share, and what keeps them from echoing each other."""

import numpy as np
import pandas as pd
import pytest
from traitlets import TraitError

from workbench.selection import Selection


@pytest.fixture
def selection() -> Selection:
    return Selection(pd.DataFrame({"image_id": list("abcdefgh"), "path": [f"{c}.jpg" for c in "abcdefgh"]}))


def test_rows_are_sorted_unique_and_read_only(selection: Selection) -> None:
    selection.rows = [5, 1, 1, 3]

    assert selection.rows.tolist() == [1, 3, 5]
    assert selection.rows.dtype == np.int32
    with pytest.raises(ValueError, match="read-only"):
        selection.rows[0] = 2


def test_rows_can_be_a_boolean_mask(selection: Selection) -> None:
    selection.rows = np.array([True, False] * 4)

    assert selection.rows.tolist() == [0, 2, 4, 6]


def test_equal_rows_tell_nobody(selection: Selection) -> None:
    seen: list[list[int]] = []
    selection.observe(lambda change: seen.append(change["new"].tolist()), "rows")
    selection.rows = [2, 1]
    selection.rows = np.array([1, 2])

    assert seen == [[1, 2]]


def test_five_listeners_that_echo_are_told_once_each(selection: Selection) -> None:
    """Two-way links between any number of panels draw once a change."""
    drawn: list[int] = []

    def panel(number: int) -> None:
        def draw(change: dict[str, np.ndarray]) -> None:
            drawn.append(number)
            selection.rows = change["new"].tolist()

        selection.observe(draw, "rows")

    for number in range(5):
        panel(number)
    selection.rows = [4, 2]

    assert drawn == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("rows", [[8], [-1], ["a"], [0.5]])
def test_rows_that_do_not_exist_are_refused_and_change_nothing(
    selection: Selection, rows: list[object]
) -> None:
    selection.rows = [1]
    with pytest.raises(TraitError):
        selection.rows = rows

    assert selection.rows.tolist() == [1]


def test_change_adds_removes_and_intersects(selection: Selection) -> None:
    selection.change([1, 2, 3])
    selection.change([3, 4], "add")
    selection.change([1], "remove")
    selection.change([2, 4, 7], "intersect")

    assert selection.rows.tolist() == [2, 4]
    assert selection.ids == ["c", "e"]
    assert selection.frame["path"].tolist() == ["c.jpg", "e.jpg"]


def test_focus_is_a_row_or_none(selection: Selection) -> None:
    selection.focus = 3
    selection.focus = None

    assert selection.focus is None
    for row in (8, -1):
        with pytest.raises(TraitError, match="0 to 7"):
            selection.focus = row


def test_an_empty_table_says_that_it_has_no_rows():
    with pytest.raises(TraitError, match=r"Row 0 does not exist\. The table has no rows"):
        Selection(pd.DataFrame({"image_id": [], "path": []})).focus = 0
