"""The process that reads a video, an open file, for `clips`: probes it or cuts a clip.

It puts limits on itself and writes a line of JSON and bytes. PyAV was chosen because its wheels carry FFmpeg
with x264, libvpx, AAC and Opus for every system, and because it gives frames with their own times.
"""

import io
import json
import math
import os
import sys
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any, BinaryIO

from workbench.media.clip_source import Picture, UnreadableError, Upright, upright
from workbench.media.decode_child import address_space, limit

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

TICKS = 90_000
"""Ticks of a second in what is written: fine enough for any rate."""
FASTEST = 60
"""Frames a second that are kept."""
RATE = 48_000


def main() -> None:
    """Answer the question of the first argument about the file whose descriptor is the second."""
    ask = json.loads(sys.argv[1])
    limit(address_space(), ask["memory"], ask["seconds"])
    import av

    av.logging.set_level(None)
    source = os.fdopen(int(sys.argv[2]), "rb")
    try:
        source.seek(0)
        said, data = answer(source, ask)
    except UnreadableError as error:
        said, data = {"reason": str(error)}, b""
    except MemoryError:
        said, data = {"reason": "needs more memory than there is for one video"}, b""
    except (av.FFmpegError, ValueError, OSError, IndexError) as error:
        said, data = {"reason": f"not a video that can be read: {_words(error)}"}, b""
    sys.stdout.buffer.write(json.dumps(said | {"bytes": len(data)}).encode() + b"\n" + data)
    sys.stdout.buffer.flush()


