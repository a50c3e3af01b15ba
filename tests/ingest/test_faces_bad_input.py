"""Odd photos: each gives the faces that a person would expect, and none stops the others."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps

from workbench.errors import ModelError
from workbench.ingest import ingest
from workbench.models.faces import face_pair
from workbench.samples.face import read_faces
from workbench.store.case_folder import CaseFolder
from workbench.store.snapshot import read_snapshot
from workbench.testing import ColourEmbedder, SquareFaces, write_faces

ALBUM = Path(__file__).parents[2] / "data" / "photos"
FACES = ALBUM / "faces"
ORIENTATION = 0x0112


def faces_in(source, model):
    """Ingest a folder and return its faces."""
    case = CaseFolder.create_or_open(source.parent / "case", source, None)
    ingest(case, ColourEmbedder(), faces=model, progress=False)
    snapshot = read_snapshot(case, "colour-1")
    return snapshot, read_faces(case, model.key, snapshot.images)


def test_a_folder_without_any_face_is_searched_once_and_stays_a_folder_of_images(tmp_path):
    write_faces(tmp_path / "photos", {"a.png": [], "b.png": []})
    snapshot, faces = faces_in(tmp_path / "photos", SquareFaces())
    assert (len(snapshot.images), len(faces.frame), len(faces.vectors)) == (2, 0, 0)
    again = SquareFaces()
    faces_in(tmp_path / "photos", again)
    assert again.detected == 0


def test_two_hundred_faces_in_one_photo_are_two_hundred_rows(tmp_path):
    write_faces(tmp_path / "photos", {"crowd.png": [number % 12 for number in range(200)], "one.png": [3]})
    model = SquareFaces()
    _, faces = faces_in(tmp_path / "photos", model)
    assert len(faces.frame) == model.embedded == 201
    assert faces.frame["face_id"].is_unique


def test_a_broken_file_costs_no_face_of_the_others(tmp_path):
    write_faces(tmp_path / "photos", {"a.png": [1], "c.png": [2, 3]})
    (tmp_path / "photos" / "b.jpg").write_bytes(b"\xff\xd8\xff not a photo")
    snapshot, faces = faces_in(tmp_path / "photos", SquareFaces())
    assert (len(faces.frame), list(snapshot.problems["step"])) == (3, ["decode"])


def test_a_photo_turned_by_its_exif_has_its_boxes_in_the_upright_picture(tmp_path):
    (path,) = write_faces(tmp_path / "photos", {"a.png": [5, 7, 9]})
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # shown a quarter to the right of how it is stored
    with Image.open(path) as upright:
        upright.transpose(Image.Transpose.ROTATE_90).save(path.with_suffix(".jpg"), exif=exif, quality=95)
    path.unlink()
    _, faces = faces_in(tmp_path / "photos", SquareFaces())
    assert np.allclose(faces.frame["x"], [16, 96, 176], atol=2)
    assert np.allclose(faces.frame["y"], 16, atol=2)


@pytest.fixture(scope="module", params=["facenet", "sface"])
def model(request):
    try:
        return face_pair(request.param).load()
    except ModelError as error:
        pytest.skip(str(error))


def portrait(person="john-schneider", side=320):
    """Open a photo with one face that nearly fills it, on a plain margin."""
    with Image.open(next(iter(sorted((FACES / person).iterdir())))) as photo:
        return ImageOps.expand(photo.convert("RGB").resize((side, side)), side // 2, (120, 130, 140))


def only(faces):
    assert len(faces) == 1, [(face.score, face.box) for face in faces]
    return faces[0]


def likeness(model, *faces):
    first, second = model.embed_faces(np.stack([face.crop for face in faces]))
    return float(first @ second)


@pytest.mark.weights
def test_landscapes_have_no_faces(model):
    paths = sorted((ALBUM / "landscapes").iterdir()) + sorted((ALBUM / "sky").iterdir())
    for path in paths:
        with Image.open(path) as photo:
            assert model.detect(photo.convert("RGB")) == [], path


@pytest.mark.weights
def test_a_crowd_is_found(model):
    crowd = Image.new("RGB", (20 * 50 + 20, 10 * 60 + 20), (120, 130, 140))
    photos = sorted(FACES.glob("*/*"))
    for place in range(200):
        with Image.open(photos[place % len(photos)]) as photo:
            small = photo.convert("RGB").resize((44, 44), Image.Resampling.LANCZOS)
        crowd.paste(small, (12 + place % 20 * 50, 12 + place // 20 * 60))
    faces = model.detect(crowd)
    assert 170 <= len(faces) <= 205


@pytest.mark.weights
def test_a_face_cut_by_the_edge_is_found_and_still_that_person(model):
    whole = portrait()
    cut = whole.crop((220, 0, *whole.size))
    left, top, width, height = only(model.detect(cut)).box
    assert likeness(model, only(model.detect(whole)), only(model.detect(cut))) > 0.4
    assert min(left, top) >= 0
    assert left + width <= cut.width
    assert top + height <= cut.height


@pytest.mark.weights
def test_a_tiny_face_is_worth_less_and_a_speck_is_none(model):
    photo = portrait()
    large = only(model.detect(photo))
    wall = Image.new("RGB", (1024, 768), (120, 130, 140))
    wall.paste(photo.resize((96, 96), Image.Resampling.LANCZOS), (400, 300))
    assert only(model.detect(wall)).quality < 0.9 * large.quality
    wall.paste(Image.new("RGB", (96, 96), (120, 130, 140)), (400, 300))
    wall.paste(photo.resize((24, 24), Image.Resampling.LANCZOS), (400, 300))
    assert model.detect(wall) == []


@pytest.mark.weights
def test_a_photo_of_a_photo_shows_the_same_person(model):
    photo = portrait()
    print_ = ImageOps.expand(photo.resize((300, 300)), 12, "white").rotate(
        8, expand=True, fillcolor=(90, 80, 70)
    )
    wall = Image.new("RGB", (1000, 700), (90, 80, 70))
    wall.paste(print_, (330, 180))
    seen = only(model.detect(wall.point(lambda value: int(20 + 0.75 * value))))
    assert likeness(model, only(model.detect(photo)), seen) > 0.6


@pytest.mark.weights
@pytest.mark.parametrize("turn", [Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_270])
def test_a_photo_that_lies_on_its_side_has_its_face_upright_in_the_crop(model, turn):
    photo = portrait()
    upright, lying = only(model.detect(photo)), only(model.detect(photo.transpose(turn)))
    assert likeness(model, upright, lying) > 0.9
    assert lying.box[2] > lying.box[3]


@pytest.mark.weights
def test_a_drawing_of_a_smile_is_no_face(model):
    sheet = Image.new("RGB", (600, 400), "white")
    pen = ImageDraw.Draw(sheet)
    pen.ellipse((200, 80, 400, 320), outline="black", width=5)
    pen.ellipse((250, 150, 270, 170), fill="black")
    pen.ellipse((330, 150, 350, 170), fill="black")
    pen.line((300, 180, 290, 220, 305, 225), fill="black", width=4)
    pen.arc((250, 210, 350, 280), 20, 160, fill="black", width=5)
    assert model.detect(sheet) == []


@pytest.mark.weights
def test_a_face_in_the_dark_is_brightened_and_is_that_person(model):
    photo = portrait()
    dark = photo.point(lambda value: int(value * 0.15))
    face = only(model.detect(dark))
    assert face.gamma < 0.8
    assert only(model.detect(photo)).gamma == 1
    assert likeness(model, only(model.detect(photo)), face) > 0.6


@pytest.mark.weights
@pytest.mark.parametrize("size", [(1, 1), (3000, 1), (1, 3000), (11, 12), (5000, 40)])
def test_a_picture_too_small_for_a_face_has_none(model, size):
    assert model.detect(Image.new("RGB", size, "grey")) == []
