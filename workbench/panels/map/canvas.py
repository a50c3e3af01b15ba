"""DrawnMap: the half of a map that draws and says what it shows, after its Selection, layout and classes."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from workbench.panels.base import close_widgets
from workbench.panels.map.classes import SCORES, Classes
from workbench.panels.map.layouts import MapBar
from workbench.panels.map.picture import MapPicture
from workbench.panels.map.view import Points
from workbench.panels.working import kernel_loop
from workbench.selection import Rows, Selection

if TYPE_CHECKING:
    import pandas as pd


def frame(selection: Selection, picture: MapPicture, classes: Classes) -> "pd.DataFrame":
    """Return every point with its place: its ids and path, x, y, cluster, cluster_name, shown."""
    ids = [name for name in ("face_id", "image_id", "path") if name in selection.table]
    found = selection.table[ids].copy()
    found["x"], found["y"] = picture.points[:, 0], picture.points[:, 1]
    found["cluster"] = classes.clusters.codes
    found["cluster_name"] = [classes.clusters.name(int(label)) for label in classes.clusters.codes]
    found["shown"] = classes.shown
    return found


def summary(picture: MapPicture, selected: int, noun: str) -> str:
    """Return how many there are, or how many are selected; ``noun`` is what they are."""
    total = len(picture.points)
    if selected:
        return f"{selected:,} of {total:,} selected"
    drawn = f", {len(picture.drawn):,} drawn; a lasso selects all" if picture.dense else ""
    return f"{total:,} {noun.removesuffix('s') if total == 1 else noun}{drawn}"


def note(picture: MapPicture, classes: Classes, noun: str) -> str:
    """Return why nothing can be told apart on a map, or ""."""
    points = picture.points
    if not len(points):
        return f"There are no {noun} here."
    if not classes.shown.any():
        return f"All {noun} are hidden. Click an entry of the legend to show it."
    if len(points) > 1 and bool((points == points[0]).all()):
        return f"All {len(points):,} {noun} have the same vector and lie at one place."
    return ""


LATER = 0.15
"""Seconds until the density picture shows a new selection: the gallery comes first."""


class DrawnMap(ipywidgets.VBox):
    """The points of ``picture`` in the colours of ``classes``, below a ``bar``; ``noun`` is what they are.

    Nothing is drawn before the first layout is.
    """

    bar: MapBar
    _waiting: asyncio.TimerHandle | None = None

    def __init__(self, selection: Selection, picture: MapPicture, classes: Classes, noun: str) -> None:
        self.selection, self.picture, self.classes, self._noun = selection, picture, classes, noun
        self.figure = picture.figure
        super().__init__()
        self.add_class("wb-map")

    def follow(self) -> None:
        """Draw what the selection says from now on."""
        self.selection.observe(lambda _: self._selected(), "rows")
        self.selection.observe(lambda _: self._draw_marks(), ["focus", "marked"])
        self.selection.observe(lambda _: self._found(), "hits")

    @property
    def points(self) -> Points:
        """Where each row lies: (N, 2)."""
        return self.picture.points

    @property
    def labels(self) -> NDArray[np.int32]:
        """The cluster of each row, whatever the colours show: (N,), -1 for none."""
        return self.classes.clusters.codes

    @property
    def names(self) -> list[str]:
        """What the clusters 0, 1, ... are called."""
        return self.classes.clusters.names

    @property
    def hidden(self) -> frozenset[int]:
        """The classes of the legend that are hidden."""
        return self.classes.hidden

    @property
    def drawn(self) -> Rows:
        """The rows drawn as points, sorted."""
        return self.picture.drawn

    def recolour(self, labels: NDArray[np.int32], names: Sequence[str]) -> None:
        """Show other clusters (N,) of the same points; what was hidden stays hidden."""
        if self.classes.regroup(labels, names):
            self._redraw()

    def redraw_points(self) -> None:
        """Draw the points that are in view."""
        rows = self.selection.rows
        self.picture.draw(self.classes.colouring, self.classes.shown, rows, self.bar.drawing + 1)
        with self.bar.hold_sync():  # bits and the drawing they belong to arrive as one
            self.bar.drawing += 1
            self.bar.bright = self.picture.bright(rows)
        self._summarise()

    def _redraw(self) -> None:
        self.redraw_points()
        self._draw_marks()
        self.bar.legend, self.bar.more = self.classes.keys()
        self.bar.classes = len(self.classes.present)

    def _selected(self) -> None:
        """Light up what is selected now; a density picture is dimmed once the other panels have shown it."""
        self._summarise()
        self.bar.bright = self.picture.bright(self.selection.rows)
        if len(self.selection.marked):
            self._draw_marks()
        if not self.picture.dense:
            return
        if self._waiting is not None:
            self._waiting.cancel()
        if (loop := kernel_loop()) is not None:
            self._waiting = loop.call_later(LATER, self._dim)
        else:  # nothing runs that could come back to it
            self._dim()

    def _dim(self) -> None:
        self.picture.dim_others(self.selection.rows)

    def _found(self) -> None:
        if self.bar.column not in SCORES:
            self._draw_marks()
            return
        if self.selection.hits is None:
            self.bar.column = self.classes.choices[0]
        self.classes.colour(self.bar.column)
        self._redraw()

    def _draw_marks(self) -> None:
        """Cross the hits, or what is marked and not selected; ring the focus."""
        hits, focus = self.selection.hits, self.selection.focus
        marked = np.setdiff1d(self.selection.marked, self.selection.rows) if hits is None else hits.rows
        self.bar.crosses = self.picture.places(marked[self.classes.shown[marked]])
        self.bar.ring = self.picture.places([] if focus is None else [focus])

    def _summarise(self) -> None:
        self.bar.selected = len(self.selection)
        self.bar.summary = summary(self.picture, len(self.selection), self._noun)
        self.bar.note = note(self.picture, self.classes, self._noun)

    def close(self) -> None:
        """Close the plot and the toolbar with the panel, and end what is computed for it."""
        if self._waiting is not None:
            self._waiting.cancel()
        close_widgets(*self.children, self.layout)
        super().close()
