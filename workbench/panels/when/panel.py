"""Timeline: how many images were taken when; a span of it is a selection."""

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets

from workbench.analysis import time_bins
from workbench.analysis.rows import Mode
from workbench.analysis.time_bins import UNITS, Times
from workbench.errors import QueryError
from workbench.panels.base import Panel, script, style
from workbench.panels.when.view_model import Bars, Bins, no_times, sentence, still_html
from workbench.selection import Selection

if TYPE_CHECKING:
    import pandas as pd

_BEYOND = re.compile(r"\d{5}-\d\d-\d\d( \d\d:\d\d(:\d\d)?)?")
"""A time in a year that pandas cannot read, as `time_text` writes it: the year 9999 ends with it."""


def span_of(start: Any, end: Any) -> tuple[np.datetime64, np.datetime64]:
    """Read the ends of a span; raise QueryError for what is no time, and where the second is not later."""
    first, last = moment(start), moment(end)
    if last <= first:
        raise QueryError(
            f"The span from {time_text(first)} to {time_text(last)} is empty.", "Pass the earlier time first."
        )
    return first, last


def moment(value: Any) -> np.datetime64:
    """Read a time, to the second; raise QueryError for what is none. A zone is left out: the clock counts."""
    import pandas as pd

    if isinstance(value, str) and _BEYOND.fullmatch(value):
        value = np.datetime64(value.replace(" ", "T"), "s")
    if isinstance(value, np.datetime64) and not np.isnat(value):
        seconds: np.datetime64 = value.astype("datetime64[s]")
        return seconds
    try:
        read = pd.Timestamp(value)
    except (ValueError, TypeError) as error:
        raise QueryError(f"Invalid time {value!r}.", "Use YYYY, YYYY-MM-DD or YYYY-MM-DD HH:MM.") from error
    if pd.isna(read):
        raise QueryError("A time is missing.", "Use YYYY, YYYY-MM-DD or YYYY-MM-DD HH:MM.")
    return np.datetime64(read.tz_localize(None).isoformat(), "s")


def time_text(at: np.datetime64) -> str:
    """Write a time as short as it can be read again."""
    written = str(at.astype("datetime64[s]")).replace("T", " ")
    return written.removesuffix(" 00:00:00").removesuffix(":00")


