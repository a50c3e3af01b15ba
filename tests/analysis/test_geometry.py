"""What a drawn shape holds."""

import struct

import numpy as np
import pytest

from workbench.analysis.geometry import corners_from_bytes, inside, inside_box
from workbench.errors import QueryError

SQUARE = np.array([[0, 0], [2, 0], [2, 2], [0, 2]], float)


def winding(point, polygon):
    """Say by the sum of angles, another method than ours, whether a point lies in a simple polygon."""
    seen = polygon - point
    angles = np.arctan2(seen[:, 1], seen[:, 0])
    turns = (np.roll(angles, -1) - angles + np.pi) % (2 * np.pi) - np.pi
    return bool(abs(turns.sum()) > np.pi)


def test_corners_are_read_as_the_browser_writes_them():
    sent = struct.pack("<6d", 1.5, -2, 0.3, 400, -0.5, 6)
    np.testing.assert_array_equal(corners_from_bytes(sent), [[1.5, -2], [0.3, 400], [-0.5, 6]])


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        bytes(15),
        bytes(16),
        bytes(47),
        struct.pack("<4d", 0, 0, np.nan, 1),
        struct.pack("<4d", 0, np.inf, 1, 1),
    ],
    ids=["nothing", "half a corner", "one corner", "two and a half", "nan", "infinite"],
)
def test_corners_that_cannot_be_right_are_refused(sent):
    with pytest.raises(QueryError, match="Draw it again"):
        corners_from_bytes(sent)


def test_a_ragged_star_holds_what_the_sum_of_angles_says():
    rng = np.random.default_rng(0)
    angle = np.linspace(0, 2 * np.pi, 41)[:-1]
    star = np.c_[np.cos(angle), np.sin(angle)] * rng.uniform(0.3, 1, (40, 1))
    points = rng.uniform(-1.1, 1.1, (2000, 2))
    assert inside(points, star).tolist() == [winding(point, star) for point in points]


def test_corners_on_the_height_of_a_point_are_counted_once():
    diamond = np.array([[0, -1], [1, 0], [0, 1], [-1, 0]], float)
    points = np.array([[0, 0], [-2, 0], [2, 0], [-0.5, 0], [0, 1.5]])
    assert inside(points, diamond).tolist() == [True, False, False, True, False]


def test_tiles_that_share_an_edge_share_no_point():
    """A point on a shared edge belongs to exactly one tile, so that two lassos never count it twice."""
    points = np.random.default_rng(1).integers(0, 5, (200, 2)) / 1.0
    tiles = [SQUARE + np.array((x, y)) for x in (-2, 0, 2, 4) for y in (-2, 0, 2, 4)]
    assert (sum(inside(points, tile).astype(int) for tile in tiles) == 1).all()


def test_a_hole_is_outside_and_an_island_inside():
    gap = [np.nan, np.nan]
    outer, hole = [[0, 0], [9, 0], [9, 9], [0, 9]], [[3, 3], [6, 3], [6, 6], [3, 6]]
    ring = np.array([*outer, gap, *hole, gap, [20, 20], [22, 20], [22, 22], [20, 22]], float)
    points = np.array([[1, 1], [4, 4], [21, 21], [15, 15]], float)
    assert inside(points, ring).tolist() == [True, False, True, False]


def test_the_direction_of_drawing_does_not_matter():
    points = np.random.default_rng(2).uniform(-1, 3, (100, 2))
    np.testing.assert_array_equal(inside(points, SQUARE), inside(points, SQUARE[::-1]))


@pytest.mark.parametrize("corners", [0, 1, 2])
def test_fewer_than_three_corners_hold_nothing(corners):
    assert not inside(SQUARE, SQUARE[:corners]).any()


def test_corners_on_one_line_hold_nothing():
    line = np.array([[0, 0], [1, 1], [2, 2]], float)
    assert not inside(np.array([[1, 1], [0.5, 0.6]]), line).any()


def test_no_points_and_samples_without_a_place_are_no_trouble():
    assert inside(np.zeros((0, 2)), SQUARE).shape == (0,)
    assert inside(np.array([[np.nan, 1], [1, 1]]), SQUARE).tolist() == [False, True]


def test_a_box_may_be_drawn_from_any_corner():
    points = np.array([[0, 0], [1, 1], [2, 2], [2.1, 1]])
    for corners in ((0, 0, 2, 2), (2, 2, 0, 0), (0, 2, 2, 0)):
        assert inside_box(points, *corners).tolist() == [True, True, True, False]
