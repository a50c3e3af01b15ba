"""Map: the images as points; lasso, box, legend and hover; linked to the others by the Selection alone."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from workbench.analysis import geometry
from workbench.analysis.rows import Mode
from workbench.panels.map.bar import MapBar
from workbench.panels.map.classes import Classes
from workbench.panels.map.colours import Values
from workbench.panels.map.columns import SCORES
from workbench.panels.map.gestures import Gestures
from workbench.panels.map.picture import MapPicture
from workbench.panels.map.view import Mask, Points, View
from workbench.selection import Rows, Selection

if TYPE_CHECKING:
    import pandas as pd


class Map(ipywidgets.VBox):
    """A layout of images or faces.

    ``layout(method)`` returns points (N, 2); ``labels`` (N,) are clusters, -1 for none, and ``names`` what
    they are called; ``thumbnails(rows)`` returns JPEG bytes for the hover card and ``caption(row)`` its
    title. ``columns`` are more to colour by than the columns of the selection's table. ``noun`` is what the
    points are, ``groups`` what the clusters are called together, ``nobody`` what -1 is called, ``place``
    where the desk keeps the map: for the words shown and for ``to_code``.
    """

    def __init__(
        self,
        selection: Selection,
        layout: Callable[[str], Points],
        labels: NDArray[np.int32],
        names: Sequence[str],
        thumbnails: Callable[[Sequence[int]], list[bytes]],
        *,
        methods: Sequence[str] = ("umap", "tsne", "pca"),
        caption: Callable[[int], str] | None = None,
        columns: Mapping[str, Callable[[], Values]] | None = None,
        noun: str = "images",
        groups: str = "clusters",
        nobody: str = "no cluster",
        place: str = "desk.map",
    ) -> None:
        self.selection, self._layout = selection, layout
        self._jpegs, self._caption = thumbnails, caption
        self._noun, self._place, self._last_code = noun, place, ""
        self.classes = Classes(selection, labels, names, columns or {}, groups, nobody)
        self.picture = MapPicture(len(labels))
        self.figure = self.picture.figure
        choices = self.classes.choices
        self.bar = MapBar(
            Gestures(self), self, methods=list(methods), method=methods[0], columns=choices, column=groups
        )
        super().__init__([self.bar, self.figure])
        self.add_class("wb-map")
        self.show(methods[0])
        selection.observe(lambda _: self._selected(), "rows")
        selection.observe(lambda _: self._draw_marks(), ["focus", "marked"])
        selection.observe(lambda _: self._found(), "hits")

    # -- the same in Python ----------------------------------------------------------------------------------

    def caption(self, row: int) -> str:
        """Return the title of a row."""
        return self._caption(row) if self._caption else str(self.selection.table["path"].iloc[row])

    def thumbnails(self, rows: Sequence[int]) -> list[bytes]:
        """Return the pictures of rows as JPEG."""
        return self._jpegs(rows) if len(rows) else []

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

    def show(self, method: str) -> None:
        """Show another layout: one of the names the map was made with."""
        with self.bar.shown(f"Computing the {method.upper()} layout" if len(self.labels) else ""):
            self.picture.place(self._layout(method))
            self.bar.method = method
            self._redraw()

    def lasso(self, polygon: Points | Sequence[Sequence[float]], mode: Mode = "replace") -> None:
        """Select what is inside a polygon (M, 2) of the map; ``mode``: replace, add, remove or intersect."""
        corners = np.asarray(polygon, np.float64)
        self._select(geometry.inside(self.points, corners), mode)
        self._last_code = f"{self._place}.lasso({np.round(corners, 3).tolist()}, mode={mode!r})"

    def box(self, x0: float, y0: float, x1: float, y1: float, mode: Mode = "replace") -> None:
        """Select what lies inside a box in map coordinates; ``mode`` as for ``lasso``."""
        self._select(geometry.inside_box(self.points, x0, y0, x1, y1), mode)
        self._last_code = f"{self._place}.box({x0:.3f}, {y0:.3f}, {x1:.3f}, {y1:.3f}, mode={mode!r})"

    def zoom(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """Show a part of the map only, a box in its coordinates."""
        now = self.picture.view
        corners = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
        self.picture.look_at(View(*corners, now.width, now.height))
        self._redraw()

    def whole(self) -> None:
        """Show all of the map again."""
        self.picture.look_at(None)
        self._redraw()

    def again(self) -> None:
        """Show the plot anew, for a browser that drew it before its data had come."""
        self.children = [self.bar]
        self.children = [self.bar, self.figure]

    def colour(self, by: str) -> None:
        """Colour by the clusters or by a column, one of ``bar.columns``; raises QueryError for another."""
        self.classes.colour(by)
        self.bar.column = by
        self._redraw()

    def hide(self, classes: Sequence[int]) -> None:
        """Hide classes of the legend, -1: in none; the hidden cannot be lassoed. ``hide([])`` shows all."""
        self.classes.hide(classes)
        self._redraw()

    def recolour(self, labels: NDArray[np.int32], names: Sequence[str]) -> None:
        """Show other clusters (N,) of the same points; what was hidden stays hidden."""
        if self.classes.regroup(labels, names):
            self._redraw()

    @property
    def frame(self) -> "pd.DataFrame":
        """Every point with its place: its ids and path, x, y, cluster, cluster_name, shown."""
        ids = [name for name in ("face_id", "image_id", "path") if name in self.selection.table]
        frame = self.selection.table[ids].copy()
        frame["x"], frame["y"] = self.points[:, 0], self.points[:, 1]
        frame["cluster"] = self.labels
        frame["cluster_name"] = [self.classes.clusters.name(int(label)) for label in self.labels]
        frame["shown"] = self.classes.shown
        return frame

    def to_code(self) -> str:
        """Return Python that shows the same layout and repeats the last lasso or box."""
        lines = [f"{self._place}.show({self.bar.method!r})"]
        if not self.classes.grouped:
            lines.append(f"{self._place}.colour({self.bar.column!r})")
        if self.hidden:
            lines.append(f"{self._place}.hide({sorted(self.hidden)})")
        return "\n".join([*lines, *([self._last_code] if self._last_code else [])])

    # -- drawing ---------------------------------------------------------------------------------------------

    def redraw_points(self) -> None:
        """Draw the points that are in view."""
        self.picture.draw(self.classes.colouring, self.classes.shown, self.selection.rows)
        self._summarise()
        self.bar.drawing += 1

    def _redraw(self) -> None:
        self.redraw_points()
        self._draw_marks()
        self.bar.legend, self.bar.more = self.classes.keys()

    def _selected(self) -> None:
        self.picture.select(self.selection.rows)
        if len(self.selection.marked):
            self._draw_marks()
        self._summarise()

    def _found(self) -> None:
        if self.bar.column in SCORES:
            self.colour(self.bar.column if self.selection.hits is not None else self.classes.choices[0])
        else:
            self._draw_marks()

    def _draw_marks(self) -> None:
        """Cross the hits, or what is marked and not selected; ring the focus."""
        hits = self.selection.hits
        marked = np.setdiff1d(self.selection.marked, self.selection.rows)
        self.picture.mark(marked if hits is None else hits.rows, self.selection.focus)

    def _summarise(self) -> None:
        total, drawn, selected = len(self.labels), len(self.drawn), len(self.selection)
        text = f"{selected:,} of {total:,} selected" if selected else f"{total:,} {self._noun}"
        if self.picture.dense and not selected:
            text += f", {drawn:,} drawn, a lasso takes all"
        self.bar.summary, self.bar.selected = text, selected

    def _select(self, inside: Mask, mode: Mode) -> None:
        self.selection.change(np.flatnonzero(inside & self.classes.shown), mode)

    def close(self) -> None:
        """Close the plot and the toolbar with the panel."""
        for child in self.children:
            child.close()
        super().close()
