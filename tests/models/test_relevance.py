"""The relevance rule on towers whose answer is known, and on small random towers of open_clip."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import open_clip
import pytest
import torch
from open_clip.model import CLIP
from PIL import Image
from torch import nn
from torch.nn import functional

from workbench.errors import ModelError, QueryError
from workbench.models.joint import JointModel
from workbench.models.relevance import Explainer
from workbench.models.relevance.attention import (
    block_relevance,
    class_activation,
    handed_down,
    read_relevance,
    watched_attention,
)
from workbench.models.relevance.forward_pass import one_thread, twin
from workbench.models.relevance.relevance import View, view_of
from workbench.models.relevance.words import word_spans
from workbench.testing import ColourEmbedder

RED = np.array([1, 0], np.float32)
CELL = 8


class RedBlock(nn.Module):
    """Every token attends to all alike and receives their redness, nothing else."""

    def forward(self, tokens):
        even = 0 * tokens[:, None]
        brought = functional.scaled_dot_product_attention(
            even, even, (tokens * torch.tensor([1.0, 0.0]))[:, None]
        )
        return tokens + brought[:, 0]


class RedTower(nn.Module):
    """A transformer of open_clip's form: 16 patches (redness, 0); a class token (0, 1), which is read."""

    def __init__(self, blocks=1):
        super().__init__()
        self.transformer = nn.Module()
        self.transformer.resblocks = nn.ModuleList(RedBlock() for _ in range(blocks))
        self.grid_size = (4, 4)

    def forward(self, pixels):
        red = functional.avg_pool2d(pixels[:, :1], CELL).flatten(1)
        patches = torch.stack([red, torch.zeros_like(red)], dim=2)
        tokens = torch.cat([torch.tensor([[[0.0, 1.0]]]).expand(len(pixels), 1, 2), patches], dim=1)
        for block in self.transformer.resblocks:
            tokens = block(tokens)
        return tokens[:, 0]


def joint(clip, dim, transform, tokenizer=lambda texts: np.zeros((len(texts), 4), np.int64), text_rows=None):
    def image_rows(batch):
        with torch.inference_mode():
            return clip.visual(torch.from_numpy(batch)).numpy()

    return JointModel(
        key="toy",
        dim=dim,
        transform=transform,
        image_rows=image_rows,
        tokenizer=tokenizer,
        text_rows=text_rows or (lambda ids: np.tile(np.array([0.5, 0.5], np.float32), (len(ids), 1))),
        make_clip=lambda: clip,
        logit_scale=1.0,
    )


def shrunk(image, side=4 * CELL):
    pixels = np.asarray(image.convert("RGB").resize((side, side), Image.Resampling.BOX), np.float32)
    return np.ascontiguousarray(pixels.transpose(2, 0, 1) / 255)


def red_model(blocks=1):
    clip = nn.Module()
    clip.visual = RedTower(blocks)
    return joint(clip, 2, shrunk)


def photo(red_cells):
    """Return a black photo of 4 x 4 cells with redness {(row, column): 0 to 1}."""
    pixels = np.zeros((4 * CELL, 4 * CELL, 3), np.uint8)
    for (row, column), red in red_cells.items():
        pixels[row * CELL : (row + 1) * CELL, column * CELL : (column + 1) * CELL, 0] = round(255 * red)
    return Image.fromarray(pixels)


def test_relevance_lies_on_the_patches_that_made_the_score_in_the_right_proportion():
    told = Explainer(red_model()).heatmap(photo({(1, 2): 1, (3, 0): 102 / 255}), RED, against=None)
    expected = np.zeros((4, 4))
    expected[1, 2], expected[3, 0] = 1, 0.4
    np.testing.assert_allclose(told.cells, expected, atol=1e-5)


def test_what_the_blocks_add_is_the_whole_map():
    told = Explainer(red_model(3)).heatmap(photo({(1, 2): 1, (3, 0): 102 / 255}), RED, against=None)
    assert told.blocks.shape == (3, 4, 4)
    assert told.blocks.min() >= 0
    np.testing.assert_allclose(told.blocks.sum(axis=0), told.cells, atol=1e-6)  # type: ignore[arg-type]
    assert told.cells.argsort(axis=None)[-2:].tolist() == [12, 6]


