"""What the loop and the case ask of a model."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image


class Embedder(Protocol):
    """Turns images and texts into unit vectors of one space.

    Models and fakes fit this without inheriting from it.
    """

    @property
    def key(self) -> str:
        """What names everything that changes the numbers."""
        ...

    @property
    def dim(self) -> int:
        """Length of a vector."""
        ...

    @property
    def batch_size(self) -> int:
        """The number of images it likes at once."""
        ...

    def prepare(self, image: Image.Image) -> NDArray[np.float32]:
        """Turn an upright RGB image into model input, (3, H, W); called on several threads at once."""
        ...

    def embed_images(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return unit rows (B, dim) for model input (B, 3, H, W); only called on one thread."""
        ...

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit rows (T, dim) for texts."""
        ...
