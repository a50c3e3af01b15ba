"""Videos: exact frames at any time, what is odd about files, and the process that decodes them."""

import io
import os
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from tests.helpers.videos import coloured, number_of, numbered, write_video
from workbench.media import sandbox, video
from workbench.media.decode import DecodeError
from workbench.media.video import Video, frame_at, probe
from workbench.media.video_container import PositionedFile, VideoError
from workbench.media.video_decoding import Decoder, clock

UNEVEN = [0, 40, 140, 150, 500, 2000, 2033, 2100, 2101, 5000, 5040, 9000, *range(9100, 10300, 100)]
"""Milliseconds at which the frames of a video of variable rate begin."""


def opened(path: Path) -> Decoder:
    return Decoder(PositionedFile(os.open(path, os.O_RDONLY)))


def read(path: Path) -> list[tuple[float, int]]:
    """Return the time and the number of each frame that is decoded from start to end."""
    decoder = opened(path)
    return [(round(t, 3), number_of(decoder.picture(frame))) for t, frame in decoder.frames()]


EXACT: dict[str, dict[str, Any]] = {
    "b_frames.mp4": {"times": UNEVEN, "options": {"bf": "3", "g": "8"}},
    "late_start.mp4": {"times": [t + 700 for t in UNEVEN], "options": {"bf": "2", "g": "8"}},
    "early_start.mkv": {"times": [t - 300 for t in UNEVEN], "options": {"bf": "0", "g": "8"}},
    "packets.ts": {"times": [t + 700 for t in UNEVEN], "options": {"bf": "2", "g": "8"}},
    "open_groups.ts": {"times": UNEVEN, "options": {"bf": "3", "g": "6", "x264-params": "open-gop=1"}},
    "plain.avi": {"codec": "mpeg4", "options": {"bf": "0", "g": "8"}},
    "without_times.h264": {"options": {"bf": "2", "g": "8"}},
    "half.mpg": {"codec": "mpeg2video", "fps": 25, "options": {"bf": "2", "g": "8"}},
    "vp9.webm": {"codec": "libvpx-vp9", "options": {"g": "8", "deadline": "realtime", "cpu-used": "8"}},
    "pictures.mov": {"codec": "mjpeg", "pixels": "yuvj420p"},
    "animation.gif": {"codec": "gif", "pixels": "rgb8"},
    "animation.apng": {"codec": "apng", "pixels": "rgb24"},
    "old.wmv": {"codec": "wmv2"},
}


@pytest.mark.parametrize("name", EXACT)
def test_each_frame_is_found_by_its_time(tmp_path: Path, name: str):
    """Jumping to a time gives the frame that reading from the start gives there."""
    how = EXACT[name]
    path = numbered(tmp_path / name, **how)
    frames = read(path)

    assert [number for _, number in frames] == list(range(24))
    if "times" in how:
        assert [t for t, _ in frames] == [(t - how["times"][0]) / 1000 for t in how["times"]]
    decoder = opened(path)
    for (t, number), (after, _) in zip(frames, [*frames[1:], (frames[-1][0] + 0.02, 0)], strict=True):
        for asked in (t, round(after - 0.001, 3)):
            found, frame = next(decoder.frames(asked))
            assert (round(found, 3), number_of(decoder.picture(frame))) == (t, number)


@pytest.mark.parametrize("codec", ["mpeg4", "libx264"])
def test_pictures_in_another_order_in_avi_are_all_there(tmp_path: Path, codec: str):
    """AVI has the times of decoding only; those of B frames must not be mixed up."""
    path = numbered(tmp_path / "order.avi", codec=codec, options={"bf": "2", "g": "8"})
    frames, decoder = read(path), opened(path)

    assert [number for _, number in frames] == list(range(24))
    assert all(number_of(decoder.picture(next(decoder.frames(t))[1])) == number for t, number in frames)


def test_frames_before_the_edit_list_begins_are_not_shown(tmp_path: Path):
    """A cut without encoding starts at a key frame before the cut; its edit list hides what is too early."""
    whole = numbered(tmp_path / "whole.mp4", options={"bf": "0", "g": "8"})
    cut = tmp_path / "cut.mp4"
    with av.open(str(whole)) as source, av.open(str(cut), "w") as output:
        stream = output.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.pts is not None and packet.dts is not None:
                packet.pts -= int(0.3 / packet.time_base)
                packet.dts -= int(0.3 / packet.time_base)
                packet.stream = stream
                output.mux(packet)

    frames = read(cut)
    assert frames[0] == (0.0, 3)
    assert [number for _, number in frames] == list(range(3, 24))
    assert number_of(frame_at(cut, 0.5).image) == 8


def test_facts(tmp_path: Path):
    path = numbered(tmp_path / "facts.mp4", fps=25)
    facts = probe(path)

    assert (facts.width, facts.height, facts.codec, facts.rotation) == (64, 48, "h264", 0)
    assert facts.fps == pytest.approx(25)
    assert facts.duration == pytest.approx(24 / 25)
    assert facts.notes == []


