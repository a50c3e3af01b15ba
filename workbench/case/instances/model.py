"""ThingModel: dense features, candidates and their vectors put together for a case."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workbench.analysis.instances import pooling, proposals
from workbench.analysis.instances.pooling import to_int8
from workbench.models.registry import model
from workbench.store.case_folder import CaseFolder

if TYPE_CHECKING:
    from workbench.analysis.instances.boxes import Boxes

VERSION = "alike-windows-1"
SCALES = 3
"""Sizes of windows that are candidates beside what stands out: the smallest is half of the shorter side."""
_MARGIN = 1.4  # as for the vectors of images: a JPEG is decoded no smaller than this many times the input


class Dense(Protocol):
    """What gives a vector for each cell of a grid over a picture."""

    @property
    def key(self) -> str:
        """What names everything that changes the vectors."""
        ...

    @property
    def dim(self) -> int:
        """Length of a vector."""
        ...

    @property
    def side(self) -> int:
        """Side, in pixels, of the square of a cell."""
        ...

    @property
    def cells(self) -> int:
        """About how many cells the grid has."""
        ...

    @property
    def whitening(self) -> NDArray[np.float32]:
        """What the mean vector of a region is multiplied by before it is compared: (dim, dim), invertible."""
        ...

    def look(self, image: Image.Image) -> NDArray[np.float32]:
        """Return (rows, columns, dim) for an upright picture; called on several threads at once."""
        ...


@dataclass(frozen=True)
class ThingModel:
    """Finds where things may be in a picture, and compares a thing with them; fits `InstanceModel`."""

    dense: Dense

    @property
    def key(self) -> str:
        """Names everything that changes the numbers."""
        return f"{self.dense.key}-{VERSION}"

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self.dense.dim

    @property
    def decode_side(self) -> int:
        """Shorter side, in pixels, that decoding must keep."""
        return math.ceil(_MARGIN * self.dense.side * math.sqrt(self.dense.cells))

    def candidates(self, image: Image.Image) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
        """Return boxes (R, 4), the whole picture first, and their vectors (R, dim).

        Raises ArithmeticError where the network gives numbers that are not finite: eight bits would hide it.
        """
        boxes, means = self.regions(image)
        if not np.isfinite(means).all():
            raise ArithmeticError(f"{self.key} gave vectors that are not finite")
        return boxes, to_int8(means @ self.dense.whitening)

    def regions(self, image: Image.Image) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return boxes (R, 4) of the candidates and the means (R, dim) of the vectors of their cells."""
        tokens = self.dense.look(image)
        grid = (tokens.shape[0], tokens.shape[1])
        boxes = np.concatenate([proposals.WHOLE, proposals.alike(tokens), pooling.windows(grid, SCALES)])
        return boxes, pooling.means(tokens, boxes)

    def ask(self, image: Image.Image, box: "Boxes") -> NDArray[np.float32]:
        """Return the vector (D,) of a box (4,) of a picture, seen in the picture."""
        vector: NDArray[np.float32] = pooling.means(self.dense.look(image), box[None])[0]
        return vector @ self.dense.whitening

    def sharpen(self, image: Image.Image, vector: NDArray[np.float32], box: "Boxes") -> "Boxes":
        """Return where in the candidate ``box`` (4,) of a picture the thing of ``vector`` (D,) is: (4,)."""
        heat = proposals.likeness(self.dense.look(image), self.plain(vector))
        return proposals.refined(heat, box)

    def plain(self, vectors: NDArray[np.number]) -> NDArray[np.float32]:
        """Return vectors (..., D) as they were before the whitening, up to their length."""
        return np.asarray(vectors @ self._back, np.float32)

    @cached_property
    def _back(self) -> NDArray[np.float32]:
        return np.asarray(np.linalg.inv(self.dense.whitening), np.float32)


def load_thing_model(folder: CaseFolder) -> ThingModel:
    """Load the model that a case finds things with; raises ModelError naming the way to get its weights."""
    own = model(folder.model).instances
    if own is not None:
        return ThingModel(own())
    from workbench.models.instances.dense import patch_tokens

    return ThingModel(patch_tokens())


def key_name(folder: CaseFolder) -> str:
    """Return the name under which keys.json keeps the instance key.

    A model that brings its own dense features has one of its own: its candidates must not pass for others.
    """
    return "instances" if model(folder.model).instances is None else f"instances-{folder.model}"
