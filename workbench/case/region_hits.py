"""RegionHits: the answer to a question about regions, one row an image with the box of its best region."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.hits import Hits

if TYPE_CHECKING:
    import pandas as pd

BOX = ["x", "y", "width", "height"]


@dataclass(frozen=True, eq=False)
class RegionHits(Hits):
    """Hits in the table of regions, grouped by image unless asked otherwise; ``frame`` has box and kind.

    ``rows`` are rows of ``case.regions.frame``; ``image_table`` is the table of images.
    """

    image_table: "pd.DataFrame" = field(kw_only=True)

    @property
    def ids(self) -> list[str]:
        """The region ids of the hits, best first."""
        return [str(region_id) for region_id in self.table["region_id"].iloc[self.rows]]

    @property
    def image_rows(self) -> NDArray[np.int32]:
        """The row of each hit's image (K,)."""
        return self.table["image_row"].to_numpy(np.int32)[self.rows]

    @property
    def boxes(self) -> NDArray[np.float32]:
        """The box of each hit (K, 4): x, y, width, height in pixels of the upright image in full size."""
        return self.table[BOX].to_numpy(np.float32)[self.rows]

    @property
    def images(self) -> Hits:
        """The same hits as hits in the table of images, each image once, as panels show them."""
        rows, first = np.unique(self.image_rows, return_index=True)
        order = np.argsort(first)
        best = first[order]
        return Hits(
            rows[order].astype(np.int32),
            self.scores[best],
            self.probabilities[best],
            self.image_table,
            self.query,
            self.seconds,
            self.total,
            self.vector,
        )

    @property
    def frame(self) -> "pd.DataFrame":
        """The hits as a DataFrame, best first: row, score, probability, path, box, and all of the regions."""
        found = self.table.iloc[self.rows].reset_index(drop=True).rename(columns={"score": "sureness"})
        paths = self.image_table["path"].to_numpy()[self.image_rows]
        told = {"row": self.rows, "score": self.scores, "probability": self.probabilities, "path": paths}
        for position, (name, values) in enumerate(told.items()):
            found.insert(position, name, values)
        return found
