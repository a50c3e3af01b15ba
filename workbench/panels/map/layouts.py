"""Layouts: which layout a map shows, the one that is being computed, and the form of what can be set."""

from collections.abc import Callable, Sequence
from typing import Any

from workbench.analysis.projection import LIMITS, METRICS, PARAMETERS, Setting, parameters
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
