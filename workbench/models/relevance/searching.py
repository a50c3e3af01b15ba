"""What heatmaps ask of a model, and what they may be asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

Method = Literal["relevance", "gradcam", "integrated gradients", "occlusion"]

EVERYDAY = (
    "a photo",
    "a photo of a person",
    "a photo of people",
    "a photo of an animal",
    "a photo of a thing",
    "a photo of food",
    "a photo of a vehicle",
    "a photo of a building",
    "a photo of a room",
    "a photo of a landscape",
    "a photo of a street",
    "a page of text",
)
"""What any query is set against unless told otherwise: their mean row is what texts about photos share."""


class Searching(Protocol):
    """What search computes with; a `JointModel` also has the torch module that gradients need."""

    @property
    def dim(self) -> int:
        """Length of a row."""
        ...

    @property
    def batch_size(self) -> int:
        """The number of photos it likes at once."""
        ...

    def prepare(self, image: Image.Image) -> NDArray[Any]:
        """Upright photo -> (3, H, W) model input."""
        ...

    def embed_images(self, batch: NDArray[Any]) -> NDArray[np.float32]:
        """(B, 3, H, W) model input -> (B, dim) unit rows."""
        ...

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """T sentences -> (T, dim) unit rows."""
        ...
