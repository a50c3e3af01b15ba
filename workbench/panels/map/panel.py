"""Map: the images as points; lasso, box, legend and hover; linked to the others by the Selection alone."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.analysis import geometry
from workbench.analysis.projection import Setting
from workbench.analysis.rows import Mode
from workbench.errors import QueryError
from workbench.panels.map import canvas
from workbench.panels.map.canvas import DrawnMap
from workbench.panels.map.classes import Classes, Grouped, Levels, Made
from workbench.panels.map.gestures import Gestures
from workbench.panels.map.layouts import Layouts, MapBar
from workbench.panels.map.picture import MapPicture
from workbench.panels.map.view import Mask, Points, View
from workbench.selection import Selection

if TYPE_CHECKING:
    import pandas as pd

TRUST = "trust"
"""The column that says how far the layout now shown can be trusted."""

QUICK = 20_000
"""Points up to which another level is there at once; for more, a thread finds its names."""


class Map(DrawnMap):
    """A layout of images or faces.

    ``layout(method, **settings)`` returns points (N, 2), and takes ``watch`` where that takes long, see
    ``analysis.progress``; ``labels`` (N,) are clusters, -1 for none, and ``names`` what they are called;
    ``thumbnails(rows)`` returns JPEG bytes for the hover card and ``caption(row)`` its title. ``columns`` are
    more to colour by than the columns of the selection's table. ``noun`` is what the points are, ``groups``
    what the clusters are called together, ``nobody`` what -1 is called, ``place`` where the desk keeps the
    map: for the words shown and for ``to_code``. ``beside()`` opens or closes another map beside this one.
    ``levels`` are coarser and finer clusters; ``labels`` are those of its first level then.
    """

    def __init__(
        self,
        selection: Selection,
        layout: Callable[..., Points],
        labels: NDArray[np.int32],
        names: Sequence[str],
        thumbnails: Callable[[Sequence[int]], list[bytes]],
        *,
        methods: Sequence[str] = ("umap", "tsne", "pca"),
        caption: Callable[[int], str] | None = None,
        columns: Mapping[str, Made] | None = None,
        noun: str = "images",
        groups: str = "clusters",
        nobody: str = "no cluster",
        place: str = "desk.map",
        beside: Callable[[], None] | None = None,
        levels: Levels | None = None,
    ) -> None:
        classes = Classes(selection, labels, names, columns or {}, groups, nobody)
        super().__init__(selection, MapPicture(len(labels)), classes, noun)
        self._jpegs, self._caption, self._beside = thumbnails, caption, beside
        self._place, self._levels = place, levels
        gestures = Gestures(self)
        self.bar = MapBar(
            gestures.answers,
            self._actions(),
            plots=[self.figure.model_id],
            methods=list(methods),
            method=methods[0],
        )
        self.bar.observe(lambda change: gestures.tool(change["new"]), "tool")
        self.bar.columns, self.bar.column = classes.choices, groups
        self.bar.beside = "open" if beside else ""
        if levels:
            self.bar.levels, self.bar.level = levels.count, levels.first
        self.layouts = Layouts(layout, self.bar, self._lay_out, methods[0])
        with self.bar.shown(f"Computing the {methods[0].upper()} layout" if len(labels) else ""):
            self.show(methods[0])
        self.figure.open()
        self.children = [self.bar, self.figure]
        self.follow()

    def _actions(self) -> dict[str, Callable[..., object]]:
        """Return what the buttons of the bar do."""
        return {
            "seek": self.seek,
            "tool": lambda name: setattr(self.bar, "tool", name),
            "clear": self.selection.clear,
            "method": lambda name, settings: self.compute(name, **settings),
            "beside": self.beside,
            "column": lambda name: self.compute_colours(by=name),
            "level": self.compute_level,
            "again": self.again,
            "whole": self.whole,
        }

    # -- the same in Python ----------------------------------------------------------------------------------

    def caption(self, row: int) -> str:
        """Return the title of a row."""
        return self._caption(row) if self._caption else self.selection.title(row)

    def thumbnails(self, rows: Sequence[int]) -> list[bytes]:
        """Return the pictures of rows as JPEG."""
        return self._jpegs(rows) if len(rows) else []

    def show(self, method: str, **settings: Setting) -> None:
        """Show another layout, one of ``bar.methods``; raises QueryError for one that cannot be made.

        ``settings`` are those of ``analysis.projection.PARAMETERS``: for ``umap`` n_neighbors, min_dist and
        metric, for ``tsne`` perplexity; and for both a seed.
        """
        self.layouts.show(method, **settings)

    def compute(self, method: str, **settings: Setting) -> None:
        """Show another layout once it is made and go on meanwhile; ``cancel()`` ends it, ``wait()`` waits."""
        self.layouts.start(method, **settings)

    def cancel(self) -> None:
        """End the layout that is being made; the one shown stays."""
        self.bar.cancel()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the layout that is being made is shown."""
        self.bar.wait(seconds)

    def beside(self) -> None:
        """Open a second map beside this one, or close it, where the desk has a place for it."""
        if self._beside is not None:
            self._beside()

    def lasso(self, polygon: Points | Sequence[Sequence[float]], mode: Mode = "replace") -> None:
        """Select what is inside a polygon (M, 2) of the map; ``mode``: replace, add, remove or intersect."""
        corners = np.asarray(polygon, np.float64)
        code = f"lasso({np.round(corners, 3).tolist()}"
        self._select(geometry.inside(self.points, corners), mode, code)

    def box(self, x0: float, y0: float, x1: float, y1: float, mode: Mode = "replace") -> None:
        """Select what lies inside a box in map coordinates; ``mode`` as for ``lasso``."""
        code = f"box({x0:.3f}, {y0:.3f}, {x1:.3f}, {y1:.3f}"
        self._select(geometry.inside_box(self.points, x0, y0, x1, y1), mode, code)

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
        """Show the plot anew, for a browser that missed a part of it."""
        self.figure.show_anew()
        self.children = [self.bar]
        self.children = [self.bar, self.figure]

    def colour(self, by: str) -> None:
        """Colour by the clusters or by a column, one of ``bar.columns``; raises QueryError for another."""
        self.classes.colour(by)
        self.bar.column, self.bar.sought = by, ""
        self._redraw()

    @property
    def level(self) -> int:
        """How fine the clusters are, 0 being the coarsest. Set it to colour by others.

        Raises QueryError for a level that is not there, also for a map without levels.
        """
        return int(self.bar.level)

    @level.setter
    def level(self, level: int) -> None:
        self._take_level(level, self._leveled(level))

    def compute_level(self, level: int) -> None:
        """Do the same; on another thread for large maps, unless that is busy with a layout."""
        if len(self.points) <= QUICK or self.bar.working:
            self.level = level
            return
        self.bar.start(
            "Grouping the images",
            lambda _: self._leveled(level),
            lambda grouped: self._take_level(level, grouped),
        )

    def compute_colours(self, by: str) -> None:
        """Do the same, but measure trust on another thread, unless that is busy with a layout."""
        if by != TRUST or self.bar.working:
            self.colour(by)
            return
        # what is computed is cached where it comes from, so that it is there at once when it is asked again
        self.bar.start(
            "Measuring layout trust", lambda _: self.classes.prepare(by), lambda _: self.colour(by)
        )

    def offer(self, columns: Mapping[str, Made]) -> None:
        """Offer more columns to colour by, or other values of those that are there."""
        self.classes.offer(columns)
        self.bar.columns = self.classes.choices

    def retract(self, column: str) -> None:
        """Offer a column no more that was offered; a map in its colours shows the clusters."""
        self.classes.retract(column)
        if self.bar.column == column:
            self.colour(self.classes.choices[0])
        self.bar.columns = self.classes.choices

    def hide(self, classes: Sequence[int]) -> None:
        """Hide classes of the legend, -1: in none; the hidden cannot be lassoed. ``hide([])`` shows all."""
        self.classes.hide(classes)
        self._redraw()

    def only(self, classes: Sequence[int]) -> None:
        """Show these classes of the legend alone."""
        self.hide([code for code in self.classes.present if code not in set(classes)])

    def seek(self, text: str) -> None:
        """Let the legend list only classes whose name holds a text; "" lists the largest of all again."""
        self.classes.sought = self.bar.sought = text
        self.bar.legend, self.bar.more = self.classes.keys()

    @property
    def frame(self) -> "pd.DataFrame":
        """Every point with its place: its ids and path, x, y, cluster, cluster_name, shown."""
        return canvas.frame(self.selection, self.picture, self.classes)

    def to_code(self) -> str:
        """Return Python that shows the same layout and colours, and repeats the lasso if it still stands."""
        lines = [f"{self._place}.show({self.layouts.code()})"]
        if self._levels and self.level != self._levels.first:
            lines.append(f"{self._place}.level = {self.level}")
        if not self.classes.grouped:
            lines.append(f"{self._place}.colour({self.bar.column!r})")
        if hidden := self.classes.code():
            lines.append(f"{self._place}.{hidden}")
        return "\n".join(filter(None, [*lines, self.selection.code(self._place)]))

    def _leveled(self, level: int) -> Grouped:
        if self._levels is None:
            raise QueryError(f"The {self.classes.choices[0]} of this map have no levels.", "Use those shown.")
        self._levels.check(level)
        return self._levels.make(level)

    def _take_level(self, level: int, grouped: Grouped) -> None:
        self.classes.regroup(*grouped)
        self.bar.level = level
        self.colour(self.classes.choices[0])

    def _lay_out(self, points: Points) -> None:
        self.picture.place(points)
        self.bar.method, self.bar.settings = self.layouts.method, self.layouts.params
        if self.bar.column == TRUST:
            self.classes.colour(TRUST)  # that of the layout before
        self._redraw()

    def _select(self, inside: Mask, mode: Mode, code: str) -> None:
        rows = np.flatnonzero(inside & self.classes.shown)
        self.selection.change(rows, mode, f"{self._place}.{code}, mode={mode!r})")
