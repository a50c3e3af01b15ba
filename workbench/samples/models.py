"""What finding and embedding samples asks of models; models and fakes fit this without inheriting from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from workbench.media.crops import FoundFace, FoundRegion

if TYPE_CHECKING:  # opening a case decodes nothing
    from PIL import Image


class Embedder(Protocol):
    """Turns images and texts into unit vectors of one space."""

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


class FaceModel(Protocol):
    """Finds faces and turns them into unit vectors, near for one person and far for two."""

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


class RegionModel(Protocol):
    """Finds regions of some kinds."""

    @property
    def keys(self) -> Mapping[str, str]:
        """The kinds it finds, each with what names everything that changes its boxes, masks and cuts."""
        ...

    @property
    def decode_side(self) -> int:
        """Longest side, in pixels, that pictures are searched at; decode no smaller."""
        ...

    def find(self, image: Image.Image, kinds: Collection[str]) -> list[FoundRegion]:
        """Return the regions of ``kinds`` in an upright RGB image, in its pixels; called on threads."""
        ...


class InstanceModel(Protocol):
    """Says where things may be in a picture, and what they look like."""

    @property
    def key(self) -> str:
        """What names everything that changes the numbers."""
        ...

    @property
    def dim(self) -> int:
        """Length of a vector."""
        ...

    @property
    def decode_side(self) -> int:
        """Shorter side, in pixels, that decoding must keep."""
        ...

    def candidates(self, image: Image.Image) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
        """Return boxes (R, 4), as fractions, and vectors (R, dim); called on several threads at once."""
        ...


@dataclass(frozen=True)
class Models:
    """The models at hand; each kind of sample takes those it needs."""

    embedder: Embedder | None = None
    faces: FaceModel | None = None
    regions: RegionModel | None = None
    instances: InstanceModel | None = None