class Timeline(Panel):
    """A histogram of ``taken_at`` of the selection's table, with the hits and the selection over all images.

    Only counts travel to the browser. It is counted while ``unfolded``, which the browser sets when somebody
    unfolds the panel, so that a folded one costs nothing. ``place`` is what ``to_code`` calls it.
    """

    _esm = script("when")
    _css = style("when")

    unfolded = traitlets.Bool(False).tag(sync=True)
    mode = traitlets.Enum(["replace", "add", "remove"], "replace").tag(sync=True)
    bins = traitlets.Enum(["auto", *UNITS], "auto").tag(sync=True)
    units = traitlets.List(traitlets.Unicode()).tag(sync=True)
    bars = traitlets.Dict().tag(sync=True)
    layers = traitlets.Dict().tag(sync=True)
    text = traitlets.Unicode("").tag(sync=True)
    untimed = traitlets.Int(0).tag(sync=True)
    selected = traitlets.Int(0).tag(sync=True)

    def __init__(self, selection: Selection, place: str = "desk.timeline") -> None:
        self.selection, self._place = selection, place
        super().__init__(
            actions={
                "untimed": self.select_untimed,
                "clear": self.selection.clear,
                "whole": self.whole,
                "near": self.zoom_to_selection,
            }
        )
        self.observe(lambda _: self._draw(), "unfolded")
        selection.observe(lambda _: self._draw_layers(), ["rows", "hits", "focus"])

    # -- the same in Python ----------------------------------------------------------------------------------

    def select(self, start: Any, end: Any, mode: Mode = "replace") -> None:
        """Select what was taken from ``start`` to just before ``end``; ``mode``: replace, add, remove, ...

        Both are anything that pandas reads as a time, by the clock of the camera: "2019-05-01", "2019".
        Raises QueryError for what is no time.
        """
        first, last = span_of(start, end)
        written = f"{time_text(first)!r}, {time_text(last)!r}"
        code = f"{self._place}.select({written}, mode={mode!r})"
        self.selection.change(self._bars.times.between(first, last), mode, code)

    def select_untimed(self, mode: Mode = "replace") -> None:
        """Select the images whose file says no time."""
        code = f"{self._place}.select_untimed(mode={mode!r})"
        self.selection.change(self._bars.times.unknown, mode, code)

    def zoom(self, start: Any, end: Any, bins: Bins = "auto") -> None:
        """Show a span in bins of a decade, year, month, week, day or hour; "auto": as short as fit.

        Raises QueryError where that makes more than 1,500 bars.
        """
        self._bars.show(*span_of(start, end), bins)
        self._draw()

    def whole(self) -> None:
        """Show all times again, in bins that fit."""
        self._bars.whole()
        self._draw()

    def show(self, bins: Bins) -> None:
        """Show the same span in other bins. Raises QueryError where that makes more than 1,500 bars."""
        self._timed()
        self._bars.show(*self._bars.span, bins)
        self._draw()

    def zoom_to_selection(self) -> None:
        """Show the span of what is selected. Raises QueryError where nothing with a time is."""
        self._bars.zoom_to(self.selection.rows)
        self._draw()

    @property
    def frame(self) -> "pd.DataFrame":
        """The bars shown: start, end, images, hits, selected; no rows where no image has a time."""
        import pandas as pd

        if not len(self._bars.times):
            return pd.DataFrame(columns=["start", "end", "images", "hits", "selected"])
        edges = self._bars.edges
        return pd.DataFrame({"start": edges[:-1], "end": edges[1:], **self._counts()})

    def to_code(self) -> str:
        """Return Python that shows the same bars and repeats the last selection, or ""."""
        lines = [self.selection.code(self._place)]
        if len(self._bars.times) and (self._bars.zoomed or self._bars.bins != "auto"):
            first, last = (repr(time_text(end)) for end in self._bars.span)
            lines.insert(0, f"{self._place}.zoom({first}, {last}, bins={self._bars.bins!r})")
        return "\n".join(filter(None, lines))

    def still(self) -> str:
        """Return the bars as HTML with a picture inside, for a saved notebook; "" while folded."""
        if not self.unfolded or not len(self._bars.times):
            return ""
        return still_html(self._bars.edges, self._bars.unit, self._counts(), self.text)

    # -- drawing ---------------------------------------------------------------------------------------------

    @cached_property
    def _bars(self) -> Bars:
        """The times, sorted when they are first needed: a tenth of a second for a million."""
        table = self.selection.table
        if "taken_at" in table:
            return Bars(Times(table["taken_at"].to_numpy("datetime64[s]")))
        return Bars(Times(np.full(len(table), "NaT", "datetime64[s]")))

    def _timed(self) -> None:
        if not len(self._bars.times):
            raise QueryError("No image has a time.", "The timeline needs images with a date.")

    def _counts(self) -> dict[str, Any]:
        return self._bars.counts(self.selection.found, self.selection.rows)

    def _draw(self) -> None:
        """Send the bars to a browser that shows them."""
        if not self.unfolded:
            return
        times, shown = self._bars.times, self._bars
        self.untimed = len(times.unknown)
        if not len(times):
            self.bars, self.text = {}, no_times(len(times.values))
            return
        edges, unit = shown.edges, shown.unit
        with self.hold_sync():  # bars and what is drawn over them come together
            self._draw_layers()
            self.bins, self.units = shown.bins, list(shown.units)
            self.text = sentence(times, edges, unit)
            self.bars = {
                "unit": unit,
                "names": [time_bins.name(edge, unit) for edge in edges[:-1]],
                "ticks": time_bins.ticks(edges[:-1], unit),
                "all": times.counts(edges).tolist(),
                "zoomed": shown.zoomed,
            }

    def _draw_layers(self) -> None:
        """Send what is selected, found and looked at: a number or two a bar."""
        if not self.unfolded or not len(self._bars.times):
            return
        counts, focus = self._counts(), self.selection.focus
        looked = np.empty(0, np.int32) if focus is None else np.array([focus], np.int32)
        self.selected = len(self.selection)
        self.layers = {
            "hits": None if self.selection.hits is None else counts["hits"].tolist(),
            "selected": counts["selected"].tolist(),
            "focus": np.flatnonzero(self._bars.times.counts_of(looked, self._bars.edges)).tolist(),
        }

    # -- what the browser asks -------------------------------------------------------------------------------

    def _answer_unfold(self, on: bool) -> None:
        self.unfolded = on

    def _answer_select(self, first: int, last: int, mode: Mode) -> None:
        edges = self._bars.edges
        low, high = max(0, min(first, last)), min(max(first, last), len(edges) - 2)
        self.select(edges[low], edges[high + 1], mode)

    def _answer_wheel(self, at: float, factor: float) -> None:
        self._bars.zoom(at, factor)
        self._draw()

    def _answer_move(self, share: float) -> None:
        self._bars.move(share)
        self._draw()

    def _answer_bins(self, name: Bins) -> None:
        self.show(name)
