"""Videos as files of many stills: their chosen frames are images; long animations are videos too."""

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from workbench.media.frame_choice import choice_key
from workbench.media.kinds import Kind
from workbench.media.stills import Opener, Openers, Still
from workbench.media.video import Video
from workbench.media.video_decoding import VideoFacts

LONG = 2.0
"""Seconds from which an animation is a video: its frames are images then, not the whole of it."""


class Videos:
    """Opens videos; ``frames``: "change", or a number of seconds from one frame to the next."""

    def __init__(self, frames: str | float = "change") -> None:
        self.choice = choice_key(frames)

    def open(self, path: bytes, data: bytes | None) -> "_OpenVideo":
        """Open a video by its path or its bytes; it is decoded when its frames are asked for."""
        return _OpenVideo(path if data is None else io.BytesIO(data), self.choice)


class _OpenVideo:
    def __init__(self, source: bytes | io.BytesIO, choice: str) -> None:
        self._source, self._choice = source, choice
        self._video: Video | None = None

    @property
    def reached(self) -> tuple[float, VideoFacts] | None:
        """How far it was looked through, in seconds, and what it says of itself; None before its start."""
        return None if self._video is None else (self._video.at, self._video.facts)

    def stills(self, parts: Sequence[str] | None = None) -> Iterator[Still]:
        """Yield the chosen frames, or those at the times that ``parts`` name; see `Video.frames`."""
        self.close()
        if parts is None:
            self._video = Video(self._source, "choose", choice=self._choice)
        elif times := _times(parts):
            self._video = Video(self._source, "at", times=times)
        else:
            return
        for frame in self._video.frames():
            if parts is None or frame.part in parts:
                yield Still(frame.part, frame.read)

    def close(self) -> None:
        """End the process that decodes."""
        if self._video is not None:
            self._video.close()


def _times(parts: Sequence[str]) -> list[float]:
    times = []
    for part in parts:
        name, _, value = part.partition("=")
        with suppress(ValueError):
            times += [float(value)] if name == "t" else []
    return times


def with_videos(known: Openers, frames: str | float | None) -> Openers:
    """Return openers that choose ``frames`` of videos; None leaves videos alone."""
    if frames is None:
        return {kind: opener for kind, opener in known.items() if kind != "video"}
    return {**known, "video": Videos(frames)}


def inside(data: bytes) -> Kind | None:
    """Tell an animated GIF or PNG that lasts longer than ``LONG``; FFmpeg reads no animated WebP.

    Only its blocks are walked over: every photo is asked.
    """
    seconds = 0.0
    with suppress(IndexError):
        if data[:4] == b"GIF8":
            seconds = _gif_seconds(data)
        elif data[:8] == b"\x89PNG\r\n\x1a\n" and b"acTL" in data[:4096]:
            seconds = _png_seconds(data)
    return "video" if seconds > LONG else None


def _gif_seconds(data: bytes) -> float:
    """Return how long a GIF lasts, by the delays before its pictures: a walk over its blocks (GIF89a)."""
    at = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    hundredths = pictures = 0
    while data[at] != 0x3B:
        if data[at] == 0x21:
            if data[at + 1] == 0xF9:
                hundredths += max(2, int.from_bytes(data[at + 4 : at + 6], "little"))
            at += 2
        elif data[at] == 0x2C:
            pictures += 1
            at += 11 + (3 << (data[at + 9] & 7) + 1 if data[at + 9] & 0x80 else 0)
        else:
            break
        while data[at]:
            at += data[at] + 1
        at += 1
    return hundredths / 100 if pictures > 1 else 0.0


def _png_seconds(data: bytes) -> float:
    """Return how long an animated PNG lasts, by its fcTL chunks."""
    at, seconds = 8, 0.0
    while at + 8 <= len(data):
        length, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if name == b"fcTL" and length >= 26:
            delay, unit = (int.from_bytes(data[at + 8 + i : at + 10 + i], "big") for i in (20, 22))
            seconds += delay / (unit or 100)
        at += 12 + length
    return seconds


OPENERS: Mapping[Kind, Opener] = {"video": Videos()}
