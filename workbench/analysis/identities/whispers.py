"""Chinese whispers: each node takes the label that its neighbours say loudest."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

ROUNDS = 20


def whisper(
    near: Sequence[NDArray[np.int64]], weights: Sequence[NDArray[np.floating]], seed: int = 0
) -> NDArray[np.int64]:
    """Return (C,) labels of C nodes, given the neighbours of each and how like they are.

    Nodes are visited in an order drawn by ``seed``, anew each round, until none changes its mind. Ties go to
    the lower label. Source: Biemann, "Chinese Whispers" (TextGraphs 2006).
    """
    labels = np.arange(len(near))
    order = np.random.default_rng(seed)
    for _ in range(ROUNDS):
        changed = False
        for node in order.permutation(len(near)):
            if len(near[node]):
                heard, place = np.unique(labels[near[node]], return_inverse=True)
                loudest = heard[np.argmax(np.bincount(place, weights=weights[node]))]
                changed |= bool(loudest != labels[node])
                labels[node] = loudest
        if not changed:
            break
    return labels
