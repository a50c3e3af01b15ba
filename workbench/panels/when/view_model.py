"""What the timeline shows: bars of images per unit of time, sentences about them, and a still picture."""

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from workbench.analysis import time_bins
from workbench.analysis.time_bins import UNITS, Moments, Times, Unit, name, ticks
from workbench.errors import QueryError
from workbench.panels.static_html import picture_html
from workbench.selection import Rows

WIDTH, HEIGHT, SCALE = 860, 130, 2
FOOT = 18
LAYERS = (("images", "#9aa0a6", 0.0), ("selected", "#1976d2", 0.0), ("hits", "#e5383b", 0.25))
"""What is drawn, the lowest first, with its colour and how much narrower a bar is on each side."""


def still_html(edges: Moments, unit: Unit, counts: Mapping[str, Any], text: str) -> str:
    """Return the bars between ``edges`` (B + 1,) as HTML with a picture inside; ``counts``: three (B,)."""
    image = Image.new("RGBA", (WIDTH * SCALE, HEIGHT * SCALE))
    draw = ImageDraw.Draw(image)
    step = image.width / (len(edges) - 1)
    floor = image.height - FOOT * SCALE
    top = max(int(counts["images"].max()), 1)
    for layer, colour, gap in LAYERS:
        for i in counts[layer].nonzero()[0]:
            high = max(3, floor * counts[layer][i] / top)
            left, right = (i + gap) * step, (i + 1 - gap) * step
            draw.rectangle((left, floor - high, max(right - 2, left + 1), floor), colour)
    for i, label in ticks(edges[:-1], unit):
        draw.text((i * step, floor + 6), label, "#80868b", font_size=11 * SCALE)
    return picture_html("When", text, image, SCALE, "Timeline")


def sentence(times: Times, edges: Moments, unit: Unit) -> str:
    """Say how many images have a time, and what is shown of them in which bins."""
    first, last = times.span
    shown = int(times.counts(edges).sum())
    text = f"{len(times):,} of {len(times.values):,} images have a time"
    if shown < len(times):
        text += f", {shown:,} of them in this span"
    ends = {name(first, "day"): None, name(last, "day"): None}
    return f"{text}, {' to '.join(ends)}. One bar is a {unit}."


def no_times(images: int) -> str:
    """Say that nothing can be drawn, and why."""
    return (
        f"None of {images:,} images has a time: there is no EXIF date in their files "
        "(DateTimeOriginal or DateTimeDigitized). File dates are not used."
    )


Bins = Unit | Literal["auto"]

FEW = 400
"""Bars drawn at most where nobody asks for others; more would be thinner than a mouse can point at."""

LEAST = 30
"""Bars allowed for a handful of images, and one for each of more: mostly empty bars show no shape."""

MOST = 1500
SHORTEST = np.timedelta64(6, "h")
"""The shortest span that zooming leads to by itself."""


class Bars:
    """The bars of ``times``, of which there must be one: all of their span, in bins that fit."""

    def __init__(self, times: Times) -> None:
        self.times = times
        self.bins: Bins = "auto"
        self._part: tuple[np.datetime64, np.datetime64] | None = None

    @property
    def zoomed(self) -> bool:
        """Whether only a part of the span is shown."""
        return self._part is not None

    @property
    def span(self) -> tuple[np.datetime64, np.datetime64]:
        """What is shown, the end not included."""
        return self._part or self.times.span

    @property
    def unit(self) -> Unit:
        """How long a bar is."""
        most = min(FEW, max(LEAST, len(self.times)))
        return time_bins.finest(*self.span, most) if self.bins == "auto" else self.bins

    @property
    def units(self) -> list[Unit]:
        """The lengths that make no more bars than can be drawn."""
        return [unit for unit in UNITS if self._count(*self.span, unit) <= MOST]

    @property
    def edges(self) -> Moments:
        """The edges (B + 1,) of the bars."""
        return time_bins.edges(*self.span, self.unit)

    def show(self, start: np.datetime64, end: np.datetime64, bins: Bins) -> None:
        """Show a span in bins. Raises QueryError where that makes more bars than can be drawn."""
        if (count := self._count(start, end, bins)) > MOST:
            raise QueryError(f"This span would need {count:,} bars.", "Zoom in first, or choose longer bins.")
        self._part, self.bins = (None if (start, end) == self.times.span else (start, end)), bins

    def whole(self) -> None:
        """Show all times."""
        self._part, self.bins = None, "auto"

    def zoom(self, at: float, factor: float) -> None:
        """Zoom about a place, a share of what is shown, by a factor; below 1 is nearer."""
        start, end = self.edges[[0, -1]]
        seconds = _seconds(end - start)
        size = max(int(seconds * factor), _seconds(SHORTEST))
        first = start + np.timedelta64(int((seconds - size) * at), "s")
        whole = self.times.span
        first, last = max(first, whole[0]), min(first + np.timedelta64(size, "s"), whole[1])
        if last > first:
            fits = self._count(first, last, self.bins) <= MOST
            self.show(first, last, self.bins if fits else "auto")

    def move(self, share: float) -> None:
        """Move by a share of what is shown, no further than the first and last time."""
        (start, end), (first, last) = self.span, self.times.span
        seconds = _seconds(end - start) * share
        by = np.timedelta64(int(min(max(seconds, _seconds(first - start)), _seconds(last - end))), "s")
        self.show(start + by, end + by, self.bins)

    def zoom_to(self, rows: Rows) -> None:
        """Show the span of rows. Raises QueryError where none of them has a time."""
        moments = self.times.values[rows]
        moments = moments[~np.isnat(moments)]
        if not len(moments):
            raise QueryError(
                "None of the selected images has a time.", "Select images that have one, then zoom to them."
            )
        first, last = moments.min(), moments.max()
        rest = max(SHORTEST - (last - first), np.timedelta64(0, "s")) // 2
        self.show(first - rest, last + rest + np.timedelta64(1, "s"), "auto")

    def counts(self, hits: Rows, selected: Rows) -> dict[str, NDArray[np.int64]]:
        """Count all images, the hits and the selected ones in each bar: three arrays (B,)."""
        edges, times = self.edges, self.times
        return {
            "images": times.counts(edges),
            "hits": times.counts_of(hits, edges),
            "selected": times.counts_of(selected, edges),
        }

    @staticmethod
    def _count(start: np.datetime64, end: np.datetime64, bins: Bins) -> int:
        return 0 if bins == "auto" else time_bins.bins(start, end, bins)


def _seconds(span: np.timedelta64) -> int:
    return int(span.astype("timedelta64[s]").astype(int))
