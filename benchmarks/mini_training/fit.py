"""Fitting the heads on cached features: a ridge regression in closed form, then a contrastive head."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn.functional import log_softmax, normalize

from benchmarks.mini_training.batches import FitOptions, Sampler, TrainingSet
from workbench.models.mini.config import HeadConfig
from workbench.models.mini.heads import CONTRASTED, LABEL_SCALE, REGRESSED, Heads, ImageHead, TextHead
from workbench.models.mini.heads import chosen as columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

# how much one photo of each kind counts in the regression
REGRESSION_WEIGHTS = {
    "captions": 2.0, "objects": 1.0, "boxes": 0.15, "people": 0.5, "faces": 0.03, "imagenet": 0.1,
    "caltech101": 0.05, "tiny_imagenet": 0.05, "grocery": 0.05, "flowers": 0.03, "clothing": 0.1,
    "clothing_more": 0.1, "ants_bees": 0.0,
}  # fmt: skip
_RIDGE = 10_000.0
_BLOCK = 4096


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
