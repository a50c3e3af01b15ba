"""Crops of faces, aligned as each network wants them, and networks that turn them into vectors."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from workbench.media.crops import CROP_SIDE
from workbench.models import weights
from workbench.models.engine import Runner, exported, runner
from workbench.models.faces import boxes
from workbench.vectors import unit_rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from workbench.models.engine import Chosen, Exported

    Recogniser = Callable[[NDArray[np.uint8]], NDArray[np.float32]]


_TEMPLATE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]]
)
"""Where the five points belong in 112 x 112 pixels (Deng et al., "ArcFace", 2019, and their code)."""


def level_crop(
    image: Image.Image, box: NDArray[np.float32], points: NDArray[np.float32], *, margin: float
) -> NDArray[np.uint8]:
    """Return the box (left, top, right, bottom) with ``margin`` (part of its longer side) as square crop.

    Turned about its middle so that the eyes, the first two of ``points`` (5, 2), are level. Where the picture
    ends within the margin, the margin is as wide as the picture allows.
    """
    across = points[1] - points[0]
    angle = math.atan2(float(across[1]), float(across[0]))
    inside = boxes.within(box, image.size)
    middle = (inside[:2] + inside[2:]) / 2
    longer = float(max(inside[2:] - inside[:2]))
    room = 2 * float(min(*middle, *(image.size - middle)))
    scale = min(max(room, longer), longer * (1 + margin)) / CROP_SIDE
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]) * scale
    return _cut(image, turn, middle - turn @ np.full(2, CROP_SIDE / 2))


def template_crop(
    image: Image.Image, box: NDArray[np.float32], points: NDArray[np.float32]
) -> NDArray[np.uint8]:
    """Return the face moved, turned and scaled so that its points (5, 2) lie best on those of a model face.

    Method: least squares similarity, Umeyama, "Least-squares estimation of transformation parameters between
    two point patterns" (1991), solved as one complex number since there are two dimensions.
    """
    model = _TEMPLATE * (CROP_SIDE / 112)
    a, b = model - model.mean(0), points - points.mean(0)
    z, w = a[:, 0] + 1j * a[:, 1], b[:, 0] + 1j * b[:, 1]
    turn = (z.conj() @ w) / (z.conj() @ z).real
    matrix = np.array([[turn.real, -turn.imag], [turn.imag, turn.real]])
    return _cut(image, matrix, points.mean(0) - matrix @ model.mean(0))


def _cut(image: Image.Image, matrix: NDArray[np.float64], origin: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Resample: pixel p of the crop is place matrix @ p + origin of the picture; its edge goes on outside."""
    corners = np.array([[0, 0], [CROP_SIDE, 0], [0, CROP_SIDE], [CROP_SIDE, CROP_SIDE]]) @ matrix.T + origin
    scale = float(np.hypot(*matrix[:, 0]))
    step = max(1, int(scale))  # shrink by whole numbers first: the resampling looks at neighbours only
    start = np.floor(corners.min(0)).astype(int) - step
    end = np.ceil(corners.max(0)).astype(int) + step
    first, last = start.clip(0), np.minimum(end, image.size)
    if (last - first < step).any():
        return np.full((CROP_SIDE, CROP_SIDE, 3), 127, np.uint8)
    part = _with_edges(image.crop((*first, *last)), first - start, end - last).reduce(step)
    (a, b), (c, d) = matrix / step
    x, y = (origin - start) / step
    size, coefficients = (CROP_SIDE, CROP_SIDE), (a, b, x, c, d, y)
    crop = part.transform(size, Image.Transform.AFFINE, coefficients, Image.Resampling.BICUBIC)
    return np.asarray(crop)


def _with_edges(part: Image.Image, before: NDArray[np.int_], after: NDArray[np.int_]) -> Image.Image:
    """Repeat the outermost pixels ``before`` (x, y) times to the left and top, ``after`` to right and bottom.

    No frame of one colour, which the network would take for a part of the face.
    """
    if not before.any() and not after.any():
        return part
    pads = ((before[1], after[1]), (before[0], after[0]), (0, 0))
    return Image.fromarray(np.pad(np.asarray(part), pads, mode="edge"))


