"""Find this thing: a coloured square is found where it is, whatever the picture and whoever turned it."""

import shutil

import numpy as np
import pytest
from PIL import Image, ImageDraw

import workbench as wb
from workbench.analysis.instances.boxes import overlaps
from workbench.case.instances.things import as_fractions
from workbench.errors import CaseError, QueryError
from workbench.testing import ColourPatches

SQUARES = {"a": (40, 30), "b": (200, 120), "c": (100, 10)}
SIDE = 60
SIZE = (320, 240)


def paint(colour, corner, size=SIZE, noise=0):
    """Paint a grey picture with one square."""
    image = Image.new("RGB", size, (120 + noise, 120, 120))
    ImageDraw.Draw(image).rectangle((*corner, corner[0] + SIDE - 1, corner[1] + SIDE - 1), fill=colour)
    return image


def best_overlap(found, name, expected):
    row = next(i for i, path in enumerate(found.frame["path"]) if path.startswith(name))
    return float(overlaps(found.boxes[row], expected)[0, 0])


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    for number, (name, corner) in enumerate(SQUARES.items()):
        paint("red", corner, noise=number).save(folder / f"{name}.png")
    paint("blue", (40, 30)).save(folder / "other.png")
    Image.new("RGB", (50, 1000), "white").save(folder / "tower.png")
    Image.new("RGB", (16, 16), "gray").save(folder / "tiny.png")
    return folder


@pytest.fixture
def case(photos, tmp_path):
    case = wb.open(photos, case=tmp_path / "case", model="fake")
    case.ingest(instances=True, progress=False)
    return case


def test_a_square_is_found_where_it_is(case):
    found = case.find_this("a.png", box=(40, 30, SIDE, SIDE))
    assert set(found.frame["path"][:2]) == {"b.png", "c.png"}
    assert "a.png" not in set(found.frame["path"])
    for name in "bc":
        assert best_overlap(found, name, (*SQUARES[name], SIDE, SIDE)) > 0.6


def test_a_picture_from_elsewhere_may_be_asked_with(case, tmp_path):
    picture = paint("red", (10, 10), (400, 300))
    picture.save(tmp_path / "else.png")
    for asked in (picture, tmp_path / "else.png"):
        found = case.find_this(asked, box=(10, 10, SIDE, SIDE), k=3)
        assert set(found.frame["path"]) == {"a.png", "b.png", "c.png"}


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_boxes_are_in_pixels_of_the_upright_picture(photos, tmp_path, orientation):
    turns = {
        1: None,
        3: Image.Transpose.ROTATE_180,
        6: Image.Transpose.ROTATE_90,
        8: Image.Transpose.ROTATE_270,
    }
    stored = upright = paint("red", (200, 120), (640, 480))
    if turns[orientation] is not None:
        stored = upright.transpose(turns[orientation])
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored.save(photos / "turned.jpg", exif=exif, quality=95)
    case = wb.open(photos, case=tmp_path / "case", model="fake")
    case.ingest(progress=False)
    case.instances.ingest(progress=False)
    found = case.find_this("a.png", box=(40, 30, SIDE, SIDE))
    assert best_overlap(found, "turned", (200, 120, SIDE, SIDE)) > 0.3
    back = case.find_this("turned.jpg", box=(200, 120, SIDE, SIDE), k=3)
    assert set(back.frame["path"]) == {"a.png", "b.png", "c.png"}


def test_words_find_a_thing_with_its_box(case):
    found = case.find_this("blue")
    assert found.frame["path"][0] == "other.png"
    assert best_overlap(found, "other", (40, 30, SIDE, SIDE)) > 0.5


def test_words_that_no_vocabulary_knows_are_answered_and_no_words_are_told(case):
    found = case.find_this("xqzzt vlorp")
    assert len(found) == len(case.images)
    assert np.isfinite(found.scores).all()
    for nothing in ("¿¡…", "   "):
        with pytest.raises(QueryError):
            case.find_this(nothing)


@pytest.mark.parametrize(("name", "box"), [("tiny.png", (0, 0, 16, 16)), ("tower.png", (0, 900, 50, 100))])
def test_odd_pictures_of_one_colour_are_asked_with_and_found(case, name, box):
    found = case.find_this(name, box=box)
    assert len(found) == len(case.images) - 1
    assert np.isfinite(found.scores).all()
    sides = case.images[["width", "height"]].to_numpy()[found.rows]
    assert (found.boxes[:, :2] >= 0).all()
    assert (found.boxes[:, :2] + found.boxes[:, 2:] <= sides + 0.1).all()


def test_an_image_is_most_like_its_copy(case, photos):
    paint("red", SQUARES["a"]).save(photos / "again.bmp")
    case.ingest(progress=False)
    case.instances.ingest(progress=False)
    lengths = np.linalg.norm(case.instances.image_vectors, axis=1)
    np.testing.assert_allclose(lengths, 1, rtol=1e-4)
    found = case.instances.similar("a.png", k=2).frame["path"].tolist()
    assert found[0] == "again.bmp"
    assert "a.png" not in found


@pytest.mark.parametrize("box", [(400, 10, 20, 20), (-50, 0, 40, 40), (0, 240, 10, 10)])
def test_a_box_outside_the_image_is_an_error_that_says_how_large_it_is(case, box):
    with pytest.raises(QueryError, match="320 x 240"):
        case.find_this("a.png", box=box)


@pytest.mark.parametrize("box", [(0, 0, 0, 10), (1, 2, 3), (0, 0, float("nan"), 5), (0, 0, -4, 5)])
def test_a_box_without_area_is_an_error(case, box):
    with pytest.raises(QueryError, match="Invalid box"):
        case.find_this("a.png", box=box)