def answer(source: BinaryIO, ask: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """Return what is said of a video to a question, and the bytes asked for."""
    import av

    with av.open(source, mode="r", metadata_errors="ignore") as video:
        picture = Picture(video)
        if ask["do"] == "probe":
            return {"probe": picture.probe()}, b""
        return Cut(picture, ask).run()


class Cut:
    """One clip, written as it is read."""

    def __init__(self, picture: Picture, ask: dict[str, Any]) -> None:
        import av

        self.picture, self.start, self.end = picture, float(ask["start"]), float(ask["end"])
        self.mp4, self.stream, self.side = ask["format"] == "mp4", bool(ask["stream"]), int(ask["side"])
        self.times: list[float] = []
        self._buffer = io.BytesIO()
        fast = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
        # The index lies in front without a second pass over a file: room for it is kept, 40 bytes a sample.
        room = {"moov_size": str(16_384 + 40 * math.ceil((self.end - self.start) * (FASTEST + 50)))}
        options = fast if self.stream else room
        self._out = av.open(self._buffer, "w", format=ask["format"], options=options if self.mp4 else {})
        self._coded: list[Any] = []
        self._video: Any = None
        self._sound: Any = None
        self._graph: Upright | None = None

    def run(self) -> tuple[dict[str, Any], bytes]:
        """Write pictures and sound; return what is said of the clip, and its bytes."""
        kept = self._kept()
        first = next(kept, None)
        if first is None:
            raise UnreadableError("nothing of it can be read there")
        self._open(first[1])
        waiting = first
        for one in kept:
            self._write(*waiting, until=one[0])
            waiting = one
        last = min(self.end, max(self.picture.duration(), waiting[0] + 1 / FASTEST))
        self._write(*waiting, until=last)
        self._mux(self._video.encode(None))
        if self._sound is not None:
            self._write_sound()
        mime = self._mime()
        # Pictures and sound side by side: a browser refuses a WebM whose times go back.
        for packet in sorted(self._coded, key=lambda one: float((one.dts or 0) * one.time_base)):
            self._out.mux(packet)
        self._out.close()
        told = {"mime": mime, "start": self.start, "end": round(last, 6), "times": self.times}
        return told, self._buffer.getvalue()

    def _kept(self) -> Iterator[tuple[float, "VideoFrame"]]:
        """Yield the frames of the clip with their times; the first is the one seen at its start."""
        before: VideoFrame | None = None
        began, least = False, -math.inf
        for frame in self.picture.frames(self.start):
            at = self.picture.time(frame)
            if at is None:
                continue
            if at <= self.start + 1e-6:
                before = frame
                continue
            if not began:
                began = True
                if before is not None:
                    yield self.start, before
                    least = self.start
            if at >= self.end - 1e-6:
                return
            if at - least >= 1 / FASTEST - 0.002:
                least = at
                yield at, frame
        if not began and before is not None:
            yield self.start, before

    def _open(self, first: "VideoFrame") -> None:
        """Add the streams, before anything is written."""
        width, height = upright(self.picture.stream, first)
        share = min(1.0, self.side / max(width, height))
        even = [max(2, round(side * share / 2) * 2) for side in (width, height)]
        rate = min(FASTEST, max(1, round(float(self.picture.stream.average_rate or 25))))
        self._video = self._out.add_stream("libx264" if self.mp4 else "libvpx", rate=rate)
        context = self._video.codec_context
        context.width, context.height, context.pix_fmt = even[0], even[1], "yuv420p"
        context.time_base = Fraction(1, TICKS)
        context.thread_count = 2
        context.gop_size = max(1, rate // 2) if self.stream else 2 * rate
        if self.mp4:
            quick = {"preset": "superfast", "crf": "25", "profile": "main", "level": "4.0", "bf": "0"}
            good = {"preset": "veryfast", "crf": "19"}
            context.options = quick if self.stream else good
            context.max_b_frames = 0 if self.stream else 2
        else:
            context.bit_rate = 1_500_000 if self.stream else 4_000_000
            context.options = {
                "deadline": "realtime" if self.stream else "good",
                "cpu-used": "8",
                "crf": "12",
            }
        if self.picture.video.streams.audio:
            self._sound = self._out.add_stream("aac" if self.mp4 else "libopus", rate=RATE)
            self._sound.codec_context.layout = "stereo"
            self._sound.codec_context.bit_rate = 96_000
        self._size = even

    def _mime(self) -> str:
        if not self.mp4:
            return f'video/webm; codecs="vp8{", opus" if self._sound else ""}"'
        head = bytes(self._video.codec_context.extradata or b"")
        place = head.find(b"\x67")  # the sequence parameters: profile, constraints and level come next
        profile = head[place + 1 : place + 4].hex() if place >= 0 else "4d4028"
        return f'video/mp4; codecs="avc1.{profile}{", mp4a.40.2" if self._sound else ""}"'

    def _write(self, at: float, frame: "VideoFrame", until: float) -> None:
        if self._graph is None or not self._graph.fits(frame):
            self._graph = Upright(self.picture.stream, frame, (self._size[0], self._size[1]), "yuv420p")
        shown = self._graph(frame)
        began = self.picture.time(frame)
        self.times.append(round(at if began is None else max(0.0, began), 6))
        shown.time_base = Fraction(1, TICKS)
        shown.pts = round((at - self.start) * TICKS)
        shown.duration = max(1, round((until - at) * TICKS))
        shown.pict_type = 0
        self._mux(self._video.encode(shown))

    def _mux(self, packets: Any) -> None:
        self._coded.extend(packets)

    def _write_sound(self) -> None:
        """Write the sound of the clip's span; what cannot be decoded is left out.

        A little before the clip is coded too and then left out, because the first packets of a coder fade in.
        """
        context = self._sound.codec_context
        size = context.frame_size or 960
        queue, at = None, 0
        for begun, sound in self._sounds(2 * size / RATE):
            if queue is None:
                import av

                queue, at = av.AudioFifo(), begun
            queue.write(sound)
            while (part := queue.read(size)) is not None:
                part.pts, part.time_base, part.sample_rate = at, Fraction(1, RATE), RATE
                at += size
                self._mux_sound(self._sound.encode(part))
        self._mux_sound(self._sound.encode(None))

    def _sounds(self, before: float) -> Iterator[tuple[int, Any]]:
        """Yield sound from ``before`` seconds ahead of the clip on, and the sample where it begins."""
        import av

        stream = self.picture.video.streams.audio[0]
        context = self._sound.codec_context
        resampler = av.AudioResampler(format=context.format or "fltp", layout="stereo", rate=RATE)
        self.picture.seek(self.start - before)
        begun: int | None = None
        for packet in self.picture.video.demux(stream):
            try:
                frames = packet.decode()
            except av.error.InvalidDataError:
                continue
            for frame in frames:
                at = -math.inf if frame.time is None else frame.time - self.picture.origin
                if at >= self.end:
                    return
                if at < self.start - before:
                    continue
                begun = round((at - self.start) * RATE) if begun is None else begun
                frame.pts = None
                for sound in resampler.resample(frame):
                    sound.pts = None
                    yield begun, sound

    def _mux_sound(self, packets: Any) -> None:
        """Write what lies in the clip."""
        for packet in packets:
            if packet.pts is not None and 0 <= packet.pts * packet.time_base < self.end - self.start:
                self._coded.append(packet)


def _words(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).lower()


if __name__ == "__main__":
    main()
