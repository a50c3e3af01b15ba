"""The embedded model: its parts with made-up numbers, and its answers on real photos."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import workbench as wb
from benchmarks.mini_training.evaluate import average_precision, interval, ranks
from benchmarks.mini_training.features import few_of, make_view
from benchmarks.mini_training.photos import Photo, read_photos, same_photo
from benchmarks.mini_training.sentences import sentences_of
from benchmarks.mini_training.splits import Split, seen_only, split_photos
from benchmarks.mini_training.train import near_twins
from workbench import models
from workbench.errors import ModelError
from workbench.models import weights
from workbench.models.mini.config import HeadConfig, read_config
from workbench.models.mini.heads import Heads, ImageHead, TextHead, load_heads, save_heads
from workbench.models.mini.load import reads, tokenizer
from workbench.models.mini.preprocess import prepare
from workbench.models.mini.towers import FEATURES, SLICES

PHOTOS = Path(__file__).parents[2] / "data" / "photos"


def photo(part, **row):
    return Photo(part, Path("root") / part / row["file"], row.get("label", row["file"]), (row,))


def test_slices_cover_the_features_without_gap_or_overlap():
    edges = [(part.start, part.stop) for part in SLICES.values()]
    assert [start for start, _ in edges] == [0, *(stop for _, stop in edges[:-1])]
    assert edges[-1][1] == FEATURES


def test_prepared_pixels_have_one_shape_whatever_the_photo():
    for image in (Image.new("RGB", (3, 900)), Image.new("L", (500, 20)), Image.new("RGBA", (1, 1))):
        pixels = prepare(image)
        assert pixels.shape == (3, 224, 224)
        assert pixels.dtype == np.float32
    np.testing.assert_allclose(prepare(Image.new("RGB", (9, 9), (124, 116, 104))), 0, atol=0.02)


def test_heads_come_back_from_disk_as_they_were_written(tmp_path):
    torch.manual_seed(0)
    config = HeadConfig(hidden=8, reduced=16)
    image, text = ImageHead(config).eval(), TextHead(config).eval()
    features, rows = torch.randn(4, FEATURES), torch.randn(4, 384)
    save_heads(Heads(image, text, 20.0), tmp_path / "heads.safetensors")
    loaded = load_heads(tmp_path / "heads.safetensors")
    assert loaded.image.config == config
    assert loaded.logit_scale == 20.0
    with torch.inference_mode():
        torch.testing.assert_close(loaded.image(features), image(features), atol=2e-3, rtol=0)
        torch.testing.assert_close(loaded.text(rows), text(rows), atol=2e-3, rtol=0)


def test_shipped_heads_give_unit_rows_of_the_length_their_file_says():
    heads = load_heads()
    dim = read_config()[0].dim
    with torch.inference_mode():
        rows = torch.cat([heads.image(torch.randn(3, FEATURES)), heads.text(torch.randn(3, 384))])
    assert dim <= 768
    assert rows.shape == (6, dim)
    torch.testing.assert_close(rows.norm(dim=1), torch.ones(6))


def test_a_person_is_described_only_by_what_they_have():
    columns = ("backpack", "bag", "handbag", "hat")
    colours = [f"upper_{c}" for c in ("black", "white", "red", "purple", "yellow", "gray", "blue", "green")]
    lower = ("black", "white", "pink", "purple", "yellow", "gray", "blue", "green", "brown")
    row = dict.fromkeys([*columns, *colours, *(f"lower_{c}" for c in lower)], "no")
    row |= {"file": "1.jpg", "gender": "female", "hair": "long", "caption": "a woman", "lower_type": "pants"}
    row |= {"lower_length": "long", "backpack": "yes", "upper_red": "yes"}
    said = sentences_of(photo("people", **row))
    assert "a person carrying a backpack" in said
    assert "a person wearing a red top" in said
    assert not any("hat" in sentence or "handbag" in sentence or "dress" in sentence for sentence in said)
    assert not any(sentence.startswith("a man") for sentence in said)


def test_sentences_use_an_before_a_vowel_and_never_repeat():
    said = sentences_of(photo("classes", file="imagenet/1.jpg", label="eagle"))
    assert "a photo of an eagle" in said
    assert len(said) == len(set(said))


def captioned(folder, name, **row):
    file = Path("root") / folder / f"{name}.jpg"
    return Photo("captions", file, same_photo(file.name), ({"file": file.name, **row},))


def test_a_split_holds_back_whole_classes_and_whole_identities():
    photos = [captioned("flickr8k", f"{i}_a") for i in range(1500)] + [
        captioned("coco", f"{i:012d}") for i in range(1, 90)
    ]
    photos += [captioned("flickr8k", f"{i}_a", sentence="once more") for i in range(0, 1500, 2)]
    photos += [captioned("coco_val_few", f"COCO_val2014_{i:012d}") for i in range(1, 90, 20)]
    photos += [photo("classes", file=f"imagenet/{i}.jpg", label=f"class {i}") for i in range(20)]
    photos += [photo("classes", file=f"grocery/{i}.jpg", label=f"class {i}") for i in range(20)]
    photos += [
        Photo("people", Path(f"{i}.jpg"), f"person {i // 3}", ({"file": f"{i}.jpg"},)) for i in range(30)
    ]
    split = split_photos(photos)
    trained = {photos[index].group for index in split.train}
    captions = {*split.captions, *split.mixed, *split.tuning}
    assert (len(split.captions), len(split.mixed), len(split.tuning)) == (875, 616, 500)
    assert set(split.tuning).isdisjoint((*split.captions, *split.mixed))
    assert (captions | set(split.classes) | set(split.people)).isdisjoint(split.train)
    assert trained.isdisjoint(photos[index].group for index in captions), "the same photo in two folders"
    assert trained.isdisjoint(split.labels[split.known :])
    assert trained.isdisjoint(photos[index].group for index in split.people)


def test_near_twins_of_what_is_measured_are_found():
    rows = np.random.default_rng(0).standard_normal((40, FEATURES)).astype(np.float16)
    rows[33] = rows[3] + np.float16(0.01)
    photo = np.delete(np.arange(41), 7)  # one photo was never looked at
    assert near_twins(rows, photo, [*range(20)], [*range(20, 41)]) == {34}


def test_a_few_photos_are_two_of_a_person_and_no_more_of_a_class_than_asked():
    people = [
        Photo("people", Path(f"{i}.jpg"), f"person {i // 5}", ({"file": f"{i}.jpg"},)) for i in range(15)
    ]
    assert few_of(people, "people") == [0, 1, 5, 6, 10, 11]
    faces = [
        Photo("faces", Path("root") / f"{i}.jpg", "someone", ({"file": f"{i}.jpg"},)) for i in range(400)
    ]
    assert len(few_of(faces, "faces")) == 320
    assert few_of(faces, "faces") == few_of(faces, "faces")
    assert few_of([captioned("flickr8k", "1_a")], "captions") == [0]
    assert few_of(faces, "boxes") == []


def test_a_split_keeps_only_photos_that_were_looked_at():
    split = Split([0, 1], [2], [2, 3], [4], [5, 6], ["tench", "goldfish"], 1, [7])
    assert seen_only(split, np.array([1, 1, 3, 6])) == Split([1], [], [3], [], [6], ["goldfish"], 0, [])


def test_each_kind_of_sentence_has_shares_of_its_own():
    torch.manual_seed(0)
    config = HeadConfig(
        hidden=8, reduced=16, shares=((1.0, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0), (0.0, 0.0, 1.0, 0.0))
    )
    text = TextHead(config).eval()
    text.regress_axes.normal_()
    text.label_axes.normal_()
    text.kind.weight.data.zero_()
    rows = torch.randn(2, 384)
    ends = np.cumsum(
        [0, config.regressed, config.contrasted * config.networks, config.described, config.labelled]
    )
    for kind, subspace in enumerate((0, 3, 2)):
        text.kind.bias.data.copy_(torch.eye(3)[kind] * 100)
        with torch.inference_mode():
            made = text(rows)
        held = [float(made[:, start:end].norm()) > 0.1 for start, end in pairwise(ends)]
        assert held == [place == subspace for place in range(4)]


def test_a_training_folder_without_its_lists_is_told_so(tmp_path):
    with pytest.raises(ModelError, match=r"captions\.csv"):
        read_photos(tmp_path, "captions")


def test_views_are_the_photo_its_mirror_and_the_same_crops_every_time():
    image = Image.fromarray(np.arange(40 * 60 * 3, dtype=np.uint8).reshape(40, 60, 3))
    assert make_view(image, 0, seed=1) is image
    assert np.array_equal(np.asarray(make_view(image, 1, seed=1)), np.asarray(image)[:, ::-1])
    crop, again = make_view(image, 2, seed=1), make_view(image, 2, seed=1)
    assert np.array_equal(np.asarray(crop), np.asarray(again))
    assert crop.width * crop.height >= 0.4 * 40 * 60


def test_the_same_photo_in_two_folders_has_one_name():
    assert same_photo("coco_val_few/COCO_val2014_000000000139.webp") == same_photo("coco/000000000139.jpg")
    assert same_photo("flickr8k/1000268201_693b08cb0e.webp") == same_photo(
        "flickr8k/1000268201_693b08cb0e.jpg"
    )
    assert same_photo("coco1/coco1_sample_10.webp") != same_photo("coco/000000000010.jpg")


def test_sentences_of_a_caption_stay_as_they_were_written():
    rows = (
        {"sentence": "A man  rides a bike .", "part": "flickr8k"},
        {"sentence": "A bike", "part": "flickr8k"},
    )
    assert sentences_of(Photo("captions", Path("1.jpg"), "1", rows)) == ["A man rides a bike .", "A bike"]
    scene = ({"sentence": "airport", "part": "ade20k"},)
    assert "a photo of an airport" in sentences_of(Photo("scenes", Path("1.jpg"), "1", scene))


def test_figures_of_the_card_by_hand():
    scores = np.array([[0.1, 0.9], [0.8, 0.8]], np.float32)
    assert ranks(scores, np.array([1, 0])).tolist() == [0, 1]  # a tie counts against
    assert average_precision(np.array([3.0, 2.0, 1.0]), np.array([True, False, True])) == pytest.approx(5 / 6)
    low, high = interval(np.array([True, True, False, False]), np.array([0, 0, 1, 1]))
    assert (low, high) == (0, 1)  # two photos, one always found and one never
    assert interval(np.array([True, True]), np.array([0, 1])) == (1, 1)


@pytest.fixture(scope="session")
def mini():
    missing = [row.name for row in weights.status() if row.model == "mini" and not row.present]
    if missing:
        pytest.skip(f"weights not here ({', '.join(missing)}); run: workbench models fetch")
    return models.load("mini", precision="float32")


@pytest.mark.weights
def test_mini_is_an_open_clip_model_whose_modules_agree_with_its_rows(mini):
    from open_clip.model import CustomTextCLIP

    assert isinstance(mini.clip, CustomTextCLIP)
    photos = [Image.open(file) for file in sorted(PHOTOS.rglob("*.jpg"))[:2]]
    pixels, floats = (np.stack([do(photo) for photo in photos]) for do in (mini.prepare, prepare))
    words = ["a dog", "the colour red, seen from far away"]
    with torch.inference_mode():
        images = mini.clip.encode_image(torch.from_numpy(floats), normalize=True).numpy()
        texts = mini.clip.encode_text(torch.from_numpy(mini.tokenizer(words)), normalize=True).numpy()
    np.testing.assert_allclose(mini.embed_images(pixels), images, atol=1e-5)
    np.testing.assert_allclose(mini.embed_texts(words), texts, atol=1e-5)
    assert len(mini.clip.visual.trunk.blocks) == 12


@pytest.mark.parametrize(
    "text",
    ["猫", "ねこ", "고양이 두 마리", "แมวสองตัว", "قطة", "חתול", "бурый кот", "γάτα", "बिल्ली", "a photo of 猫",
     "red 猫", "猫2", "a 黒い猫 on the 椅子"],
)  # fmt: skip
def test_mini_says_that_it_cannot_read_a_text_of_another_script(text):
    assert not reads(text)


@pytest.mark.parametrize(
    "text",
    [
        "a cat",
        "",
        "42",
        "…",
        "café",
        "Zwei Hündinnen über Łódź",
        "a red car at the 駅",
        "5 µm",
        "Nguyễn",
    ],
)
def test_mini_reads_what_is_mostly_in_latin_letters(text):
    assert reads(text)


@pytest.mark.weights
def test_the_model_carries_what_it_reads(mini):
    assert mini.reads("a cat")
    assert not mini.reads("猫")


@pytest.mark.weights
def test_tokens_are_those_of_the_tokenizer_that_open_clip_uses():
    from open_clip.tokenizer import HFTokenizer

    from workbench.models.mini.build import minilm_folder

    theirs = HFTokenizer(str(minilm_folder()), context_length=96, local_files_only=True)
    texts = ["a dog", "  Zwei \n Hunde, naïve café!", "", "x" * 40 + " 東京 🙂", "word " * 300]
    ours = tokenizer()(texts)
    assert ours.shape == (5, 96)
    np.testing.assert_array_equal(ours, theirs(texts).numpy())
    assert tokenizer()(["a dog"]).shape == (1, 4)
    assert tokenizer()([]).shape[0] == 0


@pytest.mark.weights
def test_a_model_loaded_again_asks_for_no_torch(mini):
    code = "import sys; from workbench import models; models.load(precision='float32').embed_texts(['a'])"
    code += "; print(sorted({'torch', 'transformers', 'timm', 'open_clip'} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"


@pytest.mark.weights
def test_a_text_has_the_same_row_alone_and_in_company(mini):
    company = mini.embed_texts(["a cat", "a very long sentence about many things that are in the picture"])
    np.testing.assert_allclose(mini.embed_texts(["a cat"])[0], company[0], atol=1e-5)


@pytest.mark.weights
def test_bfloat16_keeps_the_direction_of_rows_and_has_a_key_of_its_own(mini):
    files = sorted(PHOTOS.rglob("*.jpg"))[::4]
    pixels = np.stack([mini.prepare(Image.open(file)) for file in files])
    light = models.load("mini", precision="bfloat16")
    assert light.key != mini.key
    cosines = (light.embed_images(pixels) * mini.embed_images(pixels)).sum(axis=1)
    # both towers compute in it, for twice the photos a second: 0.9989 was the least of these
    assert cosines.min() >= 0.998
    assert np.median(cosines) >= 0.9995


ANSWERS = {
    "a cup of coffee": ("coffee", "cappuccino", "espresso"),
    "a cat": ("cat",),
    "people drinking wine at a restaurant": ("wine",),
    "a beach at sunset": ("beach", "coast", "sunset"),
    "a dragonfly": ("dragonfly",),
    "a city at night": ("night",),
}


@pytest.fixture(scope="session")
def demo(mini):
    """Return the names of the demo photos and their rows."""
    files = [file for file in sorted(PHOTOS.rglob("*")) if file.suffix in (".jpg", ".png")]
    rows = [mini.embed_images(mini.prepare(Image.open(file))[None])[0] for file in files]
    return [file.stem for file in files], np.stack(rows)


@pytest.mark.weights
@pytest.mark.parametrize("query", ANSWERS)
def test_a_query_in_words_puts_a_right_photo_first(mini, demo, query):
    names, rows = demo
    best = names[int(np.argmax(rows @ mini.embed_texts([query])[0]))]
    assert any(word in best for word in ANSWERS[query]), best


@pytest.mark.weights
def test_a_folder_of_one_kind_is_named_as_it_is_alone_and_among_others(tmp_path):
    """What all photos show is what they are; the folders next to it change nothing."""
    alone = wb.open(PHOTOS / "faces", case=tmp_path / "alone")
    alone.ingest(progress=False)
    named = [alone.describe(row, k=1)["phrase"][0] for row in range(len(alone.images))]
    assert named.count("a portrait of one person") >= 0.9 * len(named)

    labels = alone.vectors[:, 0] > np.median(alone.vectors[:, 0])  # two clusters of one kind
    names = alone.cluster_names(labels.astype(np.int32))
    assert all(name.startswith("a portrait of one person") for name in names)
    assert len(set(names)) == 2

    among = wb.open(PHOTOS, case=tmp_path / "among")
    among.ingest(progress=False)
    kinds = [path.split("/")[0] for path in among.images["path"]]
    names = among.cluster_names(np.unique(kinds, return_inverse=True)[1].astype(np.int32))
    assert names[sorted(set(kinds)).index("faces")].startswith("a portrait of one person")
