"""SSD with MobileNetV2: boxes of the 80 things of COCO (Lin et al., 2014) in one look at a picture.

Methods: Liu et al., "SSD: Single Shot MultiBox Detector" (2016); Sandler et al., "MobileNetV2" (2018). The
weights are those of TensorFlow's model zoo, of 29 March 2018.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from workbench.models import weights
from workbench.models.engine import converted
from workbench.models.faces.boxes import suppress

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from workbench.models.engine import Chosen, Runner


_UNUSED = {12, 26, 29, 30, 45, 66, 68, 69, 71, 83}
_NAMES = """
person, bicycle, car, motorcycle, airplane, bus, train, truck, boat, traffic light, fire hydrant, stop sign,
parking meter, bench, bird, cat, dog, horse, sheep, cow, elephant, bear, zebra, giraffe, backpack, umbrella,
handbag, tie, suitcase, frisbee, skis, snowboard, sports ball, kite, baseball bat, baseball glove, skateboard,
surfboard, tennis racket, bottle, wine glass, cup, fork, knife, spoon, bowl, banana, apple, sandwich, orange,
broccoli, carrot, hot dog, pizza, donut, cake, chair, couch, potted plant, bed, dining table, toilet, tv,
laptop, mouse, remote, keyboard, cell phone, microwave, oven, toaster, sink, refrigerator, book, clock, vase,
scissors, teddy bear, hair drier, toothbrush
"""
LABELS: dict[int, str] = dict(
    zip(
        (number for number in range(1, 91) if number not in _UNUSED),
        (name.strip() for name in _NAMES.split(",")),
        strict=True,
    )
)
"""Number -> name."""
PERSON = 1
"""The number of persons, which are a kind of region of their own."""


_SIDE = 300  # pixels of the network's input
_INPUT = "Preprocessor/sub:0"
_BOXES, _SCORES = "Postprocessor/Decode/transpose_1:0", "Postprocessor/convert_scores:0"
_NARROW = 2.5  # longer side over the shorter; beyond, squeezing to a square spoils what is seen
_MOST_WINDOWS = 100
_FLAT = 3.0  # deviation of pixel values [0, 255]
_PART = 0.8  # part of a box inside another of its class
_SAME = 0.6  # overlap above which two boxes of one class show one thing, as in the published graph


@dataclass(frozen=True)
class Detector:
    """Call it with an RGB picture: (N, 6) float32 left, top, right, bottom, score, number of the class.

    Boxes are in pixels and inside the picture, the surest first; ``least_score`` [0, 1] and ``smallest``, the
    shorter side in pixels, say what is left out.
    """

    network: Runner
    least_score: float
    smallest: float = 4.0

    def __call__(self, image: Image.Image) -> NDArray[np.float32]:
        """Find things; safe to call from threads. A long narrow picture is looked at in squares."""
        places = windows(*image.size)
        rows = np.concatenate([self._look(image, place) for place in places])
        rows = rows[suppress(_apart(rows), _SAME)]
        if len(places) == 1:
            return rows
        # of a thing that a window cut in two, the part lies inside the whole
        return rows[suppress(_apart(rows), _PART, over_smaller=True)]

    def _look(self, image: Image.Image, place: tuple[int, int, int, int]) -> NDArray[np.float32]:
        size = (_SIDE, _SIDE)
        pixels = np.asarray(image.resize(size, Image.Resampling.BILINEAR, place, 2.0), np.float32)
        if pixels.std((0, 1)).max() < _FLAT:  # the network sees refrigerators in plain colours
            return np.zeros((0, 6), np.float32)
        found = self.network(pixels[None] * np.float32(2 / 255) - np.float32(1))
        anchors, numbers = np.nonzero(found[:, 5:] >= self.least_score)  # column 4 is the background
        sides = np.array([place[3] - place[1], place[2] - place[0]] * 2, np.float32)
        top, left, bottom, right = (found[anchors, :4].clip(0, 1) * sides).T
        corners = (left + place[0], top + place[1], right + place[0], bottom + place[1])
        rows = np.stack([*corners, found[anchors, numbers + 5], numbers + 1], 1).astype(np.float32)
        large: NDArray[np.float32] = rows[np.minimum(right - left, bottom - top) >= self.smallest]
        return large


def windows(width: int, height: int) -> list[tuple[int, int, int, int]]:
    """Return the parts of a picture to look at: all of it, or squares along a long narrow one.

    Squares overlap by half, so that what is no longer than half of one lies whole in some square.
    """
    long, short = max(width, height), min(width, height)
    if long <= _NARROW * short:
        return [(0, 0, width, height)]
    count = math.ceil((long - short) / max(1, short / 2)) + 1
    count = min(count, _MOST_WINDOWS)
    starts = np.linspace(0, long - short, count).round().astype(int).tolist()
    if width > height:
        return [(start, 0, start + short, short) for start in starts]
    return [(0, start, short, start + short) for start in starts]


def load_detector(least_score: float, precision: Chosen) -> Detector:
    """Load the network from the cache. Raises ModelError where it is not there."""
    return Detector(converted("ssd_mobilenet_v2-1", _convert, precision), least_score)


def _apart(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Move boxes of different classes away from each other, so that none hides one of another class."""
    if not len(rows):
        return rows
    moved = rows.copy()
    moved[:, :4] += rows[:, 5:] * (rows[:, :4].max() + 1)
    return moved


def _convert() -> Any:
    """Cut the trained network out of the published graph, without its resizing and sorting, which are slow.

    The model takes (1, 300, 300, 3) in [-1, 1] and gives (1917, 95) for its anchors: top, left, bottom and
    right as parts of the sides, and the scores of background and 90 numbers.
    """
    import openvino
    from openvino import opset13
    from openvino.frontend import FrontEndManager

    reader = FrontEndManager().load_by_framework("tf")
    graph = reader.load(str(weights.path_of(weights.SSD_MOBILENET)))
    ends = [graph.get_place_by_tensor_name(name) for name in (_BOXES, _SCORES)]
    graph.extract_subgraph([graph.get_place_by_tensor_name(_INPUT)], ends)
    graph.set_partial_shape(
        graph.get_place_by_tensor_name(_INPUT), openvino.PartialShape([1, _SIDE, _SIDE, 3])
    )
    model = reader.convert(graph)
    boxes, scores = model.outputs
    flat = opset13.squeeze(scores.get_node().input_value(0), opset13.constant([0]))
    joined = opset13.concat([boxes.get_node().input_value(0), flat], 1)
    inputs = [node for node in model.get_parameters() if _INPUT in node.output(0).get_names()]
    return openvino.Model([joined], inputs, "ssd_mobilenet_v2")
