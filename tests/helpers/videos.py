"""Small videos of known colours, written with PyAV."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

COLOURS = ((200, 30, 30), (30, 160, 40), (40, 60, 200), (220, 200, 40), (150, 50, 170), (40, 180, 190))
"""Colours that stay apart from each other after a lossy codec."""

TB = Fraction(1, 1000)


def coloured(number: int, size: tuple[int, int] = (64, 48)) -> np.ndarray:
    """Return frame ``number``: its colour on the left, that of number // 6 on the right, for 36 frames.

    The upper quarter is darker, or it would be taken for test bars.
    """
    pixels = np.empty((size[1], size[0], 3), np.uint8)
    pixels[:, : size[0] // 2] = COLOURS[number % 6]
    pixels[:, size[0] // 2 :] = COLOURS[number // 6 % 6]
    pixels[: size[1] // 4] //= 2
    return pixels


def number_of(image: Any) -> int:
    """Return the number of a frame of `coloured` by its pixels."""
    pixels = np.asarray(image.convert("RGB"), int)
    height, width = pixels.shape[:2]
    ends = (pixels[height // 2, width // 8], pixels[height // 2, -width // 8])
    low, high = (int(np.abs(np.array(COLOURS) - end).sum(axis=1).argmin()) for end in ends)
    return low + 6 * high


def write_video(  # every argument is a property of the file that is made
    path: Path,
    frames: Iterable[np.ndarray],
    *,
    times: Sequence[int] | None = None,
    fps: int = 10,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    options: Mapping[str, str] | None = None,
    container: Mapping[str, str] | None = None,
    prepare: Callable[[Any], object] = lambda stream: None,
    each: Callable[[Any], object] = lambda frame: None,
) -> Path:
    """Write frames (h, w, 3 or 4), at ``times`` in milliseconds or at a constant rate.

    ``prepare`` may change the stream, ``each`` every frame before it is encoded.
    """
    with av.open(str(path), "w", options=dict(container or {})) as output:
        stream: Any = None
        for number, array in enumerate(frames):
            if stream is None:
                stream = output.add_stream(codec, rate=fps, options=dict(options or {}))
                stream.height, stream.width = array.shape[:2]
                stream.pix_fmt = pixels
                if times is not None:
                    stream.time_base = stream.codec_context.time_base = TB
                prepare(stream)
            frame = av.VideoFrame.from_ndarray(array, format="rgba" if array.shape[2] == 4 else "rgb24")
            frame.pts = number if times is None else times[number]
            frame.time_base = Fraction(1, fps) if times is None else TB
            each(frame)
            output.mux(stream.encode(frame))
        if stream is not None:
            output.mux(stream.encode())
    return path


def numbered(path: Path, count: int = 24, **how: Any) -> Path:
    """Write a video of ``count`` frames of `coloured`."""
    return write_video(path, (coloured(number) for number in range(count)), **how)
