"""Exact search over the regions of a collection: which pictures hold one most like the query, and where."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from workbench.analysis.instances.boxes import ellipse_box
from workbench.errors import QueryError
from workbench.vectors import unit_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from workbench.analysis.instances.boxes import Boxes
    from workbench.analysis.instances.pooling import Dense


_BLOCK = 1 << 16


@dataclass(frozen=True)
class CandidateIndex:
    """The candidates of N pictures: ``vectors`` (R, d) int8, ``boxes`` (R, 4) fractions, ``starts`` (N + 1,).

    The candidates of picture i are the rows starts[i] to starts[i + 1]; a picture may have none.
    """

    vectors: NDArray[np.int8]
    boxes: Boxes
    starts: NDArray[np.int64]

    def scores(self, query: NDArray[np.floating]) -> NDArray[np.float32]:
        """Return the cosine (R,) of each region with a query (d,); raises QueryError if they do not fit.

        A block of rows becomes float32 at a time, so that besides the answer only that block is held.
        """
        if query.shape != self.vectors.shape[1:]:
            raise QueryError(
                f"A query of shape {query.shape} does not fit regions of shape {self.vectors.shape}.",
                "Compute the query with the model that computed the regions.",
            )
        asked = np.ascontiguousarray(query / max(float(np.linalg.norm(query)), 1e-12), np.float32)
        found = np.empty(len(self.vectors), np.float32)
        for start in range(0, len(found), _BLOCK):
            found[start : start + _BLOCK] = self.vectors[start : start + _BLOCK].astype(np.float32) @ asked
        return found / self._lengths

    def best(self, query: NDArray[np.floating]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return for each picture its highest cosine (N,) and the region that has it (N,); -1 where none."""
        scores, here = self.scores(query), np.flatnonzero(np.diff(self.starts))
        highest = np.full(len(self.starts) - 1, -1, np.float32)
        region = np.full(len(highest), -1, np.int64)
        if not len(here):
            return highest, region
        highest[here] = np.maximum.reduceat(scores, self.starts[here])
        owner = np.repeat(np.arange(len(highest)), np.diff(self.starts))
        first = np.flatnonzero(scores == highest[owner])[::-1]  # of equal ones the first is written last
        region[owner[first]] = first
        return highest, region

    @cached_property
    def _lengths(self) -> NDArray[np.float32]:
        squares = np.empty(len(self.vectors), np.float32)
        for start in range(0, len(squares), _BLOCK):
            block = self.vectors[start : start + _BLOCK].astype(np.float32)
            squares[start : start + _BLOCK] = np.einsum("rd,rd->r", block, block)
        return np.maximum(np.sqrt(squares), 1e-12)


SHARE = 0.6
"""A token belongs to the thing from this share of the way from the usual likeness to the highest on."""


def likeness(dense: Dense, query: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the cosine (rows, columns) of each token (D,) with a query (D,)."""
    return np.asarray(unit_rows(dense) @ unit_rows(np.asarray(query)), np.float32)


def refined(heat: NDArray[np.float32], box: Boxes) -> Boxes:
    """Return the box (4,) of the thing that a region ``box`` (4,) found, in a map of likeness.

    The highest place under the region is its seed; connected cells nearly as high make up the thing. Where
    they are one cell alone, the region stays.
    """
    from scipy import ndimage  # type: ignore[import-untyped]

    rows, columns = heat.shape
    left, top = int(box[0] * columns), int(box[1] * rows)
    right = max(left + 1, int(np.ceil((box[0] + box[2]) * columns - 1e-4)))
    bottom = max(top + 1, int(np.ceil((box[1] + box[3]) * rows - 1e-4)))
    under = heat[top:bottom, left:right]
    row, column = np.unravel_index(int(under.argmax()), under.shape)
    usual, highest = float(np.median(heat)), float(under.max())
    labels, _ = ndimage.label(heat >= usual + SHARE * (highest - usual))
    part = labels == labels[top + row, left + column]
    return ellipse_box(part.astype(np.float32)) if 1 < part.sum() < part.size else box
