"""A model's own preparation as a tensor that gradients can be taken by, and a module to take them through."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

if TYPE_CHECKING:
    from numpy.typing import NDArray


def as_pixels(prepared: NDArray[Any]) -> torch.Tensor:
    """(3, H, W) as the model's preparation gives it -> (1, 3, H, W) float32 as its torch module takes it.

    Bytes are what `mini` keeps for its quick path; the torch module wants them normalised.
    """
    if prepared.dtype == np.uint8:
        from workbench.models.mini.preprocess import MEAN, STD

        prepared = (prepared / np.float32(255) - MEAN[:, None, None]) / STD[:, None, None]
    return torch.from_numpy(np.ascontiguousarray(prepared, np.float32))[None]


def twin(module: Any) -> Any:
    """Copy a module but not its weights: hooks on the copy do not meet threads that embed with the original.

    A module in bfloat16 is copied whole, to float32: gradients of single attentions are too small for it.
    """
    tensors = [*module.parameters(), *module.buffers()]
    if any(tensor.dtype in (torch.bfloat16, torch.float16) for tensor in tensors):
        return copy.deepcopy(module).float().eval()
    return copy.deepcopy(module, {id(tensor): tensor for tensor in tensors}).eval()


def randomised(module: Any, seed: int = 0) -> Any:
    """Copy a module with the numbers of each weight shuffled: the same sizes, nothing of what was learned."""
    random = torch.Generator().manual_seed(seed)
    shuffled = copy.deepcopy(module)
    with torch.no_grad():
        for tensor in shuffled.parameters():
            flat = tensor.reshape(-1)
            tensor.copy_(flat[torch.randperm(len(flat), generator=random)].reshape(tensor.shape))
    return shuffled.eval()
