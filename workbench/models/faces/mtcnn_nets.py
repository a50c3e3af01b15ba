"""The three networks of facenet-pytorch's MTCNN, rewired to take bytes and to give one array each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from facenet_pytorch.models import mtcnn

from workbench.errors import ModelError
from workbench.models import weights

if TYPE_CHECKING:
    from workbench.models.engine import Exported

_DIGESTS = {
    "pnet": "a2a71925e0b9996a42f63e47efc1ca19043e69558b5c523b978d611dfae49c8f",
    "rnet": "bbb937de72efc9ef83b186c49f5f558467a1d7e3453a8ece0d71a886633f6a86",
    "onet": "165bfbe42940416ccfb977545cf0e976d5bf321f67083ae2aaaa5c764280118d",
}
"""SHA-256 of the checkpoints that facenet-pytorch 2.5.3 brings along."""
_GREY, _SPAN = 127.5, 128.0  # (pixel - 127.5) / 128 is what the networks were trained with


def propose() -> Exported:
    """Pixels (1, H, W, 3) uint8 -> (1, rows, columns, 5): logit of a face, then shifts of four sides."""
    return _Propose().eval(), (torch.zeros((1, 48, 64, 3), dtype=torch.uint8),), [(1, -1, -1, 3)]


def refine() -> Exported:
    """Pixels (B, 24, 24, 3) uint8 -> (B, 5): score in [0, 1], then shifts of four sides."""
    return _joined(_published("rnet"), 24)


def settle() -> Exported:
    """Pixels (B, 48, 48, 3) uint8 -> (B, 15): score, shifts of four sides, x of five points, y of them."""
    return _joined(_published("onet"), 48)


def _published(name: str) -> Any:
    """Return "pnet", "rnet" or "onet" with its published weights, of which nothing but tensors is read.

    Raises ModelError where the file of facenet-pytorch is another one.
    """
    file = Path(mtcnn.__file__).parents[1] / "data" / f"{name}.pt"
    if not file.is_file() or weights.sha256_of(file) != _DIGESTS[name]:
        raise ModelError(
            f"{file} is damaged or not the right file.",
            "Reinstall it: pip install --force-reinstall --no-deps facenet-pytorch==2.5.3",
        )
    network = {"pnet": mtcnn.PNet, "rnet": mtcnn.RNet, "onet": mtcnn.ONet}[name](pretrained=False)
    network.load_state_dict(torch.load(file, map_location="cpu", weights_only=True))
    return network


def _joined(network: Any, side: int) -> Exported:
    example = torch.zeros((2, side, side, 3), dtype=torch.uint8)
    return _Joined(network).eval(), (example,), [(-1, side, side, 3)]


class _Propose(torch.nn.Module):
    """The normalisation is folded into the first layer and both answers into one: a third less time."""

    def __init__(self) -> None:
        super().__init__()
        network = _published("pnet")
        first, scores, shifts = network.conv1, network.conv4_1, network.conv4_2
        self.first = torch.nn.Conv2d(3, 10, 3)
        self.last = torch.nn.Conv2d(32, 5, 1)
        with torch.no_grad():
            weight, bias = first.weight / _SPAN, first.bias - first.weight.sum((1, 2, 3)) * _GREY / _SPAN
            self.first.load_state_dict({"weight": weight, "bias": bias})
            self.last.load_state_dict({name: _joint(scores, shifts, name) for name in ("weight", "bias")})
        self.network = network

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        net: Any = self.network
        x = net.pool1(net.prelu1(self.first(pixels.permute(0, 3, 1, 2).float())))
        x = net.prelu3(net.conv3(net.prelu2(net.conv2(x))))
        answer: torch.Tensor = self.last(x)
        return answer.permute(0, 2, 3, 1)


def _joint(scores: Any, shifts: Any, name: str) -> torch.Tensor:
    no, yes = getattr(scores, name)
    return torch.cat([(yes - no)[None], getattr(shifts, name)])


class _Joined(torch.nn.Module):
    def __init__(self, network: Any) -> None:
        super().__init__()
        self.network = network

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        shifts, *points, scores = self.network((pixels.permute(0, 3, 1, 2).float() - _GREY) / _SPAN)
        return torch.cat([scores[:, 1:], shifts, *points], 1)
