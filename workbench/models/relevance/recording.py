"""Look on while a transformer computes: every attention map of a forward pass, kept in the graph."""

from __future__ import annotations

import threading
from collections.abc import Iterator
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
