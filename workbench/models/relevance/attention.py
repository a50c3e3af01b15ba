"""Attention x gradient relevance: the self-attention rule of Chefer, Gur, Wolf 2021 (arXiv:2103.15679).

A row vector says how relevant each token is. It starts where the model reads its row from and is handed down
through the blocks; every block adds what its attention, weighted by gradient, brings from other tokens. The
attention maps are recorded while a transformer computes, and stay in the graph.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch.nn import functional

_TURN = threading.Lock()


@contextmanager
def watched_attention() -> Iterator[list[torch.Tensor]]:
    """Within, this thread's attention is computed step by step; yields its maps in the order of computing.

    Fused attention never holds the map (B, heads, queries, keys) that relevance needs. The towers of
    open_clip, timm and transformers all compute it through one function of torch, which is replaced
    meanwhile: no tower is touched, and other threads, which may be embedding with the same weights, still get
    the fused one.
    """
    here, fused = threading.get_ident(), functional.scaled_dot_product_attention
    maps: list[torch.Tensor] = []

    def attend(
        query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, *args: Any, **options: Any
    ) -> Any:
        if threading.get_ident() != here:
            return fused(query, key, value, *args, **options)
        maps.append(_attention_map(query, key, *args, **options))
        return maps[-1] @ value

    with _TURN:
        functional.scaled_dot_product_attention = attend
        try:
            yield maps
        finally:
            functional.scaled_dot_product_attention = fused


def _attention_map(
    query: torch.Tensor,
    key: torch.Tensor,
    attn_mask: torch.Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    *,
    scale: float | None = None,
    **_: Any,
) -> torch.Tensor:
    """Softmax of the scaled products, (B, heads, queries, keys), as torch documents its fused attention."""
    products = query @ key.transpose(-2, -1) * (query.shape[-1] ** -0.5 if scale is None else scale)
    if is_causal:
        future = torch.ones(products.shape[-2:], dtype=torch.bool, device=products.device).triu(1)
        products = products.masked_fill(future, -torch.inf)
    if attn_mask is not None and attn_mask.dtype == torch.bool:
        products = products.masked_fill(~attn_mask, -torch.inf)
    elif attn_mask is not None:
        products = products + attn_mask
    return products.softmax(dim=-1)


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
