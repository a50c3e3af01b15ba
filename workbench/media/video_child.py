"""The process that decodes one video: it has the file as a descriptor, limits on itself, and ends with it.

Lines of JSON come in and go out. First it is told what to do; for each frame it says the time and waits:
``{"send": [min_side, min_long_side]}`` is answered with the RGB pixels, ``{}`` is the wish for the next one.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any, BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workbench.media.animation_decoding import AnimationDecoder, is_animation
from workbench.media.decode import shrunk
from workbench.media.decode_child import address_space, limit
from workbench.media.frame_choice import SIZE, Chooser, chooser
from workbench.media.video_container import PositionedFile, VideoError
from workbench.media.video_decoding import Decoder, VideoFacts, ms

_BEAT = 0.25  # seconds after which it is said how far the video is
_LAST = 1.0  # seconds that a last frame is shown where the file does not say
_NEAR = 5.0  # seconds to the next frame asked for that are decoded rather than jumped over

Answer = tuple[float, Any, str]
"""Time in seconds, the frame, and whether it shows no scene."""


def main() -> None:
    """Do what stdin says with the video at the descriptor that the command line names."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted, and ends us
    Image.MAX_IMAGE_PIXELS = None  # our own limits are checked
    talk = _Talk(sys.stdin.buffer, sys.stdout.buffer)
    ask = talk.hear()
    import av  # before memory is limited

    av.logging.set_level(None)
    limit(address_space(), ask["memory"], None)
    try:
        decoder = _decoder(PositionedFile(int(sys.argv[1])))
        facts = decoder.facts()
        talk.say({"facts": asdict(facts)})
        for t, frame, plain in _asked(decoder, facts, ask, talk):
            talk.show(decoder, t, frame, plain)
        talk.say({"end": decoder.notes() if ask["do"] == "choose" else []})
    except VideoError as error:
        talk.say({"reason": str(error)})
    except MemoryError:
        talk.say({"reason": f"needs more than {ask['memory'] / 2**30:.0f} GB of memory to be decoded"})
    except BrokenPipeError:  # nobody listens any more
        os._exit(0)


class _Decodes(Protocol):
    """What decodes: `Decoder` by FFmpeg, `AnimationDecoder` by Pillow, each with frames of its own."""

    def facts(self) -> VideoFacts: ...
    def frames(self, start: float = 0.0, *, cheaply: bool = False) -> Iterator[tuple[float, Any]]: ...
    def picture(self, frame: Any) -> Image.Image: ...
    def small(self, frame: Any, size: tuple[int, int]) -> NDArray[np.uint8]: ...
    def notes(self) -> list[str]: ...


def _decoder(file: PositionedFile) -> _Decodes:
    if not is_animation(file.read(64)):
        return Decoder(file)
    file.seek(0)
    return AnimationDecoder(b"".join(iter(file.read, b"")))


class _Talk:
    """What is said and heard, and when something was said last."""

    def __init__(self, hears: BinaryIO, says: BinaryIO) -> None:
        self._hears, self._says = hears, says
        self._last = time.monotonic()

    def hear(self) -> dict[str, Any]:
        line = self._hears.readline()
        if not line:
            os._exit(0)  # the parent is gone
        heard: dict[str, Any] = json.loads(line)
        return heard

    def say(self, said: dict[str, Any], pixels: bytes = b"") -> None:
        self._says.write(json.dumps(said).encode() + b"\n" + pixels)
        self._says.flush()
        self._last = time.monotonic()

    def beat(self, t: float) -> None:
        if time.monotonic() - self._last > _BEAT:
            self.say({"at": t})

    def show(self, decoder: _Decodes, t: float, frame: Any, plain: str) -> None:
        """Say that there is a frame, and send it as often as it is asked for."""
        self.say({"t": t, "plain": plain})
        while wish := self.hear().get("send"):
            picture = shrunk(decoder.picture(frame), *wish)
            self.say({"size": picture.size}, picture.tobytes())


def _asked(decoder: _Decodes, facts: VideoFacts, ask: dict[str, Any], talk: _Talk) -> Iterator[Answer]:
    match ask["do"]:
        case "choose":
            return _chosen(decoder, chooser(ask["choice"]), talk)
        case "at":
            return _at(decoder, sorted(ask["times"]), facts.duration or 0.0, talk)
        case "all":
            return ((t, frame, "") for t, frame in decoder.frames(ask["start"]))
        case _:
            return iter(())


def _chosen(decoder: _Decodes, choose: Chooser[Any], talk: _Talk) -> Iterator[Answer]:
    for t, frame in decoder.frames(cheaply=True):
        talk.beat(t)
        if choose.due(t):
            for one in choose.look(t, decoder.small(frame, SIZE), frame):
                yield one.t, one.held, one.plain
    for one in choose.finish():
        yield one.t, one.held, one.plain


def _at(decoder: _Decodes, times: Sequence[float], duration: float, talk: _Talk) -> Iterator[Answer]:
    """Yield the frames at some times, ascending; each is sought, or decoding goes on where it is near."""
    left = list(times)
    while left:
        held: tuple[float, Any] | None = None
        sought = left[0]
        for t, frame in decoder.frames(left[0]):
            talk.beat(t)
            while held and left and ms(t) > ms(left[0]):
                left.pop(0)
                yield *held, ""
            held = t, frame
            if not left or (left[0] > sought and left[0] - t > _NEAR):
                break
        else:
            yield from _last(held, left, duration)
            return


def _last(held: tuple[float, Any] | None, left: Sequence[float], duration: float) -> Iterator[Answer]:
    """Yield the last frame of a video for the times at which it is still shown."""
    for t in left:
        if held and t <= max(held[0] + _LAST, duration):
            yield *held, ""


if __name__ == "__main__":
    main()
