"""MapBar: the map's toolbar, legend and hover card, and the gestures that plotly keeps to itself."""

from collections.abc import Callable
from typing import Any

import traitlets

from workbench.panels.base import Answer, Panel, script, style


class MapBar(Panel):
    """The browser's half of the map.

    It listens to the plot beside it and reports what was drawn: plotly's own callbacks carry no modifier
    keys, and its relayout event for drawn shapes does not reach ``layout.on_change``. ``on`` names one
    callable an event:
    ``draw(shape, mode)``, ``click(point)``, ``clear()``, ``method(name)``, ``legend(cluster, only)``,
    ``tool(name)`` and ``hover(point)``, which returns the name, the cluster and a JPEG.
    """

    _esm = script("map")
    _css = style("map")

    methods = traitlets.List(traitlets.Unicode()).tag(sync=True)
    method = traitlets.Unicode("umap").tag(sync=True)
    tool = traitlets.Enum(["lasso", "box", "pan"], "lasso").tag(sync=True)
    mode = traitlets.Enum(["replace", "add", "remove"], "replace").tag(sync=True)
    legend = traitlets.List(traitlets.Dict()).tag(sync=True)
    more = traitlets.Int(0).tag(sync=True)
    summary = traitlets.Unicode("").tag(sync=True)
    selected = traitlets.Int(0).tag(sync=True)

    def __init__(self, on: dict[str, Callable[..., Any]], **traits: Any) -> None:
        self._on = on
        super().__init__(**traits)

    def _answer_draw(self, shape: dict[str, Any], mode: str) -> None:
        self._on["draw"](shape, mode)

    def _answer_click(self, point: int) -> None:
        self._on["click"](point)

    def _answer_clear(self) -> None:
        self._on["clear"]()

    def _answer_method(self, name: str) -> None:
        self._on["method"](name)

    def _answer_legend(self, cluster: int, only: bool) -> None:
        self._on["legend"](cluster, only)

    def _answer_tool(self, name: str) -> None:
        self.tool = name
        self._on["tool"](name)

    def _answer_hover(self, point: int) -> Answer:
        name, cluster, jpeg = self._on["hover"](point)
        return {"name": name, "cluster": cluster}, [jpeg]
