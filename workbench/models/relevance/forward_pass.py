"""One forward pass of an image tower for one photo: relevance of every patch, or Grad-CAM, for one target."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import torch
from torch.nn.functional import interpolate

from workbench.models.relevance.attention import (
    block_relevance,
    class_activation,
    handed_down,
    read_relevance,
    watched_attention,
)
from workbench.models.relevance.tower_layers import TowerLayers

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import nn


_turn = threading.Lock()
_inside: list[int] = []
"""For each computation under way, how many threads torch had before the first of them."""


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch compute on one thread while inside, and on as many as before afterwards.

    Its threads wait for each other by spinning: on a busy machine of two cores a map took 13 to 20 seconds
    with two threads and 3 with one.
    """
    with _turn:
        _inside.append(_inside[0] if _inside else torch.get_num_threads())
        torch.set_num_threads(1)
    try:
        yield
    finally:
        with _turn:
            torch.set_num_threads(_inside.pop())


def as_pixels(prepared: NDArray[Any]) -> torch.Tensor:
    """(3, H, W) as the model's preparation gives it -> (1, 3, H, W) float32 as its torch module takes it.

    Bytes are what `mini` keeps for its quick path; the torch module wants them normalised.
    """
    if prepared.dtype == np.uint8:
        from workbench.models.mini.preprocess import MEAN, STD

        prepared = (prepared / np.float32(255) - MEAN[:, None, None]) / STD[:, None, None]
    return torch.from_numpy(np.ascontiguousarray(prepared, np.float32))[None]


def twin(module: Any) -> Any:
    """Copy a module but not its weights: hooks on the copy do not meet threads that embed with the original.

    A module in bfloat16 is copied whole, to float32: gradients of single attentions are too small for it.
    """
    tensors = [*module.parameters(), *module.buffers()]
    if any(tensor.dtype in (torch.bfloat16, torch.float16) for tensor in tensors):
        return copy.deepcopy(module).float().eval()
    return copy.deepcopy(module, {id(tensor): tensor for tensor in tensors}).eval()


def randomised(module: Any, seed: int = 0) -> Any:
    """Copy a module with the numbers of each weight shuffled: the same sizes, nothing of what was learned."""
    random = torch.Generator().manual_seed(seed)
    shuffled = copy.deepcopy(module)
    with torch.no_grad():
        for tensor in shuffled.parameters():
            flat = tensor.reshape(-1)
            tensor.copy_(flat[torch.randperm(len(flat), generator=random)].reshape(tensor.shape))
    return shuffled.eval()


Score = Callable[[torch.Tensor], torch.Tensor]
"""(B, 3, H, W) pixels -> (B,) cosine with the target, or difference of two."""

SHARPNESS = 100.0
"""Cosines are multiplied by it before gradients are taken: the scale CLIP was trained with. It decides how
much blocks add beside what is read directly; of 1, 20, 30, 100 and 300 it pointed best on half of the
photos."""

TEACHER_SHARE = 0.2
"""Weight of a convolutional tower beside a transformer (both maps summing to 1), chosen on the same half."""


@dataclass(frozen=True)
class ForwardPass:
    """Relevance (h, w) float32, not negative; of it, what each block adds (L, h, w), if there are any."""

    whole: NDArray[np.float32]
    blocks: NDArray[np.float32] | None


def relevance(score: Score, pixels: torch.Tensor, parts: TowerLayers) -> ForwardPass:
    """Attention x gradient through every residual attention block, superimposed; one pass each way.

    The direct part of tokens that are read as a mean and the Grad-CAM of a convolutional tower beside the
    transformer are added in: the target depends on them as well.
    """
    outputs = [module for module in (parts.tokens, parts.maps) if module is not None]
    with kept_outputs(outputs) as kept, watched_attention() as attentions:
        value = SHARPNESS * score(pixels.requires_grad_(True)).sum()
    attentions = [one for one in attentions if one.shape[-1] == one.shape[-2]]
    tokens = kept[0]
    wanted = [*attentions, *tokens, *(kept[1] if parts.maps is not None else [])]
    gradients = torch.autograd.grad(value, wanted, materialize_grads=True)
    with torch.no_grad():
        steps = [block_relevance(*pair) for pair in zip(attentions, gradients, strict=False)]
        reads = zip(parts.read_after, tokens, gradients[len(steps) :], strict=False)
        starts = {
            block: read_relevance(token_rows(kept), token_rows(by), parts.prefix) for block, kept, by in reads
        }
        blocks = handed_down(starts, steps)[:, parts.prefix :].reshape(-1, *parts.grid)
        if parts.maps is None:
            return ForwardPass(blocks.sum(dim=0).numpy(), blocks.numpy())
        beside = class_activation(kept[1][0][0], gradients[-1][0])
        blocks = blocks / blocks.sum().clamp_min(1e-20)
        return ForwardPass(
            (blocks.sum(dim=0) + TEACHER_SHARE * _fitted(beside, parts.grid)).numpy(), blocks.numpy()
        )


def token_activation(score: Score, pixels: torch.Tensor, parts: TowerLayers) -> ForwardPass:
    """Grad-CAM of a transformer: the patch tokens that enter the last block, as maps of D channels."""
    with kept_outputs([cast("nn.Module", parts.inner)]) as kept:
        value = SHARPNESS * score(pixels.requires_grad_(True)).sum()
    ((tokens,),) = kept
    (gradient,) = torch.autograd.grad(value, tokens)
    with torch.no_grad():
        maps, by = (token_rows(one)[parts.prefix :].T.reshape(-1, *parts.grid) for one in (tokens, gradient))
        return ForwardPass(class_activation(maps, by).numpy(), None)


@contextmanager
def kept_outputs(modules: Sequence[nn.Module]) -> Iterator[list[list[torch.Tensor]]]:
    """Keep what modules give while inside, one list a module, one entry a call."""
    kept: list[list[torch.Tensor]] = [[] for _ in modules]

    def keeper(entries: list[torch.Tensor]) -> Callable[..., None]:
        return lambda module, inputs, output: entries.append(_tensor(output))

    hooks = [one.register_forward_hook(keeper(entries)) for one, entries in zip(modules, kept, strict=True)]
    try:
        yield kept
    finally:
        for hook in hooks:
            hook.remove()


def _tensor(output: Any) -> torch.Tensor:
    first: torch.Tensor = output[0] if isinstance(output, tuple) else output
    return first


def token_rows(tokens: torch.Tensor) -> torch.Tensor:
    """(1, T, D), or (T, 1, D) of towers that put the batch second -> (T, D)."""
    return tokens.reshape(-1, tokens.shape[-1])


def _fitted(maps: torch.Tensor, grid: tuple[int, int]) -> torch.Tensor:
    """(h, w) -> the grid, summing to 1 where anything is there."""
    fitted = interpolate(maps[None, None], size=grid, mode="bilinear", align_corners=False)[0, 0]
    return fitted / fitted.sum().clamp_min(1e-20)
