"""Animated pictures: GIF, WebP, APNG and AVIF. Their most telling frame, and all frames with their times."""

import io
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workbench.media.colour import to_srgb
from workbench.media.limits import MAX_FRAMES

FORMATS = frozenset({"GIF", "WEBP", "PNG", "AVIF"})
"""Formats that may hold an animation, as Pillow calls them."""
_LOOKED_AT = 12  # frames that are compared, spread over the animation
_SIDE = 64  # pixels to which a frame is made smaller for that
_MOST_PIXELS = 200_000_000  # decoded on the way to these frames: later ones are not looked at
_SHORTEST = 0.01  # seconds: browsers show a frame that asks for less this long ten times over
_USUAL = 0.1  # seconds that such a frame is shown instead


def frames_of(image: Image.Image) -> int:
    """Return how many frames an open picture has that are worth looking at; 1 for one that is still."""
    if image.format not in FORMATS or not getattr(image, "is_animated", False):
        return 1
    most = max(1, _MOST_PIXELS // max(1, image.width * image.height))
    return int(min(getattr(image, "n_frames", 1), most, MAX_FRAMES))


def seek_telling(image: Image.Image) -> None:
    """Go to the frame that shows best what an animation is about: rich in contrast and near to the others.

    Twelve frames are compared, spread over the animation. A frame counts by the entropy of its greys less its
    distance to the median of all of them, so that neither a blank one nor a single flash stands for the rest.
    A file that is cut short is looked at as far as it goes.
    """
    count = frames_of(image)
    if count == 1:
        return
    numbers = sorted({round(at) for at in np.linspace(0, count - 1, _LOOKED_AT)})
    seen: list[NDArray[np.float32]] = []
    for number in numbers:
        try:
            image.seek(number)
            grey = image.convert("RGBA").resize((_SIDE, _SIDE), Image.Resampling.BOX)
        except (EOFError, OSError, ValueError, SyntaxError):
            break
        ground = Image.new("RGBA", grey.size, "white")
        ground.alpha_composite(grey)
        seen.append(np.asarray(ground.convert("L"), np.float32))
    image.seek(numbers[_most_telling(np.stack(seen))] if seen else 0)


def _most_telling(frames: NDArray[np.float32]) -> int:
    """Return which of some small grey frames (N, side, side) in [0, 255] it is; the first of equals."""
    apart = np.abs(frames - np.median(frames, axis=0)).mean(axis=(1, 2)) / 255
    scores = [_entropy(frame) / 5 - 2 * far for frame, far in zip(frames, apart, strict=True)]
    return int(np.argmax(np.round(scores, 4)))


def _entropy(frame: NDArray[np.float32]) -> float:
    """Return the entropy of the greys in 32 steps, in bits: 0 for one colour, 5 at most."""
    shares = np.bincount((frame.ravel() / 8).astype(np.intp), minlength=32) / frame.size
    shares = shares[shares > 0]
    return float(-(shares * np.log2(shares)).sum())


def animation_frames(data: bytes) -> Iterator[tuple[float, Image.Image]]:
    """Yield (seconds from the start, RGB frame) of an animation, one at a time; nothing for a still picture.

    Frames are in sRGB, what is clear lies on a ground that shows the rest.
    A frame that asks to be shown for less than 0.01 s is shown for 0.1 s, as browsers do. Frames after
    `MAX_FRAMES` and behind a broken one are left out. Raises OSError for what is no picture.
    """
    with _opened(data) as image:
        if image.format not in FORMATS or not getattr(image, "is_animated", False):
            return
        at = 0.0
        for number in range(min(int(getattr(image, "n_frames", 1)), MAX_FRAMES)):
            try:
                image.seek(number)
                image.load()
                frame = to_srgb(image, [])
            except (EOFError, OSError, ValueError, SyntaxError):
                return
            yield at, frame.copy() if frame is image else frame
            shown = float(image.info.get("duration", 0)) / 1000
            at += shown if shown > _SHORTEST else _USUAL


def _opened(data: bytes) -> Image.Image:
    Image.init()
    return Image.open(io.BytesIO(data), formats=sorted(FORMATS & set(Image.OPEN)))


def duration(data: bytes) -> float:
    """Return how long an animation lasts, in seconds, once through; 0 for a still picture."""
    with _opened(data) as image:
        if image.format not in FORMATS or not getattr(image, "is_animated", False):
            return 0.0
        total = 0.0
        for number in range(min(int(getattr(image, "n_frames", 1)), MAX_FRAMES)):
            try:
                image.seek(number)
                image.load()
            except (EOFError, OSError, ValueError, SyntaxError):
                break
            shown = float(image.info.get("duration", 0)) / 1000
            total += shown if shown > _SHORTEST else _USUAL
        return total
