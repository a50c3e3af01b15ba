"""The models room: one door for every model, clear words when a model cannot be had."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from PIL import Image

from workbench import models
from workbench.errors import ModelError
from workbench.models import engine, hub, weights
from workbench.models.joint import JointModel, embedder_key

ARCHITECTURE = "RN50"


@pytest.mark.parametrize("name", ["", "maxi", "/", "ViT-B-32/", "/openai"])
def test_a_name_that_is_no_model_is_told_what_names_look_like(name):
    with pytest.raises(ModelError, match="'mini'"):
        models.load(name)


def test_an_unknown_architecture_and_an_unknown_tag_are_told_apart():
    with pytest.raises(ModelError, match="Unknown open_clip architecture 'Foo'"):
        models.load("Foo/bar")
    with pytest.raises(ModelError, match=r"'bar' is neither a file.*laion2b_s34b_b79k"):
        models.load("ViT-B-32/bar")


def test_a_silent_hub_is_one_short_error_that_names_the_ways_out(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(hub, "_answers", lambda address: False)
    with pytest.raises(ModelError, match=r"model hub.*path/to/file.*'mini'") as caught:
        models.load("ViT-B-32/laion2b_s34b_b79k")
    assert caught.value.__suppress_context__
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_checkpoint_is_told_so(tmp_path):
    (tmp_path / "not.pt").write_bytes(b"not a checkpoint")
    with pytest.raises(ModelError, match=r"not\.pt cannot be loaded as ViT-B-32"):
        models.load(f"ViT-B-32/{tmp_path / 'not.pt'}")


def test_missing_weights_of_mini_name_the_command(monkeypatch, tmp_path):
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path))
    with pytest.raises(ModelError, match="workbench models fetch"):
        models.load("mini")


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    """Return a checkpoint file of a real open_clip architecture with random weights."""
    import open_clip

    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("checkpoint") / "clip.pt"
    torch.save(open_clip.create_model(ARCHITECTURE).state_dict(), path)
    return path


def test_a_local_checkpoint_gives_unit_rows_of_its_dimension(checkpoint):
    model = models.load(f"{ARCHITECTURE}/{checkpoint}", precision="float32")
    pixels = model.prepare(Image.new("RGB", (90, 50), "teal"))
    images, texts = model.embed_images(pixels[None]), model.embed_texts(["teal", "a cat", "nothing at all"])
    assert pixels.dtype == images.dtype == texts.dtype == np.float32
    assert images.shape == (1, model.dim)
    assert texts.shape == (3, model.dim)
    np.testing.assert_allclose(np.linalg.norm(np.vstack([images, texts]), axis=1), 1, atol=1e-5)
    assert model.key.startswith(ARCHITECTURE)
    assert model.key.endswith("f32")


@pytest.fixture
def fake():
    return JointModel(
        key="fake",
        dim=3,
        transform=lambda image: np.asarray(image, np.float32).transpose(2, 0, 1),
        image_rows=lambda batch: batch.mean(axis=(2, 3)) * 7,
        tokenizer=lambda texts: np.array([[len(text), 1, 0] for text in texts]),
        text_rows=lambda tokens: tokens.astype(np.float32),
        make_clip=lambda: "a module",
        logit_scale=1.0,
    )


def test_rows_are_unit_whatever_the_module_gives(fake):
    batch = np.stack([fake.prepare(Image.new("RGB", (4, 4), colour)) for colour in ("red", "white")])
    np.testing.assert_allclose(fake.embed_images(batch), [[1, 0, 0], [3**-0.5] * 3], atol=1e-6)  # type: ignore[arg-type]


def test_no_texts_are_no_rows_and_many_texts_keep_their_order(fake):
    assert fake.embed_texts([]).shape == (0, 3)
    many = fake.embed_texts(["x" * (1 + index % 5) for index in range(600)])
    np.testing.assert_allclose(many, np.tile(many[:5], (120, 1)))
    assert np.all(np.diff(many[:5, 0]) > 0)


def test_a_key_is_a_safe_folder_name_that_keeps_its_parts_apart():
    assert embedder_key("ViT-B-32", "../a b", 224, "bf16") == "ViT-B-32-.._a_b-224-bf16"


@pytest.mark.parametrize(("flags", "chosen"), [("avx512f amx_bf16", "bfloat16"), ("avx512f", "float32")])
def test_auto_is_bfloat16_only_where_the_processor_has_tiles_for_it(monkeypatch, tmp_path, flags, chosen):
    (tmp_path / "cpuinfo").write_text(f"flags : {flags}\n")
    has = engine.has_bfloat16_tiles
    monkeypatch.setattr(engine, "has_bfloat16_tiles", lambda: has(tmp_path / "cpuinfo"))
    assert engine.choose_precision("auto") == chosen


@pytest.mark.parametrize(
    ("flags", "chosen"),
    [("avx512f avx512_bf16", "bfloat16"), ("amx_bf16", "bfloat16"), ("avx512f avx512_vnni", "float32")],
)
def test_a_model_may_say_that_units_for_vectors_are_enough(monkeypatch, tmp_path, flags, chosen):
    (tmp_path / "cpuinfo").write_text(f"flags : {flags}\n")
    for name in ("has_bfloat16_tiles", "has_bfloat16_vectors"):
        has = getattr(engine, name)
        monkeypatch.setattr(engine, name, lambda has=has: has(tmp_path / "cpuinfo"))
    assert engine.choose_precision("auto", vectors_too=True) == chosen


def test_a_machine_that_tells_nothing_computes_in_float32(tmp_path):
    assert not engine.has_bfloat16_tiles(tmp_path / "missing")


def test_an_unknown_precision_is_told_which_are_known():
    with pytest.raises(ModelError, match="auto, float32, bfloat16"):
        engine.choose_precision("float8")


def test_importing_the_room_loads_no_torch():
    code = "import sys, workbench.models, workbench.models.weights; print('torch' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"


def test_every_known_model_can_be_fetched_by_its_name():
    assert set(weights.MODELS) == {
        "mini",
        "faces-facenet",
        "faces-facenet-release",
        "faces-sface",
        "regions",
        "regions-maskrcnn",
    }
