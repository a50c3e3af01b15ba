"""MapBar: the map's toolbar, legend and hover card, and the gestures that plotly keeps to itself."""

from collections.abc import Callable, Mapping
from typing import Any

import traitlets

from workbench.panels.base import Answer, script, style
from workbench.panels.map.layouts import fields
from workbench.panels.working import WorkingPanel


class MapBar(WorkingPanel):
    """The browser's half of the map: its bar, the form of its layout, its legend.

    It draws lassos and boxes over the plot beside it and reports them: plotly's own carry no modifier keys,
    and would draw all points anew first. ``answers`` and ``actions`` are those of the map, see `Panel`;
    ``drawing`` counts what was drawn. ``fields`` are what the form of each method asks for, ``settings`` what
    is set for the layout shown; ``note`` says why nothing is
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

    def __init__(
        self,
        answers: Mapping[str, Callable[..., Answer | None]],
        actions: Mapping[str, Callable[..., object]],
        **traits: Any,
    ) -> None:
        super().__init__(answers=answers, actions=actions, **traits)
        self.fields = fields(self.methods)
