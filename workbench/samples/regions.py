"""Persons, objects and text: found by one model in one pass, embedded by the embedder of the case."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.media.crops import KINDS, FoundRegion, cut_out, run_lengths, squeeze
from workbench.samples.kind import (
    Finder,
    Found,
    Sample,
    SampleKind,
    box_columns,
    kind_named,
    needed,
    register,
)
from workbench.samples.models import Embedder, Models, RegionModel
from workbench.store import schemas
from workbench.store.case_folder import CaseFolder
from workbench.store.sample_parts import SampleTable
from workbench.store.samples import Samples, empty_rows, read_samples

if TYPE_CHECKING:  # opening a case decodes nothing
    from PIL import Image

    from workbench.media.decode import DecodedImage

_ORDER = ("kind", "y", "x")


def box_kind(name: str, version: str, find: Callable[[Image.Image], Sequence[FoundRegion]]) -> SampleKind:
    """Return a kind of box that needs no model to be found: ``find`` takes an upright RGB image.

    Its samples are cut out as regions are and embedded by the embedder of the case. ``version`` names
    everything that changes what ``find`` gives; without ``-`` in it, keys stay readable.
    """

    def finder(models: Models, wanted: Collection[str]) -> Finder:
        embedder = needed(models.embedder)

        def found(decoded: DecodedImage, image_id: str, wanted: Collection[str]) -> Mapping[str, Found]:
            return {name: region_samples(find(decoded.image), decoded, image_id)}

        return region_finder({name: f"{version}-{embedder.key}"}, name, found, embedder, 0)

    return SampleKind(SampleTable(name, schemas.REGIONS, _ORDER), finder, searchable=True)


def region_finder(
    keys: Mapping[str, str],
    step: str,
    find: Callable[[DecodedImage, str, Collection[str]], Mapping[str, Found]],
    embedder: Embedder,
    long_side: int,
) -> Finder:
    """Return a finder whose samples are cuts of the image, embedded by the embedder of the case.

    Cuts are prepared as late as that, so that a photo of 500 areas of text holds no 500 inputs of the model.
    """

    def embed(cuts: Sequence[Image.Image]) -> NDArray[np.float32]:
        return embedder.embed_images(np.stack([embedder.prepare(squeeze(cut)) for cut in cuts]))

    size = embedder.batch_size
    return Finder(keys, step, find, embed, embedder.dim, size, long_side=long_side)


def region_samples(found: Sequence[FoundRegion], decoded: DecodedImage, image_id: str) -> list[Sample]:
    """Return samples for the regions of a decoded image, each once."""
    scale = decoded.facts.width / decoded.image.width
    samples: dict[str, Sample] = {}
    for region in found:
        row = _row(region, image_id, scale)
        if row["region_id"] not in samples:
            samples[row["region_id"]] = Sample(row, cut_out(decoded.image, region))
    return list(samples.values())


def _row(found: FoundRegion, image_id: str, scale: float) -> dict[str, Any]:
    place, box = box_columns(found.box, scale)
    rows, columns = (0, 0) if found.mask is None else found.mask.shape
    return {
        "region_id": f"{image_id}:{found.kind}:{place}",
        "image_id": image_id,
        "kind": found.kind,
        "label": found.label,
        **box,
        "score": found.score,
        "mask": None if found.mask is None else run_lengths(found.mask),
        "mask_rows": rows,
        "mask_columns": columns,
        "text": found.text,
        "script": found.script,
    }


def region_keys(model: RegionModel, embedder: Embedder) -> dict[str, str]:
    """Return the region key of each kind: what finds and cuts its regions, and what embeds them."""
    return {kind: f"{key}-{embedder.key}" for kind, key in model.keys.items()}


def _finder(models: Models, wanted: Collection[str]) -> Finder:
    model, embedder = needed(models.regions), needed(models.embedder)

    def find(decoded: DecodedImage, image_id: str, kinds: Collection[str]) -> Mapping[str, Found]:
        samples = region_samples(model.find(decoded.image, kinds), decoded, image_id)
        return {kind: [one for one in samples if one.row["kind"] == kind] for kind in kinds}

    keys = {kind: key for kind, key in region_keys(model, embedder).items() if kind in wanted}
    return region_finder(keys, "regions", find, embedder, model.decode_side)


for _kind in KINDS:
    register(SampleKind(SampleTable(_kind, schemas.REGIONS, _ORDER), _finder, searchable=True))


def read_regions(folder: CaseFolder, keys: Mapping[str, str], images: pd.DataFrame) -> Samples:
    """Read the samples of several searchable kinds, each with its key, that lie in ``images``.

    ``frame``: region_id, image_id, image_row, kind, label, x, y, width, height (pixels of the upright image
    in full size), score, mask (run lengths, or None), mask_rows and mask_columns (the mask covers the box; 0
    without one), text, script; sorted by image_row, kind, y, x. Without any it has the same columns.
    """
    found = [read_samples(folder, kind_named(kind).table, key, images) for kind, key in keys.items()]
    found = [some for some in found if len(some.frame)]
    if not found:
        empty = empty_rows(schemas.REGIONS)
        return Samples(np.zeros((0, 1), np.float32), np.zeros(0, np.int32), lambda: empty)
    frame = pd.concat([some.frame for some in found], ignore_index=True)
    order = frame.sort_values(["image_row", *_ORDER], kind="stable").index.to_numpy()
    frame = frame.iloc[order].reset_index(drop=True)
    vectors = np.concatenate([some.vectors for some in found])[order]
    return Samples(vectors, frame["image_row"].to_numpy(np.int32), lambda: frame)
