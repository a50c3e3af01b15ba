"""Videos: what they are, their frames at given times, and those that are chosen as images.

The file is decoded in a process of its own, see `workbench.media.video_child`: it may take 2 GB, and is ended
when nothing comes of it for half a minute.
"""

import json
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from PIL import Image

from workbench.media import sandbox
from workbench.media.decode import DecodedImage, DecodeError, ImageFacts
from workbench.media.frame_choice import FrameFacts, Plain
from workbench.media.metadata.containers import from_video
from workbench.media.read import open_quietly
from workbench.media.video_decoding import VideoFacts, clock

MAX_MEMORY = 2 * 2**30
"""Bytes that decoding a video may take."""
MAX_SECONDS = 30.0
"""Wall-clock seconds in which something must come of a video: a frame, or how far it was looked through."""

_WATCH = 1.0  # seconds between two looks at the clock
_MAX_LINE = 2**20
_PIECE = 2**20  # bytes copied at once of a file object that has no descriptor

Source = bytes | str | Path | BinaryIO
"""A path, or a binary file that is open for reading."""


@dataclass(frozen=True, slots=True)
class VideoFrame:
    """A frame at ``t``, seconds from the start of its video, rounded to 1 ms; ``plain``: it shows no scene.

    ``read(min_side, min_long_side)`` gives its pixels, until the next frame is asked for.
    """

    t: float
    plain: Plain
    _video: "Video" = field(repr=False)

    @property
    def part(self) -> str:
        """Which part of its file it is, as in its image id."""
        return f"t={self.t:.3f}"

    def read(self, min_side: int = 2**20, min_long_side: int = 0) -> DecodedImage:
        """Return it upright in sRGB, reduced by 2, 4 or 8 as far as the sides in pixels allow.

        Raises DecodeError where it cannot be had any more.
        """
        return self._video.read(self, min_side, min_long_side)


class Video:
    """A video that is open in a process of its own; to be closed.

    ``at``: how far it was looked through, in seconds. Raises DecodeError for what is no video, ReadError or
    OSError where the file cannot be read, StoppedError after `workbench.media.sandbox.stop`.
    """

    def __init__(self, source: Source, do: str = "probe", **ask: Any) -> None:
        self._stopped = False
        self._since: float | None = None  # when waiting for the process began
        self._late, self._ended = False, threading.Event()
        self.at = 0.0
        with descriptor_of(source) as descriptor:
            try:
                self._process = sandbox.start(
                    "workbench.media.video_child", str(descriptor), files=[descriptor]
                )
            except sandbox.SandboxError as error:
                raise DecodeError(str(error)) from None
        sandbox.on_stop(self._stop)
        threading.Thread(target=self._watchdog, daemon=True, name="video watchdog").start()
        try:
            self._say({"do": do, "memory": MAX_MEMORY, **ask})
            self.facts = VideoFacts(**self._hear()["facts"])
        except BaseException:
            self.close()
            raise

    def frames(self) -> Iterator[VideoFrame]:
        """Yield what was asked for; raises DecodeError at the end for what could not be read."""
        while "t" in (said := self._hear()):
            self.at = said["t"]
            yield VideoFrame(round(said["t"], 3), said["plain"], self)
            self._say({})
        if notes := [*self.facts.notes, *said.get("end", [])]:
            raise DecodeError("; ".join(notes))

    def read(self, frame: VideoFrame, min_side: int, min_long_side: int) -> DecodedImage:
        """Return the pixels of the frame that was yielded last."""
        self._say({"send": [min_side, max(min_side, min_long_side)]})
        size = tuple(self._hear()["size"])
        pixels = self._exactly(3 * size[0] * size[1])
        facts = self.facts
        shown = FrameFacts(frame.t, facts.duration, facts.fps, frame.plain)
        told = ImageFacts(
            facts.width, facts.height, facts.codec, "RGB", from_video(facts.metadata), frame=shown
        )
        return DecodedImage(Image.frombytes("RGB", size, pixels), told, shrinks=True)

    def close(self) -> None:
        """End the process."""
        sandbox.not_on_stop(self._stop)
        self._ended.set()
        self._process.kill()
        self._process.wait()
        sandbox.close_pipes(self._process)

    def _stop(self) -> None:
        self._stopped = True
        self._process.kill()

    def _watchdog(self) -> None:
        while not self._ended.wait(_WATCH):
            since = self._since
            if since is not None and time.monotonic() - since > MAX_SECONDS:
                self._late = True
                self._process.kill()
                return

    def _say(self, said: dict[str, Any]) -> None:
        pipe = self._process.stdin
        try:
            if pipe is not None:
                pipe.write(json.dumps(said).encode() + b"\n")
                pipe.flush()
        except (OSError, ValueError):
            self._gone()

    def _hear(self) -> dict[str, Any]:
        """Return what comes next but how far it is; raises DecodeError where the child says why it ends."""
        while True:
            self._since = time.monotonic()
            line = self._process.stdout.readline(_MAX_LINE) if self._process.stdout else b""
            self._since = None
            try:
                said: dict[str, Any] = json.loads(line)
            except ValueError:
                self._gone()
            if "reason" in said:
                raise DecodeError(str(said["reason"]))
            if "at" not in said:
                return said
            self.at = float(said["at"])

    def _exactly(self, length: int) -> bytes:
        self._since = time.monotonic()
        pixels = self._process.stdout.read(length) if self._process.stdout else b""
        self._since = None
        if len(pixels) != length:
            self._gone()
        return pixels

    def _gone(self) -> NoReturn:
        """Raise the reason why the process has ended."""
        self._process.kill()
        self._process.wait()
        if self._stopped:
            raise sandbox.StoppedError
        if self._late:
            raise DecodeError(f"nothing could be decoded in {MAX_SECONDS:.0f} s, at {clock(self.at)}")
        raise DecodeError(f"its decoder crashed at {clock(self.at)} (exit status {self._process.returncode})")


@contextmanager
def descriptor_of(source: Source) -> Iterator[int]:
    """Give a descriptor of a file; one that has none is copied to disk piece by piece."""
    if isinstance(source, bytes | str | Path):
        descriptor = open_quietly(os.fsencode(source))
        try:
            yield descriptor
        finally:
            os.close(descriptor)
        return
    try:
        descriptor = source.fileno()
    except (OSError, AttributeError):
        descriptor = -1
    if descriptor >= 0:
        yield descriptor
        return
    with tempfile.TemporaryFile() as copy:
        source.seek(0)
        while piece := source.read(_PIECE):
            copy.write(piece)
        copy.flush()
        yield copy.fileno()


def probe(source: Source) -> VideoFacts:
    """Return what a video says of itself; raises as :class:`Video`."""
    with closing(Video(source)) as video:
        return video.facts


def frame_at(source: Source, t: float, *, min_side: int = 2**20, min_long_side: int = 0) -> DecodedImage:
    """Return the frame that is shown at ``t``, in seconds from the start: the last one not after it.

    Found by the index of the file, decoded from the key frame before. Raises DecodeError where the video is
    shorter, and as :class:`Video`.
    """
    with closing(Video(source, "at", times=[float(t)])) as video:
        for frame in video.frames():
            return frame.read(min_side, min_long_side)
        raise DecodeError(f"the video has no frame at {clock(t)}")
