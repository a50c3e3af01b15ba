"""What the loop and the case ask of a model."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image


class Embedder(Protocol):
    """Turns images and texts into unit vectors of one space.

    ``key`` names everything that changes the numbers; ``dim`` is the length of a vector, ``batch_size`` the
    number of images it likes at once. Models and fakes fit this without inheriting from it.
    """

    key: str
    dim: int
    batch_size: int

    def prepare(self, image: Image.Image) -> NDArray[np.float32]:
        """Turn an upright RGB image into model input, (3, H, W); called on several threads at once."""
        ...

    def embed_images(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return unit rows (B, dim) for model input (B, 3, H, W); only called on one thread."""
        ...

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit rows (T, dim) for texts."""
        ...
