"""Videos as files of many stills: chosen frames are images, also of long animations and motion photos."""

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial

from workbench.media.animation_times import seconds
from workbench.media.decode import DecodedImage, read_image
from workbench.media.frame_choice import choice_key
from workbench.media.kinds import Kind, is_video
from workbench.media.motion import embedded_video
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
        """Open a video by its path or its bytes; it is decoded when its frames are asked for.

        A photo that carries a video is a still of its own, with no part in its id, before the frames.
        """
        if data is None:
            return _OpenVideo(path, self.choice)
        if place := carried_video(data):
            return _OpenVideo(io.BytesIO(data[place[0] : sum(place)]), self.choice, photo=data)
        return _OpenVideo(io.BytesIO(data), self.choice)


class _OpenVideo:
    def __init__(self, source: bytes | io.BytesIO, choice: str, photo: bytes | None = None) -> None:
        self._source, self._choice, self._photo = source, choice, photo
        self._video: Video | None = None

    @property
    def reached(self) -> tuple[float, VideoFacts] | None:
        """How far it was looked through, in seconds, and what it says of itself; None before its start."""
        return None if self._video is None else (self._video.at, self._video.facts)

    def stills(self, parts: Sequence[str] | None = None) -> Iterator[Still]:
        """Yield the chosen frames, or those at the times that ``parts`` name; see `Video.frames`."""
        self.close()
        if self._photo is not None and (parts is None or "" in parts):
            yield Still("", partial(_read_photo, self._photo))
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


def _read_photo(data: bytes, min_side: int, min_long_side: int) -> DecodedImage:
    return read_image(data, min_side=min_side, min_long_side=min_long_side)


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
    """Tell a video, an animation longer than ``LONG``, and a photo that carries a video.

    Only blocks are walked over: every photo is asked.
    """
    return "video" if is_video(data[:32]) or seconds(data) > LONG or carried_video(data) else None


def carried_video(data: bytes) -> tuple[int, int] | None:
    """Return where in a JPEG or HEIC its video lies, as `embedded_video` does; quickly for most."""
    return embedded_video(data) if data.find(b"ftyp", 16) > 0 and not is_video(data[:32]) else None


OPENERS: Mapping[Kind, Opener] = {"video": Videos()}
