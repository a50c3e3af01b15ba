"""The text tower of `mini`: all-MiniLM-L6-v2 from local files, never from a hub."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from workbench.models import weights
from workbench.models.mini.tokens import tokenizer

if TYPE_CHECKING:
    from numpy.typing import NDArray


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


def text_vectors(tower: torch.nn.Module, sentences: Sequence[str]) -> NDArray[np.float32]:
    """Rows of open_clip's text tower for many sentences; sorted by length inside, to pad little."""
    tokens = tokenizer()
    order = sorted(range(len(sentences)), key=lambda index: len(sentences[index]))
    rows = []
    with torch.inference_mode():
        for start in range(0, len(order), 128):
            ids = tokens([sentences[index] for index in order[start : start + 128]])
            rows.append(tower(torch.from_numpy(ids)).numpy())
    stacked: NDArray[np.float32] = np.concatenate(rows)
    result = np.empty_like(stacked)
    result[order] = stacked
    return result
