"""ClusterRuns: runs of clustering, kept with their parameters under a name, and compared in a table."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.analysis import cluster_methods
from workbench.analysis.cluster_quality import Quality, outliers, quality, representatives
from workbench.analysis.progress import Watch, nobody
from workbench.case.arguments import checked, is_labels, is_text, whole
from workbench.case.collection import Collection
from workbench.errors import QueryError
from workbench.spelling import spelled
from workbench.store.json_lines import JsonLines, storable

if TYPE_CHECKING:
    import pandas as pd

Labels = NDArray[np.int32]

LONGEST = 120
"""Letters of a name at most."""


class ClusterRuns:
    """The runs over a collection. What a run found is in the cache; name and parameters are in ``work/``.

    ``groups(by)`` returns the group of each image by folder, tag or identity, "" for none.
    """

    def __init__(self, collection: Collection, groups: Callable[[str], list[str]]) -> None:
        self._collection, self._groups = collection, groups
        self._lines = JsonLines(collection.folder.root / "work" / "cluster_runs.jsonl")
        self._measured: dict[str, Quality] = {}

    @checked(method=is_text("hdbscan"), name=is_text("coarse", empty=True))
    def run(self, method: str = "hdbscan", *, name: str = "", watch: Watch = nobody, **params: Any) -> Labels:
        """Cluster the images and keep the run: (N,), 0 for the largest cluster, -1 for none.

        ``method`` is hdbscan, dbscan or agglomerative, ``space`` reduced or vectors, ``params`` those of
        `cluster_methods.METHODS`; ``name`` is what the run is called, by default what made it. A later run
        of the same name takes its place. ``watch`` is told how far the reduction is. Raises QueryError for
        parameters that cannot be.
        """
        settings = cluster_methods.parameters(method, **params)
        labels = self._collection.computed.run(settings, watch)
        watch(1.0)  # where nobody waits any more, nothing is kept
        called = _tidy(name) or described(settings)
        self._keep(spelled(called, self._standing()) or called, settings)
        return labels

    @checked(name=is_text("coarse"), to=is_text("fine", empty=True))
    def rename(self, name: str, to: str) -> None:
        """Call a run otherwise; a run that was called so is replaced. Raises QueryError for no such run."""
        name, to = self._called(name), _tidy(to)
        settings = self.settings(name)
        if not to:
            raise QueryError("The name of a run is empty.", "Give it a name.")
        if to != name:
            self._keep(to, settings)
            self._keep(name, None)

    @checked(name=is_text("coarse"))
    def remove(self, name: str) -> None:
        """Forget a run; raises QueryError where none has this name."""
        self._keep(self._called(name), None)

    @checked(name=is_text("coarse"))
    def labels(self, name: str) -> Labels:
        """Return the clusters (N,) of a run; raises QueryError where none has this name."""
        return self._collection.computed.run(self.settings(name))

    @checked(name=is_text("coarse"))
    def settings(self, name: str) -> dict[str, Any]:
        """Return the parameters of a run; raises QueryError where none has this name."""
        return self._standing()[self._called(name)]

    def _called(self, name: str) -> str:
        """Return how the run is spelled that ``name`` means."""
        runs = self._standing()
        kept = spelled(name, runs)
        if kept is None:
            known = ", ".join(map(repr, runs)) or "none yet; make one with `case.cluster_runs.run()`"
            raise QueryError(f"No clustering run is called {name!r}.", f"Runs of this case: {known}.")
        return kept

    @property
    def names(self) -> list[str]:
        """What the runs are called, the oldest first."""
        return list(self._standing())

    @checked(against=is_text("folder"))
    def compare(self, against: str = "folder") -> "pd.DataFrame":
        """Return a row a run: name, clusters, noise, largest, silhouette, dbcv, purity, adjusted_rand, note.

        Purity and adjusted Rand are ``against`` folder, tag or identity, over the images that have one.
        """
        import pandas as pd

        groups = pd.Series(self._groups(against), dtype=object)
        truth = pd.factorize(groups.where(groups != ""))[0].astype(np.int32)
        rows = []
        for name, settings in self._standing().items():
            found = self._quality(settings, truth)
            rows.append({"name": name, **asdict(found), "parameters": described(settings)})
        return pd.DataFrame(rows, columns=["name", *_FIGURES, "parameters"])

    @checked(labels=is_labels, cluster=whole(example=0), k=whole(1, example=5))
    def representatives(self, labels: Labels, cluster: int, k: int = 5) -> NDArray[np.int32]:
        """Return the ``k`` rows most typical of a cluster, the most typical first."""
        return representatives(self._collection.vectors, labels, cluster, k)

    @checked(labels=is_labels, cluster=whole(example=0), k=whole(1, example=5))
    def outliers(self, labels: Labels, cluster: int, k: int = 5) -> NDArray[np.int32]:
        """Return the ``k`` rows of a cluster that are least like it, the oddest first."""
        return outliers(self._collection.vectors, labels, cluster, k)

    @checked(k=whole(1, example=5), space=is_text("reduced"))
    def k_distances(
        self, k: int = 5, space: str = "reduced", *, watch: Watch = nobody
    ) -> NDArray[np.float32]:
        """Return the sorted distances (N,) to the k-th neighbour; where they bend up is a good ``eps``.

        Of more than 20,000 images, those of 5,000.
        """
        if k < 1:
            raise QueryError(f"Invalid k={k} for the k-distance curve.", "Use 1 or more.")
        settings = cluster_methods.parameters("dbscan", space=space)
        return cluster_methods.k_distances(self._collection.computed.space(settings, watch), k)

    def _keep(self, name: str, settings: dict[str, Any] | None) -> None:
        self._lines.append({"name": name, "parameters": settings})

    def _standing(self) -> dict[str, dict[str, Any]]:
        runs: dict[str, dict[str, Any]] = {}
        for line in self._lines.read(_is_run):
            runs.pop(line["name"], None)
            if line["parameters"] is not None:
                runs[line["name"]] = line["parameters"]
        return runs

    def _quality(self, settings: dict[str, Any], truth: Labels) -> Quality:
        """Measure a run, once for the same images and classes."""
        computed = self._collection.computed
        key = json.dumps([settings, computed.digest, hashlib.sha256(truth.tobytes()).hexdigest()])
        if key not in self._measured:
            self._measured[key] = quality(computed.space(settings), computed.run(settings), truth)
        return self._measured[key]


_FIGURES = ("clusters", "noise", "largest", "silhouette", "dbcv", "purity", "adjusted_rand", "note")


def _tidy(name: str) -> str:
    return storable(" ".join(name.split()))[:LONGEST]


def described(settings: dict[str, Any]) -> str:
    """Return parameters as a person reads them: "dbscan, eps 0.4, min_samples 5, reduced"."""
    own = [
        f"{name} {value}"
        for name, value in settings.items()
        if name not in ("method", "space", "seed") and value is not None
    ]
    return ", ".join([settings["method"], *own, settings["space"]])


def _is_run(record: dict[str, Any]) -> bool:
    settings = record["parameters"]
    try:
        return isinstance(record["name"], str) and (
            settings is None or bool(cluster_methods.parameters(**settings))
        )
    except QueryError:  # of a later version
        return False
