"""YuNet: one small network finds faces and five points on each in a single look.

Method: Wu, Peng, Yu, "YuNet: A Tiny Millisecond-level Face Detector" (2023), as published by OpenCV.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.models import weights
from workbench.models.faces import boxes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray
    from PIL import Image

    from workbench.models.faces.boxes import Rows

    Outputs = Callable[[NDArray[np.float32]], Mapping[str, NDArray[np.float32]]]

_STRIDES = (8, 16, 32)
_LEAST_SCORE = 0.6
_OVERLAP = 0.3


@dataclass(frozen=True)
class YuNet:
    """Call it with an RGB picture: faces of at least ``min_size`` px, (N, 15), best first."""

    network: Outputs
    min_size: int

    def __call__(self, image: Image.Image) -> Rows:
        """Find faces; see :mod:`workbench.models.faces.boxes` for the columns."""
        outputs = self.network(_blue_first(image))
        width = -(-image.width // _STRIDES[-1]) * _STRIDES[-1]
        rows = np.concatenate([_decode(outputs, stride, width // stride) for stride in _STRIDES])
        rows = rows[boxes.suppress(rows, _OVERLAP)]
        return rows[boxes.sizes(rows) >= self.min_size]


def load_yunet(min_size: int = 24) -> YuNet:
    """Load the network from the cache. Raises ModelError where it is not there."""
    import openvino

    model = openvino.Core().read_model(weights.path_of(weights.YUNET))
    model.reshape([1, 3, -1, -1])
    compiled: Any = openvino.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    names = [f"{kind}_{stride}" for kind in ("obj", "cls", "bbox", "kps") for stride in _STRIDES]
    turn = threading.Lock()

    def run(pixels: NDArray[np.float32]) -> Mapping[str, NDArray[np.float32]]:
        with turn:
            answers = compiled([pixels])
            return {name: np.array(answers[name][0]) for name in names}

    return YuNet(run, min_size)


def _blue_first(image: Image.Image) -> NDArray[np.float32]:
    """Pixels as the network wants them: (1, 3, H, W), B G R in [0, 255], filled up to multiples of 32."""
    width, height = (-(-side // _STRIDES[-1]) * _STRIDES[-1] for side in image.size)
    pixels = np.zeros((1, 3, height, width), np.float32)
    pixels[0, :, : image.height, : image.width] = np.asarray(image).transpose(2, 0, 1)[::-1]
    return pixels


def _decode(outputs: Mapping[str, NDArray[np.float32]], stride: int, columns: int) -> Rows:
    """Turn the answers of one stride into rows: middles and points are offsets in cells, sides logarithms."""
    objects, classes = outputs[f"obj_{stride}"][:, 0], outputs[f"cls_{stride}"][:, 0]
    score = np.sqrt(objects.clip(0, 1) * classes.clip(0, 1))
    found = np.flatnonzero(score >= _LEAST_SCORE)
    cell = np.stack([found % columns, found // columns], 1)
    box, points = outputs[f"bbox_{stride}"][found], outputs[f"kps_{stride}"][found]
    middle, half = (cell + box[:, :2]) * stride, np.exp(box[:, 2:]) * stride / 2
    places = (points.reshape(-1, 5, 2) + cell[:, None]) * stride
    rows = [middle - half, middle + half, score[found, None], places.reshape(-1, 10)]
    return np.concatenate(rows, 1).astype(np.float32)
