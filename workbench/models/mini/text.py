"""The text tower of `mini`: all-MiniLM-L6-v2 from local files, never from a hub."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from workbench.models import weights

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
