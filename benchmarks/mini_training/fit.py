"""Fitting the heads on cached features: a ridge regression in closed form, then networks by contrast."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy, log_softmax, normalize

from benchmarks.mini_training.batches import (
    CONTRAST_SHARES,
    DESCRIBE_SHARES,
    FitOptions,
    Sampler,
    Shares,
    TrainingSet,
)
from workbench.models.mini.config import HeadConfig
from workbench.models.mini.heads import TOLD, Heads, ImageHead, Standard, TextHead, chosen, width_of
from workbench.models.mini.towers import WIDTH

if TYPE_CHECKING:
    pass

# how much one photo of each kind counts in the regression
REGRESSION_WEIGHTS = {
    "captions": 2.0, "queries": 0.25, "scenes": 0.1, "objects": 1.0, "boxes": 0.15, "people": 0.2,
    "faces": 0.3, "imagenet": 0.1, "caltech101": 0.1, "tiny_imagenet": 0.05, "grocery": 0.1,
    "flowers": 0.03, "clothing": 0.1, "clothing_more": 0.1, "ants_bees": 0.0,
}  # fmt: skip
_RIDGE = 25.0
_BLOCK = 2048
_FOR_COMPONENTS = 4000

Say = Callable[[str], None]


def fit(data: TrainingSet, config: HeadConfig, options: FitOptions, say: Say = print) -> Heads:
    """Heads fitted to a training set; the same seed gives the same heads. ``say`` is told of each step."""
    torch.manual_seed(options.seed)
    image, text = ImageHead(config), TextHead(config)
    _prepare(image, text, data)
    told = _rows(data, lambda features: image.told_rows(features, image.labels(features)))
    say("features standardised")
    _fit_regression(image, text, data, told)
    say("regression fitted")
    _find_components(image, told, data)
    reduced = image.reduce(told).detach()
    del told
    say("components found")
    for number, (photos, sentences) in enumerate(zip(image.contrast, text.contrast, strict=True)):
        _contrast(
            photos,
            sentences,
            reduced,
            text,
            data,
            replace(options, seed=options.seed + number),
            CONTRAST_SHARES,
        )
        say(f"network {number + 1} fitted")
    seen = _rows(data, image.seen_rows)
    fewer = replace(options, batch=options.batch // 2)
    _contrast(image.describe, text.describe, seen, text, data, fewer, DESCRIBE_SHARES)
    say("network for persons fitted")
    _fit_kinds(text, data)
    return Heads(image.eval(), text.eval(), options.scale)


def _prepare(image: ImageHead, text: TextHead, data: TrainingSet) -> None:
    """Set what is not trained: text centre, whitening, feature means and scales, class names, label axes."""
    captioned = [index for index, kind in enumerate(data.kinds) if kind == "captions"]
    sentences = data.truth[captioned].indices
    rows = normalize(torch.from_numpy(data.texts), dim=1)
    text.centre.copy_(rows[sentences].mean(dim=0))
    text.whiten.copy_(_half_whitening(rows[sentences] - text.centre))
    image.class_texts.copy_(text.centred(torch.from_numpy(data.class_texts)))
    axes = torch.linalg.svd(image.class_texts, full_matrices=False).Vh[: image.config.labelled].T
    image.label_axes.copy_(axes)
    text.label_axes.copy_(axes)
    views = torch.from_numpy(data.matrix[np.isin(data.photo, captioned)].astype(np.float32))
    told = torch.cat([chosen(views, TOLD), image.labels(views)], dim=1)
    _standardise(image.told, told, [*(width_of([name]) for name in TOLD), WIDTH, WIDTH])
    people = [index for index, kind in enumerate(data.kinds) if kind in ("people", "captions")]
    some = torch.from_numpy(data.matrix[np.isin(data.photo, people)][::3].astype(np.float32))
    seen = image.seen_rows(some)
    image.seen.mean.copy_(seen.mean(dim=0))
    image.seen.scale.copy_(seen.std(dim=0) + 1e-3)


def _standardise(standard: Standard, rows: torch.Tensor, widths: list[int]) -> None:
    """Let each column have the same deviation within its slice, and each slice the same say."""
    standard.mean.copy_(rows.mean(dim=0))
    roots = torch.cat([torch.full((width,), width**0.5) for width in widths])
    standard.scale.copy_((rows.std(dim=0) + 1e-3) * roots)


def _half_whitening(centred: torch.Tensor, ridge: float = 1.0, power: float = 0.25) -> torch.Tensor:
    """Symmetric matrix that damps the directions in which captions vary most, half as much as whitening."""
    values, vectors = torch.linalg.eigh(centred.T @ centred / len(centred))
    whitening: torch.Tensor = vectors / (values / values.mean() + ridge) ** power @ vectors.T
    return whitening


def _rows(data: TrainingSet, read: Callable[[torch.Tensor], torch.Tensor]) -> torch.Tensor:
    """Return what a part of the head reads of every view."""
    starts = range(0, len(data.matrix), _BLOCK)
    with torch.no_grad():
        parts = [
            read(torch.from_numpy(data.matrix[start : start + _BLOCK].astype(np.float32))) for start in starts
        ]
    return torch.cat(parts)


def _fit_regression(image: ImageHead, text: TextHead, data: TrainingSet, told: torch.Tensor) -> None:
    """Ridge regression of the mean of a photo's sentence vectors, then its leading directions as axes."""
    counts = np.bincount(data.photo, minlength=len(data.kinds))
    said = np.sqrt(np.diff(data.truth.indptr) / 5).clip(0, 1)
    weights = np.array([REGRESSION_WEIGHTS[kind] for kind in data.kinds]) * said / np.maximum(counts, 1)
    each = torch.from_numpy(weights[data.photo]).float()[:, None].sqrt()
    rows = torch.cat([told, torch.full((len(told), 1), 1.0)], dim=1) * each
    targets = _targets(text, data)[data.photo] * each
    gram = rows @ rows.T if len(rows) < rows.shape[1] else rows.T @ rows
    gram.diagonal().add_(_RIDGE)
    factor = torch.linalg.cholesky(gram)
    if len(rows) < rows.shape[1]:
        solution = rows.T @ torch.cholesky_solve(targets, factor)
    else:
        solution = torch.cholesky_solve(rows.T @ targets, factor)
    captioned = np.isin(data.photo, [index for index, kind in enumerate(data.kinds) if kind == "captions"])
    predicted = normalize(told[captioned] @ solution[:-1] + solution[-1], dim=1)
    _, vectors = torch.linalg.eigh(predicted.T @ predicted)
    axes = vectors.flip(1)[:, : image.config.regressed]
    image.regress.weight.data.copy_((solution[:-1] @ axes).T)
    image.regress.bias.data.copy_(solution[-1] @ axes)
    text.regress_axes.copy_(axes)


