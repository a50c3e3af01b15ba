"""Relevance: what a method says of one photo and one target, and its map laid over the whole photo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from workbench.errors import QueryError

if TYPE_CHECKING:
    from numpy.typing import NDArray


_PROBE = 512
_CANVAS = 896


@dataclass(frozen=True)
class View:
    """What a model sees of the upright photo, in shares of its width and height: a crop, or all of it.

    side: (H, W) pixels of the model's input.
    """

    side: tuple[int, int]
    left: float = 0.0
    top: float = 0.0
    right: float = 1.0
    bottom: float = 1.0

    def laid(self, cells: NDArray[np.float32]) -> NDArray[np.float32]:
        """(h, w) over what is seen -> (H, W) over the whole photo, 0 where the model does not look.

        As large as the model's input where that shows the whole photo; else larger, at most 896 a side.
        """
        wide, tall = self.right - self.left, self.bottom - self.top
        rows, columns = self.side[0] / tall, self.side[1] / wide
        shrink = min(1.0, _CANVAS / rows, _CANVAS / columns)
        rows, columns = max(1, round(rows * shrink)), max(1, round(columns * shrink))
        inner = (max(1, round(tall * rows)), max(1, round(wide * columns)))
        top, left = (
            min(round(self.top * rows), rows - inner[0]),
            min(round(self.left * columns), columns - inner[1]),
        )
        canvas = np.zeros((rows, columns), np.float32)
        smooth = Image.fromarray(np.asarray(cells, np.float32)).resize(inner[::-1], Image.Resampling.BILINEAR)
        canvas[top : top + inner[0], left : left + inner[1]] = np.asarray(smooth)
        return canvas


def view_of(prepare: Callable[[Image.Image], NDArray[Any]], size: tuple[int, int]) -> View:
    """Find out what a model's preparation keeps of photos of this (width, height).

    It is asked to prepare a picture whose colours are its coordinates, so any mixture of resizing, cropping
    and normalising is understood; one that pads with a colour is taken to show the whole photo, unpadded.
    """
    scale = min(1.0, _PROBE / min(size), 4096 / max(size))
    width, height = (max(2, round(side * scale)) for side in size)
    ramp = np.zeros((height, width, 3), np.uint8)
    ramp[..., 0] = np.rint((np.arange(width) + 0.5) / width * 255)
    ramp[..., 1] = np.rint((np.arange(height) + 0.5) / height * 255)[:, None]
    black, white, seen = (
        np.asarray(prepare(Image.fromarray(picture)), np.float64)
        for picture in (np.zeros_like(ramp), np.full_like(ramp, 255), ramp)
    )
    if not np.all(white - black):
        return View(seen.shape[1:])
    shares = (seen - black) / (white - black)
    left, right = _ends(shares[0].mean(axis=0))
    top, bottom = _ends(shares[1].mean(axis=1))
    return View(seen.shape[1:], left, top, right, bottom)


def _ends(shares: NDArray[np.float64]) -> tuple[float, float]:
    """Coordinates at the middles of cells -> those at the outer edges; within a cell of all is all."""
    slope, offset = np.polyfit(np.arange(len(shares)), shares, 1)
    first, last = offset - slope / 2, offset + slope * (len(shares) - 0.5)
    near = 1.0 / len(shares)
    return (0.0 if first < near else float(first)), (1.0 if last > 1 - near else float(last))


@dataclass(frozen=True)
class Relevance:
    """Where a photo made a score.

    cells: (h, w) float32 in [0, 1] over what the model sees, 1 where relevance is highest, all 0 where
    nothing speaks for the target. blocks: (L, h, w) float32 in the unit of ``cells``, what each residual
    attention block adds (with what other towers add they sum to ``cells``), None for other methods. score:
    cosine with the target, less that with what it is set against. view: what the model sees.
    """

    cells: NDArray[np.float32]
    blocks: NDArray[np.float32] | None
    score: float
    view: View

    @property
    def values(self) -> NDArray[np.float32]:
        """(H, W) float32 in [0, 1] over the whole upright photo, its highest point 1.

        0 where there is no relevance, it speaks against the target, or the model does not look.
        """
        return laid(self.cells, self.view)

    def block(self, index: int) -> NDArray[np.float32]:
        """(H, W) as ``values``: what one block adds, its own highest point 1. Raises QueryError."""
        if self.blocks is None:
            raise QueryError(
                "This method gives no maps of single blocks.", "Use method='relevance' on a transformer."
            )
        if not -len(self.blocks) <= index < len(self.blocks):
            raise QueryError(f"There is no block {index}.", f"Use a block from 0 to {len(self.blocks) - 1}.")
        return laid(self.blocks[index], self.view)


def laid(cells: NDArray[np.float32], view: View) -> NDArray[np.float32]:
    """(h, w) of any scale over what is seen -> (H, W) in [0, 1] over the whole photo, its highest point 1."""
    over = view.laid(np.nan_to_num(cells, nan=0, posinf=0, neginf=0).clip(min=0))
    top = float(over.max())
    return over / np.float32(top) if top > 0 else over
