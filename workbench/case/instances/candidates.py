"""CandidateBook: the candidates of a case as they are on disk now, and what follows from them."""

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.instances import vlad
from workbench.analysis.instances.search import CandidateIndex
from workbench.case.instances.things import as_pixels
from workbench.store.case_folder import CaseFolder
from workbench.store.instances import StoredCandidates, instance_parts, read_candidates

if TYPE_CHECKING:
    import pandas as pd


class CandidateBook:
    """The candidates of ``images``, vectors of ``dim`` numbers made with an instance key."""

    def __init__(self, folder: CaseFolder, images: "pd.DataFrame", key: str, dim: int) -> None:
        self._folder, self._images, self._key, self._dim = folder, images, key, dim

    @cached_property
    def stored(self) -> StoredCandidates:
        """Boxes and vectors, row by row of ``images``."""
        return read_candidates(
            instance_parts(self._folder, self._key), list(self._images["image_id"]), self._dim
        )

    @cached_property
    def index(self) -> CandidateIndex:
        """The candidates, to be searched."""
        return CandidateIndex(self.stored.vectors, self.stored.boxes, self.stored.starts)

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
        """One unit vector (N, words * dim) an image, by VLAD over its candidates; zeros for one without."""
        rows = self.stored.vectors.astype(np.float32)
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
        centres = vlad.words(rows) if len(rows) else np.zeros((1, self._dim), np.float32)
        bounds = zip(self.stored.starts[:-1], self.stored.starts[1:], strict=True)
        made = [vlad.vlad(rows[start:stop], centres) for start, stop in bounds]
        return np.stack(made) if made else np.zeros((0, centres.size), np.float32)
