"""What the loop and the case ask of a pair of face detector and recogniser."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workbench.media.faces import FoundFace


class FaceModel(Protocol):
    """Finds faces and turns them into unit vectors, near for one person and far for two.

    Models and fakes fit this without inheriting from it.
    """

    @property
    def key(self) -> str:
        """What names everything that changes the numbers: detector, alignment and recogniser."""
        ...

    @property
    def dim(self) -> int:
        """Length of a vector."""
        ...

    @property
    def decode_side(self) -> int:
        """Longest side, in pixels, that pictures are searched at; decode no smaller."""
        ...

    @property
    def batch_size(self) -> int:
        """The number of crops it likes at once."""
        ...

    def detect(self, image: Image.Image) -> list[FoundFace]:
        """Return the faces in an upright RGB image, in its pixels; called on several threads at once."""
        ...

    def embed_faces(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return unit rows (B, dim) for crops (B, 160, 160, 3); only called on one thread."""
        ...
