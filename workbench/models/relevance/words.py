"""Relevance of the words of a query, by the same rule on the text tower."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn.functional import normalize

from workbench.models.relevance.attention import (
    block_relevance,
    handed_down,
    read_relevance,
    watched_attention,
)
from workbench.models.relevance.forward_pass import SHARPNESS, kept_outputs, token_rows
from workbench.models.relevance.tower_layers import last_text_block

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from workbench.models.joint import JointModel


def word_relevance(
    model: JointModel, clip: Any, text: str, row: NDArray[np.float32]
) -> list[tuple[str, float]]:
    """Words of a text with their relevance for its cosine with a (dim,) row: together 1, or all 0."""
    tokens = model.tokenizer([text])
    relevance = _token_relevance(clip, tokens, row)
    words = text.split()
    per_word = [relevance[part].sum() for part in word_spans(model.tokenizer, words, tokens[0])]
    total = sum(per_word) or 1.0
    return [(word, float(value / total)) for word, value in zip(words, per_word, strict=True)]


def word_spans(
    tokenizer: Callable[[Sequence[str]], NDArray[np.int64]], words: Sequence[str], ids: NDArray[np.int64]
) -> list[slice]:
    """Which token ids (L,) of a sentence belong to each of its words; empty where the sentence was cut off.

    A tokenizer tells no borders, but it splits at spaces: a word alone has the tokens it has in the text.
    """
    empty, *rows = tokenizer(["", *words])
    start = next((i for i, (a, b) in enumerate(zip(empty, tokenizer(["a"])[0], strict=False)) if a != b), 0)
    spans, at = [], start
    for row in rows:
        inside = row[start:]
        ends = np.flatnonzero(inside == empty[start])
        length = int(ends[0]) if len(ends) else len(inside)
        spans.append(slice(min(at, len(ids)), min(at + length, len(ids))))
        at += length
    return spans


def _token_relevance(clip: Any, tokens: NDArray[np.int64], row: NDArray[np.float32]) -> NDArray[np.float32]:
    """(1, L) ids -> (L,) relevance of each token, not negative."""
    outputs = kept_outputs([last_text_block(clip)])
    with outputs as kept, watched_attention() as attentions, _differentiable(getattr(clip, "text", clip)):
        score = (normalize(clip.encode_text(torch.from_numpy(tokens)), dim=1) @ torch.from_numpy(row)).sum()
    ((read,),) = kept
    *gradients, by = torch.autograd.grad(SHARPNESS * score, [*attentions, read])
    with torch.no_grad():
        steps = [block_relevance(*pair) for pair in zip(attentions, gradients, strict=True)]
        start = read_relevance(token_rows(read), token_rows(by), 0)
        told: NDArray[np.float32] = handed_down({len(steps) - 1: start}, steps).sum(dim=0).numpy()
        return told


@contextmanager
def _differentiable(text: torch.nn.Module) -> Iterator[None]:
    """Let gradients begin at the embeddings: the ids have none, and the weights are frozen."""
    tables = [module for module in text.modules() if isinstance(module, torch.nn.Embedding)]
    hooks = [one.register_forward_hook(lambda module, ids, rows: rows.requires_grad_(True)) for one in tables]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
