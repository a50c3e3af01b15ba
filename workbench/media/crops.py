"""What lies in an image: faces and regions as detectors give them, their masks, crops and thumbnails."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:  # opening a case draws nothing
    from PIL import Image

CROP_SIDE = 160
"""Side of a crop, in pixels."""


@dataclass(frozen=True, slots=True)
class FoundFace:
    """One face. Places are pixels of the picture that was searched, x to the right and y down.

    ``box``: (x, y, width, height), inside the picture. ``landmarks``: (5, 2) float32: the eye on the left of
    the upright face, the eye on its right, nose, left and right corner of the mouth; they may lie outside.
    ``score``: how sure the detector is, [0, 1]. ``gamma``: exponent that brightened the crop (below 1), 1.0
    where none was needed. ``sharpness``, ``pose``, ``exposure`` and their summary ``quality`` are in [0, 1],
    1 is best: sharp, looking at the camera, well lit. ``crop``: (160, 160, 3) uint8 RGB, eyes on a
    horizontal line.
    """

    box: tuple[float, float, float, float]
    landmarks: NDArray[np.float32]
    score: float
    gamma: float
    sharpness: float
    pose: float
    exposure: float
    quality: float
    crop: NDArray[np.uint8]


KINDS = ("persons", "objects", "text")
"""What can be looked for: persons, other things, and areas of text."""

CUT = "margin0.05-grey"
"""How regions are cut out for the embedder; part of every region key, so that a change makes new vectors."""

_MARGIN = 0.05  # of the longer side, kept on all sides: what touches the box belongs to it
_GREY = (124, 116, 104)  # mean of ImageNet's photos: says nothing to networks that were trained on them
_LONGEST = 384  # pixels of the longer side that are kept until a region is embedded


@dataclass(frozen=True, slots=True)
class FoundRegion:
    """One region. Places are pixels of the picture that was searched, x to the right and y down.

    ``box``: (x, y, width, height), inside the picture. ``label``: what it is, such as "person", "dog" or
    "text". ``score``: how sure the model is, [0, 1]. ``mask``: (h, w) bool that covers the box in a grid of
    its own, True where the thing is; None where there is no mask. ``text`` and ``script`` (such as "Latin"):
    what is written there, "" for all other kinds.
    """

    kind: str
    box: tuple[float, float, float, float]
    label: str
    score: float
    mask: NDArray[np.bool_] | None = None
    text: str = ""
    script: str = ""


def cut_out(image: Image.Image, region: FoundRegion) -> Image.Image:
    """Return a region of an upright RGB picture, at most 384 px long; on plain grey where it has a mask."""
    from PIL import Image

    x, y, width, height = region.box
    margin = _MARGIN * max(width, height) if region.mask is None else 0.0
    left, top = max(0, round(x - margin)), max(0, round(y - margin))
    right, bottom = round(x + width + margin), round(y + height + margin)
    place = (left, top, max(left + 1, min(image.width, right)), max(top + 1, min(image.height, bottom)))
    cut = image.crop(place)
    cut.thumbnail((_LONGEST, _LONGEST), Image.Resampling.BICUBIC, reducing_gap=2.0)
    if region.mask is None:
        return cut
    shape = Image.fromarray(region.mask).resize(cut.size, Image.Resampling.NEAREST)
    return Image.composite(cut, Image.new("RGB", cut.size, _GREY), shape)


def squeeze(cut: Image.Image) -> Image.Image:
    """Return a region squeezed to a square, so that no model cuts off heads or the ends of words."""
    from PIL.Image import Resampling

    side = max(cut.size)
    return cut if cut.width == cut.height else cut.resize((side, side), Resampling.BICUBIC)


def run_lengths(mask: NDArray[np.bool_]) -> list[int]:
    """Return the lengths of the runs of a mask (h, w), row by row; the first run is False, of length 0 maybe.

    The runs add up to h * w. Source of the format: the masks of COCO (Lin et al., 2014), which run column by
    column.
    """
    flat = np.concatenate([[False], mask.ravel(), [not mask.ravel()[-1]]]) if mask.size else np.zeros(1, bool)
    changes = np.flatnonzero(flat[1:] != flat[:-1])
    return [int(length) for length in np.diff(changes, prepend=0)]


def from_run_lengths(runs: Sequence[int], size: tuple[int, int]) -> NDArray[np.bool_]:
    """Return the mask (h, w) of run lengths; raises ValueError where they do not fill it."""
    lengths = np.asarray(runs, np.int64)
    if (lengths < 0).any() or lengths.sum() != size[0] * size[1]:
        raise ValueError(f"{int(lengths.sum())} pixels do not fill a mask of {size[0]} x {size[1]}.")
    values = np.arange(len(lengths)) % 2 == 1
    return np.repeat(values, lengths).reshape(size)


SIDE = 256
"""Longest side of a thumbnail, in pixels."""


def thumbnail(image: Image.Image, side: int = SIDE, quality: int = 82) -> bytes:
    """Return a JPEG of an RGB image whose longest side is at most ``side`` pixels."""
    from PIL.Image import Resampling

    scale = side / max(image.size)
    if scale < 1:
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        image = image.resize(size, Resampling.HAMMING, reducing_gap=1.0)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()