@pytest.mark.parametrize("method", ["relevance", "gradcam", "integrated gradients", "occlusion"])
def test_every_method_points_at_the_only_red_cell(method):
    told = Explainer(red_model(2)).heatmap(photo({(2, 3): 1}), RED, against=None, method=method)
    row, column = np.unravel_index(told.values.argmax(), told.values.shape)
    assert (row * 4 // told.values.shape[0], column * 4 // told.values.shape[1]) == (2, 3)
    assert told.values.max() == 1
    assert told.values.min() >= 0


def test_the_opposite_target_makes_an_empty_map_and_not_a_wrong_one():
    told = Explainer(red_model()).heatmap(photo({(2, 3): 1}), -RED, against=None)
    assert not told.values.any()
    assert told.score < 0


def test_against_itself_nothing_is_relevant():
    told = Explainer(red_model()).heatmap(photo({(2, 3): 1}), RED, against=RED)
    assert told.score == 0
    assert not told.values.any()


def test_handing_down_equals_the_class_row_of_the_papers_matrix():
    random = torch.Generator().manual_seed(1)
    steps = [torch.rand(5, 5, generator=random) for _ in range(4)]
    matrix = torch.eye(5)
    for step in steps:
        matrix = matrix + step @ matrix
    added = handed_down({3: torch.eye(5)[0]}, steps)
    torch.testing.assert_close(added.sum(dim=0), matrix[0])


def test_block_relevance_keeps_what_raises_the_score_and_averages_the_heads():
    attention, gradient = torch.full((1, 2, 3, 3), 0.5), torch.ones(1, 2, 3, 3)
    gradient[0, 1] = -1
    torch.testing.assert_close(block_relevance(attention, gradient), torch.full((3, 3), 0.25))


def test_where_one_token_is_read_relevance_starts_there_alone():
    gradient = torch.zeros(4, 2)
    gradient[0] = 3
    assert read_relevance(torch.ones(4, 2), gradient, 1).tolist() == [1, 0, 0, 0]


def test_tokens_that_are_not_read_have_no_part_in_a_mean():
    tokens = torch.tensor([[1.0, 0], [0, 1.0], [50.0, 50.0]])
    gradient = torch.tensor([[1.0, 0], [1.0, 0], [0, 0]])
    assert read_relevance(tokens, gradient, 0).tolist() == [1, 0, 0]


def test_class_activation_is_never_negative():
    maps, gradient = torch.randn(3, 4, 4), torch.randn(3, 4, 4)
    assert class_activation(maps, gradient).min() >= 0


@pytest.mark.parametrize("mask", [None, "bool", "float"])
@pytest.mark.parametrize("causal", [False, True])
def test_watched_attention_computes_what_the_fused_one_does_and_its_rows_sum_to_one(mask, causal):
    torch.manual_seed(0)
    query, key, value = torch.randn(3, 2, 4, 5, 8)
    if causal and mask:
        pytest.skip("torch takes either")
    given = {"bool": torch.rand(5, 5) > 0.3, "float": torch.randn(5, 5), None: None}[mask]
    if mask == "bool":
        given = given | torch.eye(5, dtype=torch.bool)
    fused = functional.scaled_dot_product_attention
    expected = fused(query, key, value, attn_mask=given, is_causal=causal)
    with watched_attention() as maps:
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=given, is_causal=causal)
    torch.testing.assert_close(seen, expected)
    torch.testing.assert_close(maps[0].sum(dim=-1), torch.ones(2, 4, 5))
    assert functional.scaled_dot_product_attention is fused


def test_other_threads_are_not_watched_and_an_error_takes_the_watch_away():
    fused, tokens = functional.scaled_dot_product_attention, torch.randn(1, 1, 3, 4)
    with pytest.raises(ZeroDivisionError), watched_attention() as maps:  # noqa: PT012
        other = threading.Thread(
            target=lambda: functional.scaled_dot_product_attention(tokens, tokens, tokens)
        )
        other.start()
        other.join()
        assert maps == []
        raise ZeroDivisionError
    assert functional.scaled_dot_product_attention is fused


def small_clip(**vision):
    torch.manual_seed(3)
    text = {"context_length": 16, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 2}
    return (
        CLIP(embed_dim=16, vision_cfg={"image_size": 64, **vision}, text_cfg=text)
        .eval()
        .requires_grad_(False)
    )


TOWERS = {
    "vit": {"patch_size": 16, "layers": 2, "width": 32, "head_width": 16},
    "resnet": {"layers": (1, 1, 1, 1), "width": 8},
}


