"""What follows grouping: parts of one person rejoin, and faces of low quality join an identity."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.identities.neighbours import neighbour_graph


def attach(
    vectors: NDArray[np.floating],
    labels: NDArray[np.int32],
    photo: NDArray[np.int64],
    waiting: NDArray[np.bool_],
    threshold: float,
) -> NDArray[np.int32]:
    """Return (N,) ``labels`` in which faces ``waiting`` (N,) bool have joined their likest identity, or -1.

    How like a face is to an identity is its mean cosine to the faces that formed it, never to others that
    waited, so that no identity drifts and none are bridged. The likest go first; an identity that has a face
    in the same ``photo`` (-1: none) is passed over.
    """
    found = labels.copy()
    identities = np.unique(labels[labels >= 0])
    rows = np.flatnonzero(waiting)
    if not len(identities) or not len(rows):
        return found
    present = set(zip(labels.tolist(), photo.tolist(), strict=True))
    for row, identity in _pairs(vectors, labels, identities, rows, threshold):
        place = (identity, int(photo[row]))
        if found[row] < 0 and (photo[row] < 0 or place not in present):
            found[row] = identity
            present.add(place)
    return found


def _pairs(
    vectors: NDArray[np.floating],
    labels: NDArray[np.int32],
    identities: NDArray[np.int32],
    rows: NDArray[np.intp],
    threshold: float,
) -> list[tuple[int, int]]:
    """Return (row, identity) of all that are like enough, the likest first."""
    means = means_of(vectors, labels, identities)
    cosines: list[NDArray[np.float32]] = []
    pairs: list[NDArray[np.int64]] = []
    for some in np.array_split(rows, len(rows) // 1024 + 1):
        likeness = np.asarray(vectors[some] @ means.T, np.float32)
        face, place = np.nonzero(likeness >= threshold)
        cosines.append(likeness[face, place])
        pairs.append(np.stack([some[face], identities[place]], axis=1))
    all_pairs = np.concatenate(pairs)
    order = np.lexsort((all_pairs[:, 1], all_pairs[:, 0], -np.concatenate(cosines)))
    return [(int(row), int(identity)) for row, identity in all_pairs[order]]


def means_of(
    vectors: NDArray[np.floating], labels: NDArray[np.integer], identities: NDArray[np.int32]
) -> NDArray[np.float32]:
    """Return the mean vector of each of (I,) sorted ``identities``: (I, D), not of unit length.

    Its product with a unit vector is the mean cosine of that vector to all faces of the identity.
    """
    rows = np.flatnonzero(np.isin(labels, identities))
    place = np.searchsorted(identities, labels[rows])
    sums = np.zeros((len(identities), vectors.shape[1]), np.float32)
    np.add.at(sums, place, np.asarray(vectors[rows], np.float32))
    sizes = np.maximum(np.bincount(place, minlength=len(sums)), 1)
    return np.asarray(sums / sizes[:, None], np.float32)


SHARED = 0.25  # of the photos of the smaller group: no more may show both, or they are two people
CLOSEST = 8  # other groups looked at for each
ROUNDS = 5
LOOSE = 0.1  # how much liker than the threshold the two faces of a pair must be


def rejoin(
    vectors: NDArray[np.floating],
    labels: NDArray[np.int32],
    photo: NDArray[np.int64],
    fixed: NDArray[np.bool_],
    threshold: float,
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Join groups of one person that a few photos keep apart, as a collage of that person does.

    Two groups join where their mean cosine is at least ``threshold``, they share a ``photo`` (N,; -1: none),
    and at most `SHARED` of the faces of the smaller are in shared ones. In each of these the face less like
    both groups steps out, so that no two faces of a photo are one person even then. ``labels`` (N,): -1 is
    no group. ``fixed`` (N,) bool: faces an analyst decided about; they never step out, and two groups that
    have some stay two. Returns the labels and which faces stepped out, (N,) bool; these have the label -1.
    """
    found, out = labels.copy(), np.zeros(len(labels), np.bool_)
    kept = set(labels[fixed].tolist())
    for _ in range(ROUNDS):
        joined: set[int] = set()
        for pair in _likest_pairs(vectors, found, threshold):
            stays, leaves = sorted(pair, key=lambda one: (one not in kept, -int((found == one).sum()), one))
            if leaves in kept or not joined.isdisjoint(pair):
                continue
            less_like = _less_like(vectors, found, stays, leaves, photo, fixed)
            if len(less_like):
                found[found == leaves] = stays
                found[less_like], out[less_like] = -1, True
                joined.update(pair)
        if not joined:
            break
    return found, out


def _likest_pairs(
    vectors: NDArray[np.floating], labels: NDArray[np.int32], threshold: float
) -> Iterator[tuple[int, int]]:
    """Yield two groups each, the likest first."""
    groups = np.unique(labels[labels >= 0])
    if len(groups) < 2:
        return
    near = neighbour_graph(means_of(vectors, labels, groups), CLOSEST, threshold)
    first, column = np.nonzero(near.rows >= 0)
    second, likeness = near.rows[first, column], near.similarity[first, column]
    for place in np.lexsort((second, first, -likeness)):
        if first[place] < second[place] or first[place] not in near.rows[second[place]]:
            yield int(groups[first[place]]), int(groups[second[place]])


def _less_like(
    vectors: NDArray[np.floating],
    labels: NDArray[np.int32],
    stays: int,
    leaves: int,
    photo: NDArray[np.int64],
    fixed: NDArray[np.bool_],
) -> NDArray[np.int64]:
    """Return in each shared photo the rows of the group less like both; none where too many are shared."""
    one, other = np.flatnonzero(labels == stays), np.flatnonzero(labels == leaves)
    shared = np.intersect1d(photo[one], photo[other])
    shared = shared[shared >= 0]
    if len(shared) > SHARED * min(len(one), len(other)):
        return np.empty(0, np.int64)
    middle = np.asarray(vectors[one].mean(axis=0) + vectors[other].mean(axis=0), np.float32)
    less: list[int] = []
    for picture in shared:
        mine, theirs = one[photo[one] == picture], other[photo[other] == picture]
        better = (vectors[mine] @ middle).max() >= (vectors[theirs] @ middle).max()
        less.extend(theirs if better or fixed[mine].any() else mine)
    return np.array(less, np.int64)


def loose(
    vectors: NDArray[np.floating],
    labels: NDArray[np.int32],
    fixed: NDArray[np.bool_],
    threshold: float,
) -> NDArray[np.bool_]:
    """Return which faces (N,) are in a group of too few that are too little alike to be one person.

    Among many strangers some two are alike by chance; that three or four are is rarer. So the mean cosine
    within a group of n faces must be ``threshold`` + `LOOSE` / (n - 1). Groups with a ``fixed`` face stay.
    """
    groups, sizes = np.unique(labels[labels >= 0], return_counts=True)
    means = means_of(vectors, labels, groups)
    others = np.maximum(sizes - 1, 1)
    within = (sizes * np.einsum("id,id->i", means, means) - 1) / others
    apart = groups[(within < threshold + LOOSE / others) & ~np.isin(groups, labels[fixed])]
    return np.asarray(np.isin(labels, apart), np.bool_)
