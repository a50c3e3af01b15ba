"""Raw photos, pairs, sidecars and motion photos in a case: each file once, with the right colours."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

import workbench as wb
from tests.helpers.motion_photos import CONTAINER, VIDEO, still
from tests.helpers.raw_files import dng, jpeg
from workbench.errors import QueryError

XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'
ORANGE, BLUE, GREEN = (200, 60, 40), (40, 60, 200), (30, 160, 60)


def plain(colour: tuple[int, int, int]) -> Image.Image:
    return Image.new("RGB", (96, 64), colour)


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> wb.Case:
    root = tmp_path_factory.mktemp("formats")
    source = root / "src"
    (source / "sub").mkdir(parents=True)
    taken = Image.Exif()
    taken[0x0132] = "2021:07:14 18:30:06"
    files = {
        "DSC_1.dng": dng(plain(ORANGE)),
        "DSC_1.JPG": jpeg(plain(BLUE), exif=taken),
        "DSC_1.xmp": XMP,
        "DSC_2.dng": dng(plain(GREEN), jpeg(plain(BLUE).resize((24, 16)))),
        "sub/DSC_2.JPG": jpeg(plain((9, 9, 9))),
        "motion.jpg": still(xmp=CONTAINER % len(VIDEO)) + VIDEO,
        "IMG_7.jpg": jpeg(plain((90, 40, 140))),
        "IMG_7.MOV": b"\0\0\0\x14ftypqt  " + bytes(40),
        "IMG_7.AAE": b"<plist/>",
        "orphan.xmp": XMP,
        "DSC_2.xmp": b"no XMP",
        "MVI_8.MOV": b"\0\0\0\x14ftypqt  " + bytes(50),
        "MVI_8.THM": jpeg(plain(ORANGE)),
        "broken.cr3": b"\0\0\0\x18ftypcrx \0\0\0\1crx isom" + bytes(100),
    }
    for name, data in files.items():
        (source / name).write_bytes(data)
    case = wb.open(source, case=root / "case", model="fake", faces="fake")
    case.ingest(progress=False)
    return case


def by_path(case: wb.Case) -> pd.DataFrame:
    return case.images.set_index("path")


def test_raw_photos_are_images_with_their_colours(case: wb.Case) -> None:
    images = by_path(case)
    rows = [case.row("DSC_1.dng"), case.row("DSC_2.dng")]
    colours = [np.asarray(Image.open(io.BytesIO(data)), int)[20, 30] for data in case.thumbnails(rows)]
    large = np.asarray(Image.open(io.BytesIO(case.picture("DSC_2.dng"))), int)[20, 30]

    assert list(images.loc[["DSC_1.dng", "DSC_2.dng"], "format"]) == ["DNG", "DNG"]
    assert np.abs(np.array([*colours, large]) - [ORANGE, GREEN, GREEN]).max() <= 4


def test_a_pair_is_shown_as_one(case: wb.Case) -> None:
    images = by_path(case)
    main, pair, raw = (case.ask(f"red is:{word}", k=None) for word in ("main", "pair", "raw"))

    assert list(images.loc[["DSC_1.dng", "DSC_1.JPG"], "pair"]) == ["DSC_1.JPG"] * 2
    assert images["pair"].notna().sum() == 2
    assert set(images.index) - set(main.frame["path"]) == {"DSC_1.dng"}
    assert set(pair.frame["path"]) == {"DSC_1.dng", "DSC_1.JPG"}
    assert set(raw.frame["path"]) == {"DSC_1.dng", "DSC_2.dng"}
    assert set(case.ask("red -is:main", k=None).frame["path"]) == {"DSC_1.dng"}
    assert (case.info()["images"], case.info()["photos"]) == (6, 5)


def test_near_duplicates_count_a_pair_as_one(case: wb.Case) -> None:
    found = case.study.duplicates()

    assert "DSC_1.dng" not in set(found["path"])


def test_sidecars_and_videos_lie_beside_their_photos(case: wb.Case) -> None:
    images = by_path(case)

    assert images.loc["DSC_1.dng", "sidecars"] == images.loc["DSC_1.JPG", "sidecars"] == ["DSC_1.xmp"]
    assert images.loc["DSC_2.dng", "sidecars"] == ["DSC_2.xmp"]  # one that cannot be read belongs to it too
    assert images.loc["IMG_7.jpg", ["sidecars", "live"]].tolist() == [["IMG_7.AAE"], "IMG_7.MOV"]
    assert images["live"].notna().sum() == 1
    assert list(case.ask("red is:motion", k=None).frame["path"]) == ["motion.jpg"]
    assert images.loc["motion.jpg", "motion"] == len(VIDEO)


def test_sidecars_are_accounted_for_by_their_photo(case: wb.Case) -> None:
    skipped = case.skipped.set_index("path")
    reasons = skipped["reason"].to_dict()

    assert set(skipped["kind"]) == {"sidecar"}
    assert reasons["DSC_1.xmp"] == "sidecar of DSC_1.JPG"
    assert reasons["IMG_7.AAE"] == "sidecar of IMG_7.jpg"
    assert reasons["MVI_8.THM"] == "sidecar of MVI_8.MOV"
    assert reasons["orphan.xmp"].startswith("a sidecar")


def test_every_file_is_somewhere(case: wb.Case) -> None:
    source = case.folder.source
    files = [str(path.relative_to(source)) for path in source.rglob("*") if path.is_file()]

    counted = [*case.images["path"], *case.problems["path"], *case.skipped["path"]]
    assert sorted(counted) == sorted([*files, "motion.jpg"])  # an image; its video is a problem
    assert "raw photo" in case.problems.set_index("path").loc["broken.cr3", "reason"]


def test_an_unknown_word_names_those_that_are_known(case: wb.Case) -> None:
    with pytest.raises(QueryError, match="is:main"):
        case.ask("red is:blue")


def test_opened_again_a_case_has_the_same_pairs(case: wb.Case, tmp_path: Path) -> None:
    again = wb.open(case=case.folder.root, model="fake", faces="fake")

    assert by_path(again)["pair"].dropna().to_dict() == by_path(case)["pair"].dropna().to_dict()
