"""The trained part of `mini`: two small heads that bring photos and sentences into one space."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn
from torch.nn.functional import normalize

from workbench.models.mini.towers import CLASSES, SLICES, WIDTH

HEADS_FILE = Path(__file__).with_name("heads.safetensors")


@dataclass(frozen=True)
class HeadConfig:
    """Shape of the heads: which slices of the tower features they read, hidden units, size of the joint space."""

    slices: tuple[str, ...] = ("class11", "patch11", "class10", "patch10", "pooled")
    hidden: int = 1024
    dim: int = 512

    @property
    def inputs(self) -> int:
        """Numbers a photo the image head reads: the slices and the two label vectors in text space."""
        return sum(SLICES[name].stop - SLICES[name].start for name in self.slices) + 2 * WIDTH


class Head(nn.Module):
    """(B, inputs) -> (B, outputs): a linear map plus one hidden layer, over layer-normalised input."""

    def __init__(self, inputs: int, hidden: int, outputs: int, dropout: float = 0.3) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(inputs)
        self.straight = nn.Linear(inputs, outputs)
        self.bend = nn.Sequential(
            nn.Linear(inputs, hidden), nn.GELU(), nn.Dropout(dropout), nn.Linear(hidden, outputs)
        )

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        """Map rows of numbers into the joint space."""
        rows = self.norm(rows)
        joint: torch.Tensor = self.straight(rows) + self.bend(rows)
        return joint


class ImageHead(nn.Module):
    """Tower features (B, FEATURES) -> unit rows (B, dim).

    Beside the chosen slices it reads the labels the teacher sees, each as a mean of the text vectors of the class
    names weighted by their probabilities, once for the whole photo and once for its parts: ConSE (Norouzi et al.
    2013, arXiv:1312.5650).
    """

    mean: torch.Tensor
    deviation: torch.Tensor
    class_texts: torch.Tensor

    def __init__(self, config: HeadConfig) -> None:
        super().__init__()
        self.config = config
        plain = config.inputs - 2 * WIDTH
        self.register_buffer("mean", torch.zeros(plain))
        self.register_buffer("deviation", torch.ones(plain))
        self.register_buffer("class_texts", torch.zeros(CLASSES, WIDTH))
        self.head = Head(config.inputs, config.hidden, config.dim)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Tower features to unit rows of the joint space."""
        return normalize(self.head(self.inputs(features)), dim=1)

    def inputs(self, features: torch.Tensor) -> torch.Tensor:
        """(B, FEATURES) -> (B, config.inputs): standardised slices, then the two label vectors."""
        plain = torch.cat([features[:, SLICES[name]] for name in self.config.slices], dim=1)
        labels = [
            normalize(features[:, SLICES[name]].exp() @ self.class_texts, dim=1) * WIDTH**0.5
            for name in ("whole", "parts")
        ]
        return torch.cat([(plain - self.mean) / self.deviation, *labels], dim=1)


class TextHead(nn.Module):
    """Mean-pooled MiniLM rows (B, 384) -> unit rows (B, dim)."""

    def __init__(self, config: HeadConfig) -> None:
        super().__init__()
        self.head = Head(WIDTH, config.hidden, config.dim)

    def forward(self, pooled: torch.Tensor) -> torch.Tensor:
        """Text features to unit rows of the joint space."""
        return normalize(self.head(normalize(pooled, dim=1) * WIDTH**0.5), dim=1)


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
    with safe_open(str(path), "pt") as file:
        metadata = file.metadata()
        tensors = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118 not a dict
    fields = json.loads(metadata["config"])
    config = HeadConfig(slices=tuple(fields["slices"]), hidden=fields["hidden"], dim=fields["dim"])
    image, text = ImageHead(config), TextHead(config)
    image.load_state_dict(_part(tensors, "image."))
    text.load_state_dict(_part(tensors, "text."))
    return Heads(image.eval(), text.eval(), float(metadata["logit_scale"]))


def _part(tensors: dict[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


def freeze(modules: Sequence[nn.Module]) -> None:
    """Put modules into evaluation mode without gradients."""
    for module in modules:
        module.eval().requires_grad_(False)
