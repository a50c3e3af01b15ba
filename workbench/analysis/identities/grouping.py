"""Faces -> identities: the one entry for all methods, and the rules that hold for each of them."""

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.analysis.identities.calibration import Scale
from workbench.analysis.identities.constraints import (
    FREE,
    LEFT_OUT,
    Nodes,
    column,
    contract,
    node_neighbours,
    node_sums,
)
from workbench.analysis.identities.graph_clustering import (
    Linkage,
    chinese_whispers,
    dense_groups,
    edge_weights,
)
from workbench.analysis.identities.neighbours import crowds, neighbour_graph
from workbench.analysis.identities.postprocess import attach, loose, rejoin
from workbench.analysis.progress import Watch, nobody, part
from workbench.errors import QueryError

Labels = NDArray[np.int32]
Method = Literal["agglomerative", "whispers", "hdbscan"]

DEFAULT_METHOD: Method = "whispers"
NEIGHBOURS = 64  # likest faces looked at for each face
HEARD = 0.1  # how far below the threshold a face is still heard by those who decide who may be with whom
LOW_QUALITY = 0.2  # a face below may join an identity and never forms one


def group(
    vectors: NDArray[np.floating],
    *,
    scale: Scale,
    quality: ArrayLike | None = None,
    photo: ArrayLike | None = None,
    method: Method = DEFAULT_METHOD,
    threshold: float | None = None,
    known: ArrayLike | None = None,
    together: ArrayLike | None = None,
    min_quality: float = LOW_QUALITY,
    watch: Watch = nobody,
) -> Labels:
    """Group the unit rows of ``vectors`` (N, D) into identities: (N,) int32, -1 for a face that is alone.

    ``quality`` (N,) in [0, 1]: faces below ``min_quality`` join an identity that is there without them, or
    stay alone; so they never bridge two. ``photo`` (N,) ints: two faces of one photo are never one identity;
    -1 is no photo. ``known`` (N,) ints: the identity (0 and up) a face already has, which it keeps under the
    same number, and two known identities never join; `FREE` (-1) for a face to be grouped, `LEFT_OUT` (-2)
    for one that takes no part and gets -1. ``together`` (N,) ints: free faces of one number from 0 up are
    one person, such as a track in a video; -1 is none. New identities get numbers above the known ones,
    largest first. ``threshold`` is a cosine, by default the one that ``scale`` gives for ``method``.

    Many faces that cannot be told apart (`crowds`) are taken for one, or one for each of a photo. ``watch``
    is told the share done; what it raises ends the grouping. Raises QueryError for arrays of other lengths
    and for an unknown method.
    """
    n = len(vectors)
    if method not in get_args(Method):
        raise QueryError(f"Unknown grouping method {method!r}.", f"Use one of {', '.join(get_args(Method))}.")
    cut = scale.groups[method] if threshold is None else threshold
    identities = column(known, n, FREE, "known").astype(np.int32)
    photos = column(photo, n, -1, "photo").astype(np.int64)
    poor = column(quality, n, 1.0, "quality").astype(np.float64) < min_quality
    waiting = poor & (identities == FREE)
    crowd = crowds(vectors, cut, part(watch, 0.0, 0.1))
    linked = None if together is None else column(together, n, -1, "together").astype(np.int32)
    nodes = contract(np.where(waiting, LEFT_OUT, identities).astype(np.int32), photos, crowd, linked)
    labels = _number(_link(vectors, nodes, method, cut, part(watch, 0.1, 0.95)), nodes)
    labels, out = rejoin(vectors, labels, photos, identities >= 0, cut + HEARD)
    labels[loose(vectors, labels, identities >= 0, cut)] = -1
    return attach(vectors, _by_size(labels, identities), photos, waiting | out, cut)


def _link(
    vectors: NDArray[np.floating], nodes: Nodes, method: Method, cut: float, watch: Watch
) -> NDArray[np.int64]:
    """Return the group of each node.

    Other methods than linkage say only who may be with whom; linkage then joins of these all that are like
    enough and that the constraints let join, so that the rules hold whatever the method.
    """
    floor = cut if method == "agglomerative" else cut - HEARD
    graph = neighbour_graph(_of(vectors, nodes.rows), NEIGHBOURS, floor, watch=part(watch, 0.0, 0.5))
    near, loud = node_neighbours(graph.rows, edge_weights(graph.similarity, floor), nodes)
    sums, sizes = node_sums(vectors, nodes)
    if method == "whispers":
        near = chinese_whispers(near, loud, nodes.known >= 0, part(watch, 0.5, 0.8))
    elif method == "hdbscan":
        means = sums / sizes[:, None].astype(np.float32)
        found = dense_groups(near, [means[rows] @ means[node] for node, rows in enumerate(near)], cut)
        near, cut = [rows[found[rows] == found[node]] for node, rows in enumerate(near)], floor
    return Linkage(sums, sizes, nodes, cut).run(near, part(watch, 0.8, 1.0))


def _of(vectors: NDArray[np.floating], rows: NDArray[np.intp]) -> NDArray[np.floating]:
    return vectors if len(rows) == len(vectors) else vectors[rows]


def _number(groups: NDArray[np.int64], nodes: Nodes) -> Labels:
    """Return the label of each face from the (C,) ``groups`` of nodes: known ones, then any; alone is -1."""
    taking_part = nodes.of_face >= 0
    of_face = (
        np.where(taking_part, groups[nodes.of_face], 0) if len(groups) else np.zeros(len(taking_part), int)
    )
    sizes = np.bincount(of_face[taking_part], minlength=len(groups))
    label = np.full(len(groups), -1, np.int32)
    np.maximum.at(label, groups, nodes.known)
    new = np.flatnonzero((label < 0) & (sizes > 1))
    label[new] = nodes.known.max(initial=-1) + 1 + np.arange(len(new))
    return np.where(taking_part, np.append(label, -1)[of_face], -1).astype(np.int32)


def _by_size(labels: Labels, known: Labels) -> Labels:
    """Give the new groups of two or more in (N,) ``labels`` numbers above the ``known``, largest first."""
    last = int(known.max(initial=-1))
    groups, first, sizes = np.unique(labels, return_index=True, return_counts=True)
    number = np.where(groups <= last, groups, -1).astype(np.int32)
    new = np.flatnonzero((groups > last) & (sizes > 1))
    new = new[np.lexsort((first[new], -sizes[new]))]
    number[new] = last + 1 + np.arange(len(new))
    return number[np.searchsorted(groups, labels)]
