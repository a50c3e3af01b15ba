"""A region model that finds painted patches, and pictures of them."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor

from workbench.media.crops import KINDS, FoundRegion
from workbench.testing.colours import PALETTE


class PaintedRegions:
    """Fits ``RegionModel``: a region is a patch of a strong colour, named after that colour.

    A patch higher than wide is a person, whose mask is the patch; one more than twice as wide as high is
    text; any other is an object. ``searched`` counts the pictures; ``version`` is part of the keys.
    """

    decode_side = 1024

    def __init__(self, kinds: Iterable[str] = KINDS, version: int = 1) -> None:
        self.keys = {kind: f"painted_{kind}-{version}" for kind in kinds}
        self.searched = 0

    def find(self, image: Image.Image, kinds: Iterable[str]) -> list[FoundRegion]:
        """Return the patches of ``kinds`` in reading order."""
        from scipy import ndimage  # type: ignore[import-untyped]

        self.searched += 1
        pixels = np.asarray(image)
        patches = ndimage.label(np.asarray(image.convert("HSV"))[..., 1] > 150)[0]
        found = [_patch(pixels, place) for place in ndimage.find_objects(patches)]
        return [region for region in found if region.kind in set(kinds)]


PATCHES = {"persons": (40, 80), "objects": (60, 60), "text": (90, 30)}
"""Width and height in pixels of what :func:`write_regions` paints."""


def write_regions(
    folder: Path, photos: Mapping[str, Sequence[tuple[str, str]]], *, seed: int = 0
) -> list[Path]:
    """Write a grey photo for each ``{relative path: [(kind, colour name), ...]}``, from left to right.

    A patch begins 10 px below the top and 10 px beside its neighbour. No two photos have equal bytes; the
    same arguments give the same bytes.
    """
    random = np.random.default_rng(seed)
    for name, patches in photos.items():
        width = 10 + sum(PATCHES[kind][0] + 10 for kind, _ in patches)
        pixels = np.full((100, max(100, width), 3), 128, np.uint8)
        pixels[95:] = random.integers(118, 138, (5, pixels.shape[1], 1))
        left = 10
        for kind, colour in patches:
            across, down = PATCHES[kind]
            pixels[10 : 10 + down, left : left + across] = ImageColor.getrgb(colour)
            left += across + 10
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(folder / name)
    return [folder / name for name in photos]


def _patch(pixels: NDArray[np.uint8], place: tuple[slice, slice]) -> FoundRegion:
    rows, columns = place
    width, height = columns.stop - columns.start, rows.stop - rows.start
    kind = "persons" if height > width else "text" if width > 2 * height else "objects"
    named = np.array([ImageColor.getrgb(name) for name in PALETTE])
    mean = pixels[place].mean((0, 1))
    colour = PALETTE[int(np.abs(named - mean).sum(1).argmin())]
    mask = np.ones((height, width), np.bool_) if kind == "persons" else None
    label = {"persons": "person", "text": "text"}.get(kind, colour)
    text, script = (colour, "Latin") if kind == "text" else ("", "")
    return FoundRegion(kind, (columns.start, rows.start, width, height), label, 0.9, mask, text, script)
