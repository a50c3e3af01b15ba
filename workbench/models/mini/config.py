"""Sizes of the heads of `mini`, readable without torch."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

HEADS_FILE = Path(__file__).with_name("heads.safetensors")


@dataclass(frozen=True)
class HeadConfig:
    """Sizes of the three subspaces, of the hidden layer, and the weight of each subspace in the cosine."""

    regressed: int = 256
    contrasted: int = 128
    labelled: int = 128
    hidden: int = 512
    weights: tuple[float, float, float] = (1.0, 0.7, 0.4)

    @property
    def dim(self) -> int:
        """Length of a row of the joint space."""
        return self.regressed + self.contrasted + self.labelled


def read_config(path: Path = HEADS_FILE) -> tuple[HeadConfig, float]:
    """Return the sizes of the heads in a file and the scale their cosine was trained with."""
    from safetensors import safe_open

    with safe_open(str(path), "numpy") as file:
        metadata = file.metadata()
    fields = json.loads(metadata["config"])
    config = HeadConfig(**fields | {"weights": tuple(fields["weights"])})
    return config, float(metadata["logit_scale"])
