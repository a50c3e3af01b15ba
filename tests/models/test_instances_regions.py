"""Regions and pooling of instance search: what every box and every pooled vector must satisfy."""

import numpy as np
import pytest

from workbench.analysis.instances import boxes, pooling


def test_boxes_overlap_wholly_with_themselves_and_not_with_strangers():
    many = np.array([(0, 0, 0.5, 0.5), (0.5, 0.5, 0.5, 0.5), (0.25, 0, 0.5, 0.5)])
    shares = boxes.overlaps(many, many)
    np.testing.assert_allclose(shares.diagonal(), 1, rtol=1e-5)
    assert shares[0, 1] == 0
    assert shares[0, 2] == pytest.approx(1 / 3)


def test_of_boxes_that_overlap_the_better_is_kept():
    many = np.array([(0, 0, 0.5, 0.5), (0.02, 0, 0.5, 0.5), (0.6, 0.6, 0.3, 0.3)], np.float32)
    assert boxes.suppressed(many, [0.1, 0.9, 0.5], 0.5, 9).tolist() == [1, 2]
    assert boxes.suppressed(many, [0.1, 0.9, 0.5], 0.5, 1).tolist() == [1]
    assert boxes.suppressed(many[:0], [], 0.5, 9).tolist() == []


@pytest.mark.parametrize("shape", [(12, 20), (5, 5), (9, 50)])
def test_the_box_around_an_ellipse_holds_it(shape):
    rows, columns = np.mgrid[: shape[0], : shape[1]] + 0.5
    middle, half = np.array(shape) / 2, np.maximum(np.array(shape) / 4, 0.5)
    inside = ((rows - middle[0]) / half[0]) ** 2 + ((columns - middle[1]) / half[1]) ** 2 <= 1
    found = boxes.ellipse_box(inside.astype(float))
    expected = (middle - half)[::-1] / shape[::-1], 2 * half[::-1] / shape[::-1]
    np.testing.assert_allclose(found, np.concatenate(expected), atol=1 / min(s for s in shape if s > 1))


def test_a_box_stays_inside_the_picture():
    for heat in (np.ones((3, 7)), np.zeros((3, 7)), np.eye(7)):
        x, y, width, height = boxes.ellipse_box(heat)
        assert x >= 0
        assert y >= 0
        assert x + width <= 1.000001
        assert y + height <= 1.000001


def test_a_pooled_box_is_the_mean_of_its_cells():
    dense = np.random.default_rng(0).normal(size=(6, 8, 5)).astype(np.float32)
    whole, part = pooling.means(dense, np.array([(0, 0, 1, 1), (2 / 8, 1 / 6, 3 / 8, 2 / 6)], np.float32))
    np.testing.assert_allclose(whole, dense.mean((0, 1)), atol=1e-5)
    np.testing.assert_allclose(part, dense[1:3, 2:5].mean((0, 1)), atol=1e-5)


def test_a_box_smaller_than_a_cell_is_that_of_the_cell_around_it():
    dense = np.random.default_rng(0).normal(size=(6, 8, 5)).astype(np.float32)
    (found,) = pooling.means(dense, np.array([(2.4 / 8, 1.4 / 6, 0.2 / 8, 0.2 / 6)], np.float32))
    np.testing.assert_allclose(found, dense[1, 2], atol=1e-5)


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (9, 1), (4, 4), (16, 12)])
def test_windows_of_all_grids_lie_inside(shape):
    found = pooling.windows(shape)
    assert len(found) >= 3
    assert (found[:, :2] >= -1e-6).all()
    assert (found[:, :2] + found[:, 2:] <= 1 + 1e-6).all()


@pytest.mark.parametrize("aggregate", [pooling.rmac, pooling.crow])
def test_an_image_vector_has_unit_length_and_knows_its_own_picture(aggregate):
    random = np.random.default_rng(1)
    pictures = [np.maximum(random.normal(size=(7, 9, 32)), 0).astype(np.float32) for _ in range(5)]
    rows = np.stack([aggregate(picture) for picture in pictures])
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, rtol=1e-5)
    turned = np.stack([aggregate(picture[:, ::-1]) for picture in pictures])
    assert ((turned @ rows.T).argmax(axis=1) == range(5)).all()


@pytest.mark.parametrize("aggregate", [pooling.rmac, pooling.crow])
def test_a_picture_without_any_response_gives_no_nan(aggregate):
    assert np.isfinite(aggregate(np.zeros((3, 4, 8), np.float32))).all()


@pytest.fixture
def uneven():
    """Vectors with one direction that nearly all of their variance is in."""
    random = np.random.default_rng(0)
    turned, _ = np.linalg.qr(random.standard_normal((6, 6)))
    return random.standard_normal((500, 6)) * (30, 3, 2, 1, 1, 0.5) @ turned


@pytest.mark.parametrize(("power", "left"), [(0.0, 1.0), (0.25, 0.5), (0.5, 0.0)])
def test_whitening_shortens_what_varies_most_by_its_power(uneven, power, left):
    matrix = pooling.learn(uneven, power, floor=0.0)
    before, after = (np.linalg.eigvalsh(np.cov(rows.T)) for rows in (uneven, uneven @ matrix))

    np.testing.assert_allclose(after, before**left, rtol=1e-3)
    np.testing.assert_allclose(matrix, matrix.T, atol=1e-6)


def test_the_floor_keeps_whitening_from_blowing_up_noise(uneven):
    flat = uneven * (1, 1, 1, 1, 1, 0)
    assert np.linalg.cond(pooling.learn(flat)) < 5
