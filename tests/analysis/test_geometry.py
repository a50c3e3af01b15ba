"""What a drawn shape holds."""

import numpy as np
import pytest

from workbench.analysis.geometry import inside, inside_box, path_polygon

SQUARE = np.array([[0, 0], [2, 0], [2, 2], [0, 2]], float)


def winding(point, polygon):
    """Say by the sum of angles, another method than ours, whether a point lies in a simple polygon."""
    seen = polygon - point
    angles = np.arctan2(seen[:, 1], seen[:, 0])
    turns = (np.roll(angles, -1) - angles + np.pi) % (2 * np.pi) - np.pi
    return bool(abs(turns.sum()) > np.pi)


def test_a_plotly_path_is_read_with_exponents_and_signs():
    read = path_polygon("M1.5,-2L3e-1,4E+2L-.5,6Z")
    np.testing.assert_array_equal(read, [[1.5, -2], [0.3, 400], [-0.5, 6]])


def test_spaces_instead_of_commas_are_read_too():
    np.testing.assert_array_equal(path_polygon("M 1 2 L 3 4 L 5 6 Z"), [[1, 2], [3, 4], [5, 6]])


def test_subpaths_are_parted_by_nan():
    read = path_polygon("M0,0L1,0L1,1ZM5,5L6,5L6,6Z")
    assert np.isnan(read).any(axis=1).tolist() == [False] * 3 + [True] + [False] * 3


@pytest.mark.parametrize("path", ["", "Z", "nonsense", "M", "M1"])
def test_a_path_without_corners_is_empty(path):
    assert path_polygon(path).shape == (0, 2)


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
    ring = path_polygon("M0,0L9,0L9,9L0,9ZM3,3L6,3L6,6L3,6ZM20,20L22,20L22,22L20,22Z")
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
