"""The same loop for one part of a large collection: what a Ray or Dask worker calls."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.ingest.examine import Claims, Examined, Failure, Needs
from workbench.ingest.pipeline import run
from workbench.media.scan import Problem
from workbench.samples.image import IMAGE
from workbench.samples.kind import PackedSamples, finders
from workbench.samples.models import Embedder, Models


@dataclass(frozen=True)
class EmbeddedPart:
    """``vectors[i]`` (dim,) belongs to ``ids[i]`` and was read from ``paths[kept[i]]``.

    ``kept`` holds positions in the paths asked for, ascending; files that failed are in ``problems``. Files
    with equal bytes are embedded once and each has its row.
    """

    ids: list[str]
    vectors: NDArray[np.float32]
    kept: NDArray[np.int64]
    problems: list[Problem]


def embed_part(
    paths: Sequence[Path | str | bytes], embedder: Embedder, *, workers: int | None = None
) -> EmbeddedPart:
    """Embed the images at ``paths``; broken files become problems and shift no row."""
    raw = [os.fsencode(path) for path in paths]
    claims = Claims(lambda image_id: Needs(picture=True, kinds=frozenset([IMAGE.name])))
    batches = run(raw, finders(Models(embedder), [IMAGE.name]), claims, workers=workers)
    results = [result for batch in batches for result in batch]
    first = {result.image_id: result for result in results if result.claimed}
    vectors, kept, problems = [], [], []
    for position, result in enumerate(results):
        said = first.get(result.image_id, result)
        vector = _vector(said)
        if vector is not None:
            vectors.append(vector)
            kept.append(position)
        else:
            failure = said.failure or next(iter(said.warnings), Failure("embed", "no vector"))
            problems.append(Problem(raw[position], failure.step, failure.reason))
    ids = [str(results[position].image_id) for position in kept]
    matrix = np.stack(vectors) if vectors else np.zeros((0, embedder.dim), np.float32)
    return EmbeddedPart(ids, matrix, np.array(kept, np.int64), problems)


def _vector(result: Examined) -> NDArray[np.float32] | None:
    found = result.found.get(IMAGE.name, ())
    return found[0].vector if found and not isinstance(found, PackedSamples) else None
