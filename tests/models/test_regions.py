"""Regions of real photos: the boxes, outlines and words that a person would see, and odd pictures."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from workbench.errors import ModelError
from workbench.media.crops import FoundRegion, cut_out, from_run_lengths, run_lengths, squeeze
from workbench.models.regions import WAYS, _key, load_regions, ways
from workbench.models.regions.detector import LABELS, windows
from workbench.models.regions.maskrcnn import PersonSegmenter
from workbench.models.regions.model import outline
from workbench.models.regions.reader import script_of

ALBUM = Path(__file__).parents[2] / "data" / "photos"


@cache
def finder(*kinds):
    try:
        return load_regions(kinds)
    except ModelError as error:
        pytest.skip(str(error))


def written(text, size=40):
    """Draw a text on a yellow plate that just holds it."""
    font = ImageFont.load_default(size)
    width = round(font.getlength(text)) + size
    plate = Image.new("RGB", (width, 2 * size), "yellow")
    ImageDraw.Draw(plate).text((size // 2, size // 3), text, fill="black", font=font)
    return plate


def read(image):
    return finder("text").find(image, ["text"])


@pytest.mark.parametrize("shape", [(1, 1), (3, 4), (40, 7)])
def test_a_mask_comes_back_from_its_run_lengths(shape):
    for share in (0, 0.3, 1):
        mask = np.random.default_rng(0).random(shape) < share
        assert np.array_equal(from_run_lengths(run_lengths(mask), shape), mask)


def test_run_lengths_begin_with_what_is_not_the_thing():
    assert run_lengths(np.array([[True, False], [False, True]])) == [0, 1, 2, 1]


@pytest.mark.parametrize("runs", [[3], [5, 2, -1], []])
def test_run_lengths_that_do_not_fill_the_mask_are_refused(runs):
    with pytest.raises(ValueError, match="do not fill"):
        from_run_lengths(runs, (2, 3))


def test_the_eighty_names_have_the_numbers_of_coco():
    assert (len(LABELS), LABELS[1], LABELS[13], LABELS[62], LABELS[90]) == (
        80,
        "person",
        "stop sign",
        "chair",
        "toothbrush",
    )


def test_a_person_is_cut_out_on_grey_and_a_thing_with_what_is_around_it():
    photo = Image.new("RGB", (100, 100), "blue")
    photo.paste((255, 0, 0), (30, 20, 50, 80))
    mask = np.zeros((30, 20), bool)
    mask[:, :10] = True
    cut = np.asarray(cut_out(photo, FoundRegion("persons", (30, 20, 40, 60), "person", 1.0, mask)))
    assert cut.shape == (60, 40, 3)
    assert [tuple(cut[30, column]) for column in (5, 35)] == [(255, 0, 0), (124, 116, 104)]
    assert cut_out(photo, FoundRegion("objects", (30, 20, 40, 60), "vase", 1.0)).size == (46, 66)


@pytest.mark.parametrize("box", [(0, 0, 0.2, 0.2), (99.9, 99.9, 0.1, 0.1), (-5, -5, 300, 300)])
def test_no_box_is_too_small_or_too_large_to_be_cut_out(box):
    cut = squeeze(cut_out(Image.new("RGB", (100, 100)), FoundRegion("objects", box, "vase", 1.0)))
    assert cut.width == cut.height >= 1


def test_an_outline_covers_the_box_alone_and_none_is_better_than_a_wrong_one():
    def middle(_):
        standing = np.zeros((320, 320), np.float32)
        standing[80:240, 80:240] = 1
        return standing

    photo = Image.new("RGB", (200, 400))
    mask = outline(photo, (0, 0, 200, 400), middle)
    assert mask.shape == (128, 64)
    assert mask.mean() == pytest.approx(0.25, abs=0.02)
    assert outline(photo, (0, 0, 200, 400), lambda _: np.zeros((320, 320), np.float32)) is None


def test_the_script_is_that_of_most_letters():
    assert [script_of(text) for text in ("AB 12", "Привет ok", "出口", "12-34")] == [
        "Latin",
        "Cyrillic",
        "Cjk",
        "",
    ]


def test_an_unknown_kind_or_way_is_told_which_are_known():
    with pytest.raises(ModelError, match="persons, objects, text"):
        load_regions(["people"])
    with pytest.raises(ModelError, match="persons/u2netp, persons/box, persons/maskrcnn"):
        load_regions(["persons/yolo"])


def test_each_way_to_find_a_kind_is_part_of_its_key():
    assert ways(["text", "persons"]) == {"text": "rapidocr", "persons": "u2netp"}
    keys = {_key("persons", way) for way in WAYS["persons"]} | {
        _key("objects", "ssd"),
        _key("text", "rapidocr"),
    }
    assert len(keys) == 5
    assert all("/" not in key for key in keys)


def test_mask_rcnn_gives_sure_persons_with_their_part_of_the_mask():
    masks = np.zeros((4, 1, 100, 200), np.float32)
    masks[:, :, 20:60, 30:50] = 1

    def network(pixels):
        assert pixels.shape == (3, 100, 200)
        boxes = np.array([[30, 20, 70, 60], [30, 20, 70, 60], [30, 20, 70, 60], [-9, -9, 0, 0]], np.float32)
        return {
            "boxes": boxes,
            "labels": np.array([1, 18, 1, 1]),
            "scores": np.array([0.9, 0.9, 0.2, 0.9]),
            "masks": masks,
        }

    (person,) = PersonSegmenter(network)(Image.new("RGB", (200, 100)))
    assert person.box == (30, 20, 40, 40)
    assert person.mask.shape == (40, 40)
    assert person.mask[:, :20].all()  # type: ignore[index]
    assert not person.mask[:, 20:].any()  # type: ignore[index]


def test_mask_rcnn_without_its_weights_names_the_command_and_downloads_nothing(monkeypatch, tmp_path):
    monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path))
    monkeypatch.setattr("urllib.request.urlopen", lambda *_, **__: pytest.fail("something was downloaded"))
    with pytest.raises(ModelError, match="workbench models fetch regions-maskrcnn"):
        load_regions(["persons/maskrcnn"])


@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: b"", None])
def test_a_model_of_the_reader_is_checked_and_never_downloaded(monkeypatch, tmp_path, damage):
    reader = pytest.importorskip("rapidocr")
    models = tmp_path / "models"
    models.mkdir()
    for file in (Path(reader.__file__).parent / "models").glob("*.onnx"):
        (models / file.name).symlink_to(file)
    one = next(models.glob("*_rec_*.onnx"))
    data = one.read_bytes()
    one.unlink()
    if damage:
        one.write_bytes(damage(data))
    monkeypatch.setattr("rapidocr.main.root_dir", tmp_path)
    monkeypatch.setattr("requests.get", lambda *_, **__: pytest.fail("something was downloaded"))
    with pytest.raises(ModelError, match=rf"{one.name} is damaged.*Reinstall"):
        load_regions(["text"])


def test_without_weights_the_command_that_fetches_them_is_named():
    with pytest.raises(ModelError, match="workbench models fetch regions"):
        load_regions(["objects"])


@pytest.mark.parametrize("size", [(640, 480), (5000, 100), (100, 5000), (3000, 1), (1, 1)])
def test_the_parts_looked_at_cover_the_picture_and_stay_inside(size):
    places = windows(*size)
    seen = np.zeros(size[::-1], bool)
    for left, top, right, bottom in places:
        assert 0 <= left < right <= size[0]
        assert 0 <= top < bottom <= size[1]
        seen[top:bottom, left:right] = True
    assert seen.all() or min(size) == 1
    assert len(places) <= 100


@pytest.mark.weights
def test_text_is_read_upright_upside_down_on_its_side_and_aslant():
    sheet = Image.new("RGB", (1000, 700), "white")
    for angle, place in {0: (30, 30), 180: (30, 200), 90: (800, 30), 35: (350, 300)}.items():
        plate = written("WB 123 KX").rotate(angle, expand=True, fillcolor="white")
        sheet.paste(plate, place)
    found = read(sheet)
    assert [region.text.replace(" ", "") for region in found] == ["WB123KX"] * 4
    boxes = np.array([region.box for region in found])
    assert (boxes[:, :2] >= 0).all()
    assert (boxes[:, :2] + boxes[:, 2:] <= (1000, 700)).all()


@pytest.mark.weights
def test_places_of_text_are_those_of_the_large_picture():
    sheet = Image.new("RGB", (3200, 1600), "white")
    sheet.paste(written("HARBOUR", 160), (1800, 900))
    (region,) = read(sheet)
    x, y, width, height = region.box
    assert region.text == "HARBOUR"
    assert 1800 <= x <= 1900
    assert 2400 <= x + width < 3000
    assert 900 <= y <= 1000
    assert 1060 <= y + height <= 1240


@pytest.mark.weights
@pytest.mark.parametrize("size", [(16, 16), (1, 1), (2000, 40), (40, 2000)])
def test_a_picture_of_one_colour_has_no_regions(size):
    kinds = ("persons", "objects", "text")
    assert finder(*kinds).find(Image.new("RGB", size, "red"), kinds) == []


@pytest.mark.weights
def test_persons_in_a_long_panorama_have_boxes_where_they_stand():
    path = sorted((ALBUM / "faces").glob("*/*"))[0]
    panorama = Image.new("RGB", (10_000, 200), (120, 130, 140))
    with Image.open(path) as photo:
        panorama.paste(photo.convert("RGB").resize((200, 200)), (7130, 0))
    found = finder("persons", "objects").find(panorama, ["persons"])
    x, _, width, _ = max(found, key=lambda region: region.score).box
    assert 7080 < x < x + width < 7380


@pytest.mark.weights
def test_a_portrait_is_one_person_with_an_outline_inside_the_picture():
    path = sorted((ALBUM / "faces").glob("*/*"))[0]
    with Image.open(path) as photo:
        found = finder("persons", "objects").find(photo.convert("RGB"), ["persons"])
        x, y, width, height = found[0].box
        assert 0 <= x < x + width <= photo.width
        assert 0 <= y < y + height <= photo.height
    assert [region.label for region in found] == ["person"]
    assert 0.2 < found[0].mask.mean() < 0.95
