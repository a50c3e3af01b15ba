"""Fitting the heads on cached features: a ridge regression in closed form, then a contrastive head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn.functional import log_softmax, normalize

from workbench.models.mini.heads import (
    CONTRASTED,
    LABEL_SCALE,
    REGRESSED,
    HeadConfig,
    Heads,
    ImageHead,
    TextHead,
)
from workbench.models.mini.heads import chosen as columns

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

# how much one photo of each kind counts in the regression, and its share of a batch in the contrastive head
REGRESSION_WEIGHTS = {
    "captions": 2.0, "objects": 1.0, "boxes": 0.15, "people": 0.5, "faces": 0.03, "imagenet": 0.1,
    "caltech101": 0.05, "tiny_imagenet": 0.05, "grocery": 0.05, "flowers": 0.03, "clothing": 0.1,
    "clothing_more": 0.1, "ants_bees": 0.0,
}  # fmt: skip
BATCH_SHARES = {
    "captions": 0.20, "objects": 0.04, "boxes": 0.03, "people": 0.48, "faces": 0.02, "imagenet": 0.03,
    "caltech101": 0.04, "tiny_imagenet": 0.05, "grocery": 0.01, "flowers": 0.005, "clothing": 0.05,
    "clothing_more": 0.05, "ants_bees": 0.005,
}  # fmt: skip
_RIDGE = 10_000.0
_BLOCK = 4096


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
    """Of the contrastive head: steps, batch, learning rate, weight decay, input noise, 1 / temperature."""

    steps: int = 700
    batch: int = 256
    rate: float = 1e-3
    decay: float = 0.2
    noise: float = 0.3
    scale: float = 20.0
    seed: int = 1


def fit(data: TrainingSet, config: HeadConfig, options: FitOptions) -> Heads:
    """Heads fitted to a training set; the same seed gives the same heads."""
    torch.manual_seed(options.seed)
    image, text = ImageHead(config), TextHead(config)
    _prepare(image, text, data)
    _fit_regression(image, text, data)
    _fit_contrast(image, text, data, options)
    return Heads(image.eval(), text.eval(), options.scale)


def _prepare(image: ImageHead, text: TextHead, data: TrainingSet) -> None:
    """Set what is not trained: text centre, whitening, feature means and scales, class names, label axes."""
    captioned = [index for index, kind in enumerate(data.kinds) if kind == "captions"]
    sentences = data.truth[captioned].indices
    rows = normalize(torch.from_numpy(data.texts), dim=1)
    text.centre.copy_(rows[sentences].mean(dim=0))
    text.whiten.copy_(_half_whitening(rows[sentences] - text.centre))
    views = torch.from_numpy(data.matrix[np.isin(data.photo, captioned)].astype(np.float32))
    regressed = columns(views, REGRESSED)
    image.regress_norm.mean.copy_(regressed.mean(dim=0))
    image.regress_norm.scale.copy_(_block_scales(regressed - regressed.mean(dim=0)))
    contrasted = columns(torch.from_numpy(data.matrix[::7].astype(np.float32)), CONTRASTED)
    image.contrast_norm.mean.copy_(contrasted.mean(dim=0))
    image.contrast_norm.scale.copy_(contrasted.std(dim=0) + 1e-3)
    image.class_texts.copy_(text.centred(torch.from_numpy(data.class_texts)))
    axes = torch.linalg.svd(image.class_texts, full_matrices=False).Vh[: image.config.labelled].T
    image.label_axes.copy_(axes)
    text.label_axes.copy_(axes)


def _half_whitening(centred: torch.Tensor, ridge: float = 1.0, power: float = 0.25) -> torch.Tensor:
    """Symmetric matrix that damps the directions in which captions vary most, half as much as whitening."""
    values, vectors = torch.linalg.eigh(centred.T @ centred / len(centred))
    whitening: torch.Tensor = vectors / (values / values.mean() + ridge) ** power @ vectors.T
    return whitening


def _block_scales(centred: torch.Tensor) -> torch.Tensor:
    """One scale a slice, so that each slice weighs the same in the ridge penalty."""
    width = [384, 384, 1280]
    parts = torch.split(centred, width, dim=1)
    return torch.cat([part.square().sum(dim=1).mean().sqrt().expand(part.shape[1]) / 30 for part in parts])


def _fit_regression(image: ImageHead, text: TextHead, data: TrainingSet) -> None:
    """Ridge regression of the mean of a photo's sentence vectors, then its leading directions as axes."""
    targets = _targets(text, data)
    counts = np.bincount(data.photo, minlength=len(data.kinds))
    weights = np.array([REGRESSION_WEIGHTS[kind] for kind in data.kinds]) / np.maximum(counts, 1)
    size = image.regress.in_features + 1
    gram, moments = torch.zeros(size, size), torch.zeros(size, targets.shape[1])
    for start in range(0, len(data.matrix), _BLOCK):
        rows = _regression_rows(image, data.matrix[start : start + _BLOCK])
        photo = data.photo[start : start + _BLOCK]
        weighted = rows * torch.from_numpy(weights[photo]).float()[:, None]
        gram += weighted.T @ rows
        moments += weighted.T @ targets[photo]
    solution = torch.linalg.solve(gram + _RIDGE * torch.eye(size), moments)
    captioned = np.isin(data.photo, [index for index, kind in enumerate(data.kinds) if kind == "captions"])
    predicted = normalize(_regression_rows(image, data.matrix[captioned]) @ solution, dim=1)
    axes = torch.linalg.svd(predicted, full_matrices=False).Vh[: image.config.regressed].T
    folded = solution @ axes
    image.regress.weight.data.copy_(folded[:-1].T)
    image.regress.bias.data.copy_(folded[-1] * 10)
    text.regress_axes.copy_(axes)


