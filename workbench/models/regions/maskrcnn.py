"""Mask R-CNN: persons with an outline of their own, also where they stand before each other.

Method: He et al., "Mask R-CNN" (2017), as improved by Li et al. (2021). The weights are torchvision's, of
COCO; no package carries them, so that `workbench models fetch regions-maskrcnn` takes them from torchvision's
own address.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from workbench.media.crops import FoundRegion
from workbench.models import weights
from workbench.models.regions.detector import PERSON

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    Network = Callable[[NDArray[np.float32]], Mapping[str, NDArray[np.floating]]]
    """(3, H, W) in [0, 1] -> boxes (N, 4), labels (N,), scores (N,), masks (N, 1, H, W)."""

_LEAST_SCORE = 0.5
_MASK_SIDE = 128  # pixels of the longer side of a mask that is kept


@dataclass(frozen=True)
class PersonSegmenter:
    """Call it with an RGB picture: its persons, in its pixels, the surest first."""

    network: Network

    def __call__(self, image: Image.Image) -> list[FoundRegion]:
        """Find persons; safe to call from threads."""
        found = self.network(np.asarray(image, np.float32).transpose(2, 0, 1) / np.float32(255))
        sure = (found["labels"] == PERSON) & (found["scores"] >= _LEAST_SCORE)
        rows = zip(found["boxes"][sure], found["scores"][sure], found["masks"][sure], strict=True)
        regions = [_person(box, float(score), mask[0], image.size) for box, score, mask in rows]
        return [region for region in regions if region is not None]


def load_segmenter() -> PersonSegmenter:
    """Load the network; downloads nothing. Raises ModelError where its weights are not here.

    The checkpoint is checked by its digest before it is read, and read without running what it may hold.
    """
    file = weights.path_of(weights.MASKRCNN)  # before the slow imports
    import torch
    from torchvision.models import detection

    values = torch.load(file, map_location="cpu", weights_only=True)
    network = detection.maskrcnn_resnet50_fpn_v2(weights=None, weights_backbone=None)
    network.load_state_dict(values)
    network.eval()

    def run(pixels: NDArray[np.float32]) -> dict[str, Any]:
        with torch.inference_mode():
            answer = network([torch.from_numpy(np.ascontiguousarray(pixels))])[0]
        return {name: values.numpy() for name, values in answer.items()}

    return PersonSegmenter(run)


def _person(
    corners: NDArray[np.floating], score: float, mask: NDArray[np.floating], size: tuple[int, int]
) -> FoundRegion | None:
    left, top = np.floor(corners[:2].clip(0)).astype(int)
    right, bottom = np.ceil(np.minimum(corners[2:], size)).astype(int)
    if right <= left or bottom <= top:
        return None
    shrink = min(1.0, _MASK_SIDE / max(right - left, bottom - top))
    cells = (max(1, round((right - left) * shrink)), max(1, round((bottom - top) * shrink)))
    soft = Image.fromarray(np.asarray(mask[top:bottom, left:right], np.float32))
    shape: NDArray[np.bool_] = np.asarray(soft.resize(cells, Image.Resampling.BILINEAR)) >= 0.5
    box = (float(left), float(top), float(right - left), float(bottom - top))
    return FoundRegion("persons", box, "person", score, shape if shape.any() else None)
