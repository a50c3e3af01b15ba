"""Study: the collection as a whole. Likeness of groups, images x captions, look-alikes and faults."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets

from workbench.errors import QueryError
from workbench.panels.base import Answer, Panel, script, style
from workbench.selection import Selection

if TYPE_CHECKING:
    import pandas as pd

    from workbench.analysis.group_similarity import Likeness

BINS = 48
SHOWN_GROUPS = 12
SHOWN_IMAGES = 12
"""Rows of the matrix of images x captions at most."""


class Study(Panel):
    """Four questions about all images, each with a picture or table; what they find can be selected.

    ``likeness(by, metric)``, ``captions(rows, captions, metric)``, ``duplicates()`` and ``quality()`` are
    those of ``case.study``; ``thumbnails(rows)`` returns JPEG bytes.
    """

    _esm = script("study")
    _css = style("study")

    by = traitlets.Enum(["folder", "tag", "cluster", "identity"], "cluster").tag(sync=True)
    metric = traitlets.Enum(["cosine", "euclidean", "manhattan"], "cosine").tag(sync=True)
    phrases = traitlets.Unicode("").tag(sync=True)
    view = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        selection: Selection,
        likeness: "Callable[[str, str], Likeness]",
        captions: "Callable[[Sequence[int], Sequence[str], str], pd.DataFrame]",
        duplicates: "Callable[[], pd.DataFrame]",
        quality: "Callable[[], pd.DataFrame]",
        thumbnails: Callable[[Sequence[int]], list[bytes]],
    ) -> None:
        self.selection, self._likeness, self._captions = selection, likeness, captions
        self._duplicates, self._quality, self._thumbnails = duplicates, quality, thumbnails
        self._frame: pd.DataFrame | None = None
        self._code = ""
        super().__init__(actions={"select": self.select})

    # -- the same in Python ----------------------------------------------------------------------------------

    def likeness(self, by: str = "cluster", metric: str = "cosine") -> "Likeness":
        """Show and return how near images are within groups and across them."""
        import pandas as pd

        found = self._likeness(by, metric)
        self.by, self.metric = by, metric
        low = float(min(found.inner.min(), found.inter.min()))
        high = float(max(found.inner.max(), found.inter.max()))
        edges = np.linspace(low, max(high, low + 1e-6), BINS + 1)
        self._frame = pd.DataFrame(found.groups, columns=["group", "images", "inner", "inter"])
        self.view = {
            "what": "likeness",
            "edges": [low, float(edges[-1])],
            "inner": _shares(found.inner, edges),
            "inter": _shares(found.inter, edges),
            "separation": found.separation,
            "groups": [_plain(group) for group in found.groups[:SHOWN_GROUPS]],
            "of": len(found.groups),
        }
        self._code = f"desk.study.likeness({by!r}, {metric!r})"
        return found

    def captions(
        self, captions: Sequence[str], metric: str = "cosine", rows: Sequence[int] | None = None
    ) -> "pd.DataFrame":
        """Show and return how near images are to each of some captions.

        The images are ``rows``, by default the selected ones, else the hits. Raises QueryError where there
        are none.
        """
        rows = self._rows() if rows is None else list(rows)
        self._frame = frame = self._captions(rows, captions, metric)
        self.metric, self.phrases = metric, "\n".join(captions)
        self.view = {
            "what": "captions",
            "rows": rows,
            "captions": list(captions),
            "values": frame.to_numpy(float).round(3).tolist(),
        }
        self._code = f"desk.study.captions({list(captions)!r}, {metric!r}, rows={rows})"
        return frame

    def duplicates(self) -> "pd.DataFrame":
        """Show and return what is there more than once, exactly or nearly."""
        self._frame = frame = self._duplicates()
        groups: list[dict[str, Any]] = [
            {
                "kind": kind,
                "rows": sorted(set(some["row"].tolist())),
                "paths": [self.selection.title(row) for row in some["row"]],
            }
            for (kind, _), some in frame.groupby(["kind", "group"], sort=False)
        ]
        near = sorted({row for group in groups if group["kind"] == "near" for row in group["rows"]})
        self.view = {"what": "duplicates", "groups": groups[:200], "of": len(groups), "near": near}
        self._code = "desk.study.duplicates()"
        return frame

    def quality(self) -> "pd.DataFrame":
        """Show and return what is wrong with pictures: dark, blurry, odd sizes, ..."""
        self._frame = frame = self._quality()
        issues = frame["issues"].str.split(", ").explode()
        counts = issues[issues != ""].value_counts()
        self.view = {
            "what": "quality",
            "issues": [{"issue": str(issue), "images": int(n)} for issue, n in counts.items()],
            "of": len(frame),
        }
        self._code = "desk.study.quality()"
        return frame

    def select(self, issue: str) -> None:
        """Select the images with an issue that ``quality`` names, or "near" duplicates."""
        if self._frame is None or self.view.get("what") not in ("quality", "duplicates"):
            raise QueryError("There is no result to select from.", "Use `quality()` or `duplicates()` first.")
        if self.view["what"] == "duplicates":
            self.selection.rows = self._frame["row"][self._frame["kind"] == issue].to_numpy()
            return
        has = [issue in issues.split(", ") for issues in self._frame["issues"]]
        self.selection.rows = self._frame["row"][has].to_numpy()

    @property
    def frame(self) -> "pd.DataFrame":
        """The table behind what is shown; empty before anything was asked."""
        import pandas as pd

        return pd.DataFrame() if self._frame is None else self._frame

    def to_code(self) -> str:
        """Return Python that shows the same; "" where nothing is shown."""
        return self._code

    def _rows(self) -> list[int]:
        hits = self.selection.hits
        chosen = self.selection.rows if len(self.selection) or hits is None else hits.rows
        if not len(chosen):
            raise QueryError(
                "No images are selected.", "Select images or run a search, then compare captions."
            )
        return [int(row) for row in chosen[:SHOWN_IMAGES]]

    # -- what the browser asks -------------------------------------------------------------------------------

    def _answer_likeness(self, by: str, metric: str) -> None:
        self.busy = "Comparing pairs"
        self.likeness(by, metric)

    def _answer_captions(self, phrases: str, metric: str) -> None:
        captions = [line.strip() for line in phrases.splitlines() if line.strip()]
        if not captions:
            raise QueryError("No captions were given.", "Write one on each line.")
        self.busy = "Embedding captions"
        self.captions(captions, metric)

    def _answer_duplicates(self) -> None:
        self.busy = "Comparing images"
        self.duplicates()

    def _answer_quality(self) -> None:
        self.busy = "Checking every image; the first time takes a while"
        self.quality()

    def _answer_focus(self, row: int) -> None:
        self.selection.focus = row

    def _answer_thumbnails(self, rows: list[int]) -> Answer:
        return {"rows": rows}, self._thumbnails(rows)


def _shares(values: "np.typing.NDArray[np.floating]", edges: "np.typing.NDArray[np.floating]") -> list[float]:
    counts = np.histogram(values, edges)[0]
    shares: list[float] = (counts / max(1, counts.sum())).round(5).tolist()
    return shares


def _plain(group: tuple[str, int, float, float]) -> list[Any]:
    """Return a row of the table of groups as JSON can hold it: nan becomes None."""
    return [None if isinstance(value, float) and np.isnan(value) else value for value in group]