def _targets(text: TextHead, data: TrainingSet) -> torch.Tensor:
    rows = normalize(torch.from_numpy(data.texts), dim=1) - text.centre
    unit = normalize(rows @ text.whiten, dim=1).numpy()
    number = np.maximum(np.asarray(data.truth.sum(axis=1)), 1)
    return torch.from_numpy((data.truth @ unit / number).astype(np.float32))


def _regression_rows(image: ImageHead, matrix: NDArray[np.float16]) -> torch.Tensor:
    features = torch.from_numpy(matrix.astype(np.float32))
    labels = image.labels(features) * LABEL_SCALE
    constant = torch.full((len(features), 1), 10.0)
    return torch.cat([image.regressed_inputs(features), labels, constant], dim=1)


def _fit_contrast(image: ImageHead, text: TextHead, data: TrainingSet, options: FitOptions) -> None:
    """Symmetric contrastive loss with all true pairs of a batch as positives (after Khosla et al. 2020)."""
    sampler = Sampler(data, options)
    inputs = torch.cat(
        [_contrast_inputs(image, data.matrix[i : i + _BLOCK]) for i in range(0, len(data.matrix), _BLOCK)]
    )
    texts = text.centred(torch.from_numpy(data.texts))
    trained = [
        *image.contrast_layer_norm.parameters(),
        *image.contrast.parameters(),
        *text.contrast.parameters(),
    ]
    optimiser = torch.optim.AdamW(trained, lr=options.rate, weight_decay=options.decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, options.rate, total_steps=options.steps, pct_start=0.1
    )
    for _ in range(options.steps):
        views, sentences, truth = sampler.draw()
        seen = inputs[views] + options.noise * torch.randn(len(views), inputs.shape[1])
        photos = normalize(image.contrast_rows(seen), dim=1)
        logits = options.scale * photos @ normalize(text.contrast_rows(texts[sentences]), dim=1).T
        loss = _multi_positive(logits, truth) + _multi_positive(logits.T, truth.T)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()


def _contrast_inputs(image: ImageHead, matrix: NDArray[np.float16]) -> torch.Tensor:
    features = torch.from_numpy(matrix.astype(np.float32))
    with torch.no_grad():
        return image.contrasted_inputs(features, image.labels(features))


def _multi_positive(logits: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    return -(log_softmax(logits, dim=1) * truth / truth.sum(dim=1, keepdim=True)).sum(dim=1).mean()


class Sampler:
    """Draws batches: fixed shares of each kind, labels evenly within a kind, then a view and a sentence."""

    def __init__(self, data: TrainingSet, options: FitOptions) -> None:
        self.truth, self.random = data.truth, np.random.default_rng(options.seed)
        self.first = np.searchsorted(data.photo, np.arange(len(data.kinds)))
        self.views = np.bincount(data.photo, minlength=len(data.kinds))
        groups: dict[str, dict[str, list[int]]] = {}
        spoken = np.diff(data.truth.indptr) > 0
        for index, (kind, label) in enumerate(zip(data.kinds, data.labels, strict=True)):
            if spoken[index]:
                groups.setdefault(kind, {}).setdefault(label, []).append(index)
        self.groups = [
            (round(options.batch * BATCH_SHARES[kind]) or 1, [np.array(group) for group in by_label.values()])
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
        chosen = self.random.integers(len(groups), size=number)
        return np.array([groups[group][self.random.integers(len(groups[group]))] for group in chosen])
