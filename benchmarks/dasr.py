"""DASR: where a convolutional network responds most, traced back to the places that made it respond.

Peaks of the last feature map are latent things, of classes the network knows and of others: only the
classifier behind it would suppress those. From each peak a probability is sent back through the layers, each
sharing it among its inputs by activation times positive weight. Source: Xiao, Zhao, Lin, Hong and Ngo,
"Deeply Activated Salient Region for Instance Search" (ACM TOMM 2022); the sharing rule is the excitation
backprop of Zhang et al., "Top-down neural attention by excitation backprop" (ECCV 2016).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn
from torch.nn.functional import conv_transpose2d
from torch.nn.utils.fusion import fuse_conv_bn_eval

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDE = 32
STAGE = 5
"""Probability is traced back to what enters this stage of EfficientNet-Lite0: cells of 16 pixels."""
_TINY = 1e-12
_AT_ONCE = 32


class _Layer(nn.Module):
    """A convolution with its norm folded in and its activation, and the way back through it."""

    def __init__(self, conv: Any, norm: Any) -> None:
        super().__init__()
        self.act = norm.act
        self.conv, self.positive = fuse_conv_bn_eval(conv, norm), fuse_conv_bn_eval(conv, norm)
        self.positive.weight.data.clamp_(min=0)
        self.positive.bias = None

    def forward(self, below: torch.Tensor) -> torch.Tensor:
        activations: torch.Tensor = self.act(self.conv(below))
        return activations

    def back(self, below: torch.Tensor, above: torch.Tensor) -> torch.Tensor:
        """Share probabilities (P, C', H', W') of the outputs among the inputs (1, C, H, W): (P, C, H, W)."""
        inputs, weight = below.clamp(min=0), self.positive.weight
        reached = self.positive(inputs)
        shares = above * torch.where(reached > _TINY, 1 / reached.clamp(min=_TINY), 0)
        spread = conv_transpose2d(shares, weight, stride=self.conv.stride, groups=self.conv.groups)
        top, left = (max(spread.shape[axis] - inputs.shape[axis], 0) // 2 for axis in (2, 3))
        height, width = inputs.shape[2:]
        return spread[:, :, top : top + height, left : left + width] * inputs


class Salient:
    """Traces places of the last feature map of EfficientNet-Lite0 back to regions of a picture."""

    def __init__(self, network: Any) -> None:
        self._network = network.eval().requires_grad_(False).to(memory_format=torch.channels_last)
        stages = list(network.blocks)
        self._first = nn.Sequential(network.conv_stem, network.bn1, *stages[:STAGE])
        self._blocks = [block for stage in stages[STAGE:] for block in stage]
        self._layers = [_layers(block) for block in self._blocks]
        self._head = _Layer(network.conv_head, network.bn2)

    @torch.inference_mode()
    def respond(self, pixels: NDArray[np.uint8]) -> Responses:
        """Run the network over pixels (1, 3, 32 h, 32 w) and keep what tracing back needs."""
        images = torch.from_numpy(pixels).float() / 127.5 - 1
        inputs: list[torch.Tensor] = [self._first(images.contiguous(memory_format=torch.channels_last))]
        for block in self._blocks:
            inputs.append(block(inputs[-1]))
        return Responses(self, inputs, self._head(inputs[-1]))

    def _back(self, responses: Responses, above: torch.Tensor) -> torch.Tensor:
        probability = self._head.back(responses.inputs[-1], above)
        for number in reversed(range(len(self._blocks))):
            probability = self._block_back(number, responses.inputs[number], probability)
        return probability.sum(dim=1)

    def _block_back(self, number: int, below: torch.Tensor, above: torch.Tensor) -> torch.Tensor:
        layers, steps = self._layers[number], [below]
        for layer in layers:
            steps.append(layer(steps[-1]))
        past = torch.zeros(())
        if self._blocks[number].has_skip:  # what the short cut gave is shared by the same rule: by activation
            straight, bent = below.clamp(min=0), steps[-1].clamp(min=0)
            share = torch.where(straight + bent > _TINY, straight / (straight + bent).clamp(min=_TINY), 0.5)
            past, above = above * share, above * (1 - share)
        for layer, step in zip(reversed(layers), reversed(steps[:-1]), strict=True):
            above = layer.back(step, above)
        return above + past


class Responses:
    """What the network made of one picture: ``last`` is its last feature map (1, C, h, w)."""

    def __init__(self, salient: Salient, inputs: list[torch.Tensor], last: torch.Tensor) -> None:
        self._salient, self.inputs, self._last = salient, inputs, last

    @property
    def last(self) -> NDArray[np.float32]:
        """Last feature map (h, w, C)."""
        return np.ascontiguousarray(np.moveaxis(self._last[0].numpy(), 0, -1))

    @torch.inference_mode()
    def trace(self, places: NDArray[np.integer]) -> NDArray[np.float32]:
        """Return where the responses at places (P, 2), row and column, come from: shares (P, 2 h, 2 w)."""
        found = [np.zeros((0, *self.inputs[0].shape[2:]), np.float32)]
        for start in range(0, len(places), _AT_ONCE):
            found.append(self._salient._back(self, self._seeds(places[start : start + _AT_ONCE])).numpy())
        return np.concatenate(found)

    def _seeds(self, places: NDArray[np.integer]) -> torch.Tensor:
        """Probability 1 for each place, shared among the channels by how much they respond there."""
        rows, columns = torch.from_numpy(places.astype(np.int64)).T
        values = self._last[0][:, rows, columns].T
        seeds = torch.zeros((len(places), *self._last.shape[1:]))
        seeds[torch.arange(len(places)), :, rows, columns] = values / values.sum(1, keepdim=True).clamp(
            min=_TINY
        )
        return seeds.contiguous(memory_format=torch.channels_last)


def _layers(block: Any) -> list[_Layer]:
    """Cut a block into its convolutions, first to last."""
    names = (("conv_pw", "bn1"), ("conv_dw", "bn2"), ("conv_pwl", "bn3"))
    return [_Layer(getattr(block, conv), getattr(block, norm)) for conv, norm in names]
