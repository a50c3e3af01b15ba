"""Frames of animated WebP and AVIF, which FFmpeg does not read as shown, in the manner of the video decoder.

The bytes are not to be trusted: `workbench.media.video` runs this in a process with limits on itself.
"""

import io
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workbench.media.animation import animation_frames
from workbench.media.animation_times import is_avif_sequence, is_webp, seconds
from workbench.media.limits import MAX_FRAMES, LimitError, check_size
from workbench.media.readers import formats
from workbench.media.video_container import VideoError
from workbench.media.video_decoding import VideoFacts, ms


def is_animation(start: bytes) -> bool:
    """Tell from its first 32 bytes whether Pillow reads the frames of a file, and FFmpeg does not."""
    return is_webp(start) or is_avif_sequence(start)


class AnimationDecoder:
    """An animation; see `workbench.media.video_decoding.Decoder`, whose methods it has.

    Raises :class:`VideoError` for a picture that is still, broken or too large.
    """

    def __init__(self, data: bytes) -> None:
        formats()
        self._data = data
        try:
            with Image.open(io.BytesIO(data)) as image:
                self._size, self._format = image.size, str(image.format)
                self._count = int(getattr(image, "n_frames", 1))
            check_size(*self._size, self._size[0] * self._size[1])
        except LimitError as error:
            raise VideoError(str(error)) from None
        except (OSError, ValueError, SyntaxError, EOFError) as error:
            raise VideoError(f"an animation that is broken or truncated: {error}"[:200]) from None
        self._seen = 0

    def facts(self) -> VideoFacts:
        """Return what the animation says of itself."""
        lasts = seconds(self._data)
        rate = self._count / lasts if lasts else None
        return VideoFacts(lasts or None, rate, *self._size, codec=self._format.lower())

    def frames(self, start: float = 0.0, *, cheaply: bool = False) -> Iterator[tuple[float, Image.Image]]:
        """Yield (seconds from the start, RGB frame), from the frame at ``start``; all before are decoded."""
        held: tuple[float, Image.Image] | None = None
        self._seen = 0
        for t, frame in animation_frames(self._data):
            self._seen += 1
            if ms(t) <= ms(start):
                held = t, frame
                continue
            if held:
                yield held
                held = None
            yield t, frame
        if held:
            yield held

    def picture(self, frame: Image.Image) -> Image.Image:
        """Return a frame as it is shown."""
        return frame

    def small(self, frame: Image.Image, size: tuple[int, int]) -> NDArray[np.uint8]:
        """Return the RGB pixels (h, w, 3) of a frame shrunk to ``size`` (w, h), for comparing."""
        return np.asarray(frame.resize(size, Image.Resampling.BOX), np.uint8)

    def notes(self) -> list[str]:
        """Return what was odd while it was read to its end, each a text for the problems table."""
        if self._seen >= self._count:
            return []
        why = "ends too early" if self._seen < MAX_FRAMES else "too long"
        return [f"{why}: {self._seen:,} of {self._count:,} frames could be read"]
