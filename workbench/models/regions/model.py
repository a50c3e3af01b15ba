"""RegionFinder: looks for persons, objects and text in a picture, each kind by its own models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from workbench.media.crops import FoundRegion
from workbench.models import weights
from workbench.models.engine import runner
from workbench.models.faces.model import at_most
from workbench.models.regions.detector import LABELS, PERSON

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from workbench.models.engine import Chosen

    Foreground = Callable[[Image.Image], NDArray[np.float32]]
    "An RGB picture -> (320, 320) float32, how much each part of the picture stands out, [0, 1]."
    from collections.abc import Collection

    from workbench.models.regions.detector import Detector
    from workbench.models.regions.maskrcnn import PersonSegmenter
    from workbench.models.regions.reader import Reader


_SIDE = 320
_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
_STD = np.array([0.229, 0.224, 0.225], np.float32)


def load_foreground(precision: Chosen) -> Foreground:
    """Load U2-Net's small version, which finds what stands out in a picture. Raises ModelError.

    Source: Qin et al., "U2-Net: Going Deeper with Nested U-Structure for Salient Object Detection" (2020).
    """
    network = runner(weights.path_of(weights.U2NETP), precision)

    def find(image: Image.Image) -> NDArray[np.float32]:
        small = image.resize((_SIDE, _SIDE), Image.Resampling.BILINEAR, reducing_gap=2.0)
        pixels = np.asarray(small, np.float32)
        pixels = (pixels / max(float(pixels.max()), 1.0) - _MEAN) / _STD
        found = network(np.ascontiguousarray(pixels.transpose(2, 0, 1)[None]))[0, 0]
        low, high = float(found.min()), float(found.max())
        spread: NDArray[np.float32] = (found - low) / np.float32(max(high - low, 1e-6))
        return spread

    return find


_AROUND = 0.1  # of the box's sides: what stands out is seen best with a little of what is behind it
_MASK_SIDE = 128  # pixels of the longer side of a mask
_STANDS_OUT = 0.5
_LEAST_COVER = 0.15  # of a person's box; less is no person's outline but a mistake


@dataclass(frozen=True)
class RegionFinder:
    """Models of regions behind one interface; fits the `RegionModel` the ingest loop asks for.

    ``keys``: kind -> what names everything that changes its boxes and masks. ``detector`` is there for
    persons and objects, ``foreground`` for masks of persons, ``segmenter`` for persons instead of the two,
    ``reader`` for text. ``decode_side``: longest
    side of the picture that is searched.
    """

    keys: Mapping[str, str]
    detector: Detector | None = None
    foreground: Foreground | None = None
    segmenter: PersonSegmenter | None = None
    reader: Reader | None = None
    decode_side: int = 1024

    def find(self, image: Image.Image, kinds: Collection[str]) -> list[FoundRegion]:
        """Return the regions of some kinds in an upright RGB picture, in its pixels; called on threads."""
        found: list[FoundRegion] = []
        if self.segmenter and "persons" in kinds:
            found += self.segmenter(image)
            kinds = set(kinds) - {"persons"}
        if self.detector and ("persons" in kinds or "objects" in kinds):
            for row in self.detector(image):
                kind = "persons" if row[5] == PERSON else "objects"
                if kind in kinds:
                    found.append(self._thing(image, kind, row))
        if self.reader and "text" in kinds:
            small = at_most(image, self.decode_side)
            found += [_scaled(region, image.width / small.width) for region in self.reader(small)]
        return found

    def _thing(self, image: Image.Image, kind: str, row: NDArray[np.float32]) -> FoundRegion:
        left, top, right, bottom, score = map(float, row[:5])
        box = (left, top, right - left, bottom - top)
        mask = outline(image, box, self.foreground) if kind == "persons" and self.foreground else None
        return FoundRegion(kind, box, LABELS[int(row[5])], score, mask)


def outline(
    image: Image.Image, box: tuple[float, float, float, float], foreground: Foreground
) -> NDArray[np.bool_] | None:
    """Return what stands out in a box: (h, w) bool over it, at most 128 long; None where nothing does."""
    x, y, width, height = box
    place = (
        max(0.0, x - _AROUND * width),
        max(0.0, y - _AROUND * height),
        min(float(image.width), x + (1 + _AROUND) * width),
        min(float(image.height), y + (1 + _AROUND) * height),
    )
    near = image.crop(tuple(map(round, place)))  # type: ignore[arg-type]
    if min(near.size) < 2:
        return None
    standing = Image.fromarray(foreground(near))
    across, down = standing.width / (place[2] - place[0]), standing.height / (place[3] - place[1])
    left, top = (x - place[0]) * across, (y - place[1]) * down
    inner = (left, top, left + width * across, top + height * down)
    shrink = _MASK_SIDE / max(width, height)
    size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    inner = (*inner[:2], min(inner[2], standing.width), min(inner[3], standing.height))
    mask: NDArray[np.bool_] = (
        np.asarray(standing.resize(size, Image.Resampling.BILINEAR, inner)) >= _STANDS_OUT
    )
    return mask if mask.mean() >= _LEAST_COVER else None


def _scaled(region: FoundRegion, factor: float) -> FoundRegion:
    x, y, width, height = (side * factor for side in region.box)
    box = (x, y, width, height)
    return FoundRegion(region.kind, box, region.label, region.score, region.mask, region.text, region.script)
