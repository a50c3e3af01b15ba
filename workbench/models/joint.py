"""JointModel: a photo and a sentence become unit rows of one space, whichever model does it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn.functional import normalize

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

_TEXTS_AT_ONCE = 256


@dataclass(frozen=True)
class JointModel:
    """An image-text model behind one interface; fits the `Embedder` the ingest loop asks for.

    key: names everything that changes the numbers. dim: length of a row. batch_size: a good number of photos
    at once. clip: the torch module (``encode_image``, ``encode_text``, ``visual``, ``text``). tokenizer:
    sentences -> (T, L) token ids. logit_scale: what the model multiplies cosines with before a softmax.
    dtype: what ``visual`` takes.
    """

    key: str
    dim: int
    clip: Any
    tokenizer: Callable[[Sequence[str]], torch.Tensor]
    transform: Callable[[Image.Image], NDArray[np.float32]]
    logit_scale: float
    dtype: torch.dtype = torch.float32
    batch_size: int = 16

    def prepare(self, image: Image.Image) -> NDArray[np.float32]:
        """Upright photo -> (3, H, W) float32 pixels as the model wants them; safe to call from threads."""
        return self.transform(image)

    def embed_images(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """(B, 3, H, W) prepared photos -> (B, dim) unit rows."""
        pixels = torch.from_numpy(np.ascontiguousarray(batch)).to(self.dtype)
        with torch.inference_mode():
            rows = self.clip.encode_image(pixels.contiguous(memory_format=torch.channels_last))
            return _unit(rows)

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """T sentences -> (T, dim) unit rows."""
        rows = [np.zeros((0, self.dim), np.float32)]
        with torch.inference_mode():
            for start in range(0, len(texts), _TEXTS_AT_ONCE):
                tokens = self.tokenizer(list(texts[start : start + _TEXTS_AT_ONCE]))
                rows.append(_unit(self.clip.encode_text(tokens)))
        return np.concatenate(rows)


def embedder_key(*parts: object) -> str:
    """Join what changes the numbers into a string that is also a safe folder name."""
    return "-".join(re.sub(r"[^A-Za-z0-9._-]+", "_", str(part)) for part in parts)


def _unit(rows: torch.Tensor) -> NDArray[np.float32]:
    array: NDArray[np.float32] = normalize(rows.float(), dim=-1).numpy()
    return array
