"""MTCNN: three small networks in a cascade find faces and five points on each.

Method: Zhang, Zhang, Li, Qiao, "Joint Face Detection and Alignment using Multi-task Cascaded Convolutional
Networks" (2016). The networks are facenet-pytorch's. The cascade around them is ours, because its own spends
most of the time on resizing in torch: measured 10 times quicker on photos of 1024 px, with the same faces.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from workbench.models.engine import Runner, exported
from workbench.models.faces import boxes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from workbench.models.engine import Chosen, Exported
    from workbench.models.faces.boxes import Rows

_WINDOW = 12  # pixels that the first network looks at
_STRIDE = 2
_FACTOR = 0.709  # halves the area from one scale to the next
_MOST = 1000  # candidates of one scale that go on: noise and foliage give thousands
_LOGIT = math.log(0.6 / 0.4)  # a score of 0.6 and the next two are those of the paper's authors
_REFINED, _SETTLED = 0.7, 0.7


@dataclass(frozen=True)
class Mtcnn:
    """Call it with an RGB picture: faces of at least ``min_size`` px, (N, 15), best first."""

    propose: Runner
    refine: Runner
    settle: Runner
    min_size: int

    def __call__(self, image: Image.Image) -> Rows:
        """Find faces; see :mod:`workbench.models.faces.boxes` for the columns."""
        rows = self._proposals(image)
        rows, answers = _ask(self.refine, image, rows, 24, _REFINED)
        kept = boxes.suppress(rows, 0.7)
        rows = _square(_shift(rows[kept], answers[kept, 1:5]))
        rows, answers = _ask(self.settle, image, rows, 48, _SETTLED)
        points = _points(rows, answers[:, 5:])
        rows = np.concatenate([_shift(rows, answers[:, 1:5]), points], 1)
        return rows[boxes.suppress(rows, 0.7, over_smaller=True)]

    def _proposals(self, image: Image.Image) -> Rows:
        """Slide the first network over the picture at all scales: square candidates (N, 5)."""
        found = [np.zeros((0, 9), np.float32)]
        for level, scale in _pyramid(image, _WINDOW / self.min_size):
            answer = self.propose(np.asarray(level)[None])[0]  # (rows, columns, 5): logit and four shifts
            row, column = np.nonzero(answer[..., 0] >= _LOGIT)
            corner = np.stack([column, row], 1) * _STRIDE
            places = np.concatenate([(corner + 1) // scale, (corner + _WINDOW) // scale], 1)
            rows = np.concatenate([places, answer[row, column]], 1).astype(np.float32)
            rows = rows[np.argsort(-rows[:, 4], kind="stable")[:_MOST]]
            found.append(rows[boxes.suppress(rows, 0.5)])
        rows = np.concatenate(found)
        rows = rows[boxes.suppress(rows, 0.7)]
        return _square(_shift(rows[:, :5], rows[:, 5:]))


def load_mtcnn(min_size: int, precision: Chosen) -> Mtcnn:
    """Load the three networks, exporting them from facenet-pytorch at the first use.

    precision: of the first, which only proposes and takes most of the time; the others say where faces are.
    """
    return Mtcnn(
        propose=exported("mtcnn-propose-2", partial(_network, "propose"), precision),
        refine=exported("mtcnn-refine-2", partial(_network, "refine"), "float32"),
        settle=exported("mtcnn-settle-2", partial(_network, "settle"), "float32"),
        min_size=min_size,
    )


def _network(name: str) -> Exported:
    """Build a network; torch is imported only now."""
    from workbench.models.faces import mtcnn_nets

    made: Exported = getattr(mtcnn_nets, name)()
    return made


def _pyramid(image: Image.Image, scale: float) -> list[tuple[Image.Image, float]]:
    """Return the picture at all scales down to one window, each made from the level two above."""
    levels: list[tuple[Image.Image, float]] = []
    while min(image.size) * scale >= _WINDOW:
        size = (int(image.width * scale + 1), int(image.height * scale + 1))
        source = levels[-2][0] if len(levels) >= 2 else image
        levels.append((source.resize(size, Image.Resampling.BOX), scale))
        scale *= _FACTOR
    return levels


def _ask(
    network: Runner, image: Image.Image, rows: Rows, side: int, threshold: float
) -> tuple[Rows, NDArray[np.float32]]:
    """Show a network the pixels in each box: boxes that pass, with their new score, and its answers."""
    places = np.trunc(rows[:, :4])
    places[:, :2] = (places[:, :2] - 1).clip(0)
    places[:, 2:] = np.minimum(places[:, 2:], image.size)
    inside = (places[:, 2:] > places[:, :2]).all(1)
    rows, places = rows[inside], places[inside]
    if not len(rows):
        return rows, np.zeros((0, boxes.WIDTH), np.float32)
    box = Image.Resampling.BOX
    cuts = [np.asarray(image.resize((side, side), box, tuple(place))) for place in places.tolist()]
    answers = network(np.stack(cuts))
    passed = answers[:, 0] > threshold
    return np.concatenate([rows[passed, :4], answers[passed, :1]], 1), answers[passed]


def _shift(rows: Rows, shifts: NDArray[np.float32]) -> Rows:
    """Move the four sides by fractions of the box."""
    sides = np.tile(rows[:, 2:4] - rows[:, :2] + 1, 2)
    return np.concatenate([rows[:, :4] + shifts * sides, rows[:, 4:5]], 1)


def _square(rows: Rows) -> Rows:
    """Widen each box to a square around its middle."""
    middle = (rows[:, :2] + rows[:, 2:4]) / 2
    half = (rows[:, 2:4] - rows[:, :2]).max(1, keepdims=True) / 2
    return np.concatenate([middle - half, middle + half, rows[:, 4:5]], 1)


def _points(rows: Rows, fractions: NDArray[np.float32]) -> NDArray[np.float32]:
    """Turn fractions (five x, five y) of each box into pixels: x, y, x, y, ... (N, 10)."""
    sides = rows[:, 2:4] - rows[:, :2] + 1
    places = fractions.reshape(-1, 2, 5).transpose(0, 2, 1) * sides[:, None] + rows[:, None, :2] - 1
    flat: NDArray[np.float32] = places.reshape(-1, 10)
    return flat
