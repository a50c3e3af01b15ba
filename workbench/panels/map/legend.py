"""The map's legend: a key a cluster, as many as one can look through."""

from collections.abc import Callable, Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.panels.map.figure import colour

KEYS = 30
"""Clusters in the legend at most, the largest; the others are only counted."""


def legend(
    labels: NDArray[np.int32], hidden: Collection[int], name: Callable[[int], str], sought: str = ""
) -> tuple[list[dict[str, Any]], int]:
    """Return a key for each large cluster of ``labels`` (N,), and how many clusters got none.

    The largest come first, -1 (in no cluster) last. ``sought``: only those whose name holds this text, in
    whatever case.
    """
    clusters, counts = np.unique(labels, return_counts=True)
    if sought:
        found = np.array([sought.casefold() in name(int(cluster)).casefold() for cluster in clusters], bool)
        clusters, counts = clusters[found], counts[found]
    order = np.lexsort((-counts, clusters < 0))
    few = order if len(order) <= KEYS + 1 else np.r_[order[:KEYS], order[-1]]
    keys = [
        {
            "cluster": int(clusters[i]),
            "name": name(int(clusters[i])),
            "count": int(counts[i]),
            "colour": colour(int(clusters[i])),
            "shown": int(clusters[i]) not in hidden,
        }
        for i in few
    ]
    return keys, len(order) - len(few)
