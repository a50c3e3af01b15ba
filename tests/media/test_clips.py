"""Clips and frames of videos: the right pictures at the right times, or a clear reason."""

import io
import threading

import av
import numpy as np
import pytest

from tests.helpers.made_videos import make_video
from workbench.media import clips
from workbench.media.clip_child import answer
from workbench.media.clip_source import UnreadableError
from workbench.media.clips import ClipCancelledError, ClipError

SHOTS = [("red", 2), ("blue", 2), ("lime", 2)]
COLOURS = {"red": (255, 0, 0), "blue": (0, 0, 255), "lime": (0, 255, 0)}


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    path = tmp_path_factory.mktemp("clips") / "a.mp4"
    make_video(path, SHOTS, sound=True)
    return path


@pytest.fixture
def here(monkeypatch):
    """Answer in this process, which saves the start of another for each question."""

    def ask(path, question, seconds, going):
        try:
            with path.open("rb") as file:
                return answer(file, question)
        except UnreadableError as error:
            raise ClipError(str(error)) from error

    monkeypatch.setattr(clips, "_ask", ask)


def colour(pixels):
    mean = np.asarray(pixels, np.float64).reshape(-1, 3).mean(axis=0)
    return min(COLOURS, key=lambda name: np.abs(mean - COLOURS[name]).sum())


def read(clip):
    """Return times and colours of the pictures of a clip, and the seconds of its sound."""
    with av.open(io.BytesIO(clip.data)) as file:
        frames = [(frame.time, colour(frame.to_ndarray(format="rgb24"))) for frame in file.decode(video=0)]
    with av.open(io.BytesIO(clip.data)) as file:
        sound = [frame.samples / frame.sample_rate for frame in file.decode(audio=0)]
    return frames, sum(sound)


def test_a_probe_tells_what_a_player_needs(video):
    found = clips.probe(video)
    assert (found.duration, found.width, found.height, found.fps) == (6.0, 96, 64, 10.0)
    assert (found.sound, found.codec) == (True, "h264")


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("format", ["mp4", "webm"])
@pytest.mark.parametrize("stream", [True, False])
def test_a_clip_shows_its_span_exactly_with_its_sound(video, format, stream):
    clip = clips.cut(video, 1.5, 3.5, format=format, stream=stream)
    frames, sound = read(clip)
    assert len(frames) == len(clip.times) == 20
    assert [name for _, name in frames] == ["red"] * 5 + ["blue"] * 15
    assert frames[0][0] == pytest.approx(0, abs=0.002)
    assert [t for t, _ in frames] == pytest.approx(np.arange(20) / 10, abs=0.002)
    assert clip.times == pytest.approx(np.arange(15, 35) / 10)
    assert sound == pytest.approx(2.0, abs=0.1)
    assert clip.mime.startswith(f"video/{format}; codecs=")
    with av.open(io.BytesIO(clip.data)) as file:
        times = [float(one.dts * one.time_base) for one in file.demux() if one.dts is not None]
    assert max(np.maximum.accumulate(times) - times) < 0.6  # pictures and sound lie side by side


@pytest.mark.usefixtures("here")
def test_a_clip_is_no_larger_than_asked_and_begins_with_the_frame_seen_there(video):
    clip = clips.cut(video, 1.98, 2.5, side=48)
    with av.open(io.BytesIO(clip.data)) as file:
        first = next(file.decode(video=0))
        assert (first.width, first.height) == (48, 32)
    assert clip.times[0] == pytest.approx(1.9)
    assert colour(first.to_ndarray(format="rgb24")) == "red"


def test_what_is_no_video_says_so(tmp_path):
    (tmp_path / "text.mp4").write_bytes(b"not a video at all")
    with pytest.raises(ClipError, match="not a video that can be read"):
        clips.probe(tmp_path / "text.mp4")
    with pytest.raises(ClipError, match="vanished before"):
        clips.probe(tmp_path / "nowhere.mp4")


@pytest.mark.usefixtures("here")
def test_sound_alone_has_no_pictures(tmp_path):
    with av.open(str(tmp_path / "a.m4a"), "w", format="mp4") as file:
        stream = file.add_stream("aac", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.sample_rate, frame.pts = 8000, 0
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    with pytest.raises(ClipError, match="only sound"):
        clips.probe(tmp_path / "a.m4a")


def test_a_broken_end_leaves_what_comes_before(video, tmp_path):
    whole = tmp_path / "a.mkv"
    make_video(whole, SHOTS)
    data = whole.read_bytes()
    (tmp_path / "cut.mkv").write_bytes(data[: len(data) * 2 // 3])
    assert len(clips.cut(tmp_path / "cut.mkv", 0, 1).times) == 10


@pytest.mark.parametrize(("start", "end"), [(1, 1), (2, 1), (-1, 1), (0, 121)])
def test_a_clip_has_a_length_that_is_bounded(video, start, end):
    with pytest.raises(ClipError, match="0 to 120 seconds"):
        clips.cut(video, start, end)


def test_nobody_waits_for_what_was_cancelled(video):
    asked = threading.Event()

    def going():
        asked.set()
        return False

    with pytest.raises(ClipCancelledError):
        clips.cut(video, 0, 6, going=going)
    assert asked.is_set()


def test_a_video_that_takes_too_long_is_ended(video, monkeypatch):
    monkeypatch.setattr(clips, "SECONDS", -1.0)
    monkeypatch.setattr(clips, "SLOWEST", 0.0)
    with pytest.raises(ClipError, match="takes more than"):
        clips.cut(video, 0, 6)
