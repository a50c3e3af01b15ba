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

from workbench.models.mini.config import HEADS_FILE, KINDS, HeadConfig, read_config
from workbench.models.mini.towers import CLASSES, IN_STRIPS, SLICES, WHOLE, WIDTH

BLOCK_TOKENS = tuple(f"{kind}{block}" for block in WHOLE for kind in ("class", "patch"))
TOLD = (*BLOCK_TOKENS, "pooled")
"""What the regression and the contrastive networks read, beside the labels."""
DESCRIBED = ("class11", "patch11", *(f"strips{block}" for block in IN_STRIPS))


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
    """Tower features (B, FEATURES) -> unit rows (B, dim) in four subspaces side by side.

    regressed: ridge regression of the photo's sentences (what a caption would say);
    contrasted: networks trained against other photos, which read the leading components of the features;
    described: a network trained on persons and what they wear and carry, which reads strips of the photo;
    labelled: ConSE (Norouzi et al. 2013, arXiv:1312.5650), the mean of the text vectors of the class names,
    weighted by the teacher's probabilities, once for the whole photo and once for its parts.
    """

    def __init__(self, config: HeadConfig) -> None:
        super().__init__()
        self.config = config
        told = width_of(TOLD) + 2 * WIDTH
        self.told = Standard(told)
        self.regress = nn.Linear(told, config.regressed)
        self.reduce = nn.Linear(told, config.reduced)
        self.contrast = nn.ModuleList(
            Head(config.reduced, config.hidden, config.contrasted, dropout=0.5)
            for _ in range(config.networks)
        )
        self.seen = Standard(width_of(DESCRIBED))
        self.describe = Head(width_of(DESCRIBED), config.hidden // 4, config.described, dropout=0.5)
        self.class_texts = nn.Parameter(torch.zeros(CLASSES, WIDTH), requires_grad=False)
        self.label_axes = nn.Parameter(torch.zeros(WIDTH, config.labelled), requires_grad=False)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Tower features to unit rows of the joint space."""
        labels = self.labels(features)
        told = self.told_rows(features, labels)
        rows = [
            normalize(self.regress(told), dim=1),
            _side_by_side([network(self.reduce(told)) for network in self.contrast]),
            normalize(self.describe(self.seen_rows(features)), dim=1),
            normalize((labels[:, :WIDTH] + labels[:, WIDTH:]) @ self.label_axes, dim=1),
        ]
        return torch.cat([row * scale for row, scale in zip(rows, _scales(self.config), strict=True)], dim=1)

    def labels(self, features: torch.Tensor) -> torch.Tensor:
        """(B, FEATURES) -> (B, 768): unit label vectors in text space, of the whole and of its parts."""
        means = [features[:, SLICES[name]].exp() @ self.class_texts for name in ("whole", "parts")]
        return torch.cat([normalize(mean, dim=1) for mean in means], dim=1)

    def told_rows(self, features: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """(B, FEATURES), (B, 768) -> what the regression and the contrastive networks read."""
        rows: torch.Tensor = self.told(torch.cat([chosen(features, TOLD), labels], dim=1))
        return rows

    def seen_rows(self, features: torch.Tensor) -> torch.Tensor:
        """(B, FEATURES) -> what the network for persons reads."""
        rows: torch.Tensor = self.seen(chosen(features, DESCRIBED))
        return rows


class TextHead(nn.Module):
    """Mean-pooled MiniLM rows (B, 384) -> unit rows (B, dim) in the subspaces of `ImageHead`.

    How much each subspace counts depends on the sentence: a classifier says which of `KINDS` it is, and each
    kind has shares of its own. A factor of a whole sentence changes no ranking of photos.
    """

    def __init__(self, config: HeadConfig) -> None:
        super().__init__()
        self.config = config
        self.centre = nn.Parameter(torch.zeros(WIDTH), requires_grad=False)
        self.whiten = nn.Parameter(torch.eye(WIDTH), requires_grad=False)
        self.regress_axes = nn.Parameter(torch.zeros(WIDTH, config.regressed), requires_grad=False)
        self.contrast = nn.ModuleList(
            Head(WIDTH, config.hidden, config.contrasted, dropout=0.3) for _ in range(config.networks)
        )
        self.describe = Head(WIDTH, config.hidden // 4, config.described, dropout=0.3)
        self.label_axes = nn.Parameter(torch.zeros(WIDTH, config.labelled), requires_grad=False)
        self.kind = nn.Linear(WIDTH, len(KINDS))

    def forward(self, pooled: torch.Tensor) -> torch.Tensor:
        """Text features to unit rows of the joint space."""
        text = self.centred(pooled)
        scaled = text * WIDTH**0.5
        rows = [
            normalize(text @ self.whiten, dim=1) @ self.regress_axes,
            _side_by_side([network(scaled) for network in self.contrast]),
            normalize(self.describe(scaled), dim=1),
            text @ self.label_axes,
        ]
        shares = self.kind(scaled).softmax(dim=1) @ torch.tensor(self.config.shares)
        parts = [
            row * shares[:, place : place + 1] / scale
            for place, (row, scale) in enumerate(zip(rows, _scales(self.config), strict=True))
        ]
        return normalize(torch.cat(parts, dim=1), dim=1)

    def centred(self, pooled: torch.Tensor) -> torch.Tensor:
        """Take away what all captions share; unit rows."""
        return normalize(normalize(pooled, dim=1) - self.centre, dim=1)


def _side_by_side(rows: Sequence[torch.Tensor]) -> torch.Tensor:
    """Join the unit rows of several networks into one unit row."""
    scale = float(len(rows) ** -0.5)
    return torch.cat([normalize(row, dim=1) * scale for row in rows], dim=1)


def _scales(config: HeadConfig) -> list[float]:
    """Factor of each subspace in the row of a photo."""
    return [float((weight / sum(config.weights)) ** 0.5) for weight in config.weights]


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
