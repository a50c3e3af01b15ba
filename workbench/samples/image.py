"""Whole images as samples: one an image, embedded by the embedder of the case."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from workbench.media.crops import SIDE
from workbench.samples.kind import Finder, Found, Sample, SampleKind, needed, register
from workbench.samples.models import Models
from workbench.store.sample_parts import IMAGE as TABLE

if TYPE_CHECKING:  # opening a case decodes nothing
    from PIL import Image

    from workbench.media.decode import DecodedImage

_MARGIN = 1.4
"""A JPEG is decoded no smaller than this many times the model's input. Measured with DINOv2 at 224 px on 30
photos of 1 to 12 megapixels: mean cosine to full decoding 0.9996 with 1.4, 0.9991 with 1.15, 0.9964 with 1.
"""

Prepare: TypeAlias = "Callable[[Image.Image], NDArray[np.float32]]"


def decode_side(prepare: Prepare) -> int:
    """Return the shorter side, in pixels, that decoding must keep for this model and for a thumbnail."""
    from PIL import Image

    model_side: int = max(prepare(Image.new("RGB", (320, 240))).shape[1:])
    return max(SIDE, math.ceil(_MARGIN * model_side))


def _finder(models: Models, wanted: Collection[str]) -> Finder:
    embedder = needed(models.embedder)
    side = decode_side(embedder.prepare)

    def find(decoded: DecodedImage, image_id: str, wanted: Collection[str]) -> Mapping[str, Found]:
        # The same pixels whatever else is looked for, so that vectors do not depend on it.
        cut = embedder.prepare(decoded.reduced(side))
        return {TABLE.kind: [Sample({"image_id": image_id}, cut)]}

    def embed(prepared: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
        vectors: NDArray[np.float32] = embedder.embed_images(np.stack(prepared))
        return vectors

    # A picture one pixel high may not fit a model: that is a problem of preparing, it still is an image.
    keys = {TABLE.kind: embedder.key}
    return Finder(keys, "prepare", find, embed, embedder.dim, embedder.batch_size, min_side=side)


IMAGE = register(SampleKind(TABLE, _finder, searchable=False))
