"""Chinese whispers: each face takes the identity that the faces like it say loudest."""

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.progress import Watch, nobody

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
    near: Sequence[NDArray[np.int64]],
    loud: Sequence[NDArray[np.float64]],
    fixed: NDArray[np.bool_],
    watch: Watch = nobody,
) -> list[NDArray[np.int64]]:
    """Return for each of C nodes those of its neighbours that most of `VOTES` runs of `whisper` put with it.

    One run depends on the order it visits faces in: it now and then puts two people together, in one of about
    six on 79 people. Most of nine runs never did. ``watch`` is told the share of the runs done, [0, 1], after
    each round, and may raise to end the work.
    """
    if not near:
        return []
    neighbours = np.concatenate(near)
    owner = np.repeat(np.arange(len(near)), [len(rows) for rows in near])
    votes = np.zeros(len(neighbours), np.int8)
    for seed in range(VOTES):
        labels = whisper(near, loud, fixed, seed, lambda share, done=seed: watch((done + share) / VOTES))  # type: ignore[misc]
        votes += labels[neighbours] == labels[owner]
    ends = np.cumsum([len(rows) for rows in near])[:-1]
    most = np.split(votes * 2 > VOTES, ends)
    return [rows[kept] for rows, kept in zip(near, most, strict=True)]


def whisper(
    near: Sequence[NDArray[np.int64]],
    loud: Sequence[NDArray[np.float64]],
    fixed: NDArray[np.bool_],
    seed: int = 0,
    watch: Watch = nobody,
) -> NDArray[np.int64]:
    """Return (C,) labels of C nodes, given the neighbours of each and how loud it hears them.

    A ``fixed`` (C,) node is heard and never changes its mind. The others are visited in an order drawn by
    ``seed``, anew each round, until none of them does. Ties go to the lower label. ``watch`` is that of
    `agreed`, told the share of the rounds. Source: Biemann, "Chinese Whispers" (TextGraphs 2006).
    """
    labels = np.arange(len(near))
    sizes = np.array([len(rows) for rows in near], np.int64)
    listeners = np.flatnonzero((sizes > 0) & ~fixed)
    if not len(listeners):
        return labels
    ends, heard = np.cumsum(sizes), np.zeros(len(near))
    rows, loudness_of = np.concatenate(near), np.concatenate(loud)
    order = np.random.default_rng(seed)
    for done in range(ROUNDS):
        watch(done / ROUNDS)
        if not _one_round()(
            order.permutation(listeners), labels, ends - sizes, ends, rows, loudness_of, heard
        ):
            break
    return labels


@cache
def _one_round() -> Callable[..., int]:
    """Return `_listen`, compiled: a node costs the interpreter more than its neighbours cost the machine."""
    import numba

    return numba.njit(nogil=True)(_listen)  # type: ignore[no-any-return]


def _listen(
    order: NDArray[np.int64],
    labels: NDArray[np.int64],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    rows: NDArray[np.int64],
    loud: NDArray[np.float64],
    heard: NDArray[np.float64],
) -> int:
    """Let each node of ``order`` take the label it hears loudest; return how many changed theirs.

    The neighbours of node n are ``rows[starts[n]:ends[n]]``. ``heard`` (C,) is room for sums, all 0.
    """
    changed = 0
    for node in order:
        here = range(starts[node], ends[node])
        for place in here:
            heard[labels[rows[place]]] += loud[place]
        best = labels[rows[starts[node]]]
        for place in here:
            label = labels[rows[place]]
            if heard[label] > heard[best] or (heard[label] == heard[best] and label < best):
                best = label
        for place in here:
            heard[labels[rows[place]]] = 0.0
        if best != labels[node]:
            changed += 1
            labels[node] = best
    return changed
