"""What OpenVINO computes of `mini`: the torch module with the step from stored pixels to numbers in front."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

from workbench.models.engine import Exported
from workbench.models.mini.preprocess import MEAN, SIDE, STD

if TYPE_CHECKING:
    from open_clip.model import CustomTextCLIP


class Pixels(nn.Module):
    """(B, 3, 224, 224) uint8 -> rows; normalising inside the graph costs a thread of the ingest nothing."""

    scale: torch.Tensor
    shift: torch.Tensor

    def __init__(self, visual: nn.Module) -> None:
        super().__init__()
        self.visual = visual
        mean, std = torch.from_numpy(MEAN).view(3, 1, 1), torch.from_numpy(STD).view(3, 1, 1)
        self.register_buffer("scale", 1 / (255 * std))
        self.register_buffer("shift", -mean / std)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Turn stored pixels into unit rows."""
        rows: torch.Tensor = self.visual(pixels.float() * self.scale + self.shift)
        return rows


def image_side(clip: CustomTextCLIP) -> Exported:
    """Return the image tower with its head, for batches of any size."""
    example = torch.zeros((2, 3, SIDE, SIDE), dtype=torch.uint8)
    return Pixels(clip.visual).eval(), (example,), [(-1, 3, SIDE, SIDE)]


def text_side(clip: CustomTextCLIP) -> Exported:
    """Return the text tower with its head, for any number of sentences of any length."""
    example = torch.ones((2, 7), dtype=torch.int64)
    return clip.text.eval(), (example,), [(-1, -1)]
