"""Candidates, their bytes, VLAD and sharpened boxes: what must always hold."""

import numpy as np
import pytest

from workbench.analysis.instances import boxes, pooling, proposals
from workbench.vectors import unit_rows

RANDOM = np.random.default_rng(0)


def picture(*things, shape=(16, 20), width=8):
    """Make dense features of one background with things (row, column, height, width), each another vector."""
    dense = np.zeros((*shape, width), np.float32)
    dense[..., 0] = 1
    for number, (row, column, height, wide) in enumerate(things, start=1):
        dense[row : row + height, column : column + wide] = np.eye(width, dtype=np.float32)[number]
    return dense + RANDOM.normal(scale=0.02, size=dense.shape).astype(np.float32)  # type: ignore[attr-defined]


def fractions(thing, shape=(16, 20)):
    row, column, height, wide = thing
    return np.array((column / shape[1], row / shape[0], wide / shape[1], height / shape[0]))


def test_what_stands_out_is_a_candidate():
    things = [(2, 3, 4, 5), (9, 12, 5, 3)]
    found = proposals.alike(picture(*things))
    for thing in things:
        assert boxes.overlaps(fractions(thing), found).max() > 0.6


@pytest.mark.parametrize("shape", [(1, 1), (16, 16), (1, 50), (48, 12)])
def test_a_picture_of_one_colour_is_one_candidate(shape):
    np.testing.assert_array_equal(proposals.alike(np.ones((*shape, 8), np.float32)), proposals.WHOLE)


def test_candidates_are_few_and_lie_inside():
    found = proposals.alike(RANDOM.normal(size=(24, 24, 16)).astype(np.float32), count=7)
    assert 1 <= len(found) <= 7
    assert (found[:, :2] >= 0).all()
    assert (found[:, :2] + found[:, 2:] <= 1 + 1e-6).all()


def test_peaks_are_where_a_map_responds_most():
    last = np.zeros((6, 7, 3), np.float32)
    last[1, 2], last[4, 5] = 2, 1
    assert proposals.peaks(last).tolist() == [[1, 2], [4, 5]]
    assert proposals.strongest(last, 1).tolist() == [[1, 2]]
    assert len(proposals.peaks(np.zeros((6, 7, 3), np.float32))) == 0


def test_traced_regions_become_boxes_best_first_and_no_region_is_the_whole():
    heats = np.zeros((3, 16, 20), np.float32)
    heats[0, 2:6, 3:8], heats[1, 9:14, 12:15] = 1, 1
    found = proposals.salient(heats, np.array([1.0, 2.0, 3.0]))
    assert len(found) == 2
    assert boxes.overlaps(found[0], fractions((9, 12, 5, 3)))[0, 0] > 0.6
    np.testing.assert_array_equal(proposals.salient(heats[2:], np.ones(1)), proposals.WHOLE)


def test_eight_bits_change_a_cosine_by_less_than_a_hundredth():
    rows = unit_rows(RANDOM.normal(size=(200, 128)))
    back = unit_rows(pooling.to_int8(rows))  # type: ignore[arg-type]
    assert np.abs(rows @ rows.T - back @ back.T).max() < 0.01
    assert (pooling.to_int8(np.zeros((1, 4))) == 0).all()


def test_vlad_does_not_mind_the_order_of_the_regions():
    rows = unit_rows(RANDOM.normal(size=(30, 8)))
    words = pooling.words(rows, 4)
    made = pooling.vlad(rows, words)
    assert made.shape == (32,)
    assert np.linalg.norm(made) == pytest.approx(1, rel=1e-5)
    np.testing.assert_allclose(made, pooling.vlad(rows[::-1], words), atol=1e-5)
    assert (pooling.vlad(rows[:0], words) == 0).all()
    assert len(pooling.words(rows[:2])) == 2


def test_a_sharpened_box_fits_the_thing_that_a_window_found():
    thing = (4, 6, 5, 4)
    heat = proposals.likeness(picture(thing), np.eye(8)[1])
    window = np.array((0.1, 0.1, 0.6, 0.6), np.float32)
    assert boxes.overlaps(window, fractions(thing))[0, 0] < 0.4
    assert boxes.overlaps(proposals.refined(heat, window), fractions(thing))[0, 0] > 0.7


def test_where_nothing_stands_out_the_box_stays():
    box = np.array((0.2, 0.2, 0.3, 0.3), np.float32)
    np.testing.assert_array_equal(proposals.refined(np.ones((8, 8), np.float32), box), box)
