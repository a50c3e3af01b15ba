"""HDBSCAN over the neighbour graph."""

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from workbench.errors import required_by


def dense_groups(
    near: Sequence[NDArray[np.int64]],
    likeness: Sequence[NDArray[np.floating]],
    threshold: float,
) -> NDArray[np.int64]:
    """Return (C,) labels of C nodes: their HDBSCAN clusters of two or more, or a label of their own.

    Works on the edges of the graph and not on all pairs, one connected part at a time, with 1 - cosine as the
    distance; no cluster is parted at distances below 1 - ``threshold``. Sources: HDBSCAN*, Campello, Moulavi
    and Sander 2013, as written by McInnes and Healy 2017; the distance kept whole, Malzer and Baum 2020.
    """
    from scipy.sparse import coo_array  # type: ignore[import-untyped]
    from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped]

    count = len(near)
    here = np.repeat(np.arange(count), [len(rows) for rows in near])
    there = np.concatenate([*near, np.empty(0, np.int64)]).astype(np.int64)
    apart = np.maximum(1 - np.concatenate([*likeness, np.empty(0)]), 1e-6)
    graph = coo_array((apart, (here, there)), shape=(count, count)).tocsr()
    graph = graph.maximum(graph.T)
    parts, part = connected_components(graph, directed=False)
    labels = np.arange(count)
    if count == 0:
        return labels
    order = np.argsort(part, kind="stable")
    for rows in np.split(order, np.searchsorted(part[order], np.arange(1, parts))):
        if len(rows) > 2:
            labels[rows] = _clusters(graph[rows][:, rows], rows, 1 - threshold)
        else:
            labels[rows] = rows[0]
    return labels


def _clusters(distances: object, rows: NDArray[np.int64], whole: float) -> NDArray[np.int64]:
    """Return a label for each of the ``rows`` of one connected part: the first row of its cluster."""
    with required_by("Grouping by HDBSCAN"):
        import hdbscan

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of deprecations inside hdbscan
        found = hdbscan.HDBSCAN(
            metric="precomputed",
            min_cluster_size=2,
            min_samples=1,
            allow_single_cluster=True,
            cluster_selection_epsilon=float(whole),
        ).fit_predict(distances)
    _, first, place = np.unique(found, return_index=True, return_inverse=True)
    return np.where(found < 0, rows, rows[first[place]])