def test_a_file_without_a_duration_is_read_for_it(tmp_path: Path):
    facts = opened(numbered(tmp_path / "stream.mkv", container={"live": "1"})).facts()

    assert facts.duration == pytest.approx(2.4, abs=0.11)


def test_frame_at_says_where_it_lies(tmp_path: Path):
    path = numbered(tmp_path / "a.mp4", times=UNEVEN)
    found = frame_at(path, 4.0)

    assert number_of(found.image) == 8
    assert found.facts.frame is not None
    assert round(found.facts.frame.t, 3) == 2.101
    with pytest.raises(DecodeError, match="no frame at 1:00"):
        frame_at(path, 60.0)


def test_a_file_object_is_read_like_a_path(tmp_path: Path):
    path = numbered(tmp_path / "a.mp4")
    in_memory = io.BytesIO(path.read_bytes())
    with path.open("rb") as file:
        assert number_of(frame_at(file, 1.0).image) == 10
        assert file.tell() == 0
    assert number_of(frame_at(in_memory, 1.0).image) == 10


# What is no video, or a broken one.


def song(path: Path, cover: bool) -> Path:
    """Write a second of sound, with a picture of the album where asked for."""
    with av.open(str(path), "w") as output:
        stream = output.add_stream("aac", rate=44100)
        picture = output.add_stream("mjpeg", rate=1) if cover else None
        if picture is not None:
            picture.width, picture.height, picture.pix_fmt = 64, 48, "yuvj420p"
            picture.disposition = av.stream.Disposition.attached_pic
        frame = av.AudioFrame.from_ndarray(np.zeros((2, 44100), np.float32), format="fltp", layout="stereo")
        frame.sample_rate = 44100
        output.mux(stream.encode(frame))
        output.mux(stream.encode())
        if picture is not None:
            output.mux(picture.encode(av.VideoFrame.from_ndarray(coloured(0), format="rgb24")))
            output.mux(picture.encode())
    return path


def reason(path: Path) -> str:
    with pytest.raises(VideoError) as error:
        opened(path)
    return str(error.value)


def test_sound_alone_is_no_video(tmp_path: Path):
    assert reason(song(tmp_path / "talk.mp4", cover=False)) == "no video in it: only sound"


def test_the_cover_of_a_song_is_no_video(tmp_path: Path):
    assert reason(song(tmp_path / "song.mp4", cover=True)) == "no video in it: only sound"


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 5000, b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n", b"ffconcat version 1.0\n"]
)
def test_what_is_no_video_is_refused(tmp_path: Path, data: bytes):
    """Lists of other files are not followed, whatever they are called."""
    (tmp_path / "a.mp4").write_bytes(data)

    assert "not a video" in reason(tmp_path / "a.mp4") or "truncated" in reason(tmp_path / "a.mp4")


def test_a_file_without_its_index_says_so(tmp_path: Path):
    path = numbered(tmp_path / "a.mp4")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    assert "broken or truncated" in reason(path)


def noise(count: int) -> Iterator[np.ndarray]:
    """Return frames that take as many bytes each."""
    rng = np.random.default_rng(0)
    return (rng.integers(0, 256, (48, 64, 3), np.uint8) for _ in range(count))


@pytest.mark.parametrize("name", ["a.mkv", "a.ts", "a.avi", "front.mp4"])
def test_of_a_broken_end_what_is_there_is_read(tmp_path: Path, name: str):
    container = {"movflags": "faststart"} if name == "front.mp4" else {}
    codec = "mpeg4" if name == "a.avi" else "libx264"
    path = write_video(tmp_path / name, noise(100), codec=codec, container=container)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    decoder = opened(path)
    decoder.facts()
    frames = list(decoder.frames())

    assert 20 < len(frames) < 90
    if name != "a.ts":  # which does not say how long it should be
        assert any("ends too early" in note for note in decoder.notes())


def test_damage_in_the_middle_costs_only_what_is_there(tmp_path: Path):
    path = write_video(tmp_path / "a.mkv", noise(100), options={"g": "5"})
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 600] = os.urandom(600)
    path.write_bytes(data)
    decoder = opened(path)
    times = [t for t, _ in decoder.frames()]

    assert len(times) > 60
    assert times[-1] > 9
    assert times == sorted(times)


def test_an_encrypted_file_says_so(tmp_path: Path):
    key = {"encryption_scheme": "cenc-aes-ctr", "encryption_key": "00" * 16, "encryption_kid": "11" * 16}

    path = numbered(tmp_path / "a.mp4", container=key)

    with pytest.raises(VideoError, match=r"^encrypted"):
        opened(path).facts()


def test_an_unknown_codec_says_so(tmp_path: Path):
    path = numbered(tmp_path / "a.avi", codec="mpeg4")
    path.write_bytes(path.read_bytes().replace(b"FMP4", b"ZZZ9"))

    assert reason(path) == "its codec is not known, so that no frame can be decoded"


