"""Hits: the answer to a question about any kind of sample, best first."""

import html
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from workbench.errors import QueryError

if TYPE_CHECKING:
    import pandas as pd

    from workbench.search.ranges import Event, RangeTable

BOX = ["x", "y", "width", "height"]
"""The columns of a box in a table of samples."""
BOX_COLUMNS = ("x", "y", "box_width", "box_height")
"""What the sides of a box are called beside an image's own width and height."""
SHOWN = 24
"""Hits that a notebook draws."""

_STYLE = """
<style>
.wb-hits {display: flex; flex-wrap: wrap; gap: 12px; font: 12px/1.4 system-ui, sans-serif}
.wb-hits figure {margin: 0; width: min-content}
.wb-hits div {position: relative; display: inline-block}
.wb-hits img {display: block; max-width: none; border-radius: 3px}
.wb-hits i {position: absolute; box-sizing: border-box; border: 2px solid #ff9f1c; border-radius: 2px;
  box-shadow: 0 0 0 1px #000b, inset 0 0 0 1px #000b}
.wb-hits figcaption {overflow-wrap: anywhere; padding-top: 3px}
.wb-hits small {opacity: 0.7}
</style>
"""


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
    """Rows of a table of images, or of samples in images, with their scores, best first.

    ``rows`` (K,) int32; ``scores`` (K,) float32, cosines in [-1, 1]; ``probabilities`` (K,) float32 in
    [0, 1], calibrated against the collection (docs/calibration.md), NaN where that cannot be said;
    ``seconds`` is the time the whole query took; ``total`` is how many rows passed the thresholds before the
    cut to K; ``query`` says what was asked, as the query box does; ``vector`` (D,) is what the rows were
    compared with, None for people or text. ``unusual`` (K,) is the share of unrelated scores that are as
    high, and ``looked`` how many rows the query looked at; `beyond` follows from them. ``all_scores`` gives
    the score of each row of the table, -inf where the query did not look; see `everywhere`.

    ``boxes`` (K, 4): the place in each image that matched: x, y, width, height in pixels of the upright image
    in full size, NaN where that is the whole image; None where the query had no eye for places. ``kinds``
    (K,): of what kind the sample is that matched, such as "persons"; None where all are whole images.
    ``image_table`` is the table of images where ``table`` is one of samples, whose column ``image_row`` then
    says where each lies. ``thumbnails(rows)`` gives JPEGs of images, which a notebook shows with the boxes.
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
    all_scores: Callable[[], NDArray[np.float32]] | None = None
    looked: int | None = None
    boxes: NDArray[np.float32] | None = None
    kinds: "NDArray[np.object_] | None" = None
    image_table: "pd.DataFrame | None" = None
    thumbnails: Callable[[Sequence[int]], list[bytes]] | None = None

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def everywhere(self) -> NDArray[np.float32] | None:
        """The score of each row of the table (N,), -inf where the query did not look; None if not known.

        Where an engine found the hits, this is computed by one exact pass when it is first read.
        """
        return None if self.all_scores is None else self.all_scores()

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
        looked = len(self) if self.looked is None else self.looked
        return max(0.0, len(self) - looked * float(self.unusual.max()))

    def place(self, row: int) -> int | None:
        """Return which hit a row is, 0 for the best; None where it is none; raise QueryError for no row."""
        if not isinstance(row, int | np.integer):
            raise QueryError(
                f"Invalid row: a {type(row).__name__}.", "Use a whole number, such as hits.rows[0]."
            )
        found = np.flatnonzero(self.rows == row)
        return int(found[0]) if found.size else None

    def box(self, row: int) -> list[float] | None:
        """Return what matched in an image as shares of its sides: x, y, width, height, [0, 1].

        None where the row is no hit, or matched as a whole.
        """
        place = self.place(row)
        if place is None or self.boxes is None or np.isnan(self.boxes[place]).any():
            return None
        shares: list[float] = self._shares(slice(place, place + 1))[0].tolist()
        return shares

    @property
    def box_columns(self) -> tuple[str, ...]:
        """The columns of `frame` that say where in its image a hit is; none without an eye for places."""
        return () if self.boxes is None else BOX_COLUMNS

    @property
    def ids(self) -> list[str]:
        """The ids of the hits, best first: of images, or of samples where ``table`` is one of samples."""
        column = "image_id" if self.image_table is None else str(self.table.columns[0])
        return [str(sample_id) for sample_id in self.table[column].iloc[self.rows]]

    @property
    def image_rows(self) -> NDArray[np.int32]:
        """The row of each hit's image (K,)."""
        if self.image_table is None:
            return self.rows
        return self.table["image_row"].to_numpy(np.int32)[self.rows]

    @property
    def shares(self) -> NDArray[np.float32]:
        """The boxes (K, 4) as shares of the sides of their images, [0, 1]; NaN for a whole image."""
        return self._shares(slice(None))

    @property
    def images(self) -> "Hits":
        """The same as hits in the table of images, each image once, as panels show them."""
        if self.image_table is None:
            return self
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
            kinds=None if self.kinds is None else self.kinds[best],
            thumbnails=self.thumbnails,
        )

    @cached_property
    def events(self) -> "list[Event]":
        """The hits among frames of videos, merged into events, best first; see docs/video.md.

        Each hit in a video is in one event; an event also holds frames between and beside hits that fit
        nearly as well, beyond any limit of the search.
        """
        from workbench.search.ranges import events

        shown = self.images
        return events(shown.table, shown.rows, shown.scores, shown.everywhere)

    @property
    def ranges(self) -> "RangeTable":
        """The events as a DataFrame, best first; its ``to_csv`` disarms formulas.

        Columns: video (path), start and end (seconds), start_timecode and end_timecode (h:mm:ss.mmm),
        image_id (of the best frame), score, frames (how many).
        """
        from workbench.search.ranges import range_table

        return range_table(self.events, self.images.table)

    @property
    def hits(self) -> "Hits":
        """The same as `images`: ``desk.selection.hits = case.find_this(...).hits``."""
        return self.images

    @property
    def frame(self) -> "pd.DataFrame":
        """The hits as a DataFrame, best first: row, score, probability, and the columns of the table.

        Between them, where they are known: unusual; kind; x, y, box_width and box_height. Hits in a table of
        samples have the path of their image too, and what the table calls score is there ``sureness``.
        """
        frame = self.table.iloc[self.rows].reset_index(drop=True)
        told: list[tuple[str, NDArray[Any]]] = [
            ("row", self.rows),
            ("score", self.scores),
            ("probability", self.probabilities),
        ]
        told += [] if self.unusual is None else [("unusual", self.unusual)]
        told += [] if self.kinds is None else [("kind", self.kinds)]
        told += [] if self.boxes is None else list(zip(BOX_COLUMNS, self.boxes.T, strict=True))
        if self.image_table is not None:
            told.append(("path", self.image_table["path"].to_numpy()[self.image_rows]))
            frame = frame.rename(columns={"score": "sureness"}).drop(columns=[*BOX, "kind"], errors="ignore")
        for position, (name, values) in enumerate(told):
            frame.insert(position, name, values)
        return frame

    def _shares(self, some: slice) -> NDArray[np.float32]:
        images = self.table if self.image_table is None else self.image_table
        rows = self.image_rows[some]
        if self.boxes is None:
            return np.full((len(rows), 4), np.nan, np.float32)
        sides = np.tile(images[["width", "height"]].iloc[rows].to_numpy(np.float32), 2)
        return np.asarray(self.boxes[some] / sides, np.float32)

    def _repr_html_(self) -> str:
        if self.boxes is not None and self.thumbnails is not None:
            return self._pictures()
        columns = [name for name in ("row", "score", "probability", "path", "taken_at") if name in self.frame]
        return str(self.frame[columns].to_html(max_rows=20, float_format="{:.3f}".format))

    def _pictures(self) -> str:
        """Return thumbnails with their boxes as HTML without a script; texts come from files: escaped."""
        thumbnails = self.thumbnails or (lambda rows: [b""] * len(rows))
        images = self.table if self.image_table is None else self.image_table
        rows, shown = self.image_rows[:SHOWN], self.table.iloc[self.rows[:SHOWN]]
        labels = [""] * len(rows)
        if self.image_table is not None:
            labels = [str(a or b) for a, b in zip(shown["text"], shown["label"], strict=True)]
        told = zip(
            thumbnails(rows.tolist()),
            self._shares(slice(SHOWN)).tolist(),
            labels,
            images["path"].iloc[rows],
            self.scores[:SHOWN].tolist(),
            strict=True,
        )
        cards = "".join(_card(*card) for card in told)
        said = html.escape(f"{self.total} found for {self.query} in {self.seconds * 1000:.0f} ms")
        return f'{_STYLE}<p>{said}</p><div class="wb-hits">{cards}</div>'

    def __repr__(self) -> str:
        return f"<{len(self)} hits for {self.query!r} in {self.seconds * 1000:.0f} ms>"


def _card(jpeg: bytes, box: Sequence[float], label: str, path: str, score: float) -> str:
    """Return one picture with its box (shares of its sides, NaN for none) and what it is."""
    picture = f"data:image/jpeg;base64,{b64encode(jpeg).decode()}"
    x, y, width, height = (f"{100 * share:.2f}%" for share in box)
    drawn = f'<i style="left:{x};top:{y};width:{width};height:{height}"></i>' if box[0] == box[0] else ""
    name = html.escape(str(path))
    return (
        f'<figure><div><img src="{picture}" alt="{name}">{drawn}</div>'
        f"<figcaption>{html.escape(label)} <small>{score:.2f} · {name}</small></figcaption></figure>"
    )
