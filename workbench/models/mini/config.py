"""Sizes of the heads of `mini`, readable without torch."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path

from workbench.models import weights

HEADS_FILE = Path(__file__).with_name("heads.safetensors")

KINDS = ("caption", "name", "person")
"""What a sentence may be: it tells of a photo, names a thing or place, or tells how a person looks."""


@dataclass(frozen=True)
class HeadConfig:
    """Sizes of the subspaces and of what the networks read, and the weight of each subspace.

    ``contrasted`` is the width of one of the ``networks``; ``weights`` are those of the subspaces between two
    photos, in the order regressed, contrasted, described, labelled; ``shares`` are those between a photo and
    a sentence, one row for each of `KINDS`.
    """

    regressed: int = 192
    contrasted: int = 96
    networks: int = 3
    described: int = 64
    labelled: int = 128
    reduced: int = 512
    hidden: int = 512
    weights: tuple[float, ...] = (1.0, 1.0, 0.5, 0.5)
    shares: tuple[tuple[float, ...], ...] = (
        (1.0, 0.8, 0.0, 0.1),
        (1.5, 0.1, 0.0, 1.0),
        (0.6, 0.8, 0.8, 0.2),
    )

    @property
    def dim(self) -> int:
        """Length of a row of the joint space."""
        return self.regressed + self.contrasted * self.networks + self.described + self.labelled


def read_config(path: Path = HEADS_FILE) -> tuple[HeadConfig, float]:
    """Return the sizes of the heads in a file and the scale their cosine was trained with."""
    from safetensors import safe_open

    with safe_open(str(path), "numpy") as file:
        metadata = file.metadata()
    fields = json.loads(metadata["config"])
    shares = tuple(tuple(row) for row in fields["shares"])
    config = HeadConfig(**fields | {"weights": tuple(fields["weights"]), "shares": shares})
    return config, float(metadata["logit_scale"])


def digest_of(heads_file: Path = HEADS_FILE) -> str:
    """Eight hex digits that change with any of the weight files or the heads; they stand in the key."""
    total = hashlib.sha256(heads_file.read_bytes())
    for file in weights.MODELS["mini"]:
        total.update(file.sha256.encode())
    return total.hexdigest()[:8]


def is_earlier(key: str) -> bool:
    """Whether an embedder key is of a `mini` that shipped before this one."""
    named = re.match("mini-([0-9a-f]{8})-", key)
    return named is not None and named[1] != digest_of()
