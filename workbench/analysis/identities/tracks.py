"""Tracks: the faces of one person in neighbouring frames of a video, so that many frames count as one.

Method: faces of neighbouring frames are paired by overlap of their boxes, as in the IoU tracker (Bochinski et
al. 2017), and by likeness of their vectors, as in DeepSORT (Wojke et al. 2017): frames are chosen by change,
so that overlap alone would miss who has moved, and likeness alone would join two people at a cut.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.identities.constraints import FREE
from workbench.analysis.time_ranges import ends

BEST = 5
"""Faces of a track that are grouped, the best of it; the others follow them."""
OVERLAP = 0.2  # of two boxes: their intersection as a share of their union
SPARE = 0.1  # cosine: so much less alike may overlapping faces be, and so much more must others
UNPAIRED = -1e3


def tracks(
    video: NDArray[np.integer],
    time: NDArray[np.floating],
    frames: "dict[int, NDArray[np.float64]]",
    boxes: NDArray[np.floating],
    vectors: NDArray[np.floating],
    threshold: float,
) -> NDArray[np.int32]:
    """Return the track of each face (N,) int32, numbered from 0 on; -1 for a face in no video.

    ``video`` (N,) is the video of each face, -1 for none, ``time`` (N,) its seconds, ``frames`` the sorted
    times of all chosen frames of each video, with and without faces; ``boxes`` (N, 4) x, y, width, height;
    ``vectors`` (N, D) unit rows; ``threshold`` the cosine at which two faces are one person.

    Two faces of neighbouring frames may be one where their cosine reaches the threshold and a little more, or
    a little less where their boxes overlap. The likest pairs are taken first, each face once.
    """
    track = np.full(len(video), -1, np.int32)
    count = 0
    for one, times in frames.items():
        rows = np.flatnonzero(video == one)
        until = ends(times)
        place = np.searchsorted(times, time[rows] - 1e-6)
        before: NDArray[np.intp] = np.empty(0, np.intp)
        last = -2
        for at in np.unique(place):
            here = rows[place == at]
            near = at == last + 1 and until[last] >= times[at] - 1e-9
            pairs = _pairs(before, here, boxes, vectors, threshold) if near else []
            for mine, other in pairs:
                track[here[other]] = track[before[mine]]
            new = here[track[here] < 0]
            track[new] = count + np.arange(len(new))
            count += len(new)
            before, last = here, int(at)
    return track


def _pairs(
    before: NDArray[np.intp],
    here: NDArray[np.intp],
    boxes: NDArray[np.floating],
    vectors: NDArray[np.floating],
    threshold: float,
) -> list[tuple[int, int]]:
    """Return which faces of two neighbouring frames are one person, as positions in each."""
    from scipy.optimize import linear_sum_assignment  # type: ignore[import-untyped]

    alike = np.asarray(vectors[before] @ vectors[here].T, np.float64)
    over = overlaps(boxes[before], boxes[here])
    enough = np.where(over >= OVERLAP, alike >= threshold - SPARE, alike >= threshold + SPARE)
    worth = np.where(enough, alike + over, UNPAIRED)
    pairs = zip(*linear_sum_assignment(-worth), strict=True)
    return [(int(mine), int(other)) for mine, other in pairs if enough[mine, other]]


def overlaps(a: NDArray[np.floating], b: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return for boxes (A, 4) and (B, 4) their intersection as a share of their union: (A, B)."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, :2] + a[:, None, 2:], b[None, :, :2] + b[None, :, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=2)
    union = np.prod(a[:, None, 2:], axis=2) + np.prod(b[None, :, 2:], axis=2) - shared
    return np.asarray(shared / np.maximum(union, 1e-9), np.float64)


@dataclass(frozen=True)
class Following:
    """Who is grouped and who follows.

    ``rows`` (R,), sorted, are the faces that are grouped; ``leader`` (N,) the row that each face follows,
    itself where it is grouped; ``together`` (N,) the track of faces that must be one person, -1 for none.
    """

    rows: NDArray[np.intp]
    leader: NDArray[np.intp]
    together: NDArray[np.int32]


def following(
    track: NDArray[np.integer],
    quality: NDArray[np.floating],
    vectors: NDArray[np.floating],
    decided: NDArray[np.bool_],
    best: int = BEST,
) -> Following:
    """Return which faces stand for their tracks: the ``best`` of each by ``quality`` (N,).

    ``track`` (N,), -1 for none. ``decided`` (N,) marks faces about which something was said: they follow
    nobody and nobody follows them. All others of a track follow the likest that stands for it.
    """
    count = len(track)
    leader = np.arange(count)
    together = np.where(decided, FREE, track).astype(np.int32)
    order = np.lexsort((np.arange(count), -quality, together))
    order = order[together[order] >= 0]
    _, starts = np.unique(together[order], return_index=True)
    for members in np.split(order, starts[1:]) if len(order) else []:
        stand, rest = np.sort(members[:best]), members[best:]
        if len(rest):
            leader[rest] = stand[np.argmax(vectors[rest] @ vectors[stand].T, axis=1)]
    return Following(np.flatnonzero(leader == np.arange(count)), leader, together)
