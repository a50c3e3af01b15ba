"""RunBook: what the panel of the runs needs of a case."""

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.progress import Watch

if TYPE_CHECKING:
    import pandas as pd

Labels: TypeAlias = NDArray[np.int32]


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
