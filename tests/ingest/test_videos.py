"""Frames of videos are images of a case: which, where they say they lie, and what an interruption costs."""

import os
import signal
import subprocess
import sys
import textwrap
import zipfile
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pandas as pd
import pytest
from PIL import Image

import workbench as wb
from tests.helpers.panel_messages import browser
from tests.helpers.videos import COLOURS, coloured, number_of, write_video
from workbench.errors import QueryError
from workbench.image_id import make
from workbench.media import read
from workbench.media.decode import read_image
from workbench.testing import register


@pytest.fixture(autouse=True)
def _fakes(monkeypatch) -> None:
    register()


def shown(path: Path, numbers, *, seconds: float = 2.0, fps: int = 10, **how) -> Path:
    """Write a video that shows each of some numbers of `coloured` for some seconds."""
    count = round(seconds * fps)
    frames = (coloured(number) for number in numbers for _ in range(count))
    return write_video(path, frames, fps=fps, options={"g": "10"}, **how)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    Image.new("RGB", (64, 48), "green").save(folder / "a photo.png")
    shown(folder / "clip.mp4", [1, 8, 15, 22])
    return folder


def opened(source: Path, tmp_path: Path) -> wb.Case:
    return wb.open(source, case=tmp_path / "case", model="fake")


def test_frames_are_images_with_their_time(source: Path, tmp_path: Path):
    case = opened(source, tmp_path)
    report = case.ingest(progress=False)
    frames = case.images[case.images["t"].notna()]

    assert (report.found, report.new, report.images, report.embedded) == (2, 2, 5, 5)
    assert [number_of(read_image(one, min_side=256).image) for one in case.thumbnails(frames.index)] == [
        1,
        8,
        15,
        22,
    ]
    assert all(start <= t < start + 1 for start, t in zip((0, 2, 4, 6), frames["t"], strict=True))
    assert frames["video"].tolist() == ["clip.mp4"] * 4 == frames["path"].tolist()
    assert frames["fps"].tolist() == [10.0] * 4
    assert frames["duration"].tolist() == pytest.approx([8.0] * 4)
    assert [
        make(one.partition("#")[0], t=t) for one, t in zip(frames["image_id"], frames["t"], strict=True)
    ] == (frames["image_id"].tolist())
    photo = case.images[case.images["t"].isna()].iloc[0]
    assert photo["path"] == "a photo.png"
    assert case.info()["paths"] == 2
    assert pd.isna(photo["video"])


def test_the_large_view_of_a_frame_is_that_frame(source: Path, tmp_path: Path):
    case = opened(source, tmp_path)
    case.ingest(progress=False)
    row = int(case.images.index[case.images["t"].between(4, 5)][0])

    assert number_of(read_image(case.picture(row), min_side=48).image) == 15


def test_a_second_ingest_reads_nothing_and_another_choice_all(source: Path, tmp_path: Path):
    case = opened(source, tmp_path)
    case.ingest(progress=False)
    again = case.ingest(progress=False)
    denser = case.ingest(frames=0.5, progress=False)
    times = case.images["t"].dropna().tolist()
    kept = case.ingest(progress=False)

    assert (again.unchanged, again.embedded) == (2, 0)
    assert times == pytest.approx([0.5 * i for i in range(16)], abs=0.11)
    assert denser.embedded <= 16
    assert (kept.unchanged, kept.embedded, len(case.images)) == (2, 0, 17)  # the choice is remembered
    case.ingest(frames="change", progress=False)
    assert len(case.images) == 5


def test_videos_are_left_alone_on_request(source: Path, tmp_path: Path):
    case = opened(source, tmp_path)
    first = case.ingest(videos=False, progress=False)

    assert (first.images, len(case.images)) == (1, 1)
    assert case.problems["reason"].tolist() == ["a video: ingest with videos=True to have its frames read"]
    case.ingest(progress=False)
    assert (len(case.images), len(case.problems)) == (5, 0)
    case.ingest(videos=False, progress=False)
    assert (len(case.images), len(case.problems)) == (5, 0)


@pytest.mark.parametrize("frames", ["all", 0, -1, True, float("nan"), [1]])
def test_an_unknown_choice_is_refused(source: Path, tmp_path: Path, frames):
    with pytest.raises(QueryError, match="Invalid value frames="):
        opened(source, tmp_path).ingest(frames=frames, progress=False)


