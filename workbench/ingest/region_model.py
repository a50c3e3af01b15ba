"""What the loop and the case ask of the models that find regions."""

from collections.abc import Collection, Mapping
from typing import Protocol

from PIL import Image

from workbench.ingest.embedder import Embedder
from workbench.media.regions import FoundRegion


class RegionModel(Protocol):
    """Finds regions of some kinds; models and fakes fit this without inheriting from it."""

    @property
    def keys(self) -> Mapping[str, str]:
        """The kinds it finds, each with what names everything that changes its boxes, masks and cuts."""
        ...

    @property
    def decode_side(self) -> int:
        """Longest side, in pixels, that pictures are searched at; decode no smaller."""
        ...

    def find(self, image: Image.Image, kinds: Collection[str]) -> list[FoundRegion]:
        """Return the regions of ``kinds`` in an upright RGB image, in its pixels; called on threads."""
        ...


def region_keys(model: RegionModel, embedder: Embedder) -> dict[str, str]:
    """Return the region key of each kind: what finds and cuts its regions, and what embeds them."""
    return {kind: f"{key}-{embedder.key}" for kind, key in model.keys.items()}
