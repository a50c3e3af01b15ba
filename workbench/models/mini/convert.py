"""Official weights as they are published, turned into state dicts of the modules `mini` is made of."""

from __future__ import annotations

import re
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

_GRID = "onnx::Reshape_1360"  # the exporter's name for the position embedding of the 37 x 37 patches


def dinov2_from_onnx(path: Path) -> dict[str, torch.Tensor]:
    """State dict of timm's ``vit_small_patch14_dinov2`` from an ONNX export of the official DINOv2 ViT-S/14.

    The export keeps biases and norms by name, but leaves the 48 linear weights anonymous and transposed: they
    are found through the ``MatMul`` node that uses them (``/blocks.0/attn/qkv/MatMul``). The position of the
    class token has the same values as the class token itself, so the export stores them once.
    Method and weights: Oquab et al. 2023, "DINOv2" (arXiv:2304.07193).
    """
    import onnx
    import torch
    from onnx import numpy_helper

    graph = onnx.load(str(path)).graph
    arrays = {item.name: numpy_helper.to_array(item) for item in graph.initializer}
    state = {
        name.removeprefix("model."): torch.from_numpy(value.copy())
        for name, value in arrays.items()
        if name.startswith("model.")
    }
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in arrays and node.name.startswith("/blocks."):
            name = node.name.strip("/").removesuffix("/MatMul").replace("/", ".") + ".weight"
            state[name] = torch.from_numpy(arrays[node.input[1]].T.copy())
    patches = torch.from_numpy(arrays[_GRID].copy()).reshape(1, -1, state["cls_token"].shape[-1])
    state["pos_embed"] = torch.cat([state["cls_token"], patches], dim=1)
    return state


def lite0_from_checkpoint(path: Path) -> dict[str, torch.Tensor]:
    """State dict of timm's ``tf_efficientnet_lite0`` from the published EfficientNet-Lite0 checkpoint.

    Both are the same network (Tan & Le 2019, arXiv:1905.11946; the Lite variant drops squeeze-and-excitation)
    with layers in the same order under other names, so tensors are matched by order within their kind and
    checked by shape.
    """
    import timm
    import torch

    published: OrderedDict[str, torch.Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    wanted = timm.create_model("tf_efficientnet_lite0").state_dict()
    state = dict(zip(wanted, published.values(), strict=True))
    wrong = [name for name, value in state.items() if value.shape != wanted[name].shape]
    kinds = [name for name, old in zip(wanted, published, strict=True) if _kind(name) != _kind(old)]
    if wrong or kinds:
        raise ValueError(f"{path.name} is not an EfficientNet-Lite0 checkpoint: {(wrong + kinds)[:3]}")
    return state


def _kind(name: str) -> str:
    return re.split(r"\.", name)[-1]
