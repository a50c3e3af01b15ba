"""The Video panel without a browser: what it opens, cuts, marks and exports, and the same in Python."""

import io
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

import workbench as wb
from tests.helpers.made_videos import case_of, face_case
from tests.helpers.panel_messages import browser
from workbench.errors import CaseError, QueryError
from workbench.panels.video.feed import SegmentFeed, Wanted
from workbench.panels.video.panel import Video
from workbench.panels.video.view_model import LANES, lanes

SHOTS = [("red", 8), ("blue", 6), ("red", 9)]
CLIP, FORMULA = "v/clip.mp4", "v/=1+1.mp4"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> wb.Case:
    root = tmp_path_factory.mktemp("video-panel")
    return case_of(root, {CLIP: SHOTS, FORMULA: [("blue", 3)]}, sound=True)


@pytest.fixture
def desk(case: wb.Case, monkeypatch: pytest.MonkeyPatch) -> Iterator[wb.Workspace]:
    plain = case.layout
    monkeypatch.setattr(case, "layout", lambda method="umap", **given: plain("pca"))
    desk = wb.Workspace(case)
    yield desk
    desk.close()


def row_at(desk: wb.Workspace, t: float, path: str = CLIP) -> int:
    return int(desk.case.videos.rows(path)[desk.case.videos.times(path).tolist().index(t)])


def opened(desk: wb.Workspace, t: float = 9.0) -> Video:
    desk.selection.focus = row_at(desk, t)
    browser(desk.video, "open", file=desk.video.video["file"])
    return desk.video


def sent_by(panel: Video, work: Callable[[], Any]) -> list[tuple[dict[str, Any], list[bytes]]]:
    """Do something, and return what the browser is sent until nothing is being cut."""
    sent: list[tuple[dict[str, Any], list[bytes]]] = []
    panel.send = lambda content, buffers=None: sent.append((content, buffers or []))  # type: ignore[method-assign]
    work()
    panel.wait(60)
    return sent


def test_nothing_is_open_until_a_frame_is_in_focus(desk: wb.Workspace) -> None:
    assert desk.video.video == {}
    assert desk.video.to_code() == ""
    assert desk.video.frame.empty
    assert desk.video.ranges.empty
    assert [path for _, path in desk.video.choices] == [FORMULA, CLIP]
    with pytest.raises(QueryError, match="No video is open"):
        desk.video.seek(1)
    desk.selection.focus = 0  # a photo
    assert desk.video.video == {}


def test_the_focus_opens_its_video_at_its_time_and_a_photo_leaves_it_open(desk: wb.Workspace) -> None:
    panel = opened(desk)
    assert (panel.video["path"], panel.at) == (CLIP, 9.0)
    assert panel.video["times"] == list(map(float, range(23)))
    assert (panel.video["duration"], panel.video["sound"], panel.video["fps"]) == (23.0, True, 10.0)
    desk.selection.focus = 0
    assert panel.video["path"] == CLIP
    desk.selection.focus = row_at(desk, 1.0, FORMULA)
    assert (panel.video["path"], panel.at) == (FORMULA, 1.0)


def test_the_curve_is_that_of_the_current_query(desk: wb.Workspace) -> None:
    panel = opened(desk)
    assert panel.curve == {}
    desk.query.ask("blue")
    scores = panel.curve["scores"]
    assert scores[8:14] == [scores[8]] * 6
    assert max(scores) == scores[8] > scores[0]
    assert panel.curve["ranges"][0][:2] == [8.0, 14.0]
    assert "best 0:00:08 to 0:00:14" in panel.text
    assert panel.frame["score"][9] == pytest.approx(scores[9])
    assert panel.frame["hit"].any()
    desk.query.clear()
    assert panel.curve == {}


def test_the_pieces_that_are_wanted_come_as_videos_with_the_times_of_their_frames(desk: wb.Workspace) -> None:
    panel = opened(desk)
    file = panel.video["file"]
    sent = sent_by(panel, lambda: panel._answer_want(file, [1, 2, 7], "mp4"))
    assert [content["segment"]["number"] for content, _ in sent] == [1, 2]
    (first, (data,)), (last, _) = sent
    assert (first["segment"]["start"], first["segment"]["end"]) == (10.0, 20.0)
    assert last["segment"]["end"] == 23.0
    assert first["segment"]["times"] == pytest.approx(np.arange(100, 200) / 10)
    with av.open(io.BytesIO(data)) as video:
        frames = [frame.to_ndarray(format="rgb24").mean(axis=(0, 1)) for frame in video.decode(video=0)]
    assert len(frames) == 100
    assert [frame[2] > frame[0] for frame in frames] == [True] * 40 + [False] * 60


def test_a_piece_that_cannot_be_cut_says_why_in_the_player(tmp_path: Path) -> None:
    case = case_of(tmp_path, {CLIP: [("red", 2)]})
    panel = panel_of(case)
    panel.show(CLIP)
    (case.folder.source / CLIP).unlink()
    sent = sent_by(panel, lambda: panel._answer_want(panel.video["file"], [0], "mp4"))
    assert "not the one that was ingested" in sent[0][0]["segment"]["reason"]


