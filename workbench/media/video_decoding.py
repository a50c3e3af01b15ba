"""Decode a video in this process: frames by their time, upright, in sRGB.

The bytes are not to be trusted: `workbench.media.video` runs this in a process with limits on itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workbench.media.video_container import VideoError, moving, open_container
from workbench.media.video_pictures import Pictures, deinterlaced, display_matrix, is_turned

if TYPE_CHECKING:
    import av
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

Frame: TypeAlias = "VideoFrame"
"""A decoded frame, as PyAV has it."""

_GUESSED_RATE = 25.0  # frames a second where a file has neither times nor a rate
_MANY = 10.0  # frames a second from which those that no other needs may be left out
_NOT_SOUGHT = {"mpeg"}  # few of its frames have a time: those between are counted from the start
_NO_TIMES = 0x80  # AVFMT_NOTIMESTAMPS
_MOST_FAULTS = 1_000  # places in a file that cannot be read before reading it ends
_FARTHER = (0.0, 2.0, 15.0)  # seconds before the time sought from where decoding is tried, then the start


@dataclass(slots=True)
class VideoFacts:
    """What a video says of itself: seconds, frames a second, pixels of its upright frames, codec, rotation.

    ``duration`` and ``fps`` are None where they are not known, ``rotation`` is in degrees clockwise.
    ``metadata``: the tags of the file and its stream, as texts.
    """

    duration: float | None
    fps: float | None
    width: int
    height: int
    codec: str
    rotation: int = 0
    metadata: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


class Decoder:
    """An opened video. ``faults`` counts the places that could not be decoded, ``last`` is the time reached.

    A file of many frames is read piece by piece, and few frames are in memory at once.
    """

    def __init__(self, file: Any) -> None:
        """Open a readable and seekable binary file; raises :class:`VideoError` for one without a video."""
        import av

        av.logging.set_level(None)
        self._file = file
        self._open()
        self._start = self._stream.start_time or 0
        self._pictures = Pictures(self._stream)
        self.faults = self.backwards = 0
        self.last = -1.0

    def close(self) -> None:
        """Let go of the decoder; the file stays open."""
        self._container.close()

    def facts(self) -> VideoFacts:
        """Return what the video says of itself; the first frame is decoded for its rotation."""
        frame = next(self._decoded(), None)
        matrix = None if frame is None else display_matrix(frame)
        size = (max(1, round(self._stream.width * self._pictures.aspect)), self._stream.height)
        width, height = size[::-1] if is_turned(matrix) else size
        rate = self._stream.average_rate or self._stream.guessed_rate
        facts = VideoFacts(
            duration=self._duration(),
            fps=float(rate) if rate else None,
            width=width,
            height=height,
            codec=self._stream.codec_context.name,
            rotation=-frame.rotation % 360 if frame is not None else 0,
            metadata={**self._container.metadata, **self._stream.metadata},
        )
        if len(self._container.streams.video) > 1 and len(moving(self._container)) > 1:
            facts.notes.append(f"{len(moving(self._container))} video streams: one is read")
        self._rewind()
        return facts

    def frames(self, start: float = 0.0, *, cheaply: bool = False) -> Iterator[tuple[float, Frame]]:
        """Yield (seconds from the start, frame) in the order of time, from the frame at ``start``.

        The frame at a time is the last one that begins at or before it; times are compared to 1 ms.
        ``cheaply``: frames that no other frame needs may be left out, where there are many a second.
        """
        timed, held = self._from(start, cheaply)
        for t, frame in timed:
            if held and ms(t) > ms(start):
                yield held
                held = None
            if ms(t) > ms(start):
                yield t, frame
            else:
                held = t, frame
        if held:
            yield held

    def _from(
        self, start: float, cheaply: bool
    ) -> tuple[Iterator[tuple[float, Frame]], tuple[float, Frame] | None]:
        """Seek; return the first frame, at ``start`` or before where there is one, and the others."""
        for back in _FARTHER:
            if start <= back:
                break
            timed = self._timed(start - back, cheaply)
            first = next(timed, None)
            # Else a key frame is later than the index says, or its pictures need earlier ones.
            if first and ms(first[0]) <= ms(start) and not first[1].is_corrupt:
                return timed, first
        timed = self._timed(0.0, cheaply)
        return timed, next(timed, None)

    def picture(self, frame: Frame) -> Image.Image:
        """Return a frame as it is shown, see `Pictures.picture`."""
        return self._pictures.picture(frame)

    def small(self, frame: Frame, size: tuple[int, int]) -> NDArray[np.uint8]:
        """Return a frame shrunk for comparing, see `Pictures.small`."""
        return self._pictures.small(frame, size)

    def notes(self) -> list[str]:
        """Return what was odd while the video was read to its end, each a text for the problems table."""
        notes, duration = [], self._stream_seconds()
        if self.faults:
            places = "place" if self.faults == 1 else "places"
            notes.append(f"damaged: {self.faults:,} {places} could not be decoded, the rest was")
        if self.backwards:
            notes.append("its times go back: frames whose time was there before were left out")
        if duration and duration - self._end > max(2.0, 0.02 * duration):
            notes.append(f"ends too early: {clock(self._end)} of {clock(duration)} could be read")
        elif self._stream.frames > 1.02 * self._packets + 2:  # AVI without its index
            notes.append(f"ends too early: {self._packets:,} of {self._stream.frames:,} frames could be read")
        return notes

    def _timed(self, start: float, cheaply: bool) -> Iterator[tuple[float, Frame]]:
        """Yield frames with their times from about ``start`` on, each later than the one before."""
        if not self._rewind(start):
            return
        rate = float(self._stream.average_rate or self._stream.guessed_rate or _GUESSED_RATE)
        skips = cheaply and rate >= _MANY and not self._untimed
        self._stream.codec_context.skip_frame = "NONREF" if skips else "DEFAULT"
        before, number = -1, 0
        for frame in deinterlaced(self._decoded(), self._stream):
            t = self._time(frame, number, rate)
            number += 1
            if t is None or ms(t) <= before:
                self.backwards += t is not None and t < self.last - 1
                continue
            before, self.last = ms(t), t
            yield t, frame

    def _time(self, frame: Frame, number: int, rate: float) -> float | None:
        """Return when a frame is shown, the ``number``-th of those decoded; None where that is not known."""
        pts = frame.dts if self._by_order else frame.pts
        base = frame.time_base or self._stream.time_base
        if pts is not None and base and not self._untimed:
            return float(pts * base - self._start * (self._stream.time_base or 0))
        if self._untimed:
            return number / rate
        return self.last + 1 / rate if number else (None if self._sought else 0.0)

    def _decoded(self) -> Iterator[Frame]:
        """Yield all frames that can be decoded; counts the faults, and ends after too many in a row."""
        import av

        self._fresh, row = False, 0
        while row < _MOST_FAULTS:
            try:
                for packet in self._container.demux(self._stream):
                    self._note_end(packet)
                    if packet.has_sidedata("encryption_info"):
                        raise VideoError("encrypted: its frames cannot be read without a key")
                    try:
                        frames = packet.decode()
                    except av.FFmpegError:
                        self.faults, row = self.faults + 1, row + 1
                        if row >= _MOST_FAULTS:
                            return
                        continue
                    row = 0 if frames else row
                    yield from frames
                return
            except av.FFmpegError:  # the container; what comes after may be read again
                self.faults, row = self.faults + 1, row + 1

    def _open(self) -> None:
        """Open the file from its start: seeking there is not exact in a stream of packets."""
        self._container, self._stream = open_container(self._file)
        # It has the times of decoding only: those of pictures that are shown in another order are guessed.
        self._by_order = self._container.format.name == "avi"
        # Bare pictures: only counting from the first one tells their times.
        self._untimed = bool(self._container.format.flags & _NO_TIMES)
        self._end, self._packets, self._fresh, self._sought = 0.0, 0, True, False

    def _rewind(self, start: float = 0.0) -> bool:
        """Go to a key frame at or before ``start``, as the index of the file says; return whether."""
        import av

        if start > 0:
            if self._untimed or self._container.format.name in _NOT_SOUGHT:
                return False
            base = self._stream.time_base
            try:
                self._container.seek(self._start + int(start / base) if base else 0, stream=self._stream)
            except (av.FFmpegError, OverflowError):
                return False
            self._fresh, self._sought = False, True
        elif not self._fresh:
            self._container.close()
            self._open()
        return True

    def _note_end(self, packet: "av.Packet[VideoStream]") -> None:
        self._packets += bool(packet.size)
        if packet.pts is not None and packet.time_base:
            end = float((packet.pts + (packet.duration or 0) - self._start) * packet.time_base)
            self._end = max(self._end, end)

    def _stream_seconds(self) -> float | None:
        if self._stream.duration and self._stream.time_base:
            return float(self._stream.duration * self._stream.time_base)
        only = len(self._container.streams) == 1
        return self._container.duration / 1e6 if only and self._container.duration else None

    def _duration(self) -> float | None:
        """Return the seconds a video lasts; where the file does not say, its packets are read once for it."""
        import av

        said = self._stream_seconds() or (self._container.duration or 0) / 1e6
        if said > 0:
            return said
        self._rewind()
        self._fresh = False
        try:
            for packet in self._container.demux(self._stream):
                self._note_end(packet)
        except av.FFmpegError:
            pass
        return self._end or None


def clock(seconds: float) -> str:
    """Return a time as people write it: 0:07, 12:30, 1:02:03."""
    whole = max(0, int(seconds))
    minutes, hours = whole // 60, whole // 3600
    return f"{hours}:{minutes % 60:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def ms(t: float) -> int:
    """Return a time in the milliseconds that ids of frames have."""
    return round(t * 1000)
