"""Faces of low quality join identities that are there without them, one face at a time."""

import numpy as np
from numpy.typing import NDArray


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
