"""FacesPages: what the Faces panel tells: pages to the browser, tables and code to the next cell."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.panels.base import Answer
from workbench.panels.faces.state import FacesState

if TYPE_CHECKING:
    import pandas as pd

ON_CARD = 4
"""Faces on a card: the cover and the next best."""

EVENTS = 100
"""Events shown of the history."""


class FacesPages(FacesState):
    """Pages of cards, faces, halves, suggestions, doubts and events, as JSON; crops are asked for by row."""

    _stays: tuple[int, ...] = ()
    _leaves: tuple[int, ...] = ()
    _doubts: "pd.DataFrame | None" = None

    def refresh(self) -> None:
        """Read the book again after it has changed."""
        self._doubts = None
        super().refresh()

    @property
    def frame(self) -> "pd.DataFrame":
        """The faces of the pane as a DataFrame, in the order shown; the identities where it shows none."""
        if self.pane in ("", "review", "history"):
            return self.index.people.iloc[self.index.found(self.find, self.which)]
        return self._book.frame.iloc[self.rows]

    @property
    def labels(self) -> NDArray[np.int32]:
        """The number (N,) of each face's identity, -1 for none: the same as long as the panel lives."""
        return self._numbers.labels(self.index)

    @property
    def names(self) -> list[str]:
        """What each number of ``labels`` is called."""
        return self._numbers.names(self.index)

    def to_code(self) -> str:
        """Return Python that shows the same faces; "" where only the cards are shown."""
        if not self.pane:
            return ""
        if self.pane in ("identity", "split"):
            return f"desk.faces.look({self.opened!r})"
        if self.pane == "selected":
            return f"desk.face_selection.rows = {self.rows.tolist()}"
        return f"desk.faces.show({self.pane!r})"

    @property
    def doubts(self) -> "pd.DataFrame":
        """What should be looked at again, worst first."""
        if self._doubts is None:
            self._doubts = self._book.review()
        return self._doubts

    def _card(self, position: int) -> dict[str, Any]:
        return {**self._person(position), "rows": self.index.best(position, ON_CARD)}

    def _answer_cards(self, start: int, count: int) -> Answer:
        found = self.index.found(self.find, self.which)
        items = [self._card(int(position)) for position in found[start : start + count]]
        return {"items": items, "total": len(found)}, ()

    def _answer_tiles(self, start: int, count: int) -> Answer:
        rows = self.rows[start : start + count]
        ticked = np.isin(rows, self.ticked)
        items = [
            {"row": int(row), "name": self._caption(int(row)), "ticked": bool(tick)}
            for row, tick in zip(rows, ticked, strict=True)
        ]
        return {"items": items, "total": len(self.rows)}, ()

    def _answer_crops(self, rows: list[int]) -> Answer:
        return {}, self._crops(rows)

    def _answer_people(self, text: str, count: int) -> Answer:
        """Answer with the identities whose name holds ``text``, for the box that moves faces."""
        found = self.index.found(text, "named" if text.strip() else "all")
        return {"items": [self._card(int(position)) for position in found[:count]]}, ()

    def _answer_half(self, leaves: bool, start: int, count: int) -> Answer:
        half = self._leaves if leaves else self._stays
        items = [{"row": row, "name": self._caption(row)} for row in half[start : start + count]]
        return {"items": items, "total": len(half)}, ()

    def _answer_suggest(self, identity: str, count: int) -> Answer:
        found = self._book.suggest(identity, k=count)
        items = [
            {"row": int(row), "confidence": float(confidence), "name": self._caption(int(row))}
            for row, confidence in zip(found["row"], found["confidence"], strict=True)
        ]
        return {"identity": identity, "items": items}, ()

    def _answer_doubts(self, start: int, count: int) -> Answer:
        self.busy = "Finding faces to review"
        page = self.doubts.iloc[start : start + count]
        items = [self._doubt(row) for _, row in page.iterrows()]
        return {"items": items, "total": len(self.doubts)}, ()

    def _doubt(self, row: "pd.Series[Any]") -> dict[str, Any]:
        sides = [("identity", "row"), ("other", "other_row")]
        names = dict(zip(self.index.people["identity"], self.index.people["name"], strict=True))
        return {
            "why": str(row["why"]),
            "similarity": float(row["similarity"]),
            "faces": [
                {
                    "row": int(row[face]),
                    "identity": str(row[identity]),
                    "name": str(names.get(row[identity], "")),
                    "caption": self._caption(int(row[face])),
                }
                for identity, face in sides
            ],
        }

    def _answer_history(self) -> Answer:
        """Answer with the latest events as text, the newest first."""
        latest = self._book.history.tail(EVENTS).iloc[::-1]
        columns = [name for name in ("when", "who", "op", "name", "note", "faces") if name in latest]
        if "when" in latest:
            latest = latest.assign(when=latest["when"].dt.strftime("%Y-%m-%d %H:%M UTC"))
        events = latest[columns].astype(str).to_numpy().tolist()
        return {"columns": columns, "events": events, "stands": latest["stands"].tolist()}, ()