def test_a_box_that_sticks_out_is_cut():
    np.testing.assert_allclose(as_fractions((-10, 50, 60, 100), (100, 100)), (0, 0.5, 0.5, 0.5))


def test_whole_images_may_count_beside_their_candidates(case):
    alone = case.find_this("a.png", box=(40, 30, SIDE, SIDE))
    both = case.find_this("a.png", box=(40, 30, SIDE, SIDE), kind=0.5)
    wholes = dict(zip(alone.rows.tolist(), alone.scores, strict=True))
    extra = [score - wholes[row] for row, score in zip(both.rows.tolist(), both.scores, strict=True)]
    assert np.ptp(extra) > 0.01
    assert (np.abs(extra) <= 0.5 + 1e-5).all()


def test_a_notebook_shows_each_hit_with_its_box_and_escapes_names(photos, tmp_path):
    paint("red", (80, 60)).save(photos / "<b>&.png")
    case = wb.open(photos, case=tmp_path / "case", model="fake")
    case.ingest(progress=False)
    case.instances.ingest(progress=False)
    found = case.find_this("a.png", box=(40, 30, SIDE, SIDE), k=3)
    shown = found._repr_html_()
    assert shown.count("<img") == shown.count("<i style=") == len(found) == 3
    assert "<b>" not in shown
    assert "&lt;b&gt;&amp;.png" in shown


def test_asking_before_looking_says_what_to_do(photos, tmp_path):
    case = wb.open(photos, case=tmp_path / "case", model="fake")
    case.ingest(progress=False)
    with pytest.raises(CaseError, match="instances"):
        case.find_this("a.png", box=(40, 30, SIDE, SIDE))


def test_candidates_of_an_earlier_model_are_not_compared_with_those_of_another(case, photos, monkeypatch):
    monkeypatch.setattr(ColourPatches, "key", "colour-patches-2")
    later = wb.open(photos, case=case.folder.root)
    with pytest.raises(CaseError, match=r"computed by colour-patches-1.*`case.instances.ingest\(\)`"):
        later.find_this("a.png", box=(40, 30, SIDE, SIDE))
    later.instances.ingest(progress=False)

    assert len(later.find_this("a.png", box=(40, 30, SIDE, SIDE)))


def test_nothing_is_looked_at_twice_and_new_images_are(case, photos):
    assert case.instances.ingest(progress=False).looked == 0
    paint("red", (150, 150), noise=9).save(photos / "d.png")
    case.ingest(progress=False)
    assert case.instances.ingest(progress=False).looked == 1
    assert "d.png" in set(case.find_this("a.png", box=(40, 30, SIDE, SIDE), k=3).frame["path"])


def test_a_stopped_run_goes_on_where_it_was(photos, tmp_path, monkeypatch):
    case = wb.open(photos, case=tmp_path / "case", model="fake")
    case.ingest(progress=False)
    dense, seen = case.instances.model.dense, []
    look = dense.look

    def stop_at_the_fourth(image):
        seen.append(image)
        if len(seen) == 4:
            raise KeyboardInterrupt
        return look(image)

    dense.look = stop_at_the_fourth  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        case.instances.ingest(progress=False)
    dense.look = look  # type: ignore[method-assign]
    looked = case.instances.ingest(progress=False).looked
    assert 1 <= looked < len(case.images)
    assert len(case.find_this("a.png", box=(40, 30, SIDE, SIDE))) == len(case.images) - 1


def test_vectors_that_are_not_finite_are_a_problem_of_their_photo_and_never_stored(photos, tmp_path):
    case = wb.open(photos, case=tmp_path / "case", model="fake")
    case.ingest(progress=False)
    dense = case.instances.model.dense
    look = dense.look

    def broken(image):
        tokens = look(image)
        return np.full_like(tokens, np.nan) if image.size == (16, 16) else tokens

    dense.look = broken  # type: ignore[method-assign]
    assert case.instances.ingest(progress=False).failed == 1
    assert case.instances.problems["path"].tolist() == ["tiny.png"]
    assert "not finite" in case.instances.problems["reason"].iloc[0]
    dense.look = look  # type: ignore[method-assign]
    assert case.instances.ingest(retry=True, progress=False).failed == 0


def test_a_photo_that_is_gone_is_told_and_stops_nothing(photos, tmp_path):
    case = wb.open(photos, case=tmp_path / "case", model="fake")
    case.ingest(progress=False)
    (photos / "b.png").rename(tmp_path / "b.png")
    report = case.instances.ingest(progress=False)
    assert report.failed == 1
    assert case.instances.problems["path"].tolist() == ["b.png"]
    assert "b.png" not in set(case.find_this("a.png", box=(40, 30, SIDE, SIDE)).frame["path"])
    shutil.move(tmp_path / "b.png", photos / "b.png")
    assert case.instances.ingest(progress=False).looked == 0
    assert case.instances.ingest(retry=True, progress=False).failed == 0
    assert case.instances.problems.empty


def test_deleting_the_cache_loses_nothing_that_cannot_be_made_again(case):
    before = case.find_this("a.png", box=(40, 30, SIDE, SIDE)).frame
    shutil.rmtree(case.folder.cache / "samples" / "instance")
    case.refresh()
    case.instances.ingest(progress=False)
    after = case.find_this("a.png", box=(40, 30, SIDE, SIDE)).frame
    assert before["path"].tolist() == after["path"].tolist()
