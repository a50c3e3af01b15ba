"""Heatmaps of the embedded model with its real weights: they lie on the thing that was asked for."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from workbench import models
from workbench.analysis.heatmaps import box_mask, check_map, energy_inside, points_inside, rank_correlation
from workbench.models.relevance import Explainer

pytestmark = pytest.mark.weights
PHOTOS = Path(__file__).parents[2] / "data/photos"

DOGS = [(0.30, 0.22, 0.23, 0.19), (0.46, 0.44, 0.22, 0.22)]
CUP, LAPTOP = [(0.48, 0.20, 0.42, 0.46)], [(0, 0, 0.5, 0.66)]
CASES = {
    "a dog": ("animals/two-dogs-at-a-window.jpg", DOGS),
    "a deer": ("animals/deer-between-pines.jpg", [(0.37, 0.31, 0.30, 0.62)]),
    "a bird": ("animals/puffin.jpg", [(0.34, 0.10, 0.39, 0.76)]),
    "a cup of coffee": ("food/cappuccino-beside-a-laptop.jpg", CUP),
}
"""Query: photo, and the boxes of the thing (x, y, width, height) in shares of the photo's sides."""


@pytest.fixture(scope="module")
def explainer():
    return Explainer(models.load())


def photo(name):
    return Image.open(PHOTOS / name).convert("RGB")


def row(explainer, text):
    return explainer.model.embed_texts([text])[0]


@pytest.mark.parametrize("query", CASES)
def test_the_map_of_a_query_lies_on_what_it_names(explainer, query):
    name, boxes = CASES[query]
    told = explainer.heatmap(photo(name), row(explainer, query))
    mask = box_mask(boxes, (1, 1), told.values.shape)
    assert points_inside(told.values, mask) == 1
    # measured: 2.3, 1.48, 1.8 and 1.7 times its share, in the order of CASES; 1 is no better than chance
    assert energy_inside(told.values, mask) > 1.4 * mask.mean()


def test_rather_than_turns_the_map_to_the_other_thing(explainer):
    image, cup, laptop = (
        photo("food/cappuccino-beside-a-laptop.jpg"),
        row(explainer, "a cup of coffee"),
        row(explainer, "a laptop"),
    )
    for target, against, boxes in ((cup, laptop, CUP), (laptop, cup, LAPTOP)):
        values = explainer.heatmap(image, target, against=against).values
        mask = box_mask(boxes, (1, 1), values.shape)
        assert energy_inside(values, mask) > 1.5 * mask.mean()


def test_the_word_that_names_the_thing_weighs_most(explainer):
    told = dict(explainer.words("the dog is here", photo(CASES["a dog"][0])))
    assert max(told, key=told.get) == "dog"  # type: ignore[arg-type]
    without = dict(explainer.without_each_word("the dog is here", photo(CASES["a dog"][0])))
    assert max(without, key=without.get) == "dog"  # type: ignore[arg-type]


def test_all_blocks_and_the_convolutional_tower_make_the_whole_map(explainer):
    told = explainer.heatmap(photo(CASES["a dog"][0]), row(explainer, "a dog"))
    assert told.blocks.shape == (12, 16, 16)
    assert (told.blocks.sum(axis=0) <= told.cells + 1e-5).all()


def test_what_is_explained_is_what_search_computes(explainer):
    """The torch twin that gradients are taken of gives the rows of the quick runner."""
    import torch

    from workbench.models.relevance.forward_pass import as_pixels

    prepared = explainer.model.prepare(photo(CASES["a dog"][0]))
    with torch.no_grad():
        slow = explainer.visual(as_pixels(prepared))[0].numpy()
    assert slow / np.linalg.norm(slow) @ explainer.model.embed_images(prepared[None])[0] > 0.999


def test_a_true_map_is_better_than_chance_and_its_mirror_image_is_not(explainer):
    image, target = photo(CASES["a deer"][0]), row(explainer, "a deer")
    told = explainer.heatmap(image, target)
    difference = explainer.difference(target, "everyday")

    def scores_of(keep):
        return explainer.kept_scores(image, difference, keep)

    assert check_map(told.cells, scores_of).better_than_chance
    assert not check_map(told.cells[::-1, ::-1], scores_of).better_than_chance


def test_shuffled_weights_mark_other_places(explainer):
    image, target = photo(CASES["a deer"][0]), row(explainer, "a deer")
    told, shuffled = (one.heatmap(image, target).cells for one in (explainer, explainer.randomised()))
    assert rank_correlation(told, shuffled) < 0.5


@pytest.mark.parametrize("text", ["🦄🦄", "xqzzt vlorp", "¿¡…", "word " * 300])
def test_a_query_without_a_known_word_is_answered(explainer, text):
    told = explainer.heatmap(photo(CASES["a dog"][0]), row(explainer, text))
    assert np.isfinite(told.values).all()
    words = explainer.words(text, photo(CASES["a dog"][0]))
    assert [word for word, _ in words] == text.split()
    assert np.isfinite([value for _, value in words]).all()


@pytest.mark.parametrize("size", [(16, 16), (3000, 60), (60, 3000)])
def test_odd_photos_get_a_map(explainer, size):
    for image in (Image.new("RGB", size, "teal"), photo(CASES["a dog"][0]).resize(size)):
        told = explainer.heatmap(image, row(explainer, "a dog"))
        assert np.isfinite(told.values).all()
        assert told.values.max() in (0, 1)
