"""Which files are one photo, by their names and times."""

import numpy as np
import pandas as pd
import pytest

from workbench.analysis.companions import beside, counted, live_videos, pairs, sidecars


def texts(*paths: str) -> pd.Series:
    return pd.Series(list(paths), dtype="str")


def paired(*paths: str, seconds: list[float] | None = None) -> list[object]:
    raw = np.array([path.lower().endswith((".cr2", ".dng", ".nef")) for path in paths], bool)
    times = None if seconds is None else np.array(seconds)
    return list(pairs(texts(*paths), raw, times))


@pytest.mark.parametrize(
    ("raw", "still"),
    [("a/X.CR2", "a/X.JPG"), ("a/X.nef", "a/x.jpeg"), ("X.DNG", "X.heic"), ("a.b/c.d.cr2", "a.b/c.d.hif")],
)
def test_a_raw_photo_and_its_jpeg_are_a_pair(raw: str, still: str) -> None:
    assert paired(raw, still, "a/Y.JPG", "Z.nef") == [still, still, None, None]


@pytest.mark.parametrize(
    "paths",
    [("a/X.CR2", "b/X.JPG"), ("X.CR2", "X.png"), ("X.CR2", "X1.JPG"), ("X.JPG", "X.HEIC"), ("X.CR2", "X.DNG"),
     ("X.d/a.CR2", "X.d/b.jpg")],
)  # fmt: skip
def test_others_are_none(paths: tuple[str, ...]) -> None:
    assert paired(*paths) == [None, None]


def test_times_must_agree_where_both_are_known() -> None:
    paths = ("1.CR2", "1.JPG", "2.CR2", "2.JPG", "3.CR2", "3.JPG")

    assert paired(*paths, seconds=[0, 2, 0, 3600, np.nan, 5]) == [
        "1.JPG",
        "1.JPG",
        None,
        None,
        "3.JPG",
        "3.JPG",
    ]


def test_of_several_one_is_the_main_one_and_counts_once() -> None:
    found = np.array(paired("X.CR2", "X.DNG", "X.HEIC", "X.JPG", "Y.CR2"), object)

    assert list(found) == ["X.HEIC", "X.HEIC", "X.HEIC", None, None]
    assert list(counted(texts("X.CR2", "X.DNG", "X.HEIC", "X.JPG", "Y.CR2"), found)) == [0, 0, 1, 1, 1]


def test_sidecars_belong_to_one_file_or_to_all_of_one_name() -> None:
    photos = texts("a/1.jpg", "a/1.CR2", "b/1.jpg", "a/2.HEIC", "3.jpg")
    others = texts("a/1.xmp", "a/1.JPG.XMP", "a/2.AAE", "c/3.xmp")

    assert list(sidecars(photos, others)) == [
        ["a/1.xmp", "a/1.JPG.XMP"], ["a/1.xmp"], None, ["a/2.AAE"], None,
    ]  # fmt: skip
    assert [list(rows) for rows in beside(photos, others)] == [[0, 0, 1, 3], [0, 1, 0, 2]]
    assert list(sidecars(photos, texts())) == [None] * 5


def test_live_photos_have_the_video_of_their_name() -> None:
    photos = texts("IMG_1.HEIC", "IMG_2.JPG", "IMG_3.png", "a/IMG_1.HEIC", "IMG_4.MOV.jpg")
    videos = texts("IMG_1.MOV", "IMG_2.mp4", "IMG_3.MOV", "IMG_4.avi", "IMG_4.MOV")

    assert list(live_videos(photos, videos)) == ["IMG_1.MOV", "IMG_2.mp4", None, None, None]


def test_nothing_is_paired_where_there_is_nothing() -> None:
    assert paired() == []
    assert list(live_videos(texts("a.jpg"), texts())) == [None]
