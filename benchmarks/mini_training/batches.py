"""What the heads are fitted to, and the batches drawn from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

Shares = Mapping[str, float]

# the share of a batch that each kind of photo gets
CONTRAST_SHARES: Shares = {
    "captions": 0.76, "queries": 0.02, "scenes": 0.04, "objects": 0.02, "boxes": 0.01, "people": 0.06,
    "imagenet": 0.03, "caltech101": 0.02, "tiny_imagenet": 0.02, "grocery": 0.005, "flowers": 0.002,
    "clothing": 0.01, "clothing_more": 0.01, "ants_bees": 0.002, "faces": 0.015,
}  # fmt: skip
DESCRIBE_SHARES: Shares = {
    "captions": 0.2,
    "people": 0.65,
    "faces": 0.1,
    "clothing": 0.02,
    "clothing_more": 0.02,
}


@dataclass(frozen=True)
class TrainingSet:
    """All views of all training photos, and what is true of them.

    matrix (V, FEATURES) float16; photo (V,) index of the photo of each view, sorted; kinds, labels of each;
    truth (P, S) sparse, 1 where a sentence is true of a photo; texts (S, 384) MiniLM rows of the sentences;
    class_texts (1000, 384) MiniLM rows of ImageNet's class names.
    """

    matrix: NDArray[np.float16]
    photo: NDArray[np.int64]
    kinds: Sequence[str]
    labels: Sequence[str]
    truth: csr_matrix
    texts: NDArray[np.float32]
    class_texts: NDArray[np.float32]


@dataclass(frozen=True)
class FitOptions:
    """Of a network: steps, batch, learning rate, weight decay, input noise, 1 / temperature."""

    steps: int = 600
    batch: int = 512
    rate: float = 1e-3
    decay: float = 0.2
    noise: float = 0.3
    scale: float = 20.0
    seed: int = 1


class Sampler:
    """Draws batches: fixed shares of each kind, labels evenly within a kind, then a view and a sentence."""

    def __init__(self, data: TrainingSet, options: FitOptions, shares: Shares) -> None:
        self.truth, self.random = data.truth, np.random.default_rng(options.seed)
        self.first = np.searchsorted(data.photo, np.arange(len(data.kinds)))
        self.views = np.bincount(data.photo, minlength=len(data.kinds))
        groups: dict[str, dict[str, list[int]]] = {}
        spoken = np.diff(data.truth.indptr) > 0
        for index, (kind, label) in enumerate(zip(data.kinds, data.labels, strict=True)):
            if spoken[index] and self.views[index] and kind in shares:
                groups.setdefault(kind, {}).setdefault(label, []).append(index)
        self.groups = [
            (round(options.batch * shares[kind]) or 1, [np.array(group) for group in by_label.values()])
            for kind, by_label in sorted(groups.items())
        ]

    def draw(self) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Draw views (B,), sentences (B,), and truth (B, B): which sentence is true of which view."""
        picked = np.concatenate([self._pick(number, groups) for number, groups in self.groups])
        views = self.first[picked] + self.random.integers(self.views[picked])
        starts, ends = self.truth.indptr[picked], self.truth.indptr[picked + 1]
        sentences = self.truth.indices[self.random.integers(starts, ends)]
        truth = self.truth[picked][:, sentences].toarray()
        return torch.from_numpy(views), torch.from_numpy(sentences), torch.from_numpy(truth)

    def _pick(self, number: int, groups: list[NDArray[np.int64]]) -> NDArray[np.int64]:
        if len(groups) == 1:  # no photo twice in a batch, while there are enough
            return self.random.choice(groups[0], number, replace=number > len(groups[0]))
        chosen = self.random.integers(len(groups), size=number)
        return np.array([groups[group][self.random.integers(len(groups[group]))] for group in chosen])
