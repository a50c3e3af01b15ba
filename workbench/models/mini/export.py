"""What OpenVINO computes of `mini`: the torch modules with the step from stored pixels to numbers in front.

The image side is cut in two. Both towers may compute in bfloat16, as they did when the heads were trained;
the heads, which cost next to nothing, are always in float32.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

from workbench.models.engine import Exported
from workbench.models.mini.preprocess import MEAN, SIDE, STD
from workbench.models.mini.towers import FEATURES

if TYPE_CHECKING:
    from open_clip.model import CustomTextCLIP

    from workbench.models.mini.build import ImageTower


class _FromPixels(nn.Module):
    """Normalising inside the graph costs the threads of an ingest nothing."""

    scale: torch.Tensor
    shift: torch.Tensor

    def __init__(self, visual: ImageTower) -> None:
        super().__init__()
        self.visual = visual
        mean, std = torch.from_numpy(MEAN).view(3, 1, 1), torch.from_numpy(STD).view(3, 1, 1)
        self.register_buffer("scale", 1 / (255 * std))
        self.register_buffer("shift", -mean / std)

    def normalised(self, pixels: torch.Tensor) -> torch.Tensor:
        return pixels.float() * self.scale + self.shift


class Features(_FromPixels):
    """(B, 3, 224, 224) uint8 -> (B, FEATURES), what the heads read."""

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Turn stored pixels into the features of both towers."""
        features: torch.Tensor = self.visual.towers(self.normalised(pixels))
        return features


def features_side(clip: CustomTextCLIP) -> Exported:
    """Return both towers, for batches of any size."""
    return Features(clip.visual).eval(), (_pixels(),), [(-1, 3, SIDE, SIDE)]


def head_side(clip: CustomTextCLIP) -> Exported:
    """Return the head that reads the features, for batches of any size."""
    return clip.visual.head.eval(), (torch.zeros((2, FEATURES)),), [(-1, FEATURES)]


def text_side(clip: CustomTextCLIP) -> Exported:
    """Return the text tower with its head, for any number of sentences of any length."""
    example = torch.ones((2, 7), dtype=torch.int64)
    return clip.text.eval(), (example,), [(-1, -1)]


def _pixels() -> torch.Tensor:
    return torch.zeros((2, 3, SIDE, SIDE), dtype=torch.uint8)
