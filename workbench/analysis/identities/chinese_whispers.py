"""Chinese whispers: each face takes the identity that the faces like it say loudest."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

ROUNDS = 20
VOTES = 9  # runs in other orders, of which most must agree
POWER = 2  # how much louder a liker face is heard


def loudness(cosines: NDArray[np.floating], threshold: float) -> NDArray[np.float64]:
    """Return how loud neighbours of these ``cosines`` are heard: same shape, 0 at ``threshold`` and below.

    The square of what a cosine exceeds the threshold by. Heard as loud as their plain cosine, many strangers
    just above the threshold drown the few that are near: on 79 people pairwise F then was above 0.95 at 3 of
    11 thresholds from 0.5 to 0.75, and at 8 with the distance above the threshold.
    """
    return np.maximum(np.asarray(cosines, np.float64) - threshold, 0) ** POWER


def agreed(
    near: Sequence[NDArray[np.int64]], loud: Sequence[NDArray[np.float64]], fixed: NDArray[np.bool_]
) -> list[NDArray[np.int64]]:
    """Return for each of C nodes those of its neighbours that most of `VOTES` runs of `whisper` put with it.

    One run depends on the order it visits faces in: it now and then puts two people together, in one of about
    six on 79 people. Most of nine runs never did.
    """
    votes = [np.zeros(len(rows), np.int8) for rows in near]
    for seed in range(VOTES):
        labels = whisper(near, loud, fixed, seed)
        for node, rows in enumerate(near):
            votes[node] += labels[rows] == labels[node]
    return [rows[count * 2 > VOTES] for rows, count in zip(near, votes, strict=True)]


def whisper(
    near: Sequence[NDArray[np.int64]],
    loud: Sequence[NDArray[np.float64]],
    fixed: NDArray[np.bool_],
    seed: int = 0,
) -> NDArray[np.int64]:
    """Return (C,) labels of C nodes, given the neighbours of each and how loud it hears them.

    A ``fixed`` (C,) node is heard and never changes its mind. The others are visited in an order drawn by
    ``seed``, anew each round, until none of them does. Ties go to the lower label.
    Source: Biemann, "Chinese Whispers" (TextGraphs 2006).
    """
    labels = np.arange(len(near))
    order = np.random.default_rng(seed)
    listeners = np.array([n for n in range(len(near)) if len(near[n]) and not fixed[n]], np.int64)
    for _ in range(ROUNDS):
        changed = 0
        for node in order.permutation(listeners):
            heard, place = np.unique(labels[near[node]], return_inverse=True)
            loudest = heard[np.argmax(np.bincount(place, weights=loud[node]))]
            changed += int(loudest != labels[node])
            labels[node] = loudest
        if not changed:
            break
    return labels
