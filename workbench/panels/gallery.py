"""Gallery: thumbnails of the hits, the selection or everything, best first, loaded as they come into view.

Hits in a video are shown by events: the best frame of each, which unfolds into all of its frames.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets

from workbench.errors import QueryError
from workbench.image_id import part_title
from workbench.panels.base import Answer, Panel, script, style
from workbench.selection import Rows, Selection

if TYPE_CHECKING:
    import pandas as pd

    from workbench.search.ranges import Event


class Gallery(Panel):
    """Thumbnails, keyboard reachable, with the box that matched drawn; a click sets ``selection.focus``.

    ``thumbnails(rows)`` returns JPEG bytes; ``on_like(row, add)`` is told when "like this" is clicked.
    """

    _esm = script("gallery")
    _css = style("boxes", "gallery")

    show = traitlets.Enum(["hits", "selection", "all"], "all").tag(sync=True)
    size = traitlets.Int(128, min=64, max=256).tag(sync=True)
    focus = traitlets.Int(-1).tag(sync=True)
    counts = traitlets.Dict().tag(sync=True)
    version = traitlets.Int(0).tag(sync=True)

    def __init__(
        self,
        selection: Selection,
        thumbnails: Callable[[Sequence[int]], list[bytes]],
        on_like: Callable[[int, bool], None] = lambda row, add: None,
    ) -> None:
        self.selection, self._thumbnails, self._on_like = selection, thumbnails, on_like
        self._unfolded: set[int] = set()
        super().__init__()
        selection.observe(lambda _: self._follow("selection"), "rows")
        selection.observe(lambda _: self._follow("hits"), "hits")
        selection.observe(lambda _: self._set_focus(), "focus")
        self.observe(lambda _: self._redraw(), "show")
        self._redraw()

    @property
    def rows(self) -> Rows:
        """The rows shown, in the order shown; of the hits of one event in a video the best until unfolded."""
        if self.show == "hits":
            return self._by_events(self.selection.found)
        if self.show == "selection":
            return self._ordered(self.selection.rows)
        return np.arange(len(self.selection.table), dtype=np.int32)

    @property
    def frame(self) -> "pd.DataFrame":
        """What is shown, as a DataFrame in the order shown; of hits each is a row, with its score."""
        if self.show == "hits" and self.selection.hits is not None:
            return self.selection.hits.frame
        return self.selection.table.iloc[self.rows]

    def to_code(self) -> str:
        """Return Python that shows the same thumbnails."""
        unfolded = sorted(self._unfolded & set(self.events))
        ids = [str(self.selection.table["image_id"].iloc[row]) for row in unfolded]
        lines = [f"desk.gallery.unfold(desk.selection.row({image_id!r}))" for image_id in ids]
        return "\n".join([f"desk.gallery.show = {self.show!r}", f"desk.gallery.size = {self.size}", *lines])

    @property
    def events(self) -> "dict[int, Event]":
        """The events among the hits by the row of their best frame."""
        hits = self.selection.hits
        return {} if hits is None else {event.best: event for event in hits.events}

    def unfold(self, row: int, on: bool = True) -> None:
        """Show all frames of the event whose best frame is ``row``, or only that again.

        Raises QueryError for another row.
        """
        if row not in self.events:
            what = f"Row {row} is not the best frame of an event."
            raise QueryError(what, "Use a key of `desk.gallery.events`.")
        (self._unfolded.add if on else self._unfolded.discard)(row)
        self.version += 1

    def _by_events(self, found: Rows) -> Rows:
        """Put one row for each event, or all of its frames in time order where it is unfolded."""
        events = self.events
        if not events:
            return found
        inside = {int(row): event.best for event in events.values() for row in event.rows}
        shown: dict[int, None] = {}
        for row in found.tolist():
            best = inside.get(row)
            if best is None:
                shown[row] = None
            else:
                shown[best] = None
                if best in self._unfolded:
                    shown |= dict.fromkeys(int(one) for one in events[best].rows)
        return np.array(list(shown), np.int32)

    def _ordered(self, rows: Rows) -> Rows:
        """Put rows that are hits first, best first; the others follow in row order."""
        if self.selection.hits is None:
            return rows
        hits = self.selection.hits.rows
        best = hits[np.isin(hits, rows)]
        return np.concatenate([best, rows[~np.isin(rows, best)]]).astype(np.int32)

    def _follow(self, what: str) -> None:
        """Show what has just changed; fall back to everything where it has become empty."""
        filled = len(self.selection) if what == "selection" else len(self.selection.hits or ())
        fallback = "hits" if self.selection.hits is not None and what == "selection" else "all"
        asked = what == "hits" and self.selection.hits is not None
        wanted = what if filled or asked else fallback
        if wanted == self.show:
            self._redraw()
        else:
            self.show = wanted  # whose observer draws

    def _redraw(self) -> None:
        hits = self.selection.hits
        self._unfolded &= set(self.events)
        self.counts = {
            "hits": 0 if hits is None else len(hits),
            "selection": len(self.selection),
            "all": len(self.selection.table),
            "query": "" if hits is None else hits.query,
        }
        self.version += 1

    def _set_focus(self) -> None:
        self.focus = -1 if self.selection.focus is None else self.selection.focus

    def _answer_page(self, start: int, count: int, version: int) -> Answer:
        rows = [int(row) for row in self.rows[start : start + count]]
        items = [self._tile(row) | self._moment(row) | self._hit(row) for row in rows]
        return {"items": items, "total": len(self.rows), "version": version}, self._thumbnails(rows)

    def _tile(self, row: int) -> dict[str, Any]:
        """Return what a tile tells of any image: its title, and the part of a file that it is."""
        image = self.selection.table.iloc[row]
        return {
            "row": row,
            "name": self.selection.title(row),
            "part": part_title(str(image.get("image_id", ""))),
        }

    def _moment(self, row: int) -> dict[str, Any]:
        """Return what a tile tells of the event that a frame stands for among the hits."""
        event = self.events.get(row) if self.show == "hits" else None
        if event is None:
            return {}
        return {"event": event.label, "frames": len(event.rows), "unfolded": row in self._unfolded}

    def _hit(self, row: int) -> dict[str, Any]:
        """Return what a tile tells of a hit: score, probability where it is known, and its box."""
        hits = self.selection.hits
        place = None if hits is None else hits.place(row)
        if hits is None or place is None:
            return {}
        told: dict[str, Any] = {"score": float(hits.scores[place])}
        if not np.isnan(hits.probabilities[place]):
            told["probability"] = float(hits.probabilities[place])
        if box := hits.box(row):
            image = self.selection.table.iloc[row]
            told |= {"box": box, "shape": [int(image["width"]), int(image["height"])]}
        return told

    def _answer_unfold(self, row: int, on: bool) -> None:
        self.unfold(row, on)

    def _answer_focus(self, row: int) -> None:
        self.selection.focus = row

    def _answer_like(self, row: int, add: bool) -> None:
        self._on_like(row, add)
