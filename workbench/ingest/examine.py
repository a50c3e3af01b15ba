"""What one thread does with one file: read it once, hash, decode, thumbnail, model input, faces, regions."""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workbench.ingest.embedder import Embedder
from workbench.ingest.examined import Claims, Examined, Failure, Needs
from workbench.ingest.face_model import FaceModel
from workbench.ingest.faces import examine_faces
from workbench.ingest.region_model import RegionModel
from workbench.ingest.regions import examine_regions
from workbench.media.decode import DecodedImage, DecodeError, read_image
from workbench.media.read import ReadError, read_bytes
from workbench.media.thumbnails import SIDE, thumbnail

_MARGIN = 1.4
"""A JPEG is decoded no smaller than this many times the model's input. Measured with DINOv2 at 224 px on 30
photos of 1 to 12 megapixels: mean cosine to full decoding 0.9996 with 1.4, 0.9991 with 1.15, 0.9964 with 1.
"""

Prepare = Callable[[Image.Image], NDArray[np.float32]]


def decode_side(prepare: Prepare) -> int:
    """Return the shorter side, in pixels, that decoding must keep for this model and for a thumbnail."""
    model_side: int = max(prepare(Image.new("RGB", (320, 240))).shape[1:])
    return max(SIDE, math.ceil(_MARGIN * model_side))


@dataclass(frozen=True)
class Models:
    """What the loop computes with; each may be left out, but regions need an embedder.

    ``min_side``: pixels, see :func:`decode_side`.
    """

    embedder: Embedder | None
    faces: FaceModel | None = None
    regions: RegionModel | None = None
    min_side: int = SIDE

    @classmethod
    def of(
        cls,
        embedder: Embedder | None,
        faces: FaceModel | None = None,
        regions: RegionModel | None = None,
    ) -> "Models":
        """Look up how large pictures must be for them."""
        return cls(embedder, faces, regions, decode_side(embedder.prepare) if embedder else SIDE)

    def long_side(self, needs: Needs) -> int:
        """Return the longest side, in pixels, that decoding must keep for what is needed; 0 for any."""
        faces = self.faces.decode_side if self.faces and needs.faces else 0
        return max(faces, self.regions.decode_side if self.regions and needs.regions else 0)


def examine(path: bytes, claims: Claims, models: Models) -> Examined:
    """Read a file and make of it what is still needed; failures of the file are results, bugs are raised."""
    try:
        data = read_bytes(path)
    except ReadError as error:
        return Examined(failure=Failure("read", str(error)))
    image_id = hashlib.sha256(data).hexdigest()
    needs = claims.claim(image_id)
    result = Examined(image_id, claimed=bool(needs))
    if not needs:
        return result
    try:
        decoded = read_image(data, min_side=models.min_side, min_long_side=models.long_side(needs))
    except DecodeError as error:
        result.failure = Failure("decode", error.reason)
        return result
    del data
    _make(result, decoded, needs, models)
    return result


def _make(result: Examined, decoded: DecodedImage, needs: Needs, models: Models) -> None:
    image = decoded.reduced(models.min_side) if models.long_side(needs) else decoded.image
    if needs.picture:
        result.facts, result.jpeg = decoded.facts, thumbnail(image)
        if decoded.facts.metadata.reason:
            result.warnings.append(Failure("metadata", decoded.facts.metadata.reason))
        result.warnings.extend(Failure("decode", note) for note in decoded.facts.notes)
    if needs.vector and models.embedder:
        _prepare(result, image, models.embedder.prepare)
    if needs.faces and models.faces:
        _find_faces(result, decoded, models.faces)
    if needs.regions and models.regions:
        _find_regions(result, decoded, models.regions, needs.regions)


def _prepare(result: Examined, image: Image.Image, prepare: Prepare) -> None:
    try:
        result.prepared = prepare(image)
    except (ValueError, OSError, ZeroDivisionError) as error:
        # A picture one pixel high may not fit a model; it still is an image of the case.
        result.warnings.append(_failure("prepare", error))


def _find_faces(result: Examined, decoded: DecodedImage, model: FaceModel) -> None:
    try:
        result.faces = examine_faces(decoded.image, decoded.facts, str(result.image_id), model)
    except (ValueError, OSError, ZeroDivisionError, RuntimeError) as error:
        result.warnings.append(_failure("faces", error))


def _find_regions(result: Examined, decoded: DecodedImage, model: RegionModel, kinds: frozenset[str]) -> None:
    try:
        found = examine_regions(decoded.image, decoded.facts, str(result.image_id), model, kinds)
        result.regions = found
    except (ValueError, OSError, ZeroDivisionError, RuntimeError) as error:
        result.warnings.append(_failure("regions", error))


def _failure(step: str, error: Exception) -> Failure:
    return Failure(step, f"{type(error).__name__}: {error}"[:200])
