"""What must and what must not be one person: the analyst's decisions, and the faces of one photo.

A node is what grouping works on: a free face, or all faces that are already known to be one identity.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.errors import QueryError


def column(values: ArrayLike | None, n: int, default: float, name: str) -> NDArray[Any]:
    """Return ``values`` as (n,), all ``default`` for None; raises QueryError for another length."""
    if values is None:
        return np.full(n, default)
    given = np.asarray(values)
    if given.shape != (n,):
        raise QueryError(
            f"{name} has shape {given.shape}, but there are {n} faces.", "Pass one value per face."
        )
    return given


FREE, LEFT_OUT = -1, -2


@dataclass(frozen=True)
class Nodes:
    """C nodes of N faces.

    ``of_face`` (N,) int32: the node of each face, -1 for one that takes no part. ``known`` (C,) int32: the
    identity of a node, -1 for none. ``photos``: for each node the photos its faces are in.
    """

    of_face: NDArray[np.int32]
    known: NDArray[np.int32]
    photos: list[set[int]]


def contract(known: NDArray[np.int32], photo: NDArray[np.int64]) -> Nodes:
    """Make the nodes of (N,) ``known`` and ``photo``: faces of one known identity are one node.

    Two faces of one photo that are known to be one identity (a mirror, a collage) stay together: what a
    person said weighs more than the rule. Known identities are the first nodes, by number.
    """
    of_face = np.full(len(known), -1, np.int32)
    identities, place = np.unique(known[known >= 0], return_inverse=True)
    of_face[known >= 0] = place
    free = np.flatnonzero(known == FREE)
    of_face[free] = len(identities) + np.arange(len(free))
    labels = np.concatenate([identities, np.full(len(free), -1)]).astype(np.int32)
    photos: list[set[int]] = [set() for _ in labels]
    for row in np.flatnonzero((of_face >= 0) & (photo >= 0)):
        photos[of_face[row]].add(int(photo[row]))
    return Nodes(of_face, labels, photos)


def node_sums(vectors: NDArray[np.floating], nodes: Nodes) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Return the sum of the vectors of each node, (C, D), and how many they are, (C,)."""
    rows = np.flatnonzero(nodes.of_face >= 0)
    sums = np.zeros((len(nodes.known), vectors.shape[1]), np.float32)
    np.add.at(sums, nodes.of_face[rows], np.asarray(vectors[rows], np.float32))
    return sums, np.bincount(nodes.of_face[rows], minlength=len(sums)).astype(np.float64)


def node_neighbours(
    rows: NDArray[np.int32], values: NDArray[np.floating], nodes: Nodes
) -> tuple[list[NDArray[np.int64]], list[NDArray[np.float64]]]:
    """Turn the neighbours of faces, ``rows`` (N, k) with -1 for none, into those of each of C nodes.

    Returns for each node its neighbours, each once, and the sum of the ``values`` (N, k) of all pairs of
    faces that make them neighbours.
    """
    count = len(nodes.known)
    if count == 0:
        return [], []
    here = np.repeat(nodes.of_face.astype(np.int64), rows.shape[1])
    there = np.append(nodes.of_face, -1)[rows].astype(np.int64).ravel()
    real = (here >= 0) & (there >= 0) & (here != there)
    pairs, place = np.unique(here[real] * count + there[real], return_inverse=True)
    total = np.bincount(place, weights=values.ravel()[real], minlength=len(pairs))
    ends = np.searchsorted(pairs, np.arange(1, count) * count)
    return np.split(pairs % count, ends), np.split(total, ends)
