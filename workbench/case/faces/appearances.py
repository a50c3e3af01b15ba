"""Appearances: when each identity is seen in each video, as ranges of time."""

from typing import TYPE_CHECKING

import numpy as np

from workbench.analysis.time_ranges import time_ranges
from workbench.search.ranges import COLUMNS as RANGES
from workbench.search.ranges import RangeTable, duration_of, frames_of, timecode, times_of

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ["identity", "name", *RANGES[:5], "frames", "best", "image_id"]
"""Of the table: `best` is the row of the best face, `image_id` the frame it is in."""


def appearances(
    faces: "pd.DataFrame", images: "pd.DataFrame", identity: str | None = None, video: str | None = None
) -> RangeTable:
    """Return one row a range in which an identity is seen in a video, by video and time: `COLUMNS`.

    ``faces`` is the face table with identities, ``images`` that of the images; ``identity`` and ``video`` (a
    file id) keep one of them. A frame without the face between two with it does not end a range.
    """
    found = []
    nobody = np.empty(0, np.int64)
    place = faces["image_row"].to_numpy(np.int64)
    who = faces["identity"].to_numpy(object)
    quality = faces["quality"].to_numpy(np.float64)
    for file, rows in frames_of(images).items():
        here = np.flatnonzero(np.isin(place, rows) & (who != "")) if video in (None, file) else nobody
        times, path = times_of(images, rows), str(images["path"].iloc[int(rows[0])])
        duration = duration_of(images, rows)
        position = {int(row): i for i, row in enumerate(rows)}
        for person in dict.fromkeys(who[here]):
            if identity not in (None, person):
                continue
            mine = np.array([row for row in here if who[row] == person])
            at = np.array([position[int(place[row])] for row in mine])
            seen = np.zeros(len(rows), bool)
            seen[at] = True
            name = str(faces["name"].iloc[int(mine[0])])
            for one in time_ranges(times, seen.astype(np.float64), seen, duration=duration):
                inside = mine[np.isin(at, one.frames)]
                best = int(inside[np.argmax(quality[inside])])
                codes = timecode(one.start), timecode(one.end)
                frames, image = int(seen[one.frames].sum()), str(faces["image_id"].iloc[best])
                found.append((person, name, path, one.start, one.end, *codes, frames, best, image))
    table = RangeTable(found, columns=COLUMNS)
    kinds = {"start": float, "end": float, "frames": np.int64, "best": np.int64}
    ordered = table.astype(kinds).sort_values(["video", "start", "identity"], ignore_index=True)
    return RangeTable(ordered)
