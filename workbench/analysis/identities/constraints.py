"""What must and what must not be one person: the analyst's decisions, and the faces of one photo.

A node is what grouping works on: a free face, all faces of a crowd that cannot be told apart, or all faces
that are already known to be one identity.
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
    identity of a node, -1 for none. ``photos``: for each node the photos its faces are in. ``rows`` (R,): the
    faces that stand for all, in order: of a crowd one for each node; ``stands_for`` (R,): for how many each.
    """

    of_face: NDArray[np.int32]
    known: NDArray[np.int32]
    photos: list[set[int]]
    rows: NDArray[np.intp]
    stands_for: NDArray[np.int64]


def contract(
    known: NDArray[np.int32],
    photo: NDArray[np.int64],
    crowd: NDArray[np.int32],
    together: NDArray[np.int32] | None = None,
) -> Nodes:
    """Make the nodes of (N,) ``known`` and ``photo``: faces of one known identity are one node.

    Two faces of one photo that are known to be one identity (a mirror, a collage) stay together: what a
    person said weighs more than the rule. Known identities are the first nodes, by number. Free faces of one
    ``crowd`` (N,; -1 for none) are one node, or as many as it has faces in one photo; so are those of one
    number in ``together`` (N,; -1 for none), a track, each of which stands for itself.
    """
    if together is not None:
        crowd = np.where(together >= 0, -1, crowd).astype(np.int32)
    one = crowd if together is None else np.where(together >= 0, len(known) + together, crowd)
    of_face = np.full(len(known), -1, np.int32)
    identities, place = np.unique(known[known >= 0], return_inverse=True)
    of_face[known >= 0] = place
    free = np.flatnonzero(known == FREE)
    of_face[free] = len(identities) + _shared(free, one[free], photo[free])
    count = int(of_face.max(initial=len(identities) - 1)) + 1
    labels = np.concatenate([identities, np.full(count - len(identities), -1)]).astype(np.int32)
    photos: list[set[int]] = [set() for _ in labels]
    for row in np.flatnonzero((of_face >= 0) & (photo >= 0)):
        photos[of_face[row]].add(int(photo[row]))
    return Nodes(of_face, labels, photos, *_representatives(of_face, crowd))


def _shared(free: NDArray[np.intp], crowd: NDArray[np.int32], photo: NDArray[np.int64]) -> NDArray[np.int32]:
    """Return the node of each of (F,) ``free`` faces, by first face: no two of one photo in one node."""
    one = np.where(crowd >= 0, crowd, -1 - np.arange(len(free)))  # a face outside crowds is alone
    turn = np.zeros(len(free), np.int64)
    order = np.lexsort((photo, one))
    same = (one[order][1:] == one[order][:-1]) & (photo[order][1:] == photo[order][:-1])
    same &= photo[order][1:] >= 0
    starts = np.flatnonzero(~np.concatenate([[False], same]))
    turn[order] = np.arange(len(free)) - np.repeat(starts, np.diff([*starts, len(free)]))
    _, first, node = np.unique(np.stack([one, turn]), axis=1, return_index=True, return_inverse=True)
    number = np.empty(len(first), np.int32)
    number[np.argsort(first)] = np.arange(len(first))
    return number[node.ravel()]


def _representatives(
    of_face: NDArray[np.int32], crowd: NDArray[np.int32]
) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Return the rows that stand for all faces and for how many each does."""
    inside = np.flatnonzero((crowd >= 0) & (of_face >= 0))
    pairs = np.stack([crowd[inside], of_face[inside]])
    _, first, count = np.unique(pairs, axis=1, return_index=True, return_counts=True)
    stands_for = (crowd < 0).astype(np.int64)
    stands_for[inside[first]] = count
    rows = np.flatnonzero(stands_for)
    return rows, stands_for[rows]


def node_sums(vectors: NDArray[np.floating], nodes: Nodes) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Return the sum of the vectors of each node, (C, D), and how many they are, (C,)."""
    rows = np.flatnonzero(nodes.of_face >= 0)
    sums = np.zeros((len(nodes.known), vectors.shape[1]), np.float32)
    np.add.at(sums, nodes.of_face[rows], np.asarray(vectors[rows], np.float32))
    return sums, np.bincount(nodes.of_face[rows], minlength=len(sums)).astype(np.float64)


def node_neighbours(
    rows: NDArray[np.int32], values: NDArray[np.floating], nodes: Nodes
) -> tuple[list[NDArray[np.int64]], list[NDArray[np.float64]]]:
    """Turn the neighbours of the R ``nodes.rows`` into those of each of C nodes.

    ``rows`` (R, k) are places among them, -1 for none. Returns for each node its neighbours, each once, and
    the sum of the ``values`` (R, k) of all pairs of faces that make them neighbours: a face counts as often
    as it stands for another, up to k times.
    """
    count = len(nodes.known)
    if count == 0:
        return [], []
    here = np.repeat(nodes.of_face[nodes.rows].astype(np.int64), rows.shape[1])
    there = np.append(nodes.of_face[nodes.rows], -1)[rows].astype(np.int64).ravel()
    real = (here >= 0) & (there >= 0) & (here != there)
    heard = values * np.append(np.minimum(nodes.stands_for, rows.shape[1]), 0)[rows]
    pairs, place = np.unique(here[real] * count + there[real], return_inverse=True)
    total = np.bincount(place, weights=heard.ravel()[real], minlength=len(pairs))
    ends = np.searchsorted(pairs, np.arange(1, count) * count)
    return np.split(pairs % count, ends), np.split(total, ends)
