"""What OpenVINO computes for dense features: the transformer and the teacher of `mini` at any size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from workbench.models.mini.build import published_towers
from workbench.models.mini.preprocess import MEAN, STD

if TYPE_CHECKING:
    from workbench.models.engine import Exported

KNOWN = 37
"""DINOv2 was trained with position embeddings for 37 x 37 patches."""


class PatchTower(nn.Module):
    """Pixels (1, 3, 14 h, 14 w) uint8, row matrix (h, 37), column matrix (w, 37) -> (1, h w, 384).

    The tokens of the last block after the final norm, without the class token. The two matrices resize the
    position embedding, so that one graph serves every grid (Oquab et al. 2023, "DINOv2", arXiv:2304.07193).
    """

    scale: torch.Tensor
    shift: torch.Tensor

    def __init__(self, trunk: Any) -> None:
        super().__init__()
        self.trunk: Any = trunk
        self.register_buffer("scale", 1 / (255 * _channels(STD)))
        self.register_buffer("shift", -_channels(MEAN) / _channels(STD))

    def forward(self, pixels: torch.Tensor, rows: torch.Tensor, columns: torch.Tensor) -> torch.Tensor:
        """Run all blocks over the patches of one picture."""
        trunk = self.trunk
        patches = trunk.patch_embed.proj(pixels.float() * self.scale + self.shift).flatten(2).transpose(1, 2)
        known = trunk.pos_embed[0, 1:].reshape(KNOWN, KNOWN, -1)
        places = torch.einsum("hi,wj,ijd->hwd", rows, columns, known).flatten(0, 1)[None]
        first = trunk.cls_token + trunk.pos_embed[:, :1]
        tokens = torch.cat([first, patches + places], dim=1)
        for block in trunk.blocks:
            tokens = block(tokens)
        normed: torch.Tensor = trunk.norm(tokens)
        return normed[:, 1:]


class MapTower(nn.Module):
    """Pixels (1, 3, 32 h, 32 w) uint8 -> the last feature map (1, 1280, h, w) of EfficientNet-Lite0."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Run all layers below the classifier; the network learnt pixels in [-1, 1]."""
        maps: torch.Tensor = self.network.forward_features(pixels.float() / 127.5 - 1)  # type: ignore[operator]
        return maps


def patch_tower() -> Exported:
    """Return the transformer for a picture of any grid."""
    import timm

    from workbench.models import weights
    from workbench.models.mini.convert import dinov2_from_onnx

    trunk = timm.create_model("vit_small_patch14_dinov2", num_classes=0)
    trunk.load_state_dict(dinov2_from_onnx(weights.path_of(weights.DINOV2)))
    example = (
        torch.zeros((1, 3, 14 * 16, 14 * 12), dtype=torch.uint8),
        torch.ones(16, KNOWN),
        torch.ones(12, KNOWN),
    )
    return PatchTower(trunk).eval().requires_grad_(False), example, [(1, 3, -1, -1), (-1, KNOWN), (-1, KNOWN)]


def map_tower() -> Exported:
    """Return the teacher for a picture of any size that is a multiple of 32 pixels."""
    tower = MapTower(published_towers().teacher).eval().requires_grad_(False)
    return tower, (torch.zeros((1, 3, 320, 256), dtype=torch.uint8),), [(1, 3, -1, -1)]


def _channels(values: object) -> torch.Tensor:
    return torch.as_tensor(values).view(3, 1, 1)
