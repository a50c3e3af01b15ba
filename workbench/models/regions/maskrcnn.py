"""Mask R-CNN: persons with an outline of their own, also where they stand before each other.

Method: He et al., "Mask R-CNN" (2017), as improved by Li et al. (2021). The weights are torchvision's, of
COCO; no package carries them, so that they come from torchvision's own address alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from workbench.errors import ModelError
from workbench.media.crops import FoundRegion
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
    """Load the network; raises ModelError where its weights are not here and cannot be had.

    The weights lie in torch's own cache. torchvision checks the start of their SHA-256 when it fetches them.
    """
    import torch
    from torchvision.models import detection

    try:
        published = detection.MaskRCNN_ResNet50_FPN_V2_Weights.COCO_V1
        values = published.get_state_dict(progress=True, check_hash=True)  # before the slow building
    except (OSError, RuntimeError) as error:
        raise ModelError(
            f"The weights of Mask R-CNN could not be downloaded: {error}.",
            "Run `workbench models fetch regions-maskrcnn` where download.pytorch.org can be reached, and "
            "copy ~/.cache/torch/hub/checkpoints here; or look for 'persons' instead of 'persons/maskrcnn'.",
        ) from error

    network = detection.maskrcnn_resnet50_fpn_v2(weights=None, weights_backbone=None)
    network.load_state_dict(values)
    network.eval()

    def run(pixels: NDArray[np.float32]) -> dict[str, Any]:
        with torch.inference_mode():
            answer = network([torch.from_numpy(np.ascontiguousarray(pixels))])[0]
        return {name: values.numpy() for name, values in answer.items()}

    return PersonSegmenter(run)


def fetch_segmenter() -> Path:
    """Bring the weights to torch's cache and return where they lie; raises ModelError."""
    import torch
    from torchvision.models import detection

    load_segmenter()
    name = str(detection.MaskRCNN_ResNet50_FPN_V2_Weights.COCO_V1.url).rsplit("/", 1)[-1]
    return Path(torch.hub.get_dir()) / "checkpoints" / name


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
