"""A decoded image: its pixels, the facts about it, and both on their way between two processes."""

from dataclasses import dataclass
from typing import Any

from PIL import Image

from workbench.media.frame_choice import FrameFacts
from workbench.media.metadata import Metadata

MOST_STEP = 8
"""The most that decoding reduces by."""


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What a file says: size of the whole upright image in pixels, Pillow's format and mode, metadata.

    ``notes``: what is odd about the pixels, each a short text for the problems table: a colour profile that
    is left out, pages that are not read, an end that is missing. ``motion``: bytes of the video that a phone
    appended, None where there is none. ``frame``: where a frame of a video lies.
    """

    width: int
    height: int
    format: str
    mode: str
    metadata: Metadata
    notes: tuple[str, ...] = ()
    motion: int | None = None
    frame: FrameFacts | None = None


@dataclass(frozen=True, slots=True)
class DecodedImage:
    """Upright RGB pixels in sRGB, at least ``min_side`` on the shorter side or all there are, and the facts.

    ``shrinks``: decoding made them no larger than asked for.
    """

    image: Image.Image
    facts: ImageFacts
    shrinks: bool = False

    def reduced(self, min_side: int) -> Image.Image:
        """Return what asking for ``min_side`` alone would have given: box means for a JPEG's DCT."""
        drafted = round(max(self.facts.width, self.facts.height) / max(self.image.size))
        most = MOST_STEP // max(1, drafted)
        step = _step(self.image.size, min_side, min_side, most) if self.shrinks else 1
        return self.image if step == 1 else self.image.reduce(step)


def shrunk(image: Image.Image, min_side: int, min_long_side: int) -> Image.Image:
    """Return the picture at 1/2, 1/4 or 1/8 of its size, box means, while its sides stay long enough."""
    step = _step(image.size, min_side, min_long_side)
    return image if step == 1 else image.reduce(step)


def _step(size: tuple[int, int], min_side: int, min_long_side: int, most: int = MOST_STEP) -> int:
    step = 1
    while step < most and min(size) >= 2 * step * min_side and max(size) >= 2 * step * min_long_side:
        step *= 2
    return step


def packed(decoded: DecodedImage) -> dict[str, Any]:
    """Return all but the pixels as JSON would have it."""
    facts = decoded.facts
    return {
        "size": decoded.image.size,
        "facts": (facts.width, facts.height, facts.format, facts.mode),
        "metadata": facts.metadata.packed(),
        "notes": facts.notes,
        "motion": facts.motion,
    }


def unpacked(said: dict[str, Any], pixels: bytes) -> DecodedImage:
    """Return what was packed, with its pixels."""
    width, height, name, mode = said["facts"]
    metadata = Metadata.unpacked(said["metadata"])
    facts = ImageFacts(width, height, name, mode, metadata, tuple(said["notes"]), said["motion"])
    return DecodedImage(Image.frombytes("RGB", tuple(said["size"]), pixels), facts, shrinks=True)
