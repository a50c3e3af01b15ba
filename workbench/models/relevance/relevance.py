"""Relevance: what a method says of one photo and one target, and its map over the whole photo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import QueryError
from workbench.models.relevance.view import View

if TYPE_CHECKING:
    from numpy.typing import NDArray


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
            raise QueryError("This method has no blocks.", "Use method='relevance' on a transformer.")
        if not -len(self.blocks) <= index < len(self.blocks):
            raise QueryError(f"There is no block {index}.", f"Choose one from 0 to {len(self.blocks) - 1}.")
        return laid(self.blocks[index], self.view)


def laid(cells: NDArray[np.float32], view: View) -> NDArray[np.float32]:
    """(h, w) of any scale over what is seen -> (H, W) in [0, 1] over the whole photo, its highest point 1."""
    over = view.laid(np.nan_to_num(cells, nan=0, posinf=0, neginf=0).clip(min=0))
    top = float(over.max())
    return over / np.float32(top) if top > 0 else over
