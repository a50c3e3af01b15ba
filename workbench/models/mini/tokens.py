"""Sentences to token ids, without torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from workbench.models import weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

CONTEXT = 96
Tokenizer = Callable[[Sequence[str]], "NDArray[np.int64]"]


def tokenizer() -> Tokenizer:
    """MiniLM's tokenizer from its checked file: T sentences -> (T, L) ids, 0 is padding, L at most CONTEXT.

    Raises ModelError where the file is missing or wrong.
    """
    from tokenizers import Tokenizer as WordPieces

    pieces = WordPieces.from_file(str(weights.path_of(weights.MINILM_TOKENIZER)))
    pieces.enable_truncation(CONTEXT)
    pieces.enable_padding()

    def encode(texts: Sequence[str]) -> NDArray[np.int64]:
        ids = [row.ids for row in pieces.encode_batch([" ".join(text.split()) for text in texts])]
        return np.array(ids, np.int64) if ids else np.zeros((0, 0), np.int64)

    return encode
