"""JointModel: a photo and a sentence become unit rows of one space, whichever model does it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.vectors import unit_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

_TEXTS_AT_ONCE = 256


@dataclass(frozen=True)
class JointModel:
    """An image-text model behind one interface; fits the `Embedder` the ingest loop asks for.

    key: names everything that changes the numbers. dim: length of a row. transform: upright photo -> model
    input (3, H, W). image_rows: (B, 3, H, W) model input -> (B, dim). tokenizer: sentences -> (T, L) token
    ids. text_rows: token ids -> (T, dim). make_clip: builds the torch module. logit_scale: what the model
    multiplies cosines with before a softmax. batch_size: a good number of photos at once. reads: whether the
    model can make anything of a text; what it cannot read is never searched for.
    """

    key: str
    dim: int
    transform: Callable[[Image.Image], NDArray[Any]]
    image_rows: Callable[[NDArray[Any]], NDArray[np.float32]]
    tokenizer: Callable[[Sequence[str]], NDArray[np.int64]]
    text_rows: Callable[[NDArray[np.int64]], NDArray[np.float32]]
    make_clip: Callable[[], Any]
    logit_scale: float
    batch_size: int = 16
    reads: Callable[[str], bool] = lambda text: True

    @cached_property
    def clip(self) -> Any:
        """The torch module (``encode_image``, ``encode_text``, ``visual``, ``text``), built on first use."""
        return self.make_clip()

    def prepare(self, image: Image.Image) -> NDArray[Any]:
        """Upright photo -> (3, H, W) pixels as the model wants them; safe to call from threads."""
        return self.transform(image)

    def embed_images(self, batch: NDArray[Any]) -> NDArray[np.float32]:
        """(B, 3, H, W) prepared photos -> (B, dim) unit rows."""
        return unit_rows(self.image_rows(np.ascontiguousarray(batch)))

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """T sentences -> (T, dim) unit rows."""
        rows = [np.zeros((0, self.dim), np.float32)]
        for start in range(0, len(texts), _TEXTS_AT_ONCE):
            rows.append(unit_rows(self.text_rows(self.tokenizer(texts[start : start + _TEXTS_AT_ONCE]))))
        return np.concatenate(rows)


def embedder_key(*parts: object) -> str:
    """Join what changes the numbers into a string that is also a safe folder name."""
    return "-".join(re.sub(r"[^A-Za-z0-9._-]+", "_", str(part)) for part in parts)
