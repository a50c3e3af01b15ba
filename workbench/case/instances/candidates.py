"""CandidateBook: the candidates of a case as they are on disk now, and what follows from them."""

from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.instances import pooling
from workbench.case.instances.model import ThingModel
from workbench.case.instances.things import as_pixels
from workbench.samples.instances import instance_parts
from workbench.search.ranker import Ranker
from workbench.store.case_folder import CaseFolder
from workbench.store.samples import Packed, read_packed
from workbench.vectors import unit_rows

if TYPE_CHECKING:
    import pandas as pd

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
