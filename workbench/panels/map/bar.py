"""MapBar: the map's toolbar, legend and hover card, and the gestures that plotly keeps to itself."""

from typing import TYPE_CHECKING, Any

import traitlets

from workbench.analysis.rows import Mode
from workbench.panels.base import Answer, script, style
from workbench.panels.map.form import fields
from workbench.panels.map.gestures import Gestures
from workbench.panels.working import WorkingPanel

if TYPE_CHECKING:
    from workbench.panels.map.panel import Map


class MapBar(WorkingPanel):
    """The browser's half of the map: its bar, the form of its layout, its legend.

    It draws lassos and boxes over the plot beside it and reports them: plotly's own carry no modifier keys,
    and would draw all points anew first. ``gestures`` answers
    what it asks, or a verb of the ``panel`` does; ``drawing`` counts what was drawn. ``fields`` are what the
    form of each method asks for, ``settings`` what is set for the layout shown; ``note`` says why nothing is
    to be seen; ``beside`` is what the last button does: "open" or "close" a second map, or "" for no button.
    ``bright`` has a bit for each point drawn, set where it is selected, and is empty where nothing is;
    ``crosses`` and ``ring`` are the places of the hits and of the focus, x and y as float32.
    """

    _esm = script("map")
    _css = style("working", "map")

    methods = traitlets.List(traitlets.Unicode()).tag(sync=True)
    method = traitlets.Unicode("umap").tag(sync=True)
    fields = traitlets.Dict().tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)
    form = traitlets.Bool(False).tag(sync=True)
    beside = traitlets.Enum(["", "open", "close"], "").tag(sync=True)
    note = traitlets.Unicode("").tag(sync=True)
    columns = traitlets.List(traitlets.Unicode()).tag(sync=True)
    column = traitlets.Unicode("clusters").tag(sync=True)
    tool = traitlets.Enum(["lasso", "box", "pan"], "lasso").tag(sync=True)
    mode = traitlets.Enum(["replace", "add", "remove", "intersect"], "replace").tag(sync=True)
    names = traitlets.Bool(True).tag(sync=True)
    pictures = traitlets.Bool(True).tag(sync=True)
    legend = traitlets.List(traitlets.Dict()).tag(sync=True)
    more = traitlets.Int(0).tag(sync=True)
    classes = traitlets.Int(0).tag(sync=True)
    sought = traitlets.Unicode("").tag(sync=True)
    summary = traitlets.Unicode("").tag(sync=True)
    selected = traitlets.Int(0).tag(sync=True)
    drawing = traitlets.Int(0).tag(sync=True)
    bright = traitlets.Bytes(b"").tag(sync=True)
    crosses = traitlets.Bytes(b"").tag(sync=True)
    ring = traitlets.Bytes(b"").tag(sync=True)

    def __init__(self, gestures: Gestures, panel: "Map", **traits: Any) -> None:
        self._gestures, self._map = gestures, panel
        super().__init__(**traits)
        self.fields = fields(self.methods)

    def _answer_draw(self, shape: dict[str, Any], mode: Mode) -> None:
        self._gestures.draw(shape, mode)

    def _answer_click(self, x: float, y: float) -> None:
        self._gestures.click(x, y)

    def _answer_hover(self, x: float, y: float) -> Answer:
        return self._gestures.hover(x, y)

    def _answer_view(self, x: list[float], y: list[float], width: int, height: int) -> None:
        self._gestures.view(x, y, width, height)

    def _answer_marks(self) -> Answer:
        return self._gestures.marks()

    def _answer_legend(self, cluster: int, only: bool) -> None:
        self._gestures.legend(cluster, only)

    def _answer_seek(self, text: str) -> None:
        self._map.seek(text)

    def _answer_all(self, shown: bool) -> None:
        self._map.hide([] if shown else self._map.classes.present)

    def _answer_tool(self, name: str) -> None:
        self.tool = name
        self._gestures.tool(name)

    def _answer_clear(self) -> None:
        self._map.selection.clear()

    def _answer_method(self, name: str, settings: dict[str, Any]) -> None:
        self._map.compute(name, **settings)

    def _answer_beside(self) -> None:
        self._map.beside()

    def _answer_column(self, name: str) -> None:
        self._map.compute_colours(name)

    def _answer_again(self) -> None:
        self._map.again()

    def _answer_whole(self) -> None:
        self._map.whole()
