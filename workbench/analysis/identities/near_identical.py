"""Near-identical faces, as the frames of one video give: grouped as one, so that likeness costs no time."""

import numpy as np
from numpy.typing import NDArray

COSINE = 0.98
"""From this cosine on two faces are as good as one picture: frames of one moment, or a copy saved again."""

SKETCH = 32  # numbers that rule most pairs out: nothing is farther apart in them than it is
BLOCK = 512  # faces compared with all that stand for others at a time
TRIED = 8  # of those that could stand for it, a face tries the likest


def stand_ins(
    vectors: NDArray[np.floating], known: NDArray[np.int32], photo: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return for each of N faces the row of the one that stands for it, itself where none does: (N,).

    Both have a cosine of at least `COSINE` and the same ``known`` (N,), and faces that nobody decided about
    (``known`` below 0) are not in one ``photo`` (N,; -1: none) with another that the same one stands for. A
    face that stands for others is stood for by none, so that no chain drifts. ``vectors`` (N, D): unit rows.
    """
    found = np.arange(len(vectors))
    sketches, error = _sketches(vectors)
    leaders: list[int] = []
    photos: dict[int, set[int]] = {}
    for start in range(0, len(vectors), BLOCK):
        rows = np.arange(start, min(start + BLOCK, len(vectors)))
        own: list[int] = []  # leaders of this block
        before = np.array(leaders, np.int64)
        maybe = sketches[rows] @ sketches[before].T >= COSINE - error[rows][:, None] * error[before]
        inside = vectors[rows] @ vectors[rows].T
        for place, row in enumerate(rows.tolist()):
            near = before[maybe[place]]
            cosines = vectors[near] @ vectors[row]
            here = np.array(own, np.int64)
            near = np.concatenate([near, here])
            cosines = np.concatenate([cosines, inside[place, here - start]])
            likest = np.argsort(-np.where(known[near] == known[row], cosines, -1), kind="stable")[:TRIED]
            stands = row
            for one in likest[cosines[likest] >= COSINE].tolist():
                leader = int(near[one])
                decided = known[row] >= 0
                if known[leader] == known[row] and (decided or photo[row] not in photos[leader]):
                    stands = leader
                    break
            if stands == row:
                own.append(row)
                photos[row] = set()
            found[row] = stands
            if photo[row] >= 0:
                photos[stands].add(int(photo[row]))
        leaders += own
    return found


def _sketches(vectors: NDArray[np.floating]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return (N, K), vectors on their main axes, and (N,), the length of what these leave out of each.

    The cosine of two is at most the product of their sketches plus that of the lengths left out (Cauchy and
    Schwarz), so that no near-identical pair is missed.
    """
    if vectors.shape[1] <= SKETCH or len(vectors) <= SKETCH:
        return np.asarray(vectors, np.float32), np.full(len(vectors), 0.01, np.float32)
    some = np.asarray(vectors[:: -(-len(vectors) // 2000)], np.float64)
    axes = np.linalg.eigh(some.T @ some)[1][:, -SKETCH:].astype(np.float32)
    sketches = np.asarray(vectors @ axes, np.float32)
    rest = np.einsum("nd,nd->n", vectors, vectors) - np.einsum("nk,nk->n", sketches, sketches)
    return sketches, np.sqrt(np.maximum(rest, 0) + 1e-4).astype(np.float32)
