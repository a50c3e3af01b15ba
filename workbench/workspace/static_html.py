"""The side of the desk that is shown, as HTML for a reader without a kernel."""

from typing import TYPE_CHECKING

from workbench.panels.map.panel import Map
from workbench.panels.static_html import boxed, still_html

if TYPE_CHECKING:
    from workbench.case import Case

SHOWN = 24
"""Thumbnails on the contact sheet."""
SIDE = 176
"""Pixels of one where a box is drawn: twice as many as the sheet shows."""


def desk_still(drawn: Map, case: "Case", rows: list[int], above: str) -> str:
    """Return a map in its colours and the thumbnails of ``rows`` of ``case``, with the boxes of hits drawn.

    ``above`` is HTML of ours.
    """
    first, hits, colouring = rows[:SHOWN], drawn.selection.hits, drawn.classes.colouring
    paths = case.images["path"].iloc[first].astype(str)
    boxes = [None if hits is None else hits.box(row) for row in first]
    pictures = [
        boxed(jpeg, box, SIDE) if box and jpeg else jpeg
        for jpeg, box in zip(case.thumbnails(first), boxes, strict=True)
    ]
    return still_html(
        drawn.points,
        colouring.codes,
        colouring.colours,
        drawn.selection.rows,
        drawn.selection.found,
        list(zip(paths, pictures, strict=True)),
        f"{len(case.images):,} images of {case.folder.source.name}",
        above,
    )
