"""Captum's methods on the same target: integrated gradients, layer Grad-CAM, occlusion."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn.functional import avg_pool2d

from workbench.errors import required_by
from workbench.models.relevance.forward_pass import ForwardPass, Score

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import nn

STEPS = 16
_CELLS = 16
_WINDOW = 7


def integrated_gradients(score: Score, pixels: torch.Tensor) -> ForwardPass:
    """Sundararajan et al. 2017 (arXiv:1703.01365), from a photo of its own mean colour, in `STEPS` steps.

    The attribution of single pixels is noise to the eye: its sum over cells of a 16 x 16 grid is shown, where
    it is positive.
    """
    with required_by("A heatmap by integrated gradients"):
        from captum.attr import IntegratedGradients

    start = pixels.mean(dim=(2, 3), keepdim=True).expand_as(pixels)
    told = IntegratedGradients(score).attribute(pixels, start, n_steps=STEPS, internal_batch_size=4)
    cell = max(1, pixels.shape[-1] // _CELLS)
    return ForwardPass(avg_pool2d(told.detach().float().sum(dim=1), cell)[0].clamp_min(0).numpy(), None)


def layer_activation(score: Score, pixels: torch.Tensor, layer: nn.Module) -> ForwardPass:
    """Grad-CAM (Selvaraju et al. 2017, arXiv:1610.02391) on the last maps of a convolutional tower."""
    with required_by("A heatmap by Grad-CAM"):
        from captum.attr import LayerGradCam

    told = LayerGradCam(score, layer).attribute(pixels.requires_grad_(True), relu_attributions=True)
    return ForwardPass(told.detach().float()[0, 0].numpy(), None)


def occlusion(
    scores_of: Callable[[NDArray[Any]], NDArray[np.float32]], prepared: NDArray[Any]
) -> ForwardPass:
    """Zeiler and Fergus 2014 (arXiv:1311.2901): how far the score falls where a window hides the photo.

    scores_of: (B, 3, H, W) prepared photos -> (B,); no gradient is taken, so it may be what search computes
    with. prepared: (3, H, W). The window is a seventh of the sides, moves by half of itself and is filled
    with the photo's mean colour.
    """
    with required_by("A heatmap by occlusion"):
        from captum.attr import Occlusion

    def score(batch: torch.Tensor) -> torch.Tensor:
        return torch.from_numpy(scores_of(batch.numpy().astype(prepared.dtype)))

    pixels = torch.from_numpy(prepared.astype(np.float32))[None]
    height, width = (max(2, side // _WINDOW) for side in prepared.shape[1:])
    told = Occlusion(score).attribute(
        pixels,
        sliding_window_shapes=(pixels.shape[1], height, width),
        strides=(pixels.shape[1], height // 2, width // 2),
        baselines=pixels.mean(dim=(2, 3), keepdim=True).expand_as(pixels),
        perturbations_per_eval=16,
    )
    falls = told.float().mean(dim=1)[0].clamp_min(0).numpy()
    return ForwardPass(np.ascontiguousarray(falls), None)
