"""The collection as a whole: groups, captions, duplicates and what is wrong with pictures."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

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