def clip_model(tower):
    clip = small_clip(**TOWERS[tower])  # type: ignore[arg-type]
    tokenize = open_clip.get_tokenizer("ViT-B-32", context_length=16)

    def text_rows(ids):
        with torch.inference_mode():
            return clip.encode_text(torch.from_numpy(ids)).numpy()

    return joint(
        clip, 16, lambda image: shrunk(image, 64), lambda texts: tokenize(list(texts)).numpy(), text_rows
    )


@pytest.fixture(params=TOWERS)
def model(request):
    return clip_model(request.param)


def noise(size=(90, 60)):
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), np.uint8))


def test_towers_of_open_clip_give_maps_by_every_method_they_have(model):
    explainer, target = Explainer(model), model.embed_texts(["a dog"])[0]
    assert explainer.methods[-3:] == ("gradcam", "integrated gradients", "occlusion")
    assert ("relevance" in explainer.methods) == hasattr(model.clip.visual, "transformer")
    for method in explainer.methods:
        told = explainer.heatmap(noise(), target, method=method)
        assert told.values.shape == (64, 64)
        assert np.isfinite(told.values).all()
        assert 0 <= told.values.min() <= told.values.max() <= 1
        assert (told.blocks is not None) == (method == "relevance")


def test_the_score_of_a_map_is_the_cosine_that_search_gives(model):
    target = model.embed_texts(["a dog"])[0]
    cosine = model.embed_images(model.prepare(noise())[None])[0] @ target
    assert Explainer(model).heatmap(noise(), target, against=None).score == pytest.approx(cosine)


def test_looking_leaves_the_model_as_it_was(model):
    before = {name: value.clone() for name, value in model.clip.state_dict().items()}
    rows, target = model.embed_images(model.prepare(noise())[None]), model.embed_texts(["a dog"])[0]
    explainer = Explainer(model)
    for method in explainer.methods:
        explainer.heatmap(noise(), target, method=method)
    explainer.words("a dog", noise())
    explainer.randomised().heatmap(noise(), target)

    np.testing.assert_array_equal(model.embed_images(model.prepare(noise())[None]), rows)
    after = model.clip.state_dict()
    assert all(torch.equal(after[name], value) for name, value in before.items())
    assert not any(module._forward_hooks for module in model.clip.modules())
    assert not any(module._forward_hooks for module in explainer.clip.modules())
    assert not any(value.requires_grad for value in model.clip.parameters())


def test_shuffled_weights_are_the_same_numbers_in_other_places(model):
    explainer = Explainer(model)
    shuffled = explainer.randomised(seed=1)
    pairs = list(zip(explainer.visual.parameters(), shuffled.visual.parameters(), strict=True))
    assert all(torch.equal(one.flatten().sort()[0], other.flatten().sort()[0]) for one, other in pairs)
    assert any(not torch.equal(one, other) for one, other in pairs)


def test_the_twin_shares_its_weights_and_widens_bfloat16():
    layer = nn.Linear(3, 3)
    assert twin(layer).weight is layer.weight
    assert twin(nn.Linear(3, 3).bfloat16()).weight.dtype == torch.float32


def test_words_share_out_one_and_keep_their_order():
    told = Explainer(clip_model("vit")).words("a dog, chasing  a ball", noise())
    assert [word for word, _ in told] == ["a", "dog,", "chasing", "a", "ball"]
    assert sum(value for _, value in told) == pytest.approx(1)
    assert min(value for _, value in told) >= 0


@pytest.mark.parametrize("text", ["", "   ", "🦄🦄", "xqzzt vlorp", "¿¡…", "word " * 200])
def test_words_of_a_query_that_no_vocabulary_knows_are_still_answered(text):
    told = Explainer(clip_model("vit")).words(text, noise())
    assert [word for word, _ in told] == text.split()
    assert np.isfinite([value for _, value in told]).all()


def test_word_spans_are_the_tokens_of_each_word():
    tokenize = open_clip.get_tokenizer("ViT-B-32", context_length=16)
    words = ["a", "skateboarding", "xqzzt", "dog"]
    ids = tokenize([" ".join(words)])[0].numpy()
    spans = word_spans(lambda texts: tokenize(list(texts)).numpy(), words, ids)
    told = [tokenize.decode(ids[span]).strip() for span in spans]
    assert told == words


@pytest.mark.parametrize(
    "image",
    [Image.new("RGB", (300, 200), "teal"), Image.new("RGB", (16, 16)), noise((5000, 100)), noise((1, 1))],
    ids=["one colour", "16 x 16", "1:50 panorama", "one pixel"],
)
def test_odd_photos_get_a_map_without_a_number_missing(image, model):
    target, explainer = model.embed_texts(["a dog"])[0], Explainer(model)
    for method in explainer.methods:
        told = explainer.heatmap(image, target, method=method)
        assert np.isfinite(told.values).all()
        assert np.isfinite(told.score)