_SFACE_SIDE = 112
_WIDE = 0.8  # part of the width that is kept, near the usual width of a box over its height


def load_facenet(precision: Chosen) -> tuple[str, Recogniser]:
    """InceptionResnetV1 trained on VGGFace2: its name, and crops (B, 160, 160, 3) -> unit rows (B, 512).

    Takes the copy of the package registry, else the release of facenet-pytorch, whichever is here;
    the name says which. Raises ModelError where neither is.
    Source: Schroff, Kalenichenko, Philbin, "FaceNet" (2015); the weights are David Sandberg's of 2018.
    """
    released = weights.is_here(weights.FACENET_RELEASE) and not weights.is_here(weights.FACENET)
    network = _released(precision) if released else _frozen(precision)

    def embed(crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        pixels = np.stack([_as_trained(crop) for crop in crops]).astype(np.float32)
        return unit_rows(network((pixels - 127.5) / 128))

    return "facenet_vggface2-release" if released else "facenet_vggface2", embed


def _frozen(precision: Chosen) -> Runner:
    return _any_batch(weights.path_of(weights.FACENET), (160, 160, 3), precision)


def _released(precision: Chosen) -> Runner:
    file = weights.path_of(weights.FACENET_RELEASE)
    network = exported(
        f"facenet-release-{weights.FACENET_RELEASE.sha256[:8]}", lambda: _module(file), precision
    )
    return lambda pixels: network(np.ascontiguousarray(pixels.transpose(0, 3, 1, 2)))


def _module(file: Path) -> Exported:
    """Build facenet-pytorch's own network from its release; torch is imported only now."""
    import torch
    from facenet_pytorch import InceptionResnetV1

    state = torch.load(file, map_location="cpu", weights_only=True)
    network = InceptionResnetV1(pretrained=None).eval()
    network.load_state_dict({name: value for name, value in state.items() if not name.startswith("logits.")})
    return network, (torch.zeros(2, 3, 160, 160),), [(-1, 3, 160, 160)]


def load_sface(precision: Chosen) -> Recogniser:
    """SFace, a MobileFaceNet: crops (B, 160, 160, 3) -> unit rows (B, 128).

    Source: Zhong et al., "SFace: Sigmoid-Constrained Hypersphere Loss for Robust Face Recognition" (2021),
    as published by OpenCV.
    """
    network = _any_batch(weights.path_of(weights.SFACE), (3, _SFACE_SIDE, _SFACE_SIDE), precision)

    def embed(crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        small = np.stack([_shrink(crop) for crop in crops])
        return unit_rows(network(small.transpose(0, 3, 1, 2).astype(np.float32)))

    return embed


def _as_trained(crop: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Widen the middle of a crop to all of it: the network learnt boxes made square, so its faces are wide.

    Measured on 930 photos of 78 people of LFW: 0.927 of the pairs of one person are told at 1 false pair in
    1,000, against 0.905 with the crop as it is.
    """
    side = crop.shape[0]
    edge = side * (1 - _WIDE) / 2
    wide = (edge, 0, side - edge, side)
    return np.asarray(Image.fromarray(crop).resize((side, side), Image.Resampling.BICUBIC, wide))


def _shrink(crop: NDArray[np.uint8]) -> NDArray[np.uint8]:
    size = (_SFACE_SIDE, _SFACE_SIDE)
    return np.asarray(Image.fromarray(crop).resize(size, Image.Resampling.BILINEAR))


def _any_batch(path: Path, shape: tuple[int, int, int], precision: Chosen) -> Runner:
    """Load a network that was frozen for one picture so that it takes any number."""
    import openvino
    from openvino import opset13

    model: Any = openvino.Core().read_model(path)
    for node in model.get_ops():
        if node.get_type_name() == "Reshape" and node.input_value(1).get_node().get_type_name() == "Constant":
            target = [-1, *list(node.output(0).get_shape())[1:]]
            node.input(1).replace_source_output(opset13.constant(np.array(target, np.int64)).output(0))
    model.reshape([-1, *shape])
    return runner(model, precision)
