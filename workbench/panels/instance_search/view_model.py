"""What the panel of things shows: boxes checked and chosen, tiles, and a still picture."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from workbench.errors import QueryError
from workbench.panels.static_html import boxed, data_url, escape
from workbench.search.hits import Hits

if TYPE_CHECKING:
    import pandas as pd

Box = tuple[float, float, float, float]
"""x, y, width and height in pixels of the upright image in full size."""

KIND = 1.25
"""How much the whole image counts where things of a kind are looked for; docs/instances.md measures it."""

Asked: TypeAlias = tuple[int | str, Box | None, float]
"""What was asked: an image (its row) with a box, or a text; and ``kind``."""

FINDING = "Searching the other images"
FIRST = "Searching the other images; the first search of a session takes some seconds longer"


class FoundThings(Protocol):
    """Images that hold a thing; `Hits` fit it."""

    @property
    def query(self) -> str:
        """What was asked."""
        ...

    @property
    def seconds(self) -> float:
        """How long it took."""
        ...

    @property
    def hits(self) -> Hits:
        """The images, best first, with their boxes."""
        ...

    @property
    def frame(self) -> "pd.DataFrame":
        """The same as a table."""
        ...


def cut(box: Sequence[float], shape: Sequence[int]) -> Box:
    """Return a box cut at the edges of an image of ``shape`` (width, height), in tenths of a pixel.

    Raises QueryError for a box without area or outside the image.
    """
    sides = np.asarray(box, np.float64).ravel()
    if sides.shape != (4,) or not np.isfinite(sides).all() or min(sides[2:]) <= 0:
        what = f"Invalid box {tuple(box)!r}."
        raise QueryError(what, "Use x, y, width and height in pixels; width and height must be above 0.")
    low, high = np.maximum(sides[:2], 0), np.minimum(sides[:2] + sides[2:], shape)
    if (high <= low).any():
        what = f"The box {tuple(round(side) for side in sides.tolist())} lies outside the image."
        raise QueryError(what, f"It is {shape[0]} x {shape[1]} pixels, upright; x and y start at 0.")
    x, y, width, height = np.concatenate([low, high - low]).round(1).tolist()
    return x, y, width, height


def proposed(candidates: NDArray[np.floating], x: float, y: float, now: Sequence[float]) -> Box:
    """Return the first of ``candidates`` (R, 4) that holds a place; if ``now`` is one of them, the next.

    After the last comes the first again. Raises QueryError where no candidate holds the place.
    """
    low, high = candidates[:, :2], candidates[:, :2] + candidates[:, 2:]
    holds = ((low <= (x, y)) & (high >= (x, y))).all(1)
    here = np.round(candidates[holds].astype(np.float64), 1)
    if not len(here):
        raise QueryError("There is no candidate at this place.", "Draw a box by dragging the mouse.")
    same = np.flatnonzero((here == np.asarray(now)).all(1)) if len(now) else np.empty(0, np.intp)
    left, top, width, height = here[(same[0] + 1) % len(here) if same.size else 0].tolist()
    return left, top, width, height


def shares(box: Box, shape: Sequence[int]) -> Box:
    """Return a box as shares of the sides of an image of ``shape`` (width, height)."""
    (x, y, across, down), (width, height) = box, shape
    return x / width, y / height, across / width, down / height


def code(what: str, box: Box | None, kind: float) -> str:
    """Return the line of Python that finds the same: ``what`` is a path, or a text where there is no box."""
    given = repr(what)
    if box is not None:
        given += f", box=({', '.join(f'{side:g}' for side in box)})"
        given += f", kind={kind:g}" if kind else ""
    return f"desk.things.show(case.find_this({given}))"


def tiles_of(hits: Hits, most: int) -> list[dict[str, Any]]:
    """Return row, name, score, box (shares of the sides) and shape of the best hits."""
    told = []
    for row, score in zip(hits.rows[:most].tolist(), hits.scores[:most].tolist(), strict=True):
        image = hits.table.iloc[row]
        shape = [int(image["width"]), int(image["height"])]
        tile = {"row": row, "name": str(image["path"]), "score": score, "shape": shape}
        told.append(tile | {"box": hits.box(row)})
    return told


def still(
    query: str, photo: bytes, box: Box | None, tiles: Sequence[dict[str, Any]], jpegs: list[bytes]
) -> str:
    """Return what was asked and found as HTML with pictures inside, boxes drawn; names are escaped.

    ``photo`` and ``jpegs`` are JPEGs; ``box`` is in shares of the sides of the photo, and so are the tiles'.
    """
    pictures = [("Query", boxed(photo, box, 320))] if photo else []
    pictures += [
        (f"{tile['name']}, {tile['score']:.2f}", boxed(jpeg, tile["box"], 128))
        for tile, jpeg in zip(tiles, jpegs, strict=True)
        if jpeg
    ]
    sheet = "".join(
        f'<img src="{data_url("jpeg", data)}" alt="{escape(name)}" title="{escape(name)}" '
        'style="margin:3px;vertical-align:top;border-radius:4px">'
        for name, data in pictures
    )
    return f'<div class="wb-still" style="margin:8px 0"><p>Found for {escape(query)}:</p>{sheet}</div>'
