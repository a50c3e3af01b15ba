"""What numbers say of a heatmap: curves, the verdict, pointing, and the picture."""

import numpy as np
import pytest

from workbench.analysis import heatmaps
from workbench.analysis.heatmaps import (
    EVEN,
    Check,
    check_map,
    colours,
    layer,
    overlaid,
    presence,
    rank_correlation,
    resized,
)

SIDE = 64


def blob(row, column, spread=6.0, side=SIDE):
    y, x = np.mgrid[:side, :side]
    return np.exp(-((y - row) ** 2 + (x - column) ** 2) / (2 * spread**2)).astype(np.float32)


def scores_of_place(row, column):
    """Score kept cells by how much of a blob at a place they keep: what a model does that looks there."""
    there = resized(blob(row, column), (heatmaps.CELLS, heatmaps.CELLS))
    return lambda keep: (keep * there).sum(axis=(1, 2)) / there.sum()


def test_cells_come_in_the_order_of_the_map():
    order = heatmaps.cell_order(blob(2, 62))
    assert order[0] == heatmaps.CELLS - 1
    assert sorted(order) == list(range(heatmaps.CELLS**2))


@pytest.mark.parametrize("shape", [(16, 16), (7, 7), (1, 1), (896, 18)])
def test_maps_of_any_shape_have_an_order_of_all_cells(shape):
    order = heatmaps.cell_order(np.random.default_rng(0).random(shape))
    assert sorted(order) == list(range(heatmaps.CELLS**2))


def test_insertion_grows_from_nothing_to_all_and_deletion_is_its_opposite():
    shown, hidden = heatmaps.kept_masks(np.arange(256), steps=4)
    assert [mask.sum() for mask in shown] == [0, 64, 128, 192, 256]
    assert (shown != hidden).all()


def test_the_area_of_an_even_curve_is_its_height():
    assert heatmaps.area(np.full(9, 0.3)) == pytest.approx(0.3)
    assert heatmaps.area(np.array([[0.0, 1.0], [1.0, 1.0]])).tolist() == [0.5, 1.0]


def test_a_misplaced_map_has_the_same_numbers():
    values = blob(10, 10)
    moved = heatmaps.moved(values, np.random.default_rng(0))
    np.testing.assert_array_equal(np.sort(moved, axis=None), np.sort(values, axis=None))


def test_a_map_of_the_place_that_counts_is_better_than_chance():
    check = check_map(blob(20, 44), scores_of_place(20, 44))
    assert check.better_than_chance
    assert check.insertion > check.deletion
    assert check.words.startswith("Better than chance")


def test_a_map_of_another_place_is_no_better_than_chance_and_that_is_said():
    check = check_map(blob(50, 10), scores_of_place(10, 50))
    assert not check.better_than_chance
    assert "No better than chance" in check.words


def test_maps_of_noise_are_called_better_than_chance_once_in_twenty():
    random = np.random.default_rng(5)
    called = [
        check_map(
            random.random((16, 16)), scores_of_place(*random.integers(8, 56, 2)), seed=i
        ).better_than_chance
        for i in range(200)
    ]
    assert np.mean(called) < 0.12


@pytest.mark.parametrize("values", [np.zeros((16, 16)), np.ones((16, 16))], ids=["empty", "even"])
def test_a_map_that_marks_nothing_is_no_better_than_chance(values):
    assert not check_map(values, scores_of_place(20, 44)).better_than_chance


def test_a_model_that_never_changes_its_mind_gives_no_better_than_chance():
    assert not check_map(blob(20, 44), lambda keep: np.ones(len(keep))).better_than_chance


def test_a_map_that_an_unlearned_model_makes_too_is_doubted_in_words():
    check = check_map(blob(20, 44), scores_of_place(20, 44), unlearned=blob(20, 44))
    assert check.likeness == pytest.approx(1)
    assert "learned nothing" in check.words


def test_the_same_seed_gives_the_same_verdict():
    one, other = (check_map(blob(20, 44), scores_of_place(30, 44), seed=3) for _ in range(2))
    assert one.p == other.p
    np.testing.assert_array_equal(one.chance, other.chance)


def test_one_in_twenty_is_the_limit():
    chance = np.zeros((19, 2))
    assert Check(1, 0, chance, 0.05).better_than_chance
    assert not Check(1, 0, chance, 0.1).better_than_chance


def test_rank_correlation_knows_order_only():
    values = np.random.default_rng(0).random((8, 8))
    assert rank_correlation(values, values**3) == pytest.approx(1)
    assert rank_correlation(values, -values) == pytest.approx(-1)
    assert rank_correlation(values, np.ones((8, 8))) == 0


