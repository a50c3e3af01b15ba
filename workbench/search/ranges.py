"""Events: the hits among frames of videos, merged into ranges of time, as a table that is safe to write."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.analysis.time_ranges import time_ranges
from workbench.csv_cells import safe_table
from workbench.image_id import file_id, position

COLUMNS = ["video", "start", "end", "start_timecode", "end_timecode", "image_id", "score", "frames"]
"""Of `Hits.ranges`."""


@dataclass(frozen=True, eq=False)
class Event:
    """What was found in one range of time of a video.

    ``video`` is the path; ``start`` and ``end`` seconds; ``rows`` (F,) of the table of images the frames in
    order, hits or between hits; ``times`` (F,) seconds and ``scores`` (F,) the score curve of these; ``best``
    the row of the frame that fits best, ``score`` its score.
    """

    video: str
    start: float
    end: float
    rows: NDArray[np.int32]
    times: NDArray[np.float64]
    scores: NDArray[np.float32]
    best: int
    score: float

    @property
    def label(self) -> str:
        """The range in words: "0:12-0:19, 8 frames"."""
        frames = f"{len(self.rows)} frame{'' if len(self.rows) == 1 else 's'}"
        return f"{clock(self.start)}-{clock(self.end)}, {frames}"


class RangeTable(pd.DataFrame):
    """A DataFrame of ranges whose texts no spreadsheet takes for formulas when it is written as CSV."""

    @property
    def _constructor(self) -> "type[RangeTable]":
        return RangeTable

    def to_csv(self, *arguments: Any, **options: Any) -> Any:
        """Write the table as ``DataFrame.to_csv`` does, by default without the index, and disarm formulas."""
        return safe_table(pd.DataFrame(self)).to_csv(*arguments, **{"index": False, **options})


def timecode(seconds: float) -> str:
    """Return a time as h:mm:ss.mmm."""
    milliseconds = round(max(0.0, seconds) * 1000)
    whole, rest = divmod(milliseconds, 1000)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}.{rest:03d}"


def clock(seconds: float) -> str:
    """Return a time as people say it: m:ss, or h:mm:ss from an hour on."""
    whole = int(max(0.0, seconds))
    hours = f"{whole // 3600}:{whole // 60 % 60:02d}" if whole >= 3600 else f"{whole // 60}"
    return f"{hours}:{whole % 60:02d}"


def frames_of(
    images: pd.DataFrame, rows: "NDArray[np.integer] | None" = None
) -> dict[str, NDArray[np.int32]]:
    """Return the rows of the frames of each video in time order, by its file id; of those ``rows`` are in."""
    ids = images["image_id"].to_numpy(object)
    asked = ids if rows is None else ids[rows]
    videos = {file_id(one) for one in asked if "#t=" in one}
    if not videos:
        return {}
    found: dict[str, list[int]] = {}
    for row, one in enumerate(ids):
        if "#t=" in one and (video := file_id(one)) in videos:
            found.setdefault(video, []).append(row)
    return {
        video: np.array(sorted(some, key=lambda row: position(str(ids[row]))), np.int32)
        for video, some in found.items()
    }


def times_of(images: pd.DataFrame, rows: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return when in its video each of these frames is (F,), seconds."""
    return np.array([position(one) for one in images["image_id"].to_numpy(object)[rows]], np.float64)


def duration_of(images: pd.DataFrame, rows: NDArray[np.integer]) -> float | None:
    """Return how long the video of these frames lasts, in seconds; None where that is not known."""
    if "duration" not in images:
        return None
    told = images["duration"].iloc[int(rows[0])]
    return None if pd.isna(told) or not told > 0 else float(told)


def events(
    images: pd.DataFrame,
    rows: NDArray[np.integer],
    scores: NDArray[np.float32],
    everywhere: NDArray[np.float32] | None,
) -> list[Event]:
    """Return the events among hits in the table of images, the best first; hits in no video are in none.

    ``rows`` and ``scores`` (K,) are the hits, ``everywhere`` (N,) the score of each image, None where that is
    not known: then only hits are in events.
    """
    found = []
    for frames in frames_of(images, rows).values():
        place = {int(row): i for i, row in enumerate(frames)}
        fit = np.full(len(frames), -np.inf, np.float32) if everywhere is None else everywhere[frames].copy()
        hit = np.zeros(len(frames), bool)
        for row, score in zip(rows.tolist(), scores.tolist(), strict=True):
            if row in place:
                fit[place[row]], hit[place[row]] = score, True
        times = times_of(images, frames)
        path = str(images["path"].iloc[int(frames[0])])
        for one in time_ranges(times, fit, hit, duration=duration_of(images, frames)):
            inside = frames[one.frames]
            best = int(frames[one.best])
            curve = fit[one.frames], float(fit[one.best])
            found.append(Event(path, one.start, one.end, inside, times[one.frames], curve[0], best, curve[1]))
    return sorted(found, key=lambda event: -event.score)


def range_table(found: Sequence[Event], images: pd.DataFrame) -> RangeTable:
    """Return events as a table: `COLUMNS`, one row an event."""
    ids = images["image_id"].to_numpy(object)
    rows = [
        (
            event.video,
            event.start,
            event.end,
            timecode(event.start),
            timecode(event.end),
            ids[event.best],
            event.score,
            len(event.rows),
        )
        for event in found
    ]
    kinds = {"start": float, "end": float, "score": float, "frames": np.int64}
    return RangeTable(pd.DataFrame(rows, columns=COLUMNS).astype(kinds))
