"""Regions in the loop: what one thread makes of a picture, and the batches of what was cut out."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workbench.ingest.batches import Batches
from workbench.ingest.embedder import Embedder
from workbench.ingest.region_model import RegionModel
from workbench.media.decode import ImageFacts
from workbench.media.masks import run_lengths
from workbench.media.regions import FoundRegion, cut_out, squeeze


@dataclass(slots=True)
class ExaminedRegion:
    """One region: its row for the table, and what was cut out until the ``vector`` is there."""

    row: dict[str, Any]
    cut: Image.Image | None
    vector: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class ExaminedRegions:
    """What an image has of the ``kinds`` that were looked for."""

    kinds: frozenset[str]
    regions: list[ExaminedRegion]


def examine_regions(
    image: Image.Image, facts: ImageFacts, image_id: str, model: RegionModel, kinds: Collection[str]
) -> ExaminedRegions:
    """Find the regions of a decoded picture; places in the table are those of the image in full size."""
    scale = facts.width / image.width
    regions: dict[str, ExaminedRegion] = {}
    for found in model.find(image, kinds):
        row = _row(found, image_id, scale)
        regions.setdefault(row["region_id"], ExaminedRegion(row, cut_out(image, found)))
    return ExaminedRegions(frozenset(kinds), list(regions.values()))


def _row(found: FoundRegion, image_id: str, scale: float) -> dict[str, Any]:
    x, y, width, height = (side * scale for side in found.box)
    place = ",".join(str(round(side)) for side in (x, y, width, height))
    rows, columns = (0, 0) if found.mask is None else found.mask.shape
    return {
        "region_id": f"{image_id}:{found.kind}:{place}",
        "image_id": image_id,
        "kind": found.kind,
        "label": found.label,
        "x": x,
        "y": y,
        "width": width,
        "height": height,
        "score": found.score,
        "mask": None if found.mask is None else run_lengths(found.mask),
        "mask_rows": rows,
        "mask_columns": columns,
        "text": found.text,
        "script": found.script,
    }


class RegionBatches(Batches[ExaminedRegion]):
    """Embeds the cuts of regions in full batches; a cut is let go with its vector.

    Cuts are prepared as late as that, so that a photo of 500 areas of text holds no 500 inputs of the model.
    """

    def __init__(self, embedder: Embedder) -> None:
        super().__init__(embedder.key, embedder.dim, embedder.batch_size, "regions")
        self._embedder = embedder

    def embed(self, parts: Sequence[ExaminedRegion]) -> NDArray[np.float32]:
        """Return the vectors of the regions."""
        prepared = [self._embedder.prepare(squeeze(region.cut)) for region in parts if region.cut]
        return self._embedder.embed_images(np.stack(prepared))

    def settle(self, part: ExaminedRegion, vector: NDArray[np.float32]) -> None:
        """Give a region its vector."""
        part.vector, part.cut = vector, None