def _targets(text: TextHead, data: TrainingSet) -> torch.Tensor:
    rows = normalize(torch.from_numpy(data.texts), dim=1) - text.centre
    unit = normalize(rows @ text.whiten, dim=1).numpy()
    number = np.maximum(np.asarray(data.truth.sum(axis=1)), 1)
    return torch.from_numpy((data.truth @ unit / number).astype(np.float32))


def _find_components(image: ImageHead, told: torch.Tensor, data: TrainingSet) -> None:
    """Set the leading principal components of what is read, each with its own variance, then scaled to 1."""
    some = told[torch.randperm(len(told))[:_FOR_COMPONENTS]]
    _, _, axes = torch.svd_lowrank(some, q=image.config.reduced, niter=1)
    rows = told @ axes
    scale = rows.std(dim=0).mean()
    image.reduce.weight.data.copy_((axes / scale).T)
    image.reduce.bias.data.copy_(-rows.mean(dim=0) / scale)


def _contrast(
    photos: nn.Module,
    sentences: nn.Module,
    inputs: torch.Tensor,
    text: TextHead,
    data: TrainingSet,
    options: FitOptions,
    shares: Shares,
) -> None:
    """Symmetric contrastive loss with all true pairs of a batch as positives (after Khosla et al. 2020)."""
    sampler = Sampler(data, options, shares)
    texts = text.centred(torch.from_numpy(data.texts)) * WIDTH**0.5
    trained = [*photos.parameters(), *sentences.parameters()]
    optimiser = torch.optim.AdamW(trained, lr=options.rate, weight_decay=options.decay)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, options.rate, total_steps=options.steps, pct_start=0.1
    )
    for _ in range(options.steps):
        views, said, truth = sampler.draw()
        seen = inputs[views] + options.noise * torch.randn(len(views), inputs.shape[1])
        rows = normalize(photos(seen), dim=1)
        logits = options.scale * rows @ normalize(sentences(texts[said]), dim=1).T
        loss = _multi_positive(logits, truth) + _multi_positive(logits.T, truth.T)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()


def _multi_positive(logits: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    return -(log_softmax(logits, dim=1) * truth / truth.sum(dim=1, keepdim=True)).sum(dim=1).mean()


def _fit_kinds(text: TextHead, data: TrainingSet, steps: int = 300, batch: int = 512) -> None:
    """Logistic regression of what a sentence is; each kind has the same number in a batch.

    Its odds are then squared and moved towards captions: most queries are neither pure names nor persons.
    """
    photo_kinds = np.array([_KIND_OF.get(kind, 1) for kind in data.kinds])
    rows = text.centred(torch.from_numpy(data.texts)) * WIDTH**0.5
    names = text.centred(torch.from_numpy(data.class_texts)) * WIDTH**0.5
    owners = np.repeat(photo_kinds, np.diff(data.truth.indptr))
    pools = [rows[np.unique(data.truth.indices[owners == kind])] for kind in range(text.kind.out_features)]
    pools[1] = torch.cat([pools[1], names])
    pools = [pool if len(pool) else rows for pool in pools]
    right = torch.arange(len(pools)).repeat_interleave(batch // len(pools))
    optimiser = torch.optim.AdamW(text.kind.parameters(), lr=3e-3, weight_decay=0.1)
    for _ in range(steps):
        drawn = torch.cat([pool[torch.randint(len(pool), (batch // len(pools),))] for pool in pools])
        loss = cross_entropy(text.kind(drawn), right)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    with torch.no_grad():
        text.kind.weight.mul_(_SURE)
        text.kind.bias.mul_(_SURE)[0] += _CAPTION_ODDS


_SURE, _CAPTION_ODDS = 2.0, 2.0
_KIND_OF = {"captions": 0, "queries": 0, "people": 2, "faces": 2}