@pytest.mark.parametrize("row", [np.zeros(3), np.array([1, np.nan]), np.zeros((1, 2))])
def test_a_row_of_another_space_is_refused(row):
    with pytest.raises(QueryError, match="vector of 2 finite numbers"):
        Explainer(red_model()).heatmap(photo({}), row)


def test_an_unknown_method_names_the_known_ones():
    with pytest.raises(QueryError, match=r"'magic'.*relevance, gradcam"):
        Explainer(red_model()).heatmap(photo({}), RED, method="magic")  # type: ignore[arg-type]


def test_blocks_can_be_looked_at_one_by_one_and_a_missing_one_is_told():
    told = Explainer(red_model(2)).heatmap(photo({(1, 1): 1}), RED)
    assert told.block(0).max() == told.block(-1).max() == 1
    with pytest.raises(QueryError, match="from 0 to 1"):
        told.block(2)
    with pytest.raises(QueryError, match="no maps of single blocks"):
        Explainer(red_model()).heatmap(photo({}), RED, method="gradcam").block(0)


def test_a_tower_of_unknown_kind_still_has_what_needs_no_parts():
    class Plain(nn.Module):
        def forward(self, pixels):
            return pixels.mean(dim=(2, 3))[:, :2]

    clip = nn.Module()
    clip.visual = Plain()
    explainer = Explainer(joint(clip, 2, shrunk))
    assert explainer.methods == ("integrated gradients", "occlusion")
    with pytest.raises(ModelError, match=r"Plain.*occlusion"):
        explainer.parts  # noqa: B018


def test_an_embedder_without_a_torch_module_is_explained_by_hiding():
    explainer, image = Explainer(ColourEmbedder()), Image.new("RGB", (80, 80), "black")
    image.paste("red", (40, 40, 80, 80))
    red = explainer.model.embed_texts(["red"])[0]
    told = explainer.heatmap(image, red, against=None)
    row, column = np.unravel_index(told.values.argmax(), told.values.shape)
    assert explainer.methods == ("occlusion",)
    assert (row >= 4, column >= 4) == (True, True)
    assert max(explainer.words("a red thing", image), key=lambda one: one[1])[0] == "red"


def test_keeping_all_is_the_score_and_keeping_nothing_the_mean_colour():
    model = red_model()
    image, keep = photo({(0, 0): 1}), np.array([np.ones((4, 4), bool), np.zeros((4, 4), bool)])
    whole, hidden = Explainer(model).kept_scores(image, RED, keep)
    mean = Image.new("RGB", image.size, (round(255 / 16), 0, 0))
    assert whole == pytest.approx(model.embed_images(shrunk(image)[None])[0] @ RED)
    assert hidden == pytest.approx(model.embed_images(shrunk(mean)[None])[0] @ RED, abs=1e-3)


def test_the_view_of_a_squeeze_is_everything_and_of_a_centre_crop_the_middle():
    def cropped(image):
        side = min(image.size)
        left, top = (image.width - side) // 2, (image.height - side) // 2
        return shrunk(image.crop((left, top, left + side, top + side)))

    assert view_of(shrunk, (400, 100)) == View((32, 32))
    view = view_of(cropped, (400, 100))
    assert (view.left, view.right) == pytest.approx((0.375, 0.625), abs=0.02)
    assert (view.top, view.bottom) == (0, 1)
    over = view.laid(np.ones((4, 4), np.float32))
    assert not over[:, : over.shape[1] // 3].any()
    assert over[:, over.shape[1] // 2].all()


def test_torch_has_one_thread_inside_and_as_many_as_before_afterwards():
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        with one_thread():
            assert torch.get_num_threads() == 1
            with one_thread():
                assert torch.get_num_threads() == 1
        assert torch.get_num_threads() == 3
        with pytest.raises(ZeroDivisionError), one_thread():
            1 / 0  # noqa: B018
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)


def test_computations_that_overlap_leave_the_threads_of_torch_as_they_were():
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        first, second = one_thread(), one_thread()
        with ThreadPoolExecutor(1) as other:
            first.__enter__()
            other.submit(second.__enter__).result()
            first.__exit__(None, None, None)
            other.submit(second.__exit__, None, None, None).result()
            assert other.submit(torch.get_num_threads).result() == 3
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)
