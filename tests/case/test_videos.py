"""Videos of a case: which there are, clips and frames of them, contact sheets, and what is refused."""

import numpy as np
import pytest

from tests.helpers.made_videos import case_of
from workbench.errors import CaseError, QueryError
from workbench.media import clips

SHOTS = [("red", 3), ("blue", 4), ("red", 2)]
CLIP = "v/clip.mp4"


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    return case_of(tmp_path_factory.mktemp("videos"), {CLIP: SHOTS, "v/b.mp4": [("lime", 2)]}, sound=True)


def mean(picture):
    return np.asarray(picture.convert("RGB"), float).reshape(-1, 3).mean(axis=0)


def test_the_videos_are_those_whose_frames_are_images(case):
    table = case.videos.frame
    assert table["video"].tolist() == ["v/b.mp4", CLIP]
    assert table["frames"].tolist() == [2, 9]
    assert table["last"].tolist() == [1.0, 8.0]
    assert len(case.videos) == 2
    assert case.videos.times(CLIP).tolist() == list(range(9))
    row = int(case.videos.rows(CLIP)[4])
    assert case.videos.file(row) == case.videos.file(CLIP) == case.images["image_id"][row].partition("#")[0]


def test_hits_in_a_video_are_events(case):
    ranges = case.search("red").ranges
    assert ranges[["video", "start", "end"]].iloc[:2].values.tolist() == [[CLIP, 0.0, 3.0], [CLIP, 7.0, 9.0]]
    assert (ranges["score"][:2] == ranges["score"][0]).all()


def test_a_frame_is_decoded_from_the_video_itself(case):
    picture = case.videos.frame_at(CLIP, 3.05)
    assert picture.size == (96, 64)
    assert picture.info["t"] == pytest.approx(3.0)
    assert mean(picture)[2] > 200
    assert mean(case.videos.frame_at(int(case.videos.rows(CLIP)[0]), 2.95))[0] > 200


def test_a_clip_is_written_into_a_new_file(case, tmp_path):
    path = case.videos.save_clip(CLIP, 2.5, 3.5, tmp_path / "a.mp4")
    found = clips.probe(path)
    assert (found.duration, found.sound) == (pytest.approx(1.0, abs=0.05), True)
    with pytest.raises(CaseError, match="is there already"):
        case.videos.save_clip(CLIP, 2.5, 3.5, path)
    for inside in (case.folder.source / "new.mp4", case.folder.root / "new.mp4"):
        with pytest.raises(CaseError, match="outside the photos and the case"):
            case.videos.save_clip(CLIP, 0, 1, inside)
    with pytest.raises(CaseError, match="no folder"):
        case.videos.save_clip(CLIP, 0, 1, tmp_path / "nowhere/a.mp4")


def test_a_contact_sheet_shows_the_chosen_frames_in_time_order(case):
    sheet = case.contact_sheet(CLIP, columns=3, width=300)
    assert sheet.width == 300
    colours = [
        np.asarray(sheet)[30 + 82 * line, 50 + 97 * column] for line in range(3) for column in range(3)
    ]
    assert ["red" if one[0] > one[2] else "blue" for one in colours] == ["red"] * 3 + ["blue"] * 4 + [
        "red"
    ] * 2
    few = case.contact_sheet(CLIP, columns=3, width=300, most=3)
    assert few.height < sheet.height / 2


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda videos: videos.clip(CLIP, 0, 121), "too long"),
        (lambda videos: videos.clip(CLIP, 3, 3), "empty"),
        (lambda videos: videos.clip(CLIP, -1, 3), "Invalid start"),
        (lambda videos: videos.clip(CLIP, 0, 1, format="avi"), "mp4 or webm"),
        (lambda videos: videos.clip("a.png", 0, 1), "no video"),
        (lambda videos: videos.clip("nowhere.mp4", 0, 1), "No image"),
        (lambda videos: videos.frame_at(CLIP, float("nan")), "Invalid t"),
        (lambda videos: videos.contact_sheet(CLIP, columns=0), "Invalid columns"),
    ],
)
def test_what_makes_no_sense_is_refused(case, call, says):
    with pytest.raises(QueryError, match=says):
        call(case.videos)


def test_a_video_that_was_replaced_is_never_shown_as_the_one_that_was_ingested(tmp_path):
    case = case_of(tmp_path, {CLIP: [("red", 1)]})
    path = case.folder.source / CLIP
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(QueryError, match=r"v/clip\.mp4: the file is not the one that was ingested"):
        case.videos.frame_at(CLIP, 0)
    path.unlink()
    with pytest.raises(QueryError, match="not the one that was ingested"):
        case.videos.probe(CLIP)
    assert case.contact_sheet(CLIP).width == 1200


def test_a_case_without_videos_has_none(tmp_path):
    case = case_of(tmp_path, {})
    assert len(case.videos) == 0
    assert case.videos.frame.empty
    assert case.search("green").ranges.empty
    assert case.faces.appearances().empty
