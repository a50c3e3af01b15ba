"""The image tower of `mini`: DINOv2 ViT-S/14 and EfficientNet-Lite0 side by side, read out as one long row.

One forward pass gives ``FEATURES`` numbers a photo, in named slices (`SLICES`); the heads choose from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import torch
from torch import nn

if TYPE_CHECKING:
    from collections.abc import Mapping

SIDE = 224
BLOCKS = (2, 5, 8, 10, 11)
"""The blocks that are read."""
WHOLE, IN_STRIPS = (5, 8, 10, 11), (2, 11)
STRIPS = 4
"""So many strips, from the top down: they tell a red shirt over blue trousers from the reverse."""
WIDTH = 384
POOLED = 1280
CLASSES = 1000
DINO_MEAN, DINO_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def _slices() -> dict[str, slice]:
    sizes = {f"{kind}{block}": WIDTH for block in WHOLE for kind in ("class", "patch")}
    sizes |= {f"strips{block}": STRIPS * WIDTH for block in IN_STRIPS}
    sizes |= {"pooled": POOLED, "whole": CLASSES, "parts": CLASSES}
    starts = [0]
    for size in sizes.values():
        starts.append(starts[-1] + size)
    return {
        name: slice(start, start + size) for (name, size), start in zip(sizes.items(), starts, strict=False)
    }


SLICES: Mapping[str, slice] = _slices()
FEATURES = max(part.stop for part in SLICES.values())


class Towers(nn.Module):
    """Two frozen networks over the same (B, 3, 224, 224) batch, normalised as DINOv2 wants it.

    ``trunk`` is timm's ``vit_small_patch14_dinov2``, ``teacher`` timm's ``tf_efficientnet_lite0``.
    """

    scale: torch.Tensor
    shift: torch.Tensor

    def __init__(self, trunk: nn.Module, teacher: nn.Module) -> None:
        super().__init__()
        self.trunk, self.teacher = trunk, teacher
        # the teacher was trained on pixels in [-1, 1]: one affine step from DINOv2's normalisation
        mean, std = torch.tensor(DINO_MEAN).view(3, 1, 1), torch.tensor(DINO_STD).view(3, 1, 1)
        self.register_buffer("scale", std * 2, persistent=False)
        self.register_buffer("shift", mean * 2 - 1, persistent=False)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """(B, 3, 224, 224) -> (B, FEATURES) float32, laid out as `SLICES` says."""
        narrow = images.to(next(self.trunk.parameters()).dtype)
        return torch.cat([*self.dino(narrow), *self.labels(images)], dim=1)

    def lighten(self) -> None:
        """Let the transformer compute in bfloat16; the teacher stays in float32, where rounding tells."""
        self.trunk.to(torch.bfloat16)

    def dino(self, images: torch.Tensor) -> list[torch.Tensor]:
        """Class token and mean patch token of `WHOLE` blocks, (B, WIDTH) each, then the strips of some."""
        layers = self.trunk.get_intermediate_layers(  # type: ignore[operator]
            images, n=list(BLOCKS), return_prefix_tokens=True, norm=True
        )
        read = dict(zip(BLOCKS, layers, strict=True))
        rows = [row for block in WHOLE for row in (read[block][1][:, 0], read[block][0].mean(dim=1))]
        return [row.float() for row in (*rows, *(_strips(read[block][0]) for block in IN_STRIPS))]

    def labels(self, images: torch.Tensor) -> list[torch.Tensor]:
        """Pooled features, log-probabilities of the whole, log of the 7 x 7 parts' mean."""
        maps = self.teacher.forward_features(images * self.scale + self.shift)  # type: ignore[operator]
        pooled = maps.mean(dim=(2, 3))
        classify = cast("nn.Module", self.teacher.classifier)
        whole = classify(pooled).float().log_softmax(dim=1)
        parts = classify(maps.flatten(2).transpose(1, 2))
        cells = parts.float().softmax(dim=2)
        return [pooled.float(), whole, cells.mean(dim=1).clamp_min(1e-9).log()]


def _strips(patches: torch.Tensor) -> torch.Tensor:
    """(B, T, WIDTH) patches, row by row of the photo -> (B, STRIPS * WIDTH): the mean of each strip."""
    return patches.reshape(-1, STRIPS, patches.shape[1] // STRIPS, WIDTH).mean(dim=2).flatten(1)


@dataclass(frozen=True)
class TowerWeights:
    """State dicts of the two networks."""

    trunk: dict[str, torch.Tensor]
    teacher: dict[str, torch.Tensor]


def build_towers(weights: TowerWeights) -> Towers:
    """Both networks with their weights, frozen, in evaluation mode, at 224 x 224."""
    import timm

    trunk = timm.create_model("vit_small_patch14_dinov2", num_classes=0)
    trunk.load_state_dict(weights.trunk)
    trunk.set_input_size((SIDE, SIDE))  # type: ignore[operator]
    teacher = timm.create_model("tf_efficientnet_lite0")
    teacher.load_state_dict(weights.teacher)
    return Towers(trunk, teacher).eval().requires_grad_(False)
