"""The map's plotly figure: one scattergl trace of all points that are drawn.

plotly is imported in 0.3 s instead of 1.2 s. It imports nbformat, that jsonschema, and that compiles a
grammar of international URLs, for a second and more, which nothing here ever asks about
(https://github.com/python-jsonschema/jsonschema/issues/1428). The grammar is compiled when it is first
needed instead; nothing is lost or changed for others in the process.
"""

import importlib
import importlib.util
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from types import ModuleType
from typing import Any
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from workbench.panels.map.view import View


@contextmanager
def put_off(module: str, function: str) -> Iterator[None]:
    """Let ``from module import function``, while inside, give a function that imports the module when called.

    A module that is already there, or not installed, is left alone.
    """
    if module in sys.modules or importlib.util.find_spec(module) is None:
        yield
        return

    def call(*args: Any, **options: Any) -> Any:
        return getattr(importlib.import_module(module), function)(*args, **options)

    stand_in = ModuleType(module)
    setattr(stand_in, function, call)
    sys.modules[module] = stand_in
    try:
        yield
    finally:
        del sys.modules[module]


with put_off("rfc3987_syntax", "is_valid_syntax"):
    from plotly import graph_objects as go

    go.FigureWidget  # noqa: B018 (its import is what nbformat comes with)

PALETTE = (
    *(
        "#4c78a8",
        "#f58518",
        "#54a24b",
        "#b279a2",
        "#eeca3b",
        "#72b7b2",
        "#ff9da6",
        "#9d755d",
        "#6f63bb",
        "#2f8ac4",
    ),
    *(
        "#c44e52",
        "#8ab833",
        "#d67195",
        "#1b9e77",
        "#a6761d",
        "#7570b3",
        "#66a61e",
        "#e6ab02",
        "#17becf",
        "#8c564b",
    ),
)
NO_CLUSTER = "#9aa0a6"
TOOLS: dict[str, str | bool] = {"lasso": False, "box": False, "pan": "pan"}
"""What plotly does of each tool: nothing where the outline is drawn over it."""


def colour(cluster: int) -> str:
    """Return the colour of a cluster; colours repeat after twenty."""
    return NO_CLUSTER if cluster < 0 else PALETTE[cluster % len(PALETTE)]


class MapFigure(go.FigureWidget):
    """A figure of which no browser ever sees a part only, whenever it begins to look.

    plotly's own is made known to browsers while it is still empty, and all that it then shows is sent as
    changes; its state stays that of its making. A busy browser, a page that was opened again and Voila, which
    run the notebook first, miss changes. This one is made known by `open`, which its maker calls once
    something is drawn, and its state is what it shows now.
    """

    _held_back = True

    def open(self) -> None:
        """Make the figure known to browsers; the call that ipywidgets makes on its own does nothing."""
        if self._held_back:
            self._held_back, self._model_id = False, uuid4().hex
        else:
            super().open()

    @property
    def model_id(self) -> str:
        """What browsers know the figure by."""
        return str(self._model_id)

    def get_state(
        self, key: str | Iterable[str] | None = None, drop_defaults: bool = False
    ) -> dict[str, Any]:
        """Return what a browser is told, the data and layout as they are now; see ``ipywidgets.Widget``."""
        state: dict[str, Any] = super().get_state(key, drop_defaults)
        for name in state.keys() & {"_widget_data", "_widget_layout"}:
            now = deepcopy(self._data if name == "_widget_data" else self._layout_obj._props)
            state[name] = self.trait_metadata(name, "to_json", self._trait_to_json)(now, self)
        return state

    def show_anew(self) -> None:
        """Tell browsers all that the figure shows."""
        self.send_state(["_widget_data", "_widget_layout", "_config"])


def figure() -> MapFigure:
    """Return an empty map: no axes, transparent, gestures that draw instead of plotly's slow selection."""
    marker = {"size": 7, "line": {"width": 0}}
    points = go.Scattergl(mode="markers", marker=marker, hoverinfo="skip")
    axis = {"visible": False, "zeroline": False}
    layout = {
        "xaxis": axis,
        "yaxis": {**axis, "scaleanchor": None},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "template": "none",  # the default one takes longer to build than a case of a million to open
        "showlegend": False,
        "hovermode": False,
        "autosize": True,
        "dragmode": TOOLS["lasso"],
    }
    widget = MapFigure(data=[points], layout=layout)
    widget._config = {
        "displaylogo": False,
        "displayModeBar": False,
        "scrollZoom": True,
        "doubleClick": False,
        "responsive": True,
    }
    return widget


def look_at(widget: go.FigureWidget, view: View) -> None:
    """Show a part of the map."""
    widget.update_layout(xaxis_range=[view.x0, view.x1], yaxis_range=[view.y0, view.y1])


def draw_points(
    widget: go.FigureWidget,
    points: NDArray[np.float32],
    codes: NDArray[np.int32],
    colours: Sequence[str],
    shown: NDArray[np.bool_],
    diameter: float,
    number: int,
) -> None:
    """Draw points (M, 2) in the colours of their classes, -1 first; those not ``shown`` get no place.

    ``diameter`` is in pixels; ``number`` tells this drawing from others, see `MapBar.drawing`.
    Colours travel as one small number a point, whatever the number of classes.
    """
    x, y = (np.where(shown, points[:, i], np.nan).astype(np.float32) for i in (0, 1))
    palette, of = np.unique(np.array(colours), return_inverse=True)
    marker = {
        "color": of.astype(np.int16)[codes + 1],
        "colorscale": _steps(palette.tolist()),
        "cmin": -0.5,
        "cmax": len(palette) - 0.5,
        "size": diameter,
    }
    widget.data[0].update({"x": x, "y": y, "marker": marker, "meta": number})


def _steps(palette: Sequence[str]) -> list[list[Any]]:
    """Return a colour scale that is flat at each whole number and leaps between them."""
    edges = np.linspace(0, 1, len(palette) + 1)
    return [
        [float(edge), name] for name, *ends in zip(palette, edges, edges[1:], strict=False) for edge in ends
    ]


def draw_density(widget: go.FigureWidget, address: str, view: View) -> None:
    """Put the picture at a data address below the points, stretched over a view; or none."""
    place = {"x": view.x0, "y": view.y1, "sizex": view.x1 - view.x0, "sizey": view.y1 - view.y0}
    looks = {"xref": "x", "yref": "y", "sizing": "stretch", "layer": "below", "source": address}
    if address or widget.layout.images:
        widget.layout.images = [{**place, **looks}] if address else []


def size(count: int) -> float:
    """Return the diameter in pixels that keeps ``count`` points apart from each other."""
    return float(np.clip(11 - 1.6 * np.log10(max(count, 10)), 2, 9))
