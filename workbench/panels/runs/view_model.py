"""What the panel of the cluster runs needs of a case, and what it shows: form, table, curve and a still."""

import math
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.cluster_methods import METHODS, knee
from workbench.analysis.progress import Watch
from workbench.panels.static_html import escape

if TYPE_CHECKING:
    import pandas as pd

Labels: TypeAlias = NDArray[np.int32]

ABOUT: dict[str, dict[str, Any]] = {
    "min_cluster_size": {"label": "Smallest cluster", "step": 1, "hint": "smaller groups count as noise"},
    "min_samples": {"label": "Neighbours", "step": 1, "hint": "higher: more images count as noise"},
    "merge_distance": {"label": "Join within", "step": 0.1, "hint": "clusters nearer than this are merged"},
    "eps": {
        "label": "eps",
        "step": 0.05,
        "hint": "largest distance of neighbours; click the curve to choose it",
    },
    "threshold": {"label": "Threshold", "step": 0.05, "hint": "clusters farther apart are not merged"},
}
FIGURES = ("clusters", "noise", "largest", "silhouette", "dbcv", "purity", "adjusted_rand")
PLACES = 160
"""Points of the curve that travel to the browser."""

CLUSTERS = 60
"""Clusters of a run that can be looked into by a click, the largest; Python looks into all."""


class RunBook(Protocol):
    """Where runs are made and kept: ``case.cluster_runs`` is one."""

    @property
    def names(self) -> list[str]:
        """What the runs are called, the oldest first."""

    def run(self, method: str, *, name: str, watch: Watch, **params: Any) -> Labels:
        """Cluster the samples (N,) and keep the run."""

    def labels(self, name: str) -> Labels:
        """Return the clusters (N,) of a run."""

    def compare(self, against: str) -> "pd.DataFrame":
        """Return a row a run: name, figures, note and parameters."""

    def k_distances(self, k: int, space: str, *, watch: Watch) -> NDArray[np.float32]:
        """Return the sorted distances (N,) to the k-th neighbour."""

    def representatives(self, labels: Labels, cluster: int, k: int) -> Labels:
        """Return the rows most typical of a cluster."""

    def outliers(self, labels: Labels, cluster: int, k: int) -> Labels:
        """Return the rows of a cluster least like it."""

    def rename(self, name: str, to: str) -> None:
        """Call a run otherwise."""

    def remove(self, name: str) -> None:
        """Forget a run."""


def fields() -> dict[str, list[dict[str, Any]]]:
    """Return what may be set for each method: name, default (None: the method chooses), label, step, hint."""
    return {
        method: [{"name": name, "default": default, **ABOUT[name]} for name, default in known.items()]
        for method, known in METHODS.items()
    }


def rows(table: "pd.DataFrame") -> list[dict[str, Any]]:
    """Return the table of runs as JSON can hold it: what cannot be told is None."""
    return [{str(name): _plain(value) for name, value in run.items()} for run in table.to_dict("records")]


def curve(distances: NDArray[np.floating], k: int) -> dict[str, Any]:
    """Return `PLACES` points of the sorted distances (N,) to the k-th neighbour, and where they bend."""
    count = len(distances)
    at = np.unique(np.linspace(0, max(count - 1, 0), PLACES).round().astype(int)) if count else np.arange(0)
    return {
        "k": k,
        "of": count,
        "at": at.tolist(),
        "distances": np.asarray(distances, float)[at].round(6).tolist(),
        "knee": round(knee(distances), 6),
    }


def clusters(labels: NDArray[np.int32], names: list[str]) -> list[dict[str, Any]]:
    """Return the largest clusters of a run: cluster, name, count."""
    counts = np.bincount(labels[labels >= 0], minlength=len(names)).tolist()
    return [
        {"cluster": i, "name": name, "count": count}
        for i, (name, count) in enumerate(zip(names, counts, strict=True))
    ][:CLUSTERS]


def still(table: list[dict[str, Any]], against: str) -> str:
    """Return the table as HTML for a reader without a kernel; "" where there is none."""
    if not table:
        return ""
    heads = ("name", *FIGURES, "note")
    top = "".join(f"<th>{head.replace('_', ' ')}</th>" for head in heads)
    lines = "".join(
        "<tr>" + "".join(f"<td>{escape(text(run.get(head)))}</td>" for head in heads) + "</tr>"
        for run in table
    )
    note = f"Cluster runs; purity and adjusted Rand against {escape(against)}."
    return f'<div class="wb-still"><p><em>{note}</em></p><table><tr>{top}</tr>{lines}</table></div>'


def text(value: Any) -> str:
    """Return a figure as a person reads it: two decimals, "n/a" where it cannot be told."""
    if value is None:
        return "n/a"
    return (
        f"{value:.2f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
    )


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return None if math.isnan(value) else round(float(value), 4)
    return int(value) if isinstance(value, np.integer) else value