def test_blank_frames_are_chosen_only_where_there_is_nothing_else(tmp_path: Path):
    (tmp_path / "source").mkdir()
    black = [np.zeros((48, 64, 3), np.uint8)] * 20
    write_video(tmp_path / "source" / "black.mp4", black)
    write_video(tmp_path / "source" / "faded.mp4", [*black, *[coloured(8)] * 20, *black])
    case = opened(tmp_path / "source", tmp_path)
    case.ingest(progress=False)
    found = case.images[["path", "plain"]]

    assert found.values.tolist() == [["black.mp4", "blank"], ["faded.mp4", ""]]


def test_videos_are_not_near_duplicates_for_their_titles(tmp_path: Path):
    (tmp_path / "source").mkdir()
    slate = np.zeros((96, 128, 3), np.uint8)
    slate[30:60, 20:50] = slate[40:70, 70:110] = 255
    for name, number in (("one", 8), ("two", 15)):
        scene = coloured(number, (128, 96))
        write_video(tmp_path / "source" / f"{name}.mp4", [*[slate] * 20, *[scene] * 20, *[slate] * 20])
    case = opened(tmp_path / "source", tmp_path)
    case.ingest(progress=False)

    assert case.images.groupby("path")["plain"].apply(list).tolist() == [["slate", ""], ["slate", ""]]
    assert case.study.duplicates().empty


