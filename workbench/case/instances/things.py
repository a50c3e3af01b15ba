"""Things: a box somebody drew and the picture it was drawn on, and the candidates compared with it."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.instances import pooling
from workbench.case.instances.model import ThingModel
from workbench.errors import QueryError
from workbench.media.decode import DecodedImage, DecodeError
from workbench.media.read import ReadError
from workbench.media.stills import read_first
from workbench.samples.instances import instance_parts
from workbench.search.image_lookup import ImageLookup
from workbench.search.ranker import Ranker
from workbench.store.case_folder import CaseFolder
from workbench.store.samples import Packed, read_packed
from workbench.vectors import unit_rows

if TYPE_CHECKING:
    import pandas as pd
    from PIL import Image


@dataclass(frozen=True)
class Picture:
    """Upright pixels, maybe smaller than ``size``, the (width, height) of the whole; ``row`` in the case."""

    image: "Image.Image"
    size: tuple[int, int]
    name: str
    row: int | None = None


def read_picture(
    image: Any,
    min_side: int,
    lookup: ImageLookup,
    still: Callable[[int, int], DecodedImage],
) -> Picture:
    """Return the picture of a row, id or path of the case, a file elsewhere (pathlib.Path) or a PIL image.

    ``min_side``: shorter side, in pixels, that decoding must keep; ``lookup`` finds rows of the case,
    ``still(row, min_side)`` decodes one. Raises QueryError for a picture that cannot be read or that the
    case does not have.
    """
    if hasattr(image, "convert"):
        from PIL import ImageOps

        upright = ImageOps.exif_transpose(image).convert("RGB")
        return Picture(upright, upright.size, "a picture")
    if isinstance(image, Path):
        path = os.fsencode(image)
        return _decoded(lambda: read_first(path, min_side=min_side), image.name, None)
    row = lookup.row(image)
    return _decoded(lambda: still(row, min_side), lookup.shown(row), row)


def _decoded(read: Callable[[], DecodedImage], name: str, row: int | None) -> Picture:
    try:
        decoded = read()
    except (ReadError, DecodeError) as error:
        reason = f"The picture {name} cannot be read ({error})."
        raise QueryError(reason, "Give a JPEG, PNG, WebP or HEIC file that is there.") from error
    return Picture(decoded.image, (decoded.facts.width, decoded.facts.height), name, row)


def as_fractions(box: Sequence[float] | None, size: tuple[int, int]) -> NDArray[np.float32]:
    """Return a box (x, y, width, height) in pixels as fractions (4,) of the picture, cut at its edges.

    None is the whole picture. Raises QueryError for a box without area or outside the picture.
    """
    if box is None:
        return np.array((0, 0, 1, 1), np.float32)
    try:
        sides = np.asarray(box, np.float64).ravel()
    except (TypeError, ValueError):
        sides = np.zeros(0)
    if sides.shape != (4,) or not np.isfinite(sides).all() or min(sides[2:]) <= 0:
        raise QueryError(
            f"Invalid box {box!r}.", "Give x, y, width and height in pixels, the last two above 0."
        )
    low, high = np.maximum(sides[:2], 0), np.minimum(sides[:2] + sides[2:], size)
    if (high <= low).any():
        what = f"The box {tuple(round(float(side)) for side in sides)} lies outside the picture."
        raise QueryError(what, f"The picture is {size[0]} x {size[1]} pixels, upright; x and y start at 0.")
    fractions = np.concatenate([low / size, (high - low) / size])
    return fractions.astype(np.float32)


def as_pixels(boxes: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    """Return boxes (R, 4) of fractions in pixels of a picture of (width, height)."""
    return boxes * np.array((*size, *size), np.float32)


SAMPLED = 100_000
"""Candidates that the words of VLAD are learnt on: more would take memory and tell nothing new."""


class CandidateBook:
    """The candidates of ``images``, with vectors that ``model`` made or another of an instance key."""

    def __init__(self, folder: CaseFolder, images: "pd.DataFrame", key: str, model: ThingModel) -> None:
        self._folder, self._images, self._key, self._model = folder, images, key, model

    @cached_property
    def stored(self) -> Packed:
        """Boxes and vectors, row by row of ``images``."""
        return read_packed(
            instance_parts(self._folder, self._key), list(self._images["image_id"]), self._model.dim
        )

    @cached_property
    def ranker(self) -> Ranker:
        """The candidates, to be searched; their boxes are fractions of the sides of their image."""
        stored = self.stored
        owners = np.repeat(np.arange(len(self._images)), np.diff(stored.starts))
        return Ranker(self._images, stored.vectors, owners, stored.boxes, images=len(self._images))

    def boxes(self, row: int) -> NDArray[np.float32]:
        """Return the candidates (R, 4) of an image as fractions, the whole image first."""
        start, stop = self.stored.starts[row : row + 2]
        return self.stored.boxes[start:stop]

    def pixels(self, row: int, boxes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return fractions (R, 4) of an image in its pixels, upright and in full size."""
        image = self._images.iloc[row]
        return as_pixels(boxes, (int(image["width"]), int(image["height"])))

    @property
    def problems(self) -> "pd.DataFrame":
        """Images in which nobody could look: image_id, path, reason."""
        reasons = self.stored.reasons
        unread = self._images["image_id"].isin(list(reasons))
        frame = self._images.loc[unread, ["image_id", "path"]].reset_index(drop=True)
        frame["reason"] = [reasons[image_id] for image_id in frame["image_id"]]
        return frame

    @cached_property
    def image_vectors(self) -> NDArray[np.float32]:
        """One unit vector (N, words * dim) an image, by VLAD over its candidates; zeros for one without.

        Before the whitening, which suits single things: with it VLAD found less (21 to 34 % mAP
        on photos of many things, by the draw of the words, against 33 to 34).
        """
        vectors, starts = self.stored.vectors, self.stored.starts
        if not len(vectors):
            return np.zeros((len(starts) - 1, self._model.dim), np.float32)
        some = np.sort(np.random.default_rng(0).permutation(len(vectors))[:SAMPLED])
        centres = pooling.words(self._plain(vectors[some]))
        return np.stack([pooling.vlad(self._plain(vectors[a:b]), centres) for a, b in pairwise(starts)])

    def _plain(self, vectors: NDArray[np.int8]) -> NDArray[np.float32]:
        return unit_rows(self._model.plain(vectors))
