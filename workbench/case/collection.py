"""Collection: the data of one case as they were read, which never change; `Case.refresh` reads another."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.case.computed import Computed
from workbench.case.embedders import LazyEmbedder
from workbench.case.pictures import Pictures
from workbench.case.vocabulary import load_vocabulary
from workbench.index.engines import Engines
from workbench.search.image_lookup import ImageLookup
from workbench.store.case_folder import CaseFolder
from workbench.store.keys import known_key
from workbench.store.snapshot import read_snapshot

if TYPE_CHECKING:
    import pandas as pd

    from workbench.ingest import Embedder


@dataclass(frozen=True, eq=False)
class Collection:
    """The images of a case and their vectors; row i of ``vectors`` belongs to row i of ``images``.

    ``key`` is the embedder key of the vectors (N, D), which are read-only; ``problems`` has a row a file that
    could not be used. ``embedder()`` gives the model; it raises CaseError where that no longer fits the
    vectors, ModelError where it cannot be had. ``engines`` opens an index of vectors. The tables are for our
    own code: users get copies.
    """

    folder: CaseFolder
    key: str
    images: "pd.DataFrame"
    vectors: NDArray[np.float32]
    problems: "pd.DataFrame"
    embedder: "Callable[[], Embedder]"
    engines: Engines

    @classmethod
    def read(cls, folder: CaseFolder, model: LazyEmbedder, engines: Engines) -> "Collection":
        """Read what the case holds now; the model is loaded only where nothing was ever ingested."""
        key = known_key(folder.cache, folder.model) or model.get().key
        found = read_snapshot(folder, key)
        found.vectors.flags.writeable = False
        return cls(folder, key, found.images, found.vectors, found.problems, model.matching(key), engines)

    def row(self, image: int | str) -> int:
        """Return the row of an image given by row, image id or path; raise QueryError where there is none."""
        return self.lookup.row(image)

    @cached_property
    def lookup(self) -> ImageLookup:
        """What finds images by id, path or name."""
        return ImageLookup(self.images)

    @cached_property
    def pictures(self) -> Pictures:
        """The images as JPEG, small and large."""
        return Pictures(self.folder, self.images)

    def thumbnails(self, rows: Iterable[int]) -> list[bytes]:
        """Return JPEG thumbnails (longest side 256 px), one for each row."""
        return self.pictures.thumbnails(rows)

    def picture(self, image: int | str) -> bytes:
        """Return an upright JPEG of at most 1280 px; the thumbnail if the original is out of reach."""
        return self.pictures.large(self.row(image))

    @cached_property
    def computed(self) -> Computed:
        """Layouts, clusters and phrase vectors, cached on disk."""
        return Computed(self.folder.cache, self.key, self.images["image_id"], self.vectors, self.embedder)

    def phrase_vectors(self, phrases: Sequence[str]) -> NDArray[np.float32]:
        """Return the unit text vectors (P, D) of phrases, cached."""
        return self.computed.phrases(phrases)

    def sample_vectors(self, image_ids: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors (K, D) of images by their ids; raise QueryError for one that is not here."""
        rows = [self.row(image_id) for image_id in image_ids]
        return np.asarray(self.vectors[rows], np.float32)

    @property
    def vocabulary(self) -> list[str]:
        """The phrases that images are described with, as they now stand in ``work/``."""
        return load_vocabulary(self.folder.root / "work")

    def tags(self) -> "pd.DataFrame":
        """Return who tagged what, as it now stands in ``work/``: sample_id, tag, when, who."""
        return self.folder.tags.read()
