"""The trained part of `mini`: two small heads that bring photos and sentences into one space."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn.functional import normalize

from workbench.models.mini.config import HEADS_FILE, HeadConfig, read_config
from workbench.models.mini.towers import CLASSES, SLICES, WIDTH

LABEL_SCALE = 15.0


REGRESSED = ("class11", "patch11", "pooled")
CONTRASTED = ("class11", "patch11", "class8", "patch8")


class Head(nn.Module):
    """(B, inputs) -> (B, outputs): a linear map plus one hidden layer."""

    def __init__(self, inputs: int, hidden: int, outputs: int, dropout: float) -> None:
        super().__init__()
        self.straight = nn.Linear(inputs, outputs)
        self.bend = nn.Sequential(
            nn.Linear(inputs, hidden), nn.GELU(), nn.Dropout(dropout), nn.Linear(hidden, outputs)
        )

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """Map rows of numbers into a subspace."""
        joint: torch.Tensor = self.straight(rows) + self.bend(rows)
        return joint


class ImageHead(nn.Module):
    """Tower features (B, FEATURES) -> unit rows (B, dim) in three subspaces side by side.

    regressed: ridge regression of the photo's sentences (what a caption would say);
    contrasted: trained against other photos (what sets people and things apart);
    labelled: ConSE (Norouzi et al. 2013, arXiv:1312.5650), the mean of the text vectors of the class names,
    weighted by the teacher's probabilities, once for the whole photo and once for its parts.
    """

    def __init__(self, config: HeadConfig) -> None:
        super().__init__()
        self.config = config
        self.regress_norm = Standard(width_of(REGRESSED))
        self.regress = nn.Linear(width_of(REGRESSED) + 2 * WIDTH, config.regressed)
        self.contrast_norm = Standard(width_of(CONTRASTED))
        inputs = width_of(CONTRASTED) + 2 * WIDTH
        self.contrast_layer_norm = nn.LayerNorm(inputs)
        self.contrast = Head(inputs, config.hidden, config.contrasted, dropout=0.5)
        self.class_texts = nn.Parameter(torch.zeros(CLASSES, WIDTH), requires_grad=False)
        self.label_axes = nn.Parameter(torch.zeros(WIDTH, config.labelled), requires_grad=False)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Tower features to unit rows of the joint space."""
        labels = self.labels(features)
        rows = (
            self.regress(torch.cat([self.regressed_inputs(features), labels * LABEL_SCALE], dim=1)),
            self.contrast_rows(self.contrasted_inputs(features, labels)),
            (labels[:, :WIDTH] + labels[:, WIDTH:]) @ self.label_axes,
        )
        return _joined([normalize(row, dim=1) for row in rows], self.config.weights)

    def labels(self, features: torch.Tensor) -> torch.Tensor:
        """(B, FEATURES) -> (B, 768): unit label vectors in text space, of the whole and of its parts."""
        means = [features[:, SLICES[name]].exp() @ self.class_texts for name in ("whole", "parts")]
        return torch.cat([normalize(mean, dim=1) for mean in means], dim=1)

    def regressed_inputs(self, features: torch.Tensor) -> torch.Tensor:
        """(B, FEATURES) -> standardised slices the regression reads."""
        rows: torch.Tensor = self.regress_norm(chosen(features, REGRESSED))
        return rows

    def contrasted_inputs(self, features: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """(B, FEATURES), (B, 768) -> what the contrastive head reads."""
        return torch.cat([self.contrast_norm(chosen(features, CONTRASTED)), labels * WIDTH**0.5], dim=1)

    def contrast_rows(self, inputs: torch.Tensor) -> torch.Tensor:
        """Rows of the contrasted subspace, not yet of unit length."""
        rows: torch.Tensor = self.contrast(self.contrast_layer_norm(inputs))
        return rows


class TextHead(nn.Module):
    """Mean-pooled MiniLM rows (B, 384) -> unit rows (B, dim) in the subspaces of `ImageHead`."""

    def __init__(self, config: HeadConfig) -> None:
        super().__init__()
        self.config = config
        self.centre = nn.Parameter(torch.zeros(WIDTH), requires_grad=False)
        self.whiten = nn.Parameter(torch.eye(WIDTH), requires_grad=False)
        self.regress_axes = nn.Parameter(torch.zeros(WIDTH, config.regressed), requires_grad=False)
        self.contrast = Head(WIDTH, config.hidden // 2, config.contrasted, dropout=0.3)
        self.label_axes = nn.Parameter(torch.zeros(WIDTH, config.labelled), requires_grad=False)

    def forward(self, pooled: torch.Tensor) -> torch.Tensor:
        """Text features to unit rows of the joint space."""
        text = self.centred(pooled)
        rows = [
            normalize(text @ self.whiten, dim=1) @ self.regress_axes,
            normalize(self.contrast_rows(text), dim=1),
            text @ self.label_axes,
        ]
        return normalize(_joined(rows, self.config.weights), dim=1)

    def centred(self, pooled: torch.Tensor) -> torch.Tensor:
        """Take away what all captions share; unit rows."""
        return normalize(normalize(pooled, dim=1) - self.centre, dim=1)

    def contrast_rows(self, centred: torch.Tensor) -> torch.Tensor:
        """Rows of the contrasted subspace, not yet of unit length."""
        rows: torch.Tensor = self.contrast(centred * WIDTH**0.5)
        return rows


class Standard(nn.Module):
    """Take a fixed mean away and divide by a fixed scale."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.mean = nn.Parameter(torch.zeros(width), requires_grad=False)
        self.scale = nn.Parameter(torch.ones(width), requires_grad=False)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """(B, width) -> (B, width)."""
        return (rows - self.mean) / self.scale


def chosen(features: torch.Tensor, names: Sequence[str]) -> torch.Tensor:
    """Columns of the named slices side by side."""
    return torch.cat([features[:, SLICES[name]] for name in names], dim=1)


def width_of(names: Sequence[str]) -> int:
    """How many columns the named slices have together."""
    return sum(SLICES[name].stop - SLICES[name].start for name in names)


def _joined(rows: Sequence[torch.Tensor], weights: Sequence[float]) -> torch.Tensor:
    """Side by side, so that the dot product is the weighted mean of the subspaces' own."""
    total = sum(weights)
    parts = [row * (weight / total) ** 0.5 for row, weight in zip(rows, weights, strict=True)]
    return torch.cat(parts, dim=1)


@dataclass(frozen=True)
class Heads:
    """Both heads and the scale the cosine is multiplied with in training (1 / temperature)."""

    image: ImageHead
    text: TextHead
    logit_scale: float


def save_heads(heads: Heads, path: Path) -> None:
    """Write the heads as float16 safetensors with their shape in the metadata."""
    tensors = {f"image.{name}": value for name, value in heads.image.state_dict().items()}
    tensors |= {f"text.{name}": value for name, value in heads.text.state_dict().items()}
    metadata = {"config": json.dumps(asdict(heads.image.config)), "logit_scale": str(heads.logit_scale)}
    save_file({name: value.half().contiguous() for name, value in tensors.items()}, str(path), metadata)


def load_heads(path: Path = HEADS_FILE) -> Heads:
    """Read heads written by `save_heads`, in evaluation mode."""
    tensors = {name: value.float() for name, value in load_file(str(path)).items()}
    config, logit_scale = read_config(path)
    image, text = ImageHead(config), TextHead(config)
    image.load_state_dict(_part(tensors, "image."))
    text.load_state_dict(_part(tensors, "text."))
    return Heads(image.eval(), text.eval(), logit_scale)


def _part(tensors: dict[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
