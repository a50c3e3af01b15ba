"""A region of a picture: what detectors and readers give and the loop stores, and how it is cut out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

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
    side = max(cut.size)
    return cut if cut.width == cut.height else cut.resize((side, side), Image.Resampling.BICUBIC)
