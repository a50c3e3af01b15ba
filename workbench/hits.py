"""Hits: the answer to a query, best first."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

BOX_COLUMNS = ("x", "y", "box_width", "box_height")
"""What the sides of a box are called beside an image's own width and height."""


class Selected(Protocol):
    """What holds rows of the table of images and knows their ids, such as a Selection or `Hits`."""

    @property
    def rows(self) -> NDArray[np.int32]:
        """The rows, (K,)."""
        ...

    @property
    def ids(self) -> list[str]:
        """The image id of each row."""
        ...


@dataclass(frozen=True, eq=False)
class Hits:
    """Rows of a table with their scores, best first.

    ``rows`` (K,) int32; ``scores`` (K,) float32 cosines in [-1, 1]; ``probabilities`` (K,) float32 in [0, 1],
    calibrated against the collection (docs/calibration.md), NaN where that cannot be said; ``seconds`` is the
    time the whole query took; ``total`` is how many rows passed the thresholds before the cut to K; ``query``
    says what was asked, as the query box does; ``vector`` (D,) is what the rows were compared with, None for
    people or text. ``unusual`` (K,) is the share of unrelated scores that are as high, and ``everywhere``
    (N,) the score of each row of the table, -inf where the query did not look; `beyond` follows from them.
    ``boxes`` (K, 4): the place in each image that matched: x, y, width, height in pixels of the upright image
    in full size, NaN where that is the whole image; None where the query had no eye for places.
    """

    rows: NDArray[np.int32]
    scores: NDArray[np.float32]
    probabilities: NDArray[np.float32]
    table: "pd.DataFrame"
    query: str = ""
    seconds: float = 0.0
    total: int = 0
    vector: NDArray[np.float32] | None = None
    unusual: NDArray[np.float32] | None = None
    everywhere: NDArray[np.float32] | None = None
    boxes: NDArray[np.float32] | None = None

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def ranking(self) -> NDArray[np.int32]:
        """All rows that the query looked at, best first, beyond any limit."""
        if self.everywhere is None:
            return self.rows
        order = np.argsort(-self.everywhere, kind="stable")
        return order[: np.count_nonzero(self.everywhere > -np.inf)].astype(np.int32)

    @property
    def beyond(self) -> float | None:
        """How many of the hits chance does not explain: K less those that an unrelated query would have.

        None where that is not known, as for people and text.
        """
        if self.unusual is None or not len(self):
            return None if self.unusual is None else 0.0
        looked = len(self) if self.everywhere is None else np.count_nonzero(self.everywhere > -np.inf)
        return max(0.0, len(self) - looked * float(self.unusual.max()))

    def place(self, row: int) -> int | None:
        """Return which hit an image is, 0 for the best; None where it is none."""
        found = np.flatnonzero(self.rows == row)
        return int(found[0]) if found.size else None

    def box(self, row: int) -> list[float] | None:
        """Return what matched in an image as shares of its sides: x, y, width, height, [0, 1].

        None where the image is no hit, or matched as a whole.
        """
        place = self.place(row)
        if place is None or self.boxes is None or np.isnan(self.boxes[place]).any():
            return None
        image = self.table.iloc[row]
        width, height = float(image["width"]), float(image["height"])
        shares: list[float] = (self.boxes[place] / np.array((width, height, width, height))).tolist()
        return shares

    @property
    def box_columns(self) -> tuple[str, ...]:
        """The columns of `frame` that say where in its image a hit is; none without an eye for places."""
        return () if self.boxes is None else BOX_COLUMNS

    @property
    def ids(self) -> list[str]:
        """The image ids of the hits, best first."""
        return [str(image_id) for image_id in self.table["image_id"].iloc[self.rows]]

    @property
    def frame(self) -> "pd.DataFrame":
        """The hits as a DataFrame, best first: row, score, probability, unusual, and the table's columns.

        Where hits have boxes: x, y, box_width and box_height too.
        """
        frame = self.table.iloc[self.rows].reset_index(drop=True)
        told = [("row", self.rows), ("score", self.scores), ("probability", self.probabilities)]
        told += [] if self.unusual is None else [("unusual", self.unusual)]
        told += [] if self.boxes is None else list(zip(BOX_COLUMNS, self.boxes.T, strict=True))
        for position, (name, values) in enumerate(told):
            frame.insert(position, name, values)
        return frame

    def _repr_html_(self) -> str:
        columns = [name for name in ("row", "score", "probability", "path", "taken_at") if name in self.frame]
        return str(self.frame[columns].to_html(max_rows=20, float_format="{:.3f}".format))

    def __repr__(self) -> str:
        return f"<{len(self)} hits for {self.query!r} in {self.seconds * 1000:.0f} ms>"
