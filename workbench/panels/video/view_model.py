"""What the Video panel shows: the frames of a video on its axis of time, what was found, who is seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.search.hits import Hits
from workbench.search.ranges import timecode, times_of

if TYPE_CHECKING:
    import pandas as pd

LANES = 8
"""People that have a line of their own; the others share one."""


@dataclass(frozen=True)
class OpenVideo:
    """A video with the rows of its frames in time order (F,) and their times (F,), seconds."""

    file: str
    path: str
    rows: NDArray[np.int32]
    times: NDArray[np.float64]

    @classmethod
    def of(cls, images: "pd.DataFrame", file: str, rows: NDArray[np.int32]) -> "OpenVideo":
        """Return the video with this file id."""
        return cls(file, str(images["path"].iloc[int(rows[0])]), rows, times_of(images, rows))

    def nearest(self, t: float) -> int:
        """Return the row of the frame next to a time."""
        return int(self.rows[int(np.argmin(np.abs(self.times - t)))])

    def time(self, row: int) -> float:
        """Return when a frame is; its row must be one of this video."""
        return float(self.times[int(np.flatnonzero(self.rows == row)[0])])


def curve(video: OpenVideo, hits: Hits | None) -> dict[str, Any]:
    """Return the score curve of a video as a browser draws it; {} where nothing was asked.

    ``scores`` has a number or None for each frame, ``hits`` the positions of those that are hits,
    ``ranges`` start, end, score and number of frames of each event in it, ``low`` and ``high`` the scores
    between which it is drawn: those of the whole collection, so that a curve of no hit stays low.
    """
    if hits is None:
        return {}
    shown = hits.images
    everywhere = shown.everywhere
    found = np.isin(video.rows, shown.rows)
    scores = np.full(len(video.rows), -np.inf)
    if everywhere is not None:
        scores = everywhere[video.rows].astype(np.float64)
    else:
        place = {int(row): i for i, row in enumerate(shown.rows)}
        for i in np.flatnonzero(found):
            scores[i] = shown.scores[place[int(video.rows[i])]]
    known = scores[np.isfinite(scores)]
    whole = known if everywhere is None else everywhere[np.isfinite(everywhere)]
    low, high = (float(whole.min()), float(whole.max())) if len(whole) else (0.0, 1.0)
    inside = [event for event in shown.events if event.video == video.path]
    return {
        "query": shown.query,
        "scores": [round(float(score), 4) if np.isfinite(score) else None for score in scores],
        "hits": np.flatnonzero(found).tolist(),
        "ranges": [[event.start, event.end, event.score, len(event.rows)] for event in inside],
        "low": low,
        "high": high if high > low else low + 1.0,
    }


def lanes(appearances: "pd.DataFrame") -> list[dict[str, Any]]:
    """Return the people of a video as a browser draws them, those seen longest first.

    ``appearances`` has a row a range: identity, name, start, end, frames. Beyond `LANES` people share a line.
    """
    people: dict[str, dict[str, Any]] = {}
    for one in appearances.itertuples():
        person = people.setdefault(
            str(one.identity),
            {"identity": str(one.identity), "name": str(one.name), "spans": [], "seconds": 0.0},
        )
        person["spans"].append([float(one.start), float(one.end), int(one.frames)])  # type: ignore[arg-type]
        person["seconds"] += float(one.end) - float(one.start)  # type: ignore[arg-type]
    longest = sorted(people.values(), key=lambda person: -person["seconds"])
    for number, person in enumerate(longest, 1):
        person["name"] = person["name"] or f"unnamed {number}"
        person["spans"].sort()
    if len(longest) <= LANES:
        return longest
    rest = longest[LANES - 1 :]
    spans = sorted(span for person in rest for span in person["spans"])
    others = {"identity": "", "name": f"{len(rest)} others", "spans": spans, "seconds": 0.0}
    return [*longest[: LANES - 1], others]


def sentence(video: OpenVideo, found: dict[str, Any], people: Sequence[dict[str, Any]]) -> str:
    """Say in words what the curve and the lanes show."""
    frames = f"{len(video.rows):,} frames of {video.path} are images of the case"
    parts = [frames]
    if found:
        best = [f"{timecode(start)[:-4]} to {timecode(end)[:-4]}" for start, end, *_ in found["ranges"][:3]]
        count = len(found["ranges"])
        what = f"{count} event{'' if count == 1 else 's'} for {found['query']}"
        parts.append(what + (f", best {'; '.join(best)}" if best else ""))
    if people:
        parts.append(f"{len(people)} people: {', '.join(str(person['name']) for person in people[:4])}")
    return ". ".join(parts) + "."
