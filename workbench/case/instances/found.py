"""Found: the answer to "find this thing": images with a box, best first."""

import base64
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.hits import BOX_COLUMNS, Hits

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 12
"""Hits that a notebook shows as pictures."""

_STYLE = (
    "position:absolute;box-sizing:border-box;border:2px solid #ffb000;"
    "outline:1px solid #000;border-radius:2px"
)


@dataclass(frozen=True, eq=False)
class Found:
    """Images that hold a thing, best first, and where.

    ``rows`` (K,) int32 of ``table``; ``scores`` (K,) float32 cosines in [-1, 1]; ``boxes`` (K, 4) float32:
    x, y, width, height in pixels of the upright image in full size; ``query`` says what was asked,
    ``seconds`` how long it took; ``thumbnails(rows)`` gives JPEG bytes for a notebook to show.
    """

    rows: NDArray[np.int32]
    scores: NDArray[np.float32]
    boxes: NDArray[np.float32]
    table: "pd.DataFrame"
    thumbnails: Callable[[Iterable[int]], list[bytes]]
    query: str = ""
    seconds: float = 0.0

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def frame(self) -> "pd.DataFrame":
        """The hits as a DataFrame: row, score, x, y, box_width, box_height and every column of the table."""
        frame = self.table.iloc[self.rows].reset_index(drop=True)
        columns = [self.rows, self.scores, *self.boxes.T]
        names = ("row", "score", *BOX_COLUMNS)
        for position, (name, values) in enumerate(zip(names, columns, strict=True)):
            frame.insert(position, name, values)
        return frame

    @property
    def hits(self) -> Hits:
        """The same as hits with boxes, for panels: ``desk.selection.hits = found.hits``."""
        unknown = np.full(len(self), np.nan, np.float32)
        total = len(self)
        return Hits(
            self.rows, self.scores, unknown, self.table, self.query, self.seconds, total, boxes=self.boxes
        )

    def _repr_html_(self) -> str:
        pictures = self.thumbnails(self.rows[:SHOWN])
        cards = "".join(self._card(number, jpeg) for number, jpeg in enumerate(pictures))
        grid = "display:flex;flex-wrap:wrap;gap:10px;align-items:flex-end"
        return f'<p>{escape(repr(self)[1:-1])}</p><div style="{grid}">{cards}</div>'

    def _card(self, number: int, jpeg: bytes) -> str:
        """Return a thumbnail with the box drawn on it, and the path and score below."""
        image = self.table.iloc[int(self.rows[number])]
        sides = 100 * self.boxes[number] / np.array((image["width"], image["height"]) * 2, np.float32)
        place = ";".join(f"{name}:{side:.1f}%" for name, side in zip(_SIDES, sides, strict=True))
        name = escape(str(image["path"]))
        data = base64.b64encode(jpeg).decode()
        picture = f'<img src="data:image/jpeg;base64,{data}" alt="{name}" style="height:130px;display:block">'
        # no wider than the picture, however long the path
        label = (
            "font-size:11px;width:0;min-width:100%;overflow:hidden;text-overflow:ellipsis;white-space:nowrap"
        )
        return (
            '<figure style="margin:0;width:min-content"><div style="position:relative;width:max-content">'
            f'{picture}<div style="{_STYLE};{place}"></div></div>'
            f'<figcaption style="{label}" title="{name}">{self.scores[number]:.2f} {name}</figcaption>'
            "</figure>"
        )

    def __repr__(self) -> str:
        return f"<{len(self)} images found for {self.query} in {self.seconds * 1000:.0f} ms>"


_SIDES = ("left", "top", "width", "height")
