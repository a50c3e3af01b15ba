"""The form of a layout: what may be set for each method, told so that a browser can ask for it."""

from collections.abc import Sequence
from typing import Any

from workbench.analysis.projection import LIMITS, METRICS, PARAMETERS

HINTS = {
    "n_neighbors": "few: small groups stand out; many: the large picture",
    "min_dist": "how close points may come; 0 packs groups tight",
    "metric": "how far two vectors are apart",
    "perplexity": "about how many neighbours a point has; small collections take less",
    "seed": "another number, another layout of the same data",
}
STEPS = {"n_neighbors": 1, "min_dist": 0.05, "perplexity": 5, "seed": 1}


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
