"""`mini` as a JointModel."""

from __future__ import annotations

import hashlib
from pathlib import Path

import torch

from workbench.models import weights
from workbench.models.joint import JointModel, embedder_key
from workbench.models.mini.build import build_clip
from workbench.models.mini.heads import HEADS_FILE, load_heads
from workbench.models.mini.preprocess import SIDE, VERSION, prepare
from workbench.models.mini.text import tokenizer
from workbench.models.precision import SHORT, choose


def load_mini(*, precision: str = "auto", heads_file: Path = HEADS_FILE) -> JointModel:
    """Load `mini` from the weights in the cache and the heads in the package.

    Raises ModelError when a weight file is missing or wrong; uses no network.
    """
    dtype_name = choose(precision)
    heads = load_heads(heads_file)
    clip = build_clip(heads)
    clip.visual.towers.to(memory_format=torch.channels_last)
    if dtype_name == "bfloat16":
        clip.visual.towers.lighten()
    return JointModel(
        key=embedder_key("mini", _digest(heads_file), SIDE, VERSION, SHORT[dtype_name]),
        dim=heads.image.config.dim,
        clip=clip,
        tokenizer=tokenizer(),
        transform=prepare,
        logit_scale=heads.logit_scale,
    )


def _digest(heads_file: Path) -> str:
    """Eight hex digits that change with any of the weight files or the heads."""
    total = hashlib.sha256(heads_file.read_bytes())
    for file in weights.MODELS["mini"]:
        total.update(file.sha256.encode())
    return total.hexdigest()[:8]
