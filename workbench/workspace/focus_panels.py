"""LookingSide: the panels that look into the image in focus, wired to a Case."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.panels.instance_search.panel import Things
from workbench.panels.why.panel import Why

if TYPE_CHECKING:
    from workbench.case import Case
    from workbench.selection import Selection

ALL = 0.8
"""A candidate that covers more than this share of its image is no thing in it."""


class LookingSide:
    """Why it matched, and where else the thing is: two fold-outs that share ``selection``."""

    def __init__(self, case: "Case", selection: "Selection") -> None:
        self._case = case
        self.why = Why(selection, case.why, lambda: case.why.methods, case.picture, case.thumbnails)
        self.things = Things(selection, case.find_this, self._candidates, case.picture, case.thumbnails)

    def _candidates(self, row: int) -> NDArray[np.float32]:
        """Return the candidates of an image; last those that cover nearly all of it: no click means them."""
        boxes = self._case.instances.boxes(row)
        large = boxes[:, 2] * boxes[:, 3] > ALL * float(boxes[:, 2].max() * boxes[:, 3].max())
        return np.concatenate([boxes[~large], boxes[large]])
