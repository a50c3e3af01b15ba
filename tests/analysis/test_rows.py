"""Sets of rows."""

import numpy as np
import pytest

from workbench.analysis.rows import combine, normalise
from workbench.errors import QueryError


def test_rows_become_sorted_unique_int32_and_read_only():
    rows = normalise([5, 1, 1, 3], 6)
    assert rows.tolist() == [1, 3, 5]
    assert rows.dtype == np.int32
    with pytest.raises(ValueError, match="read-only"):
        rows[0] = 9


def test_booleans_mark_rows():
    assert normalise(np.array([True, False, True]), 3).tolist() == [0, 2]


@pytest.mark.parametrize("rows", [[], np.zeros(0), np.zeros(0, np.int64)])
def test_nothing_is_an_empty_set(rows):
    assert normalise(rows, 4).tolist() == []
    assert normalise(rows, 0).tolist() == []


@pytest.mark.parametrize("rows", [[-1], [4], [0.5], [[1, 2]], ["a"], [True, False]])
def test_what_is_no_row_is_refused(rows):
    with pytest.raises(QueryError):
        normalise(rows, 4)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("replace", [2, 3]), ("add", [1, 2, 3]), ("remove", [1]), ("intersect", [2])],
)
def test_combine(mode, expected):
    assert combine([1, 2], [3, 2], mode, 5).tolist() == expected


def test_an_unknown_mode_is_refused():
    with pytest.raises(QueryError, match="replace, add, remove, intersect"):
        combine([1], [2], "xor", 5)  # type: ignore[arg-type]