def test_a_broken_end_is_a_problem_and_the_rest_is_there(tmp_path: Path):
    (tmp_path / "source").mkdir()
    rng = np.random.default_rng(0)
    noise = [rng.integers(0, 256, (48, 64, 3), np.uint8) for _ in range(4)]
    frames = (noise[i // 25] for i in range(100))
    path = write_video(tmp_path / "source" / "torn.mkv", frames, options={"g": "5"})
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    case = opened(tmp_path / "source", tmp_path)
    case.ingest(progress=False)

    assert 1 <= len(case.images) <= 3
    assert case.problems["step"].tolist() == ["decode"]
    assert "ends too early" in case.problems["reason"][0]


def test_a_long_animation_is_a_video_and_a_short_one_a_picture(tmp_path: Path):
    (tmp_path / "source").mkdir()
    for name, times in (("long", (1500, 1500)), ("short", (300, 300))):
        first, *others = [Image.new("RGB", (64, 48), COLOURS[0]), Image.fromarray(coloured(8))]
        for suffix in ("gif", "png", "webp", "avif"):
            path = tmp_path / "source" / f"{name}.{suffix}"
            first.save(path, save_all=True, append_images=others, duration=list(times))
    case = opened(tmp_path / "source", tmp_path)
    case.ingest(progress=False)
    frames = case.images.groupby("path")["t"].apply(lambda times: times.notna().tolist())

    assert [frames[f"short.{suffix}"] for suffix in ("gif", "png", "webp", "avif")] == [[False]] * 4
    assert all(frames["long.gif"])
    assert all(frames["long.png"])
    for suffix in ("webp", "avif"):
        rows = case.images.index[case.images["path"] == f"long.{suffix}"]
        assert case.images["t"][rows].tolist() == [1.5]
        last = read_image(case.picture(int(rows[0])), min_side=48).image
        assert number_of(last) == 8
    assert len(case.problems) == 0


def motion_photo(path: Path, video: bytes) -> None:
    """Write a green JPEG that carries a video, as phones do."""
    photo = BytesIO()
    Image.new("RGB", (64, 48), "green").save(photo, "JPEG")
    data = photo.getvalue()
    xmp = b"http://ns.adobe.com/xap/1.0/\0" + (
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description'
        b' xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" GCamera:MicroVideo="1"'
        b' GCamera:MicroVideoOffset="%d"/></rdf:RDF>' % len(video)
    )
    block = b"\xff\xe1" + (2 + len(xmp)).to_bytes(2) + xmp
    path.write_bytes(data[:2] + block + data[2:] + video)


def test_a_motion_photo_is_a_photo_with_the_frames_of_its_video(tmp_path: Path):
    folder = tmp_path / "source"
    folder.mkdir()
    video = shown(tmp_path / "clip.mp4", [8, 15])
    motion_photo(folder / "motion.jpg", video.read_bytes())
    case = opened(folder, tmp_path)
    case.ingest(progress=False)
    images = case.images
    photo, *frames = [read_image(case.picture(row), min_side=48).image for row in images.index]

    assert images["t"].notna().tolist() == [False, True, True]
    assert images["image_id"][0] == images["image_id"][1].partition("#")[0]
    assert images["video"].isna().tolist() == [True, False, False]
    assert photo.getpixel((30, 30)) == pytest.approx((0, 128, 0), abs=3)
    assert [number_of(frame) for frame in frames] == [8, 15]
    assert case.problems.empty
    selection = wb.Selection(images)
    assert [list(selection.same_file(row)) for row in images.index] == [[0, 1, 2]] * 3
    assert case.ingest(progress=False).unchanged == 1


def test_a_motion_photo_stays_one_without_its_video(tmp_path: Path):
    folder = tmp_path / "source"
    folder.mkdir()
    video = shown(tmp_path / "clip.mp4", [8, 15]).read_bytes()
    motion_photo(folder / "motion.jpg", video)
    motion_photo(folder / "broken.jpg", video.replace(b"avc1", b"zzz9"))
    case = opened(folder, tmp_path)
    case.ingest(videos=False, progress=False)

    assert case.images["t"].isna().tolist() == [True, True]
    assert case.problems.empty
    whole = case.ingest(rehash=True, progress=False)
    assert case.images.groupby("path")["t"].apply(lambda t: t.notna().sum()).to_dict() == {
        "broken.jpg": 0,
        "motion.jpg": 2,
    }
    assert whole.embedded == 2
    assert case.problems["path"].tolist() == ["broken.jpg"]


def test_a_video_is_known_by_its_bytes_whatever_it_is_called(tmp_path: Path):
    folder = tmp_path / "source"
    folder.mkdir()
    path = shown(folder / "clip.mp4", [8])
    for name in ("clip.jpg", "clip.txt", "clip"):
        (folder / name).write_bytes(path.read_bytes())
    Image.new("RGB", (64, 48), "green").save(folder / "photo.mp4", "PNG")
    path.unlink()
    case = opened(folder, tmp_path)
    case.ingest(progress=False)
    frames = case.images["t"].notna()

    assert case.images[frames]["paths"].map(sorted).tolist() == [["clip", "clip.jpg", "clip.txt"]]
    assert case.images[~frames]["path"].tolist() == ["photo.mp4"]
    assert case.problems.empty


def test_frames_are_found_by_kind_and_video(source: Path, tmp_path: Path):
    case = opened(source, tmp_path)
    case.ingest(progress=False)

    assert len(case.ask("green kind:video").frame) == 4
    assert case.ask("kind:video").frame["path"].tolist() == ["clip.mp4"] * 4
    assert case.ask("in:clip.mp4 kind:video").frame["t"].is_monotonic_increasing
    assert case.ask("-in:clip.mp4").frame["path"].tolist() == ["a photo.png"]
    assert len(case.ask("green in:clip.mp4").frame) == 4
    assert case.ask("green kind:photo").frame["path"].tolist() == ["a photo.png"]


def test_panels_tell_frames_of_a_video_apart(source: Path, tmp_path: Path):
    case = opened(source, tmp_path)
    case.ingest(instances=True, progress=False)
    desk = wb.Workspace(case)
    row = int(case.images.index[case.images["t"].notna()][-1])
    title = desk.selection.title(row)
    t = case.images["t"][row]

    desk.selection.focus = row
    tile = browser(desk.gallery, "page", start=row, count=1, version=0)["items"][0]
    assert title == f"clip.mp4, 0:{t:06.3f}"
    assert (tile["name"], tile["part"]) == (title, f"0:{t:06.3f}")
    assert dict(browser(desk.details, "show", row=row)["facts"])["Time"] == (
        f"0:{t:06.3f} of 0:08, 10 frames a second"
    )
    assert desk.map.caption(row) == desk.things.about["path"] == title
    desk.things.box = [4, 4, 40, 40]
    hits = desk.things.find().hits
    assert f"clip.mp4#t={t:.3f}" in desk.things.to_code()
    assert [tile["name"] for tile in desk.things.tiles] == [desk.selection.title(row) for row in hits.rows]
    desk.close()


def test_odd_videos_are_read_or_are_problems(tmp_path: Path):
    """Of one frame in 8K, of no rate, of sound alone, of one colour."""
    folder = tmp_path / "source"
    folder.mkdir()
    large = np.repeat(np.repeat(coloured(8, (480, 270)), 16, 0), 16, 1)  # 7680 x 4320
    write_video(folder / "8k.mp4", [large], options={"preset": "ultrafast"})
    shown(folder / "colour.mp4", [7])  # both halves alike but for its darker top
    write_video(folder / "grey.mp4", [np.full((48, 64, 3), 128, np.uint8)] * 20)
    no_rate(folder / "no rate.mkv")
    sound(folder / "talk.mp4")
    case = opened(folder, tmp_path)
    case.ingest(progress=False)
    images = case.images
    found = images.groupby("path")["t"].count().to_dict()

    assert found == {"8k.mp4": 1, "colour.mp4": 1, "grey.mp4": 1, "no rate.mkv": 2}
    assert images.loc[images["path"] == "8k.mp4", ["width", "height"]].to_numpy().tolist() == [[7680, 4320]]
    assert images.set_index("path")["plain"]["grey.mp4"] == "blank"
    pictures = {
        path: number_of(read_image(case.picture(int(row)), min_side=48).image)
        for path, row in zip(images["path"], images.index, strict=True)
        if path in ("8k.mp4", "colour.mp4")
    }
    assert pictures == {"8k.mp4": 8, "colour.mp4": 7}
    assert case.problems[["path", "reason"]].to_numpy().tolist() == [
        ["talk.mp4", "no video in it: only sound"]
    ]


def no_rate(path: Path) -> None:
    """Write a Matroska of which nothing says how many frames a second it has."""
    frames = [coloured(number) for number in (8, 8, 15, 15)]
    write_video(path, frames, times=[0, 1000, 4000, 5000])
    data = path.read_bytes()
    assert b"\x23\xe3\x83" in data
    path.write_bytes(data.replace(b"\x23\xe3\x83", b"\xec\x86\x83"))  # DefaultDuration becomes Void


def sound(path: Path) -> None:
    with av.open(str(path), "w") as output:
        stream = output.add_stream("aac", rate=44100)
        frame = av.AudioFrame.from_ndarray(np.zeros((2, 44100), np.float32), format="fltp", layout="stereo")
        frame.sample_rate = 44100
        output.mux(stream.encode(frame))
        output.mux(stream.encode())


def test_a_video_in_a_zip_is_read_up_to_a_size(tmp_path: Path, monkeypatch):
    folder = tmp_path / "source"
    folder.mkdir()
    small, large = shown(tmp_path / "small.mp4", [8]), shown(tmp_path / "large.mp4", range(1, 20))
    with zipfile.ZipFile(folder / "holiday.zip", "w") as archive:
        archive.write(small, "small.mp4")
        archive.write(large, "large.mp4")
    most = small.stat().st_size + 1
    assert most < large.stat().st_size
    monkeypatch.setattr(read, "MAX_BYTES", most)
    case = opened(folder, tmp_path)
    case.ingest(progress=False)

    assert case.images["video"].tolist() == ["holiday.zip!/small.mp4"]
    assert number_of(read_image(case.picture(0), min_side=48).image) == 8
    assert case.problems["path"].tolist() == ["holiday.zip!/large.mp4"]
    size = large.stat().st_size
    assert case.problems["reason"].tolist() == [
        f"too large: {size:,} bytes, the limit in an archive is {most:,}: unpack it to have it read"
    ]


KILLED = """
    import os, signal, sys
    import workbench as wb
    from workbench.ingest.writer import Writer
    from workbench.testing import register

    register()
    add, count = Writer.add, 0

    def add_then_die(self, file, result):
        global count
        add(self, file, result)
        self.flush()
        count += 1
        if count == 3:
            os.kill(os.getpid(), signal.SIGKILL)

    Writer.add = add_then_die
    wb.open(sys.argv[1], case=sys.argv[2], model="fake").ingest(progress=False)
"""


def test_what_was_embedded_before_a_kill_is_not_embedded_again(tmp_path: Path):
    folder = tmp_path / "source"
    folder.mkdir()
    shown(folder / "long.mp4", [1, 8, 15, 22, 29, 2, 9, 16], seconds=1.5)
    command = [sys.executable, "-c", textwrap.dedent(KILLED), str(folder), str(tmp_path / "case")]
    killed = subprocess.run(command, check=False, env={**os.environ})
    assert killed.returncode == -signal.SIGKILL
    case = opened(folder, tmp_path)
    report = case.ingest(progress=False)
    ids = case.images["image_id"].tolist()

    assert len(ids) == len(set(ids)) == 8
    assert report.embedded == 8 - 3
