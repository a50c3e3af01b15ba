"""The collection as a whole: groups, captions, duplicates and what is wrong with pictures."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageOps

import workbench as wb
from workbench.errors import QueryError
from workbench.testing import colour_folder


def pattern(seed: int, size: tuple[int, int] = (320, 240)) -> Image.Image:
    rng = np.random.default_rng(seed)
    return Image.fromarray(rng.integers(0, 255, (12, 16, 3), np.uint8)).resize(size, Image.Resampling.NEAREST)


@pytest.fixture
def case(tmp_path: Path) -> wb.Case:
    photos = tmp_path / "photos"
    colour_folder(photos / "red", 4, palette=["red"])
    colour_folder(photos / "blue", 4, palette=["blue"], seed=1)
    (photos / "odd").mkdir()
    for seed in range(4):
        pattern(seed).save(photos / "odd" / f"sharp{seed}.png")
    shutil.copy(photos / "odd/sharp0.png", photos / "odd/copy.png")
    pattern(1).resize((200, 150)).save(photos / "odd/smaller.jpg", quality=80)
    soft = Image.linear_gradient("L").resize((320, 240)).filter(ImageFilter.GaussianBlur(20))
    soft.point(lambda v: 110 + v // 10).convert("RGB").save(photos / "odd/blurred.png")
    Image.new("RGB", (320, 240), (4, 4, 6)).save(photos / "odd/night.png")
    pattern(5, (900, 100)).save(photos / "odd/strip.png")
    case = wb.open(photos, case=tmp_path / "case", model="fake")
    case.ingest(progress=False)
    return case


def issues(case: wb.Case) -> dict[str, str]:
    return {
        Path(path).name: issue for path, issue in case.study.quality()[["path", "issues"]].itertuples(False)
    }


def test_copies_and_look_alikes_are_found(case: wb.Case) -> None:
    found = case.study.duplicates()
    exact = {Path(path).name for path in found["path"][found["kind"] == "exact"]}
    near = found[found["kind"] == "near"].groupby("group")["path"].agg(lambda p: {Path(x).name for x in p})  # type: ignore[type-var]

    assert exact == {"copy.png", "sharp0.png"}
    assert {"sharp1.png", "smaller.jpg"} in near.tolist()


def test_what_is_wrong_with_a_picture_is_named(case: wb.Case) -> None:
    found = issues(case)

    assert "dark" in found["night.png"]
    assert "blurry" in found["blurred.png"]
    assert "odd shape" in found["strip.png"]
    assert found["sharp3.png"] == ""


def test_quality_is_computed_once(case: wb.Case, monkeypatch: pytest.MonkeyPatch) -> None:
    first = case.study.quality()
    monkeypatch.setattr(
        "workbench.case.collection_report.examine", lambda jpegs: pytest.fail("examined again")
    )

    assert wb.open(case=case.folder.root).study.quality().equals(first)


def test_folders_and_tags_can_be_compared(case: wb.Case) -> None:
    rows = {Path(path).parent.name: row for row, path in enumerate(case.images["path"])}
    case.tag([row for row, path in enumerate(case.images["path"]) if path.startswith("red")], "warm")
    case.tag([row for row, path in enumerate(case.images["path"]) if path.startswith("blue")], "cold")
    by_tag = case.study.likeness("tag")

    assert by_tag.separation == 1
    assert {name for name, *_ in by_tag.groups} == {"warm", "cold"}
    assert {name for name, *_ in case.study.likeness("folder").groups} == {"red", "blue", "odd"}
    assert set(rows) == {"red", "blue", "odd"}
    with pytest.raises(QueryError, match="two or more"):
        case.study.likeness("identity")
    with pytest.raises(QueryError, match="folder, tag"):
        case.study.likeness("weather")


def test_images_and_captions_make_a_matrix(case: wb.Case) -> None:
    rows = [row for row, path in enumerate(case.images["path"]) if path.startswith(("red", "blue"))]
    matrix = case.study.captions(rows, ["red", "blue"])
    far = case.study.captions(rows, ["red", "blue"], "euclidean")

    assert matrix.shape == (8, 2)
    assert matrix.idxmax(axis=1).tolist() == [Path(path).parent.name for path in matrix.index]
    assert far.idxmin(axis=1).tolist() == matrix.idxmax(axis=1).tolist()


def test_a_picture_that_is_gone_has_no_verdict(case: wb.Case) -> None:
    from workbench.media.quality import examine

    found = examine([b"", b"no picture", *case.thumbnails([0])])

    assert np.isnan(found[:2, :5]).all()
    assert not found[:2, 5:10].any()
    assert not np.isnan(found[2, :5]).any()


def test_plain_pictures_of_five_colours_are_no_duplicates_and_the_same_one_saved_again_is(
    tmp_path: Path,
) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    for colour in ("red", "green", "blue", "white", "orange"):
        Image.new("RGB", (320, 240), colour).save(photos / f"{colour}.png")
    Image.new("RGB", (160, 120), "blue").save(photos / "small.jpg")
    case = wb.open(photos, case=tmp_path / "case", model="fake")
    case.ingest(progress=False)
    found = case.study.duplicates()

    assert {Path(path).name for path in found["path"]} == {"blue.png", "small.jpg"}
    assert found["group"].nunique() == 1


def near_names(folder: Path) -> list[set[str]]:
    """Return the names of the files of each group of near duplicates in a folder."""
    case = wb.open(folder, case=folder.parent / "case", model="fake")
    case.ingest(progress=False)
    found = case.study.duplicates()
    groups = found[found["kind"] == "near"].groupby("group")["path"]
    return sorted((set(paths) for _, paths in groups), key=min)


def scene(seed: int = 3) -> Image.Image:
    """Return a picture with large and small shapes, as a photo has them."""
    rng = np.random.default_rng(seed)
    picture = Image.fromarray(rng.integers(0, 255, (5, 7, 3), np.uint8)).resize(
        (640, 480), Image.Resampling.BICUBIC
    )
    draw = ImageDraw.Draw(picture)
    for _ in range(25):
        x, y, size = rng.integers(0, 560), rng.integers(0, 420), rng.integers(20, 90)
        draw.ellipse((x, y, x + size, y + size), fill=tuple(map(int, rng.integers(0, 255, 3))))
    return picture


def page(text: str) -> Image.Image:
    picture = Image.new("RGB", (600, 800), "white")
    for line in range(8):
        ImageDraw.Draw(picture).text(
            (40, 40 + 24 * line), text[line:] + text[:line], fill="black", font_size=14
        )
    return picture


def test_one_picture_in_other_qualities_sizes_and_slightly_cut_is_found(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    one = scene()
    one.save(photos / "a.png")
    one.save(photos / "b_quality90.jpg", quality=90)
    one.save(photos / "c_quality30.jpg", quality=30)
    one.resize((320, 240)).save(photos / "d_half.jpg")
    one.crop((13, 10, 627, 470)).save(photos / "e_cut.jpg")  # by 2 % at each side
    ImageOps.mirror(one).save(photos / "f_mirrored.jpg")
    one.rotate(90, expand=True).save(photos / "g_turned.jpg")
    scene(4).save(photos / "h_other.jpg")

    assert near_names(photos) == [{"a.png", "b_quality90.jpg", "c_quality30.jpg", "d_half.jpg", "e_cut.jpg"}]


def test_flat_pictures_are_duplicates_only_where_colour_shape_and_text_are_the_same(tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    steps = Image.linear_gradient("L").resize((320, 240))
    empty = Image.new("L", steps.size)
    pictures = {
        "black1": Image.new("RGB", (320, 240), (0, 0, 0)),
        "black2": Image.new("RGB", (320, 240), (2, 1, 1)),
        "grey": Image.new("RGB", (320, 240), (20, 20, 20)),
        "red1": Image.new("RGB", (320, 240), (200, 30, 30)),
        "red2": Image.new("RGB", (320, 240), (202, 31, 29)),
        "crimson": Image.new("RGB", (320, 240), (200, 30, 60)),
        "down": steps.convert("RGB"),
        "up": ImageOps.flip(steps).convert("RGB"),
        "across": steps.rotate(90, expand=True).convert("RGB"),
        "reddish": Image.merge("RGB", (steps, empty, empty)),
        "bluish": Image.merge("RGB", (empty, empty, steps)),
        "page1": page("the harbour master's ledger, volume one"),
        "page2": page("an inventory of goods seized in the port"),
        "page3": page("nine boxes, six crates; no owner was found"),
    }
    for name, picture in pictures.items():
        picture.save(photos / f"{name}.png")
    pictures["page1"].resize((300, 400)).save(photos / "page1_small.jpg")

    pairs = [{"black1.png", "black2.png"}, {"page1.png", "page1_small.jpg"}, {"red1.png", "red2.png"}]
    assert near_names(photos) == pairs


def test_looking_at_pictures_is_watched_and_can_be_ended(case: wb.Case) -> None:
    shares: list[float] = []
    case.study.quality(watch=shares.append)
    assert shares[0] == 0
    assert all(0 <= share <= 1 for share in shares)

    def end(share: float) -> None:
        raise KeyboardInterrupt

    for work in (case.study.duplicates, wb.open(case=case.folder.root).study.duplicates):
        with pytest.raises(KeyboardInterrupt):
            work(watch=end)
    assert len(case.study.duplicates())  # what was ended kept nothing wrong
