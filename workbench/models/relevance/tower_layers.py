"""Where to look in a tower: its tokens, its patches, its last convolutional maps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from torch import nn

from workbench.errors import ModelError


@dataclass(frozen=True)
class TowerLayers:
    """What relevance needs to know of an image tower.

    tokens: module whose output (1, T, D) the row is read from, None in a purely convolutional tower. inner:
    module whose output tokens still mix once more before they are read. read_after: the block under each call
    of ``tokens``. prefix: tokens before the patches (class token, registers). grid: (h, w) of the patches.
    maps: module whose output (1, C, h, w) are the last convolutional maps, None in a pure transformer.
    """

    tokens: nn.Module | None = None
    inner: nn.Module | None = None
    read_after: tuple[int, ...] = ()
    prefix: int = 0
    grid: tuple[int, int] = (0, 0)
    maps: nn.Module | None = None


def tower_layers(visual: Any) -> TowerLayers:
    """Know the parts of an image tower: `mini`, or a transformer or convolutional one of open_clip and timm.

    Raises ModelError for a tower of another kind.
    """
    trunk: Any = getattr(visual, "trunk", None)
    if hasattr(visual, "towers"):
        from workbench.models.mini.towers import BLOCKS

        seen = _timm(trunk)
        return TowerLayers(trunk.norm, seen.inner, BLOCKS, seen.prefix, seen.grid, visual.towers.teacher.bn2)
    if hasattr(visual, "transformer") and hasattr(visual, "grid_size"):
        blocks = visual.transformer.resblocks
        return TowerLayers(blocks[-1], blocks[-2:][0], (len(blocks) - 1,), 1, tuple(visual.grid_size))
    if hasattr(trunk, "blocks") and hasattr(trunk, "num_prefix_tokens"):
        return _timm(trunk)
    if hasattr(trunk, "feature_info"):
        return TowerLayers(maps=trunk.get_submodule(trunk.feature_info[-1]["module"]))
    if hasattr(visual, "layer4"):
        return TowerLayers(maps=visual.layer4)
    raise ModelError(
        f"Heatmaps do not support the image tower {type(visual).__name__}.",
        "Use method='occlusion', which works with any model, or another model.",
    )


def _timm(trunk: Any) -> TowerLayers:
    blocks, grid = trunk.blocks, trunk.patch_embed.grid_size
    return TowerLayers(blocks[-1], blocks[-2:][0], (len(blocks) - 1,), trunk.num_prefix_tokens, tuple(grid))


def last_text_block(clip: Any) -> nn.Module:
    """Return the last residual attention block of an open_clip text tower, be it its own or of transformers.

    Raises ModelError for a tower of another kind.
    """
    transformer = getattr(clip, "text", clip).transformer
    for path in ("resblocks", "encoder.layer", "encoder.layers", "encoder.block"):
        blocks = transformer
        for name in path.split("."):
            blocks = getattr(blocks, name, None)
        if blocks is not None:
            block: nn.Module = blocks[-1]
            return block
    raise ModelError(
        f"Word relevance does not support the text tower {type(transformer).__name__}.",
        "Use Explainer.without_each_word() instead: it compares the scores with one word left out.",
    )
