"""RecallReview: did the hits miss any? Thumbnails from beyond the cut are judged, and recall is estimated."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import traitlets

from workbench.errors import QueryError
from workbench.panels.base import Answer, Panel, script, style
from workbench.selection import Selection

if TYPE_CHECKING:
    import pandas as pd

    from workbench.analysis.recall_estimate import Missed
    from workbench.search.hits import Hits

SAMPLE = 40
"""Images to judge, where nobody asks for another number."""


class RecallReview(Panel):
    """Asks yes or no about a sample beyond the hits, and a few of the hits.

    ``missed(hits, n)`` draws the sample; ``thumbnails(rows)`` returns JPEG bytes. A new question closes it.
    """

    _esm = script("recall")
    _css = style("recall")

    ready = traitlets.Bool(False).tag(sync=True)
    items = traitlets.List(traitlets.Dict()).tag(sync=True)
    said = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        selection: Selection,
        missed: "Callable[[Hits, int], Missed]",
        thumbnails: Callable[[Sequence[int]], list[bytes]],
    ) -> None:
        self.selection, self._draw_sample, self._thumbnails = selection, missed, thumbnails
        self.sample: Missed | None = None
        self._asked = SAMPLE
        super().__init__(actions={"keep": self.keep, "stop": self.stop})
        selection.observe(lambda _: self.stop(), "hits")

    # -- the same in Python ----------------------------------------------------------------------------------

    def start(self, n: int = SAMPLE) -> None:
        """Draw ``n`` images to judge; raises QueryError where there are no hits, or nothing beyond them."""
        if self.selection.hits is None:
            raise QueryError("There is no query yet.", "Search for something first.")
        self.sample, self._asked = self._draw_sample(self.selection.hits, n), n
        self._show()

    def answer(self, answers: Mapping[int, bool | None]) -> None:
        """Say of rows whether they show what was asked; None takes an answer back."""
        sample = self._started()
        for row, right in answers.items():
            sample.answer(row, right)
        self._show()

    def keep(self) -> None:
        """Add to the selection what was judged right beyond the hits."""
        sample = self._started()
        hits = set(sample.strata[0].tolist())
        rows = [row for row, right in sample.answers.items() if right and row not in hits]
        self.selection.change(np.array(rows, np.int64), "add")

    def stop(self) -> None:
        """Forget the sample and its answers."""
        self.sample, self.items, self.said = None, [], {}
        hits = self.selection.hits
        self.ready = hits is not None and 0 < len(hits) < len(hits.ranking)

    @property
    def frame(self) -> "pd.DataFrame":
        """One row an image to judge: row, path, beyond (stratum, 0: a hit), right (None: not judged)."""
        import pandas as pd

        sample = self.sample
        rows = [] if sample is None else sample.rows.tolist()
        strata = {
            row: place for place, some in enumerate(sample.samples if sample else []) for row in some.tolist()
        }
        answers = {} if sample is None else sample.answers
        paths = self.selection.table["path"].iloc[rows].tolist()
        found = {"row": rows, "path": paths, "beyond": [strata[row] for row in rows]}
        return pd.DataFrame({**found, "right": pd.Series([answers.get(row) for row in rows], dtype=object)})

    def to_code(self) -> str:
        """Return Python that judges the same images the same way; "" where nothing was judged."""
        if self.sample is None or not self.sample.answers:
            return ""
        answers = {int(row): right for row, right in self.sample.answers.items()}
        return f"desk.recall.start({int(self._asked)})\ndesk.recall.answer({answers})"

    # -- what the browser asks -------------------------------------------------------------------------------

    def _answer_start(self) -> None:
        self.busy = "Drawing a sample"
        self.start()

    def _answer_judge(self, row: int, right: bool | None) -> None:
        self.answer({row: right})

    def _answer_thumbnails(self, rows: list[int]) -> Answer:
        return {"rows": rows}, self._thumbnails(rows)

    def _started(self) -> "Missed":
        if self.sample is None:
            raise QueryError("There is no sample yet.", "Use `start()` after a search.")
        return self.sample

    def _show(self) -> None:
        sample = self._started()
        self.items = [
            {"row": row, "name": self.selection.title(row), "right": sample.answers.get(row)}
            for row in sample.rows.tolist()
        ]
        estimate = sample.estimate
        self.said = {} if not sample.answers else {**estimate._asdict(), "of": len(sample.rows)}
