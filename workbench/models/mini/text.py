"""The text tower of `mini`: all-MiniLM-L6-v2 from local files, never from a hub."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from workbench.models import weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

CONTEXT = 96
Tokenizer = Callable[[Sequence[str]], torch.Tensor]


def minilm_folder() -> Path:
    """Folder of the checked MiniLM files. Raises ModelError when one is missing or wrong."""
    model, *_ = [weights.path_of(file) for file in weights.MINILM]
    return model.parent


def load_text_state(transformer: torch.nn.Module) -> None:
    """Load the published weights into a transformers ``BertModel`` without pooling layer."""
    from safetensors.torch import load_file

    state = load_file(str(minilm_folder() / "model.safetensors"))
    unused = ("pooler.", "embeddings.position_ids")
    transformer.load_state_dict({name: value for name, value in state.items() if not name.startswith(unused)})


def tokenizer() -> Tokenizer:
    """open_clip's tokenizer over the local files: sentences -> (T, CONTEXT) token ids, 0 is padding."""
    from open_clip.tokenizer import HFTokenizer

    full: Tokenizer = HFTokenizer(str(minilm_folder()), context_length=CONTEXT, local_files_only=True)
    return lambda texts: trimmed(full(texts))


def trimmed(tokens: torch.Tensor) -> torch.Tensor:
    """Token ids without the columns that are padding in every row."""
    longest = int((tokens != 0).sum(dim=1).max()) if len(tokens) else 0
    return tokens[:, : max(longest, 1)]


def text_vectors(tower: torch.nn.Module, sentences: Sequence[str]) -> NDArray[np.float32]:
    """Rows of open_clip's text tower for many sentences; sorted by length inside, to pad little."""
    tokens = tokenizer()
    order = sorted(range(len(sentences)), key=lambda index: len(sentences[index]))
    rows = []
    with torch.inference_mode():
        for start in range(0, len(order), 128):
            rows.append(tower(tokens([sentences[index] for index in order[start : start + 128]])).numpy())
    stacked: NDArray[np.float32] = np.concatenate(rows)
    result = np.empty_like(stacked)
    result[order] = stacked
    return result
