"""RegionHits: the answer to a question about regions, one row an image with the box of its best region."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.case.regions.html import Card, cards_html
from workbench.hits import Hits

if TYPE_CHECKING:
    import pandas as pd

BOX = ["x", "y", "width", "height"]
SHOWN = 24
"""Hits that a notebook draws."""


@dataclass(frozen=True, eq=False)
class RegionHits(Hits):
    """Hits in the table of regions, grouped by image unless asked otherwise; ``frame`` has box and kind.

    ``rows`` are rows of ``case.regions.frame``; ``image_table`` is the table of images; ``thumbnails(rows)``
    gives their small pictures, which a notebook shows with the boxes drawn.
    """

    image_table: "pd.DataFrame" = field(kw_only=True)
    thumbnails: Callable[[Sequence[int]], list[bytes]] = field(kw_only=True)

    @property
    def ids(self) -> list[str]:
        """The region ids of the hits, best first."""
        return [str(region_id) for region_id in self.table["region_id"].iloc[self.rows]]

    @property
    def image_rows(self) -> NDArray[np.int32]:
        """The row of each hit's image (K,)."""
        return self.table["image_row"].to_numpy(np.int32)[self.rows]

    @property
    def shares(self) -> NDArray[np.float32]:
        """The boxes (K, 4) as shares of the sides of their images, [0, 1]."""
        sides = self.image_table[["width", "height"]].to_numpy(np.float32)[self.image_rows]
        shares: NDArray[np.float32] = self.table[BOX].to_numpy(np.float32)[self.rows] / np.tile(sides, 2)
        return shares

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
            boxes=None if self.boxes is None else self.boxes[best],
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

    def _repr_html_(self) -> str:
        rows, shares = self.image_rows[:SHOWN], self.shares[:SHOWN].tolist()
        shown = self.table.iloc[self.rows[:SHOWN]]
        titles = (text or label for text, label in zip(shown["text"], shown["label"], strict=True))
        paths = self.image_table["path"].iloc[rows]
        columns = (self.thumbnails(rows.tolist()), shares, titles, paths, self.scores[:SHOWN].tolist())
        cards = [
            Card(jpeg, box, title, path, score)
            for jpeg, box, title, path, score in zip(*columns, strict=True)
        ]
        return cards_html(cards, f"{self.total} found for {self.query}")
