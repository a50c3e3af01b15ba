"""Map: the images as points; lasso, box, legend and hover; linked to the others by the Selection alone."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from workbench.analysis import geometry
from workbench.analysis.rows import Mode
from workbench.panels import map_figure as drawing
from workbench.panels.map_bar import MapBar
from workbench.panels.map_legend import legend
from workbench.selection import Rows, Selection

if TYPE_CHECKING:
    import pandas as pd

DRAWN = 100_000
"""Points drawn at most; a lasso tests every row, drawn or not."""

Points = NDArray[np.floating]


class Map(ipywidgets.VBox):
    """A layout of images or faces.

    ``layout(method)`` returns points (N, 2); ``labels`` (N,) are clusters, -1 for none, and ``names`` what
    they are called; ``thumbnails(rows)`` returns JPEG bytes for the hover card and ``caption(row)`` its
    title. ``noun`` is what the points are, ``nobody`` what -1 is called, ``place`` where the desk keeps the
    map: both for the words shown and for ``to_code``.
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
        noun: str = "images",
        nobody: str = "no cluster",
        place: str = "desk.map",
    ) -> None:
        self.selection, self._layout, self._thumbnails = selection, layout, thumbnails
        self._caption = caption or (lambda row: str(selection.table["path"].iloc[row]))
        self._noun, self._nobody, self._place = noun, nobody, place
        self.labels, self.names = labels, list(names)
        self.hidden: frozenset[int] = frozenset()
        self._last_code = ""
        n = len(labels)
        self.drawn: Rows = np.sort(np.random.default_rng(0).permutation(n)[:DRAWN]).astype(np.int32)
        self.figure = drawing.figure()
        self.bar = MapBar(self._events(), methods=list(methods), method=methods[0])
        super().__init__([self.bar, self.figure])
        self.add_class("wb-map")
        self.points: Points = np.zeros((n, 2), np.float32)
        self.show(methods[0])
        selection.observe(lambda _: self._selected(), "rows")
        selection.observe(lambda _: self._draw_marks(), ["hits", "focus", "marked"])

    # -- the same in Python ----------------------------------------------------------------------------------

    def show(self, method: str) -> None:
        """Show another layout: one of the names the map was made with."""
        with self.bar.shown(f"Computing the {method.upper()} layout" if len(self.labels) else ""):
            self.points = np.asarray(self._layout(method), np.float32)
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

    def hide(self, clusters: Sequence[int]) -> None:
        """Hide clusters (-1: in no cluster); what is hidden cannot be lassoed. ``hide([])`` shows all."""
        self.hidden = frozenset(int(cluster) for cluster in clusters)
        self._redraw()

    def recolour(self, labels: NDArray[np.int32], names: Sequence[str]) -> None:
        """Show other clusters (N,) of the same points; what was hidden stays hidden."""
        if not np.array_equal(labels, self.labels) or list(names) != self.names:
            self.labels, self.names = labels, list(names)
            self._redraw()

    @property
    def frame(self) -> "pd.DataFrame":
        """Every point with its place: its ids and path, x, y, cluster, cluster_name, shown."""
        ids = [name for name in ("face_id", "image_id", "path") if name in self.selection.table]
        frame = self.selection.table[ids].copy()
        frame["x"], frame["y"] = self.points[:, 0], self.points[:, 1]
        frame["cluster"] = self.labels
        frame["cluster_name"] = [self._name(int(label)) for label in self.labels]
        frame["shown"] = self._shown
        return frame

    def to_code(self) -> str:
        """Return Python that shows the same layout and repeats the last lasso or box."""
        lines = [f"{self._place}.show({self.bar.method!r})"]
        if self.hidden:
            lines.append(f"{self._place}.hide({sorted(self.hidden)})")
        return "\n".join([*lines, *([self._last_code] if self._last_code else [])])

    # -- drawing ---------------------------------------------------------------------------------------------

    @property
    def _shown(self) -> NDArray[np.bool_]:
        return ~np.isin(self.labels, list(self.hidden))

    def _redraw(self) -> None:
        with self.figure.batch_update():
            drawing.draw_points(
                self.figure, self.points[self.drawn], self.labels[self.drawn], self._shown[self.drawn]
            )
            self._draw_marks()
        self._draw_selection()
        self._draw_legend()

    def _draw_selection(self) -> None:
        rows = self.selection.rows
        drawing.draw_selected(
            self.figure, np.flatnonzero(np.isin(self.drawn, rows)).tolist() if len(rows) else None
        )
        self._summarise()

    def _selected(self) -> None:
        self._draw_selection()
        if len(self.selection.marked):
            self._draw_marks()

    def _draw_marks(self) -> None:
        """Cross the hits, or what is marked and not selected; ring the focus."""
        hits, focus = self.selection.hits, self.selection.focus
        marked = np.setdiff1d(self.selection.marked, self.selection.rows)
        rows = marked if hits is None else hits.rows
        drawing.draw_marks(self.figure, drawing.HITS, self.points[rows[self._shown[rows]]])
        drawing.draw_marks(self.figure, drawing.FOCUS, self.points[[] if focus is None else [focus]])

    def _draw_legend(self) -> None:
        self.bar.legend, self.bar.more = legend(self.labels, self.hidden, self._name)

    def _summarise(self) -> None:
        total, drawn, selected = len(self.labels), len(self.drawn), len(self.selection)
        parts = [f"{selected:,} of {total:,} selected" if selected else f"{total:,} {self._noun}"]
        if drawn < total:
            parts.append(f"{drawn:,} drawn, a lasso takes all")
        self.bar.summary, self.bar.selected = ", ".join(parts), selected

    def _name(self, cluster: int) -> str:
        return self._nobody if cluster < 0 else self.names[cluster]

    # -- gestures --------------------------------------------------------------------------------------------

    def _events(self) -> dict[str, Callable[..., Any]]:
        return {
            "draw": self._draw,
            "click": self._focus,
            "clear": self.selection.clear,
            "method": self.show,
            "legend": self._toggle,
            "tool": self._set_tool,
            "hover": self._hover,
        }

    def _draw(self, shape: dict[str, Any], mode: Mode) -> None:
        drawing.clear_shapes(self.figure)
        corners = drawing.shape_outline(shape)
        if corners is None:
            self.lasso(geometry.path_polygon(shape["path"]), mode)
        else:
            self.box(*corners, mode=mode)

    def _select(self, inside: NDArray[np.bool_], mode: Mode) -> None:
        self.selection.change(np.flatnonzero(inside & self._shown), mode)

    def _focus(self, point: int) -> None:
        self.selection.focus = int(self.drawn[point])

    def _hover(self, point: int) -> tuple[str, str, bytes]:
        row = int(self.drawn[point])
        return (
            self._caption(row),
            self._name(int(self.labels[row])),
            self._thumbnails([row])[0],
        )

    def _toggle(self, cluster: int, only: bool) -> None:
        """Hide or show one cluster; ``only`` shows it alone, or all again when it already is alone."""
        everything = {int(label) for label in np.unique(self.labels)}
        if only:
            others = everything - {cluster}
            self.hide([] if self.hidden == others else sorted(others))
        else:
            self.hide(sorted(self.hidden ^ {cluster}))

    def _set_tool(self, name: str) -> None:
        self.figure.layout.dragmode = drawing.TOOLS[name]

    def close(self) -> None:
        """Close the plot and the toolbar with the panel."""
        for child in self.children:
            child.close()
        super().close()
