"""Attention x gradient relevance: the self-attention rule of Chefer, Gur, Wolf 2021 (arXiv:2103.15679).

A row vector says how relevant each token is. It starts where the model reads its row from and is handed down
through the blocks; every block adds what its attention, weighted by gradient, brings from other tokens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch


def block_relevance(attention: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
    """(1, heads, T, T) attention and the score's gradient by it -> (T, T): (dA * A)+, mean over heads."""
    return (attention * gradient)[0].clamp_min(0).mean(dim=0)


def handed_down(starts: Mapping[int, torch.Tensor], steps: Sequence[torch.Tensor]) -> torch.Tensor:
    """Hand relevance down through the blocks, (L, T): what each block adds; their sum is the roll-up.

    starts: block -> (T,) relevance of the tokens read after it. steps: (T, T) of each block, first block
    first. With one start at the class token the sum over blocks equals the class row of the paper's R, which
    begins as the identity and becomes R + A_bar R at every block: a row times a matrix costs T times less.
    """
    added = torch.zeros(len(steps), steps[0].shape[0])
    carried = torch.zeros(steps[0].shape[0])
    for block in reversed(range(len(steps))):
        if block in starts:
            added[block] += starts[block]
            carried = carried + starts[block]
        brought = carried @ steps[block]
        added[block] += brought
        carried = carried + brought
    return added


def read_relevance(tokens: torch.Tensor, gradient: torch.Tensor, prefix: int) -> torch.Tensor:
    """Relevance (T,) of tokens (T, D) at the place where the model reads them; gradient: (T, D) of the score.

    Where patches are read (as a mean), each counts by how far it turns the score from their common mean,
    which is exact to first order, and all together by what they add to the score. The class token beside them
    is left out: its relevance spreads over background patches and blurred the maps when we measured. Where a
    single token is read (class token, end of text), relevance starts there.
    """
    read = gradient.abs().sum(dim=1) > 0
    read[:prefix] = False
    if read.sum() < 2:
        strengths = gradient.norm(dim=1)
        alone: torch.Tensor = strengths / strengths.sum().clamp_min(1e-20)
        return alone
    told = tokens - tokens[read].mean(dim=0)
    shares = (told * gradient).sum(dim=1).clamp_min(0)
    shares[:prefix] = 0
    strength = (tokens * gradient)[prefix:].sum().abs()
    return strength * shares / shares.sum().clamp_min(1e-20)


def class_activation(maps: torch.Tensor, gradient: torch.Tensor) -> torch.Tensor:
    """Grad-CAM (Selvaraju et al. 2017, arXiv:1610.02391): (C, h, w) maps and gradient -> (h, w) >= 0."""
    weights = gradient.mean(dim=(1, 2), keepdim=True)
    return (weights * maps).sum(dim=0).clamp_min(0)
