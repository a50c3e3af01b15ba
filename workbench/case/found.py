"""Found: the answer to "find this thing": images with a box, best first."""

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Found:
    """Images that hold a thing, best first, and where.

    ``rows`` (K,) int32 of ``table``; ``scores`` (K,) float32 cosines in [-1, 1]; ``boxes`` (K, 4) float32:
    x, y, width, height in pixels of the upright image in full size; ``query`` says what was asked,
    ``seconds`` how long it took.
    """

    rows: NDArray[np.int32]
    scores: NDArray[np.float32]
    boxes: NDArray[np.float32]
    table: "pd.DataFrame"
    query: str = ""
    seconds: float = 0.0

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def frame(self) -> "pd.DataFrame":
        """The hits as a DataFrame: row, score, x, y, box_width, box_height and every column of the table."""
        frame = self.table.iloc[self.rows].reset_index(drop=True)
        columns = [self.rows, self.scores, *self.boxes.T]
        names = ("row", "score", "x", "y", "box_width", "box_height")
        for position, (name, values) in enumerate(zip(names, columns, strict=True)):
            frame.insert(position, name, values)
        return frame

    def _repr_html_(self) -> str:
        shown = self.frame[["row", "score", "x", "y", "box_width", "box_height", "path"]]
        return f"<p>{escape(repr(self))}</p>" + str(shown.to_html(max_rows=20, float_format="{:.2f}".format))

    def __repr__(self) -> str:
        return f"<{len(self)} images found for {self.query} in {self.seconds * 1000:.0f} ms>"
