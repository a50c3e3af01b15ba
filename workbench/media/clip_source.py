"""What a clip is cut from: the pictures of an open video by their times, turned upright and scaled."""

import math
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream


class UnreadableError(Exception):
    """What was asked for cannot be had; ``str(error)`` says why."""


class Picture:
    """The pictures of an open video, by times from its start."""

    def __init__(self, video: "InputContainer") -> None:
        if not video.streams.video:
            raise UnreadableError("has no pictures, only sound" if video.streams.audio else "is no video")
        self.video, self.stream = video, video.streams.video[0]
        self.stream.codec_context.thread_count = 2
        base = self.stream.start_time
        self.origin = float(base * (self.stream.time_base or 1)) if base is not None else 0.0

    def probe(self) -> dict[str, Any]:
        """Return what a player needs to know of the video."""
        first = next(self.frames(0.0), None)
        if first is None:
            raise UnreadableError("no frame of it can be read")
        width, height = upright(self.stream, first)
        rate = float(self.stream.average_rate or 0) or 25.0
        codec = self.stream.codec_context.name
        return {
            "duration": round(self.duration(), 3),
            "width": width,
            "height": height,
            "fps": round(rate, 3),
            "sound": bool(self.video.streams.audio),
            "codec": codec,
        }

    def duration(self) -> float:
        """Return the seconds of the video as its header says, else as its packets do."""
        stream = self.stream
        if stream.duration and stream.time_base:
            return float(stream.duration * stream.time_base)
        if self.video.duration:
            return self.video.duration / 1_000_000
        last = 0.0
        self.video.seek(0)
        for packet in self.video.demux(stream):
            if packet.pts is not None and packet.time_base:
                end = float((packet.pts + (packet.duration or 0)) * packet.time_base) - self.origin
                last = max(last, end)
        return last

    def time(self, frame: "VideoFrame") -> float | None:
        """Return when a frame is seen, seconds from the start of the video."""
        return None if frame.time is None else frame.time - self.origin

    def frames(self, start: float) -> Iterator["VideoFrame"]:
        """Yield frames in the order they are seen, from a key frame before ``start`` on.

        What cannot be decoded is left out.
        """
        import av

        self.seek(start)
        for packet in self.video.demux(self.stream):
            try:
                yield from (one for one in packet.decode() if one.time is not None)  # type: ignore[misc]
            except av.error.InvalidDataError:
                continue

    def seek(self, start: float) -> None:
        """Go to a key frame before ``start``."""
        import av

        ticks = math.floor((max(0.0, start - 0.001) + self.origin) / float(self.stream.time_base or 1))
        try:
            self.video.seek(ticks, stream=self.stream, backward=True)
        except av.FFmpegError:
            self.video.seek(0)


def turns(frame: "VideoFrame") -> int:
    """Return by how many quarter turns, clockwise, a frame is upright: 0 to 3."""
    return round(-float(frame.rotation) / 90) % 4


def upright(stream: "VideoStream", frame: "VideoFrame") -> tuple[int, int]:
    """Return width and height of a frame upright and with square pixels."""
    aspect = stream.sample_aspect_ratio or Fraction(1)
    aspect = aspect if aspect > 0 else Fraction(1)
    width, height = max(1, round(frame.width * aspect)), frame.height
    return (height, width) if turns(frame) % 2 else (width, height)


class Upright:
    """Turns frames of a stream upright, in a size and a format: a graph of FFmpeg's filters."""

    def __init__(
        self, stream: "VideoStream", first: "VideoFrame", size: tuple[int, int], format: str
    ) -> None:
        import av
        from av.filter import Graph

        self._kind = (first.width, first.height, first.format.name)
        self._graph = Graph()
        quarter = turns(first)
        width, height = size if quarter % 2 == 0 else size[::-1]
        steps: list[tuple[str, str]] = [("yadif", "deint=interlaced")] if first.interlaced_frame else []
        steps.append(("scale", f"{width}:{height}:flags=bicubic"))
        steps += [("transpose", "clock")] * quarter if quarter != 3 else [("transpose", "cclock")]
        steps += [("setsar", "1"), ("format", f"pix_fmts={format}")]
        last = self._graph.add_buffer(template=stream, **self._of(first))
        for name, options in steps:
            node = self._graph.add(name, options)
            last.link_to(node)
            last = node
        last.link_to(self._graph.add("buffersink"))
        self._graph.configure()
        self._errors = (av.error.BlockingIOError, av.error.EOFError)

    def _of(self, first: "VideoFrame") -> dict[str, Any]:
        return {"width": first.width, "height": first.height, "format": first.format}

    def fits(self, frame: "VideoFrame") -> bool:
        """Say whether a frame is of the size and format that the graph was made for."""
        return (frame.width, frame.height, frame.format.name) == self._kind

    def __call__(self, frame: "VideoFrame") -> Any:
        """Return a frame turned upright, in the size and format of the graph."""
        self._graph.push(frame)
        try:
            return self._graph.pull()
        except self._errors:  # yadif waits for the frame after it
            self._graph.push(None)
            return self._graph.pull()
