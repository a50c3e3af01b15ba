"""Hits among the frames of videos become events: ranges of time. Arrays in, arrays out; times in seconds.

Source of the rule with two levels: hysteresis thresholding, Canny, "A computational approach to edge
detection" (1986), in one dimension and with levels that follow the video.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

HOLD = 10.0
"""Seconds that a frame stands for at most: frames chosen by change come at least so often."""
HOLE = 4.0
"""Frames further apart than so many usual distances of their video, and than `HOLD`, do not touch."""
RISE = 0.7
"""An event goes on while frames reach this share of its best frame's rise over the middle of its video."""
NOISE = 4.0
"""... or are lower than its best frame by so many times what neighbours differ by (lower quartile)."""
DIPS = 1
"""Frames in a row that may lie below that inside an event."""


@dataclass(frozen=True)
class TimeRange:
    """One event: ``start`` and ``end`` (seconds), its frames in order and the ``best`` (a position)."""

    start: float
    end: float
    frames: NDArray[np.intp]
    best: int


def ends(
    times: NDArray[np.float64], duration: float | None = None, hold: float | None = None
) -> NDArray[np.float64]:
    """Return until when each frame of one video stands for what is seen (N,), by their sorted ``times`` (N,).

    That is until the next frame, but for ``hold`` seconds at most; the last one until the end of the video,
    or as long as frames usually do. ``hold`` is by default the longer of `HOLD` and `HOLE` usual distances.
    """
    usual = spacing(times)
    longest = max(HOLD, HOLE * usual) if hold is None else hold
    last = times[-1:] + usual if duration is None else np.maximum(times[-1:], duration)
    following = np.concatenate([times[1:], last])
    return np.where(following - times > longest, times + min(usual, longest), following)


def spacing(times: NDArray[np.float64]) -> float:
    """Return the usual distance between the frames of a video: the median, 1 for fewer than two frames."""
    return float(np.median(np.diff(times))) if len(times) > 1 else 1.0


def time_ranges(
    times: ArrayLike,
    scores: ArrayLike,
    hits: ArrayLike,
    *,
    duration: float | None = None,
    rise: float = RISE,
    dips: int = DIPS,
) -> list[TimeRange]:
    """Merge the hits among the frames of one video into events, the best first.

    ``times`` (N,) are the sorted seconds of its frames, ``scores`` (N,) how well each fits a query, -inf
    where it was not looked at, ``hits`` (N,) which of them are hits. Every hit is in exactly one event.

    An event begins at the best hit that is in none yet, and takes in the frames on both sides of it, hits or
    not, as long as they reach a level: the median of the video plus ``rise`` of what the best hit is above
    that, or a little below the best hit where it hardly is above that (see `NOISE`). Up to ``dips``
    frames in a row may lie below it where a frame beyond them reaches it. No event goes across a hole: see
    `ends`. So the cut-off of a search cuts no event short, and two shots of which one fits far better are two
    events.
    """
    at, fit = np.asarray(times, np.float64), np.asarray(scores, np.float64)
    hit = np.asarray(hits, bool)
    if not hit.any():
        return []
    until = ends(at, duration)
    touching = until[:-1] >= at[1:] - 1e-9
    known = fit[np.isfinite(fit)]
    middle = float(np.median(known)) if len(known) else 0.0
    noise = _noise(known)
    free = np.ones(len(at), bool)
    found = []
    for seed in np.flatnonzero(hit)[np.argsort(-fit[hit], kind="stable")]:
        if not free[seed]:
            continue
        level = fit[seed] - max((1 - rise) * (fit[seed] - middle), noise)
        reaching = free & (fit >= level - 1e-6)
        last = _walk(int(seed), reaching, free, touching, dips)
        first = len(at) - 1 - _walk(len(at) - 1 - int(seed), reaching[::-1], free[::-1], touching[::-1], dips)
        frames = np.arange(first, last + 1)
        free[frames] = False
        found.append(TimeRange(float(at[first]), float(until[last]), frames, int(seed)))
    return found


def _noise(scores: NDArray[np.float64]) -> float:
    """Return what scores of a video differ by for no reason: as neighbours do, at most half their range."""
    if len(scores) < 2:
        return 0.0
    usual = float(np.quantile(np.abs(np.diff(scores)), 0.25))
    return min(NOISE * usual, float(np.ptp(scores)) / 2)


def _walk(
    start: int, reaching: NDArray[np.bool_], free: NDArray[np.bool_], touching: NDArray[np.bool_], dips: int
) -> int:
    """Return the last frame of an event that goes on from ``start``."""
    last = here = start
    while here + 1 < len(reaching) and touching[here] and free[here + 1] and here - last <= dips:
        here += 1
        if reaching[here]:
            last = here
    return last