def panel_of(case: wb.Case) -> Video:
    from workbench.panels.video.exports import VideoSource

    videos = case.videos
    source = VideoSource(
        videos.probe,
        videos.cut,
        videos.frame_at,
        videos.save_clip,
        videos.new_file,
        case.thumbnails,
        lambda file: case.faces.appearances(video=file),
    )
    return Video(wb.Selection(case.images), source)


def test_the_focus_goes_to_the_known_frame_nearest_to_what_is_seen(desk: wb.Workspace) -> None:
    panel = opened(desk)
    browser(panel, "focus", at=4.4)
    assert desk.selection.focus == row_at(desk, 4.0)
    panel.seek(11.6)
    assert panel.focus() == row_at(desk, 12.0) == desk.selection.focus


def test_the_very_frame_is_decoded_and_can_be_asked_by(desk: wb.Workspace) -> None:
    panel = opened(desk)
    answer = browser(panel, "exact", at=7.95, kind="png")
    picture = Image.open(io.BytesIO(answer["buffers"][0]))
    assert (picture.size, answer["name"], answer["t"]) == ((96, 64), "clip_0-00-07.900.png", 7.9)
    assert np.asarray(picture)[..., 0].mean() > 200
    browser(panel, "like", at=9.0)
    assert desk.query.text.startswith('like:"frame 0:00:09.000 of clip.mp4"')
    assert desk.case.images["path"][desk.selection.hits.rows[0]].endswith(".mp4")


def test_marks_make_the_clip_that_is_exported(desk: wb.Workspace) -> None:
    panel = opened(desk)
    browser(panel, "mark", start=7.5, end=-1)
    browser(panel, "mark", start=7.5, end=8.5)
    assert panel.marks == [7.5, 8.5]
    sent = sent_by(panel, lambda: panel._answer_clip(at=7.5, format="mp4"))
    (message, (data,)) = sent[-1]
    assert message["exported"]["name"] == "clip_0-00-07-0-00-08.mp4"
    with av.open(io.BytesIO(data)) as video:
        assert video.duration / 1e6 == pytest.approx(1.0, abs=0.1)
    assert panel.working == panel.trouble == ""
    with pytest.raises(QueryError, match="not after"):
        panel.mark(3, 2)
    browser(panel, "mark", start=-1, end=-1)
    assert panel.span == (2.5, 12.5)  # ten seconds around the time looked at


def test_without_marks_the_clip_is_the_event_at_that_time(desk: wb.Workspace) -> None:
    panel = opened(desk)
    desk.query.ask("blue")
    panel.seek(10)
    assert panel.span == (8.0, 14.0)


def test_a_failed_or_cancelled_export_says_so_or_nothing(desk: wb.Workspace) -> None:
    panel = opened(desk)
    begun = threading.Event()

    def slow(file: str, start: float, end: float, *, going: Callable[[], bool], **_: Any) -> Any:
        begun.set()
        while going():
            begun.wait(0.01)
        raise QueryError("ended", "Nobody waits.")

    object.__setattr__(panel._source, "cut", slow)
    panel._answer_clip(at=7.5, format="mp4")
    assert begun.wait(10)
    assert panel.working.startswith("Cutting")
    browser(panel, "cancel")
    panel.wait(10)
    assert panel.working == panel.trouble == ""

    def broken(*_: Any, **__: Any) -> Any:
        raise QueryError("It is broken.", "Look at it.")

    object.__setattr__(panel._source, "cut", broken)
    panel._answer_clip(at=7.5, format="mp4")
    panel.wait(10)
    assert panel.trouble == "It is broken. Look at it."


def test_everything_is_written_by_python_too_and_nothing_over_what_is_there(
    desk: wb.Workspace, tmp_path: Path
) -> None:
    panel = opened(desk)
    desk.query.ask("blue")
    with Image.open(panel.save_frame(tmp_path / "a.png")) as picture:
        assert picture.size == (96, 64)
    assert panel.save_clip(tmp_path / "a.mp4").stat().st_size > 500
    desk.selection.focus = row_at(desk, 1.0, FORMULA)
    text = panel.save_ranges(tmp_path / "a.csv").read_text()
    assert text.splitlines()[1].startswith("v/=1+1.mp4,0.0,3.0,0:00:00.000,0:00:03.000,")
    with pytest.raises(CaseError, match="is there already"):
        panel.save_ranges(tmp_path / "a.csv")
    with pytest.raises(QueryError, match=r"Use \.png or \.jpg"):
        panel.save_frame(tmp_path / "a.gif")
    with pytest.raises(CaseError, match="outside the photos"):
        panel.save_frame(desk.case.folder.source / "a.png")


def test_the_contact_sheet_comes_in_pages(desk: wb.Workspace) -> None:
    panel = opened(desk)
    answer = browser(panel, "sheet", start=20, count=48)
    assert answer["total"] == 23
    assert [item["t"] for item in answer["items"]] == [20.0, 21.0, 22.0]
    assert answer["buffers"] == desk.case.thumbnails([item["row"] for item in answer["items"]])