def test_a_box_covers_the_cells_it_touches_and_nothing_outside_the_photo():
    mask = heatmaps.box_mask([[10, 0, 10, 20]], (40, 20), (4, 8))
    assert np.flatnonzero(mask.any(axis=0)).tolist() == [2, 3]
    assert heatmaps.box_mask([[-50, -50, 1000, 1000]], (40, 20), (4, 8)).all()
    assert not heatmaps.box_mask([[100, 100, 5, 5]], (40, 20), (4, 8)).any()
    assert not heatmaps.box_mask([], (40, 20), (4, 8)).any()


def test_pointing_is_whether_the_peak_is_inside_and_energy_how_much_is():
    mask = np.zeros((SIDE, SIDE), bool)
    mask[:, : SIDE // 2] = True
    assert heatmaps.points_inside(blob(32, 16), mask) == 1
    assert heatmaps.points_inside(blob(32, 48), mask) == 0
    assert heatmaps.energy_inside(blob(32, 8), mask) > 0.99
    assert heatmaps.energy_inside(blob(32, 31.5), mask) == pytest.approx(0.5, abs=0.01)


def test_an_even_or_empty_map_earns_what_chance_earns():
    mask = np.zeros((10, 10), bool)
    mask[:3] = True
    assert heatmaps.points_inside(np.ones((10, 10)), mask) == pytest.approx(0.3)
    assert heatmaps.energy_inside(np.zeros((10, 10)), mask) == pytest.approx(0.3)


def test_the_centre_prior_points_at_the_centre():
    prior = heatmaps.centre_prior((9, 9))
    assert prior.argmax() == 40
    np.testing.assert_allclose(prior, prior[::-1, ::-1])


def test_random_maps_differ_by_seed_alone():
    assert (heatmaps.random_map((4, 4), 1) == heatmaps.random_map((4, 4), 1)).all()
    assert (heatmaps.random_map((4, 4), 1) != heatmaps.random_map((4, 4), 2)).any()


def test_resizing_keeps_the_place_of_the_peak():
    row, column = np.unravel_index(resized(blob(3, 12, 2, 16), (160, 320)).argmax(), (160, 320))
    assert (row // 10, column // 20) == (3, 12)
    assert resized(np.ones((1, 1)), (5, 7)).tolist() == np.ones((5, 7)).tolist()


def test_colours_grow_lighter_all_the_way():
    light = colours(np.linspace(0, 1, 64)[None])[0] @ (0.299, 0.587, 0.114)
    assert (np.diff(light) > 0).all()


def test_an_overlay_leaves_the_photo_where_nothing_is_relevant_and_at_opacity_zero():
    photo = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    values = blob(20, 20) * (blob(20, 20) > 0.1)
    assert (overlaid(photo, values, 0) == photo).all()
    assert (overlaid(photo, values)[40:, 40:] == photo[40:, 40:]).all()
    assert (overlaid(photo, values)[20, 20] != photo[20, 20]).any()


def test_the_layer_laid_over_a_photo_is_the_overlay():
    photo = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    shown = layer(blob(20, 20))
    cover = 0.7 * shown[..., 3:] / 255
    by_hand = photo * (1 - cover) + shown[..., :3] * cover
    assert np.abs(by_hand - overlaid(photo, blob(20, 20), 0.7)).max() < 2


def test_a_text_that_stands_out_of_others_is_there_and_one_in_their_midst_is_not():
    others = np.random.default_rng(0).normal(0.2, 0.05, 500)
    assert presence(0.2 + 4 * 0.05, others) > 0.95
    assert presence(0.2, others) < 0.05
    assert presence(0.2 + EVEN * others.std(), others) == pytest.approx(0.5, abs=0.05)
    rising = [presence(score, others) for score in np.linspace(-1, 1, 50)]
    assert rising == sorted(rising)


def test_an_image_whose_scores_are_all_high_shows_no_more_than_another():
    others = np.random.default_rng(0).normal(0, 0.05, 500)
    assert presence(0.6, others + 0.5) == pytest.approx(presence(0.1, others))


@pytest.mark.parametrize("others", [np.zeros(0), np.full(9, 0.3)])
def test_without_other_phrases_nothing_is_known(others):
    assert presence(0.3, others) == 0.5


def test_the_words_say_whether_the_thing_is_there_and_whether_the_place_is_right():
    chance = np.zeros((19, 2))
    there, nowhere = (Check(1, 0, chance, 0.05, presence=share).words for share in (0.9, 0.1))
    assert there.startswith("Better than chance")
    assert nowhere.startswith("No better than chance")
    assert "probably not there" in nowhere
    assert "do not trust the place" in Check(1, 0, chance, 0.5, presence=0.9).words
    assert "do not trust the place" not in there
    assert "does not say that the thing is there" in Check(1, 0, chance, 0.05).words
