"""What OpenVINO computes of `mini`: the torch modules with the step from stored pixels to numbers in front.

The image side is cut in two. The transformer may compute in bfloat16; the teacher and the heads may not: in
bfloat16 their class probabilities turned single photos by 0.004 of cosine, all else by less than 0.001.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

from workbench.models.engine import Exported
from workbench.models.mini.preprocess import MEAN, SIDE, STD

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


class Trunk(_FromPixels):
    """(B, 3, 224, 224) uint8 -> what the heads read of the transformer."""

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Turn stored pixels into the transformer's rows."""
        return torch.cat(self.visual.towers.dino(self.normalised(pixels)), dim=1)


class Rest(_FromPixels):
    """(B, 3, 224, 224) uint8 and the rows of `Trunk` -> (B, dim) unit rows."""

    def forward(self, pixels: torch.Tensor, trunk: torch.Tensor) -> torch.Tensor:
        """Run the teacher and the heads."""
        features = torch.cat([trunk, *self.visual.towers.labels(self.normalised(pixels))], dim=1)
        rows: torch.Tensor = self.visual.head(features)
        return rows


def trunk_side(clip: CustomTextCLIP) -> Exported:
    """Return the transformer, for batches of any size."""
    return Trunk(clip.visual).eval(), (_pixels(),), [(-1, 3, SIDE, SIDE)]


def rest_side(clip: CustomTextCLIP) -> Exported:
    """Return the teacher and the heads, for batches of any size."""
    width = Trunk(clip.visual)(_pixels()).shape[1]
    example = (_pixels(), torch.zeros((2, width)))
    return Rest(clip.visual).eval(), example, [(-1, 3, SIDE, SIDE), (-1, width)]


def text_side(clip: CustomTextCLIP) -> Exported:
    """Return the text tower with its head, for any number of sentences of any length."""
    example = torch.ones((2, 7), dtype=torch.int64)
    return clip.text.eval(), (example,), [(-1, -1)]


def _pixels() -> torch.Tensor:
    return torch.zeros((2, 3, SIDE, SIDE), dtype=torch.uint8)
