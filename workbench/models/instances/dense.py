"""Dense features of a picture in OpenVINO: patch tokens of the transformer, or a last feature map."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from workbench.models import weights
from workbench.models.engine import SHORT, Exported, choose_precision, exported
from workbench.models.joint import embedder_key

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image


LONGEST = 4.0
"""Pictures longer than 4 : 1 are squeezed to that: else a panorama would be a few rows of patches high."""


def grid_of(size: tuple[int, int], patches: int) -> tuple[int, int]:
    """Return (rows, columns) of about ``patches`` patches for a picture of (width, height) pixels."""
    ratio = min(max(size[0] / size[1], 1 / LONGEST), LONGEST)
    columns = max(1, round(math.sqrt(patches * ratio)))
    return max(1, round(patches / columns)), columns


def pixels(image: Image.Image, grid: tuple[int, int], side: int) -> NDArray[np.uint8]:
    """Upright picture of any size and mode -> (1, 3, rows * side, columns * side) uint8."""
    upright = image if image.mode == "RGB" else image.convert("RGB")
    size = (grid[1] * side, grid[0] * side)
    small = upright.resize(size, Image.Resampling.BICUBIC, reducing_gap=3.0)
    return np.ascontiguousarray(np.asarray(small).transpose(2, 0, 1)[None])


@lru_cache(maxsize=256)
def stretch(cells: int, known: int) -> NDArray[np.float32]:
    """Return the matrix (cells, known) that resizes a row of ``known`` numbers, bicubic with antialiasing."""
    identity = Image.fromarray(np.eye(known, dtype=np.float32))
    return np.array(identity.resize((known, cells), Image.Resampling.BICUBIC), np.float32)


KNOWN = 37
PATCHES = 576
"""Patches a picture is cut into; see docs/instances.md for what more and fewer cost and find."""
CELLS = 196
WHITENING = Path(__file__).with_name("whitening.npz")
"""Of patch tokens, learnt on the photos of ``data/`` by ``python -m workbench.case.instances.learn``."""


@dataclass(frozen=True)
class DenseModel:
    """Turns an upright picture into a grid of vectors.

    key: names everything that changes the numbers. dim: length of a vector. side: pixels of the network's
    input that one cell covers. cells: about how many cells a picture has. run: pixels and grid -> cells x dim
    numbers. whitening: dim x dim, what means of vectors are multiplied by before they are compared.
    """

    key: str
    dim: int
    side: int
    cells: int
    run: Callable[[NDArray[np.uint8], tuple[int, int]], NDArray[np.float32]]
    whitening: NDArray[np.float32]

    def look(self, image: Image.Image) -> NDArray[np.float32]:
        """Upright picture of any size and mode -> (rows, columns, dim) float32, not of unit length."""
        shape = grid_of(image.size, self.cells)
        return self.run(pixels(image, shape, self.side), shape).reshape(*shape, self.dim)


def patch_tokens(*, patches: int = PATCHES, precision: str = "auto") -> DenseModel:
    """Patch tokens of the DINOv2 ViT-S/14 of `mini`; raises ModelError where its weights are missing."""
    chosen, digest = choose_precision(precision), _digest(weights.DINOV2)
    network = exported(f"patches-{digest}", _made("patch_tower"), chosen)

    def run(pixels: NDArray[np.uint8], shape: tuple[int, int]) -> NDArray[np.float32]:
        rows, columns = (stretch(cells, KNOWN) for cells in shape)
        return network(pixels, rows, columns)

    learnt = hashlib.sha256(WHITENING.read_bytes()).hexdigest()[:8]
    key = embedder_key("dinov2s", digest, patches, "ov", SHORT[chosen], learnt)
    return DenseModel(key, 384, 14, patches, run, _whitening())


def last_maps(*, cells: int = CELLS) -> DenseModel:
    """Last feature map of the EfficientNet-Lite0 of `mini`, always in float32; raises ModelError."""
    digest = _digest(weights.LITE0)
    network = exported(f"maps-{digest}", _made("map_tower"), "float32")

    def run(pixels: NDArray[np.uint8], shape: tuple[int, int]) -> NDArray[np.float32]:
        return np.ascontiguousarray(np.moveaxis(network(pixels)[0], 0, -1))

    key = embedder_key("lite0", digest, cells, "ov", "f32")
    return DenseModel(key, 1280, 32, cells, run, np.eye(1280, dtype=np.float32))


def _whitening() -> NDArray[np.float32]:
    with np.load(WHITENING, allow_pickle=False) as arrays:
        return np.asarray(arrays["matrix"], np.float32)


def _made(name: str) -> Callable[[], Exported]:
    """Build a network by name; torch is imported only now."""

    def make() -> Exported:
        from workbench.models.instances import tower

        made: Exported = getattr(tower, name)()
        return made

    return make


def _digest(file: weights.WeightFile) -> str:
    """Eight hex digits that change with the weights or with the module that says what is computed of them."""
    code = Path(__file__).with_name("tower.py").read_bytes()
    return hashlib.sha256(code + file.sha256.encode()).hexdigest()[:8]
