"""`mini` put together: an open_clip ``CustomTextCLIP`` of official towers and our own heads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import nn

from workbench.models import weights
from workbench.models.mini.convert import dinov2_from_onnx, lite0_from_checkpoint
from workbench.models.mini.heads import Heads, ImageHead, load_heads
from workbench.models.mini.towers import Towers, TowerWeights, build_towers

if TYPE_CHECKING:
    import torch
    from open_clip.model import CustomTextCLIP


def minilm_folder() -> Path:
    """Folder of the checked MiniLM files. Raises ModelError when one is missing or wrong."""
    model, *_ = [weights.path_of(file) for file in weights.MINILM]
    return model.parent


def load_text_state(transformer: torch.nn.Module) -> None:
    """Load the published weights into a transformers ``BertModel`` without pooling layer."""
    from safetensors.torch import load_file

    state = load_file(str(minilm_folder() / "model.safetensors"))
    unused = ("pooler.", "embeddings.position_ids")
    transformer.load_state_dict({name: value for name, value in state.items() if not name.startswith(unused)})


class ImageTower(nn.Module):
    """What open_clip calls ``visual``: (B, 3, 224, 224) -> (B, dim) unit rows.

    ``trunk`` is timm's vision transformer, under the name open_clip's own timm towers use.
    """

    def __init__(self, towers: Towers, head: ImageHead) -> None:
        super().__init__()
        self.towers, self.head = towers, head
        self.image_size = (224, 224)

    @property
    def trunk(self) -> nn.Module:
        """The vision transformer, for attention maps."""
        return self.towers.trunk

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Photos to unit rows; the head works in float32 whatever the towers do."""
        rows: torch.Tensor = self.head(self.towers(images.float()))
        return rows


def published_towers() -> Towers:
    """Build the image towers with their published weights; raises ModelError when a file is missing."""
    trunk = dinov2_from_onnx(weights.path_of(weights.DINOV2))
    return build_towers(TowerWeights(trunk, lite0_from_checkpoint(weights.path_of(weights.LITE0))))


def build_clip(heads: Heads | None = None) -> CustomTextCLIP:
    """`mini` in float32, ready to use; `heads` other than the shipped ones are for training and tests."""
    from open_clip.model import CustomTextCLIP

    heads = heads or load_heads()
    dim = heads.image.config.dim
    vision = {"timm_model_name": "vit_small_patch14_dinov2", "timm_pool": "token", "timm_proj": "none"}
    text = {
        "hf_model_name": str(minilm_folder()),
        "hf_model_pretrained": False,
        "hf_pooler_type": "mean_pooler",
        "hf_proj_type": "linear",
    }
    clip = CustomTextCLIP(dim, vision | {"image_size": 224}, text)
    clip.visual = ImageTower(published_towers(), heads.image)
    load_text_state(clip.text.transformer)
    clip.text.proj = heads.text
    clip.logit_scale.data.fill_(heads.logit_scale).log_()
    return clip.eval().requires_grad_(False)
