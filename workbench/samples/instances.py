"""Candidates of instance search: boxes where something may be, dozens an image, with vectors of 8 bits."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import numpy as np

from workbench.samples.kind import Finder, Found, PackedSamples, SampleKind, needed, register
from workbench.samples.models import Models
from workbench.store import schemas
from workbench.store.case_folder import CaseFolder
from workbench.store.parts import Parts
from workbench.store.sample_parts import SampleTable

if TYPE_CHECKING:  # opening a case decodes nothing
    from workbench.media.decode import DecodedImage

TABLE = SampleTable("instance", schemas.PACKED, packed=True)


def _finder(models: Models, wanted: Collection[str]) -> Finder:
    model = needed(models.instances)

    def find(decoded: DecodedImage, image_id: str, wanted: Collection[str]) -> Mapping[str, Found]:
        # The same pixels whatever else is looked for, so that vectors do not depend on it.
        return {TABLE.kind: PackedSamples(*model.candidates(decoded.reduced(model.decode_side)))}

    return Finder({TABLE.kind: model.key}, "instances", find, None, model.dim, min_side=model.decode_side)


INSTANCE = register(SampleKind(TABLE, _finder))


def not_looked_at(dim: int, reason: str) -> PackedSamples:
    """Return that nobody could look for candidates in an image, and why."""
    return PackedSamples(np.zeros((0, 4), np.float32), np.zeros((0, dim), np.int8), reason)


def instance_parts(folder: CaseFolder, key: str) -> Parts:
    """Return the candidates of an instance key on disk, to be read by ``read_packed``."""
    return folder.samples(TABLE, key).rows
