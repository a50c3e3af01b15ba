"""Layouts: which layout a map shows, the one being computed, and the bar above the map that sets it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import traitlets

from workbench.analysis.projection import LIMITS, METRICS, PARAMETERS, Setting, parameters
from workbench.panels.base import Answer, script, style
from workbench.panels.map.view import Points
from workbench.panels.working import WorkingPanel

NAMES = {"umap": "UMAP", "tsne": "t-SNE", "pca": "PCA"}

HINTS = {
    "n_neighbors": "low: small groups stand out; high: overall structure",
    "min_dist": "least distance between points; 0 gives the tightest groups",
    "metric": "how the distance of two vectors is measured",
    "perplexity": "approximate number of neighbours of a point; use less for small collections",
    "seed": "random start: another number gives another layout",
}
STEPS = {"n_neighbors": 1, "min_dist": 0.05, "perplexity": 5, "seed": 1}


class Layouts:
    """The layouts that ``make(method, watch=..., **params)`` returns, each (N, 2), shown by ``place``.

    ``bar`` shows how far the making is; ``method`` and ``params`` (without defaults) are those now shown.
    """

    def __init__(
        self, make: Callable[..., Points], bar: WorkingPanel, place: Callable[[Points], None], method: str
    ) -> None:
        self._make, self._bar, self._place = make, bar, place
        self.method, self.params = method, dict[str, Setting]()

    def show(self, method: str, **params: Setting) -> None:
        """Make a layout and show it; raises QueryError for what cannot be set."""
        self._bar.cancel()
        given = _own(method, params)
        self._take(method, given, self._make(method, **given))

    def start(self, method: str, **params: Setting) -> None:
        """Make a layout on another thread; what is shown stays until it is there, or for good if it fails."""
        given = _own(method, params)
        self._bar.start(
            f"Computing {NAMES.get(method, method)}",
            lambda watch: self._make(method, watch=watch, **given),
            lambda points: self._take(method, given, points),
        )

    def code(self) -> str:
        """Return the arguments that show the same layout."""
        return ", ".join([repr(self.method), *(f"{name}={value!r}" for name, value in self.params.items())])

    def _take(self, method: str, params: dict[str, Setting], points: Points) -> None:
        self.method, self.params = method, params
        self._place(points)


def _own(method: str, params: dict[str, Setting]) -> dict[str, Setting]:
    """Return the settings that differ from the defaults, checked; a method of another kind is left alone."""
    if method not in PARAMETERS:
        return params
    whole, usual = parameters(method, **params), parameters(method)  # type: ignore[arg-type]
    return {name: value for name, value in whole.items() if value != usual[name]}


def fields(methods: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Return for each method its settings: name, default, hint, and either choices or low, high and step.

    PCA has none: its axes are those of most variance.
    """
    return {
        method: [_field(name, default) for name, default in {**PARAMETERS[method], **_seed(method)}.items()]
        for method in methods
        if method in PARAMETERS
    }


def _seed(method: str) -> dict[str, int]:
    return {} if method == "pca" else {"seed": 0}


def _field(name: str, default: float | str) -> dict[str, Any]:
    about = {"name": name, "default": default, "hint": HINTS[name]}
    if name == "metric":
        return {**about, "choices": list(METRICS)}
    low, high = LIMITS[name]
    return {**about, "low": low, "high": high, "step": STEPS[name]}


class MapBar(WorkingPanel):
    """The browser's half of the map: its bar, the form of its layout, its legend.

    It draws lassos and boxes over the plot beside it and reports them: plotly's own carry no modifier keys,
    and would draw all points anew first. ``answers`` and ``actions`` are those of the map, see `Panel`;
    ``drawing`` counts what was drawn. ``fields`` are what the form of each method asks for, ``settings`` what
    is set for the layout shown; ``note`` says why nothing is to be seen; ``levels`` is how many levels of
    clusters there are, 0 for a map without; ``beside`` is what the last button does: "open" or "close" a
    second map, or "" for no button.
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
    levels = traitlets.Int(0).tag(sync=True)
    level = traitlets.Int(0).tag(sync=True)
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
