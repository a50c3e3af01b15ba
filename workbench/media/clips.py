"""Clips of a video for a browser, cut in a process of its own with limits; single frames give `video`.

The process gets the question and the descriptor of the file, opened here for reading, as arguments: it
opens nothing by itself. It is started for each question, so that ending it is all that cancelling takes.
"""

import contextlib
import json
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from workbench.media import sandbox
from workbench.media.regular_files import ReadError, explain
from workbench.media.video import Source, descriptor_of

Format = Literal["mp4", "webm"]

LONGEST = 120.0
"""Seconds of the longest clip."""
SIDE = 640
"""Pixels of the longer side of a clip that is played in a notebook."""
MAX_MEMORY = 2 * 2**30
"""Bytes of address space that decoding and encoding may take. Not enforced where there is no RLIMIT_AS."""
SECONDS = 30.0
"""Wall-clock seconds that any question may take; a clip may take `SLOWEST` times its length more."""
SLOWEST = 10.0
MOST_BYTES = 256 * 2**20
"""Bytes of the largest answer."""


class ClipError(Exception):
    """The video cannot be read there, or takes too much; ``str(error)`` says why, in a few words."""


class ClipCancelledError(Exception):
    """Nobody waits for the answer any more."""


@dataclass(frozen=True)
class Probe:
    """What a video is: ``duration`` (seconds), ``width`` and ``height`` (upright, square pixels), ``fps``.

    ``sound`` says whether it has some; ``codec`` names how the pictures are coded. ``fps`` is the mean rate.
    """

    duration: float
    width: int
    height: int
    fps: float
    sound: bool
    codec: str


@dataclass(frozen=True)
class Clip:
    """A part of a video, coded anew for a browser: ``data`` with the ``mime`` that a browser is asked about.

    ``start`` and ``end`` are seconds of the video; ``times`` those at which a frame begins, each the time of
    a frame of the video but for the first, which may have begun before ``start``.
    """

    data: bytes = field(repr=False)
    mime: str
    start: float
    end: float
    times: list[float] = field(repr=False, default_factory=list)


def _always() -> bool:
    return True


def probe(source: Source) -> Probe:
    """Return what a video is. Raises ClipError where it is none or cannot be read."""
    said, _ = _ask(source, {"do": "probe"}, SECONDS, _always)
    return Probe(**said["probe"])


def cut(
    source: Source,
    start: float,
    end: float,
    *,
    format: Format = "mp4",
    side: int = SIDE,
    stream: bool = False,
    going: Callable[[], bool] = _always,
) -> Clip:
    """Return a part of a video as MP4 (H.264, AAC) or WebM (VP8, Opus), no larger than ``side`` pixels.

    From ``start`` to ``end`` seconds, `LONGEST` at most, exact to the frame. ``stream``: in fragments whose
    times are those of the video, quickly coded, as a player appends them; else one file that starts at 0, its
    index in front, in good quality. Raises ClipError, and ClipCancelledError once ``going()`` says that
    nobody waits.
    """
    if not 0 <= start < end or end - start > LONGEST + 1e-6:
        raise ClipError(f"a clip is from 0 to {LONGEST:.0f} seconds long, not from {start} to {end}")
    ask = {"do": "clip", "start": start, "end": end, "format": format, "side": side, "stream": stream}
    said, data = _ask(source, ask, SECONDS + SLOWEST * (end - start), going)
    return Clip(data, said["mime"], said["start"], said["end"], said["times"])


def _ask(
    source: Source, ask: dict[str, Any], seconds: float, going: Callable[[], bool]
) -> tuple[dict[str, Any], bytes]:
    """Return what a process says of a question about a video, and the bytes that belong to it."""
    limits = {"memory": MAX_MEMORY, "seconds": int(seconds)}
    try:
        with descriptor_of(source) as file:
            process = sandbox.start(
                "workbench.media.clip_child", json.dumps(ask | limits), str(file), files=[file]
            )
    except OSError as error:
        raise ClipError(explain(error)) from error
    except (ReadError, sandbox.SandboxError) as error:
        raise ClipError(str(error)) from error
    late, left = threading.Event(), threading.Event()
    watch = threading.Thread(target=_watch, args=(process, going, seconds, late, left), daemon=True)
    watch.start()
    try:
        output = process.communicate()[0]
    except BaseException:  # an interrupt: the answer belongs to nobody
        process.kill()
        process.communicate()
        raise
    finally:
        left.set()
    if not going():
        raise ClipCancelledError
    if late.is_set():
        raise ClipError(f"takes more than {seconds:.0f} s")
    line, _, data = output.partition(b"\n")
    try:
        said = json.loads(line)
    except ValueError:
        raise ClipError(f"its decoder crashed (exit status {process.returncode})") from None
    if "reason" in said:
        raise ClipError(said["reason"])
    if len(data) != said["bytes"]:
        raise ClipError(f"its decoder crashed (exit status {process.returncode})")
    return said, data


def _watch(
    process: "subprocess.Popen[bytes]",
    going: Callable[[], bool],
    seconds: float,
    late: threading.Event,
    left: threading.Event,
) -> None:
    """End a process that takes too long, or that nobody waits for."""
    end = time.monotonic() + seconds
    while not left.wait(0.05):
        if time.monotonic() > end:
            late.set()
        if late.is_set() or not going():
            with contextlib.suppress(OSError):
                process.kill()
            return