def test_its_code_opens_the_same_video_with_the_same_marks(desk: wb.Workspace) -> None:
    panel = opened(desk)
    panel.mark(2.5)
    panel.seek(4.25)
    browser(panel, "ranges")
    code = panel.to_code()
    assert code == (
        "desk.video.show('v/clip.mp4', at=4.25)\ndesk.video.mark(2.5, None)\nranges = desk.video.ranges"
    )
    panel.show(FORMULA)
    exec(code, {"desk": desk})
    assert (panel.video["path"], panel.at, panel.marks) == (CLIP, 4.25, [2.5, -1.0])
    exec(desk.to_code(), {"desk": desk})
    assert (panel.video["path"], panel.at) == (CLIP, 4.25)


@pytest.mark.parametrize("wrong", ["nowhere.mp4", "a.png", 0, 99_999])
def test_what_is_no_video_is_refused(desk: wb.Workspace, wrong: Any) -> None:
    with pytest.raises(QueryError):
        desk.video.show(wrong)


def test_what_the_browser_may_not_ask_for_is_an_error_in_the_panel(desk: wb.Workspace) -> None:
    browser(desk.video, "focus", at=3.0)
    assert desk.video.error.startswith("No video is open.")


def test_a_saved_notebook_shows_some_frames(desk: wb.Workspace) -> None:
    assert desk.video.still() == ""
    panel = opened(desk)
    still = panel.still()
    assert still.count("<img") == 12
    assert "0:00:22" in still


def test_people_have_lanes_the_longest_first(tmp_path: Path) -> None:
    case = face_case(tmp_path, 14)
    panel = panel_of(case)
    panel.show("v/people.mp4")
    panel._answer_open(panel.video["file"])
    assert [person["spans"] for person in panel.people] == [[[0.0, 14.0, 14]], [[5.0, 12.0, 7]]]
    assert "2 people: unnamed 1, unnamed 2" in panel.text


def test_many_people_share_the_last_lane() -> None:
    import pandas as pd

    rows = [(f"p{i}", "", float(i), float(i + 20 - i), 3) for i in range(12)]
    found = lanes(pd.DataFrame(rows, columns=["identity", "name", "start", "end", "frames"]))
    assert len(found) == LANES
    assert found[-1]["name"] == f"{12 - LANES + 1} others"
    assert sum(len(person["spans"]) for person in found) == 12


def test_the_gallery_shows_one_tile_an_event_that_unfolds(desk: wb.Workspace) -> None:
    desk.query.ask("blue")
    first = browser(desk.gallery, "page", start=0, count=60, version=desk.gallery.version)
    events = {item["event"] for item in first["items"] if "event" in item}
    assert {"0:08-0:14, 6 frames", "0:00-0:03, 3 frames"} <= events
    best = next(item["row"] for item in first["items"] if item.get("event") == "0:08-0:14, 6 frames")
    browser(desk.gallery, "unfold", row=best, on=True)
    second = browser(desk.gallery, "page", start=0, count=60, version=desk.gallery.version)
    assert second["total"] == first["total"] + 5
    shown = [item["part"] for item in second["items"] if "0:08" <= item["part"] < "0:14"]
    assert shown == [f"0:{second:02}.000" for second in range(8, 14)]
    assert (
        f"desk.gallery.unfold(desk.selection.row({desk.case.images['image_id'][best]!r}))"
        in desk.gallery.to_code()
    )
    browser(desk.gallery, "unfold", row=best, on=False)
    assert len(desk.gallery.rows) == first["total"]
    assert len(desk.gallery.frame) == len(desk.selection.hits or ())
    with pytest.raises(QueryError, match="best frame of an event"):
        desk.gallery.unfold(0)


class TestFeed:
    def test_what_is_not_wanted_any_more_is_ended_and_never_given(self) -> None:
        begun, given = threading.Event(), []

        def cut(one: Wanted, going: Callable[[], bool]) -> Any:
            begun.set()
            while one.number == 0 and going():
                begun.wait(0.01)
            return type("Piece", (), {"data": b"x"})()

        feed = SegmentFeed(cut, lambda one, _: given.append(one.number), lambda one, _: given.append(-1))
        feed.want([Wanted("a", 0, "mp4"), Wanted("a", 1, "mp4")])
        assert begun.wait(10)
        feed.want([Wanted("a", 5, "mp4"), Wanted("a", 4, "mp4")])
        feed.wait(10)
        assert given == [5, 4]

    def test_a_piece_is_cut_once_and_kept(self) -> None:
        cuts, given = [], []

        def cut(one: Wanted, going: Callable[[], bool]) -> Any:
            cuts.append(one.number)
            return type("Piece", (), {"data": b"x"})()

        feed = SegmentFeed(cut, lambda one, _: given.append(one.number), lambda one, _: None)
        for _ in range(2):
            feed.want([Wanted("a", 0, "mp4")])
            feed.wait(10)
        assert (cuts, given) == ([0], [0, 0])