def test_of_several_videos_the_largest_is_read(tmp_path: Path):
    path = tmp_path / "two.mkv"
    with av.open(str(path), "w") as output:
        streams = []
        for size in ((32, 24), (64, 48)):
            stream = output.add_stream("libx264", rate=10)
            stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
            stream.disposition = av.stream.Disposition.captions
            streams.append(stream)
        for stream, size in zip(streams, ((32, 24), (64, 48)), strict=True):
            for number in range(3):
                frame = av.VideoFrame.from_ndarray(coloured(number, size), format="rgb24")
                frame.pts = number
                output.mux(stream.encode(frame))
            output.mux(stream.encode())
    facts = opened(path).facts()

    assert (facts.width, facts.height) == (64, 48)
    assert facts.notes == ["2 video streams: one is read"]


def test_one_frame_is_a_video(tmp_path: Path):
    assert read(numbered(tmp_path / "one.mp4", count=1)) == [(0.0, 0)]


def test_ten_hours_of_a_frame_a_minute(tmp_path: Path):
    path = numbered(
        tmp_path / "long.mkv", count=36, times=[1_000_000 * i for i in range(36)], options={"g": "6"}
    )
    decoder = opened(path)

    assert decoder.facts().duration == pytest.approx(35_000, abs=100)
    assert round(next(decoder.frames(30_500))[0], 3) == 30_000
    assert [number for _, number in read(path)] == list(range(36))


def test_times_are_written_as_people_do():
    assert [clock(t) for t in (0, 7.9, 750, 3723)] == ["0:00", "0:07", "12:30", "1:02:03"]


# The process.


def chosen(path: Path, choice: str = "change-1") -> list[tuple[float, str]]:
    with closing(Video(path, "choose", choice=choice)) as file:
        return [(frame.t, frame.plain) for frame in file.frames()]


def test_frames_are_reduced_as_far_as_is_asked_for(tmp_path: Path):
    path = write_video(tmp_path / "large.mp4", [coloured(3, (640, 480))] * 2)
    with closing(Video(path, "at", times=[0.0])) as file:
        frame = next(file.frames())
        sizes = [frame.read(*sides).image.size for sides in ((480,), (100,), (100, 400))]
        facts = frame.read(60).facts

    assert sizes == [(640, 480), (160, 120), (640, 480)]
    assert (facts.width, facts.height) == (640, 480)
    assert number_of(frame_at(path, 0.0, min_side=60).image) == 3


def test_a_decoder_that_needs_too_much_memory_is_a_problem(tmp_path: Path, monkeypatch):
    path = write_video(tmp_path / "large.mp4", [coloured(3, (1920, 1080))] * 3)
    monkeypatch.setattr(video, "MAX_MEMORY", 2**20)  # 64 MB, the least

    with pytest.raises(DecodeError, match=r"memory|crashed|decoded"):
        frame_at(path, 0.0)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="nothing tells the memory of a process")
def test_a_long_video_takes_no_more_memory_than_a_short_one(tmp_path: Path):
    """All frames of the long one, kept, would take 93 MB more."""
    peaks = {}
    for count in (40, 400):
        frames = (coloured(number // 10 % 36, (480, 360)) for number in range(count))
        path = write_video(tmp_path / f"{count}.mp4", frames, options={"preset": "ultrafast", "g": "10"})
        with closing(Video(path, "choose", choice="change-1")) as file:
            chosen = [peak_memory(file._process.pid) for _ in file.frames()]
        assert len(chosen) > count / 20
        peaks[count] = chosen[-1]

    assert peaks[400] - peaks[40] < 45 * 2**20


def peak_memory(process: int) -> int:
    """Return the most bytes that a process has held in memory so far."""
    status = Path(f"/proc/{process}/status").read_text()
    return 1024 * int(status.partition("VmHWM:")[2].split()[0])


def test_a_decoder_that_crashes_is_a_problem(tmp_path: Path):
    with closing(Video(numbered(tmp_path / "a.mp4"), "all", start=0.0)) as file:
        frames = file.frames()
        next(frames)
        file._process.kill()
        with pytest.raises(DecodeError, match="crashed at 0:00"):
            list(frames)


def test_a_decoder_of_which_nothing_comes_is_ended(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(video, "MAX_SECONDS", 0.0)
    monkeypatch.setattr(video, "_WATCH", 0.01)

    with pytest.raises(DecodeError, match="nothing could be decoded in 0 s"):
        frame_at(numbered(tmp_path / "a.mp4"), 1.0)


def test_stopping_ends_the_process_from_another_thread(tmp_path: Path):
    with closing(Video(numbered(tmp_path / "a.mp4"), "all", start=0.0)) as file:
        frames = file.frames()
        next(frames)
        stopping = threading.Thread(target=sandbox.stop)
        stopping.start()
        stopping.join()
        with pytest.raises(sandbox.StoppedError):
            list(frames)
        assert file._process.poll() is not None


def test_the_process_reads_the_file_and_writes_nothing(tmp_path: Path):
    path = numbered(tmp_path / "a.mp4")
    before = path.stat()
    frame_at(path, 1.0)

    assert [entry.name for entry in tmp_path.iterdir()] == ["a.mp4"]
    assert (path.stat().st_mtime_ns, path.stat().st_size) == (before.st_mtime_ns, before.st_size)
