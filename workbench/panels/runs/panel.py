"""Runs: cluster the collection in several ways, compare the ways, and look into what they made."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from workbench.analysis.cluster_methods import METHODS, SPACES
from workbench.analysis.progress import Watch, nobody
from workbench.analysis.rows import Mode
from workbench.errors import QueryError
from workbench.panels.base import Answer, script, style
from workbench.panels.runs import view_model
from workbench.panels.runs.view_model import Labels, RunBook
from workbench.panels.working import WorkingPanel
from workbench.selection import Selection

if TYPE_CHECKING:
    import pandas as pd

PICTURES = 8
"""Thumbnails of what is typical of a cluster, and of what is odd in it."""


class Runs(WorkingPanel):
    """A fold-out that costs nothing until it is opened.

    ``book`` makes and keeps the runs; ``names(labels)`` what the clusters 0, 1, ... of a run are called;
    ``thumbnails(rows)`` JPEG bytes; ``colour(name)`` colours the map by a run, ``gone(name, now)`` is told of
    a run that is called otherwise ``now``, or that is forgotten (""). What the browser asks is computed on
    another thread and can be cancelled.
    """

    _esm = script("runs")
    _css = style("working", "runs")

    unfolded = traitlets.Bool(False).tag(sync=True)
    fields = traitlets.Dict().tag(sync=True)
    spaces = traitlets.List(traitlets.Unicode(), list(SPACES)).tag(sync=True)
    method = traitlets.Enum(list(METHODS), "hdbscan").tag(sync=True)
    against = traitlets.Enum(["folder", "tag", "identity"], "folder").tag(sync=True)
    table = traitlets.List(traitlets.Dict()).tag(sync=True)
    curve = traitlets.Dict().tag(sync=True)
    opened = traitlets.Unicode("").tag(sync=True)
    clusters = traitlets.List(traitlets.Dict()).tag(sync=True)
    beyond = traitlets.Int(0).tag(sync=True)
    cluster = traitlets.Int(-1).tag(sync=True)
    typical = traitlets.List(traitlets.Int()).tag(sync=True)
    odd = traitlets.List(traitlets.Int()).tag(sync=True)

    def __init__(
        self,
        selection: Selection,
        book: RunBook,
        names: Callable[[Labels], list[str]],
        thumbnails: Callable[[Sequence[int]], list[bytes]],
        colour: Callable[[str], None],
        gone: Callable[[str, str], None] = lambda name, now: None,
    ) -> None:
        self.selection, self._book, self._names = selection, book, names
        self._thumbnails, self._colour, self._gone = thumbnails, colour, gone
        self._last = ("", "")  # the call of the run made last, and its name
        self._labels: Labels = np.empty(0, np.int32)
        self._frame: pd.DataFrame | None = None
        super().__init__(
            actions={
                "open": self.look_into,
                "look": self.look,
                "select": self.select,
                "colour": self.colour,
                "rename": self.rename,
                "remove": self.remove,
            },
            fields=view_model.fields(),
        )

    # -- the same in Python ----------------------------------------------------------------------------------

    def run(self, method: str = "hdbscan", *, name: str = "", **params: Any) -> Labels:
        """Cluster the images, keep the run, show and open it; as ``case.cluster_runs.run``."""
        self.cancel()
        labels = self._book.run(method, name=name, watch=nobody, **params)
        self._made(method, name, params, self._book.compare(self.against))
        return labels

    def compute(self, method: str = "hdbscan", *, name: str = "", **params: Any) -> None:
        """Do the same on another thread; ``cancel()`` ends it, ``wait()`` waits for it."""

        def work(watch: Watch) -> "pd.DataFrame":
            self._book.run(method, name=name, watch=watch, **params)
            return self._book.compare(self.against)

        self.start(f"Running {method}", work, lambda table: self._made(method, name, params, table))

    def compare(self, against: str = "folder") -> "pd.DataFrame":
        """Show and return a row a run, measured against folder, tag or identity."""
        self.against = against
        self._show(self._book.compare(against))
        return self.frame

    def distances(self, k: int = 5, space: str = "reduced") -> NDArray[np.float32]:
        """Show and return the sorted distances (N,) to the k-th neighbour: ``eps`` lies where they bend."""
        found = self._book.k_distances(k, space, watch=nobody)
        self.curve = {**view_model.curve(found, k), "space": space}
        return found

    def look_into(self, name: str) -> list[str]:
        """Look into a run, and return what its clusters 0, 1, ... are called."""
        self._labels = self._book.labels(name)
        names = self._names(self._labels)
        self.opened, self.clusters = name, view_model.clusters(self._labels, names)
        self.beyond = len(names) - len(self.clusters)
        self.cluster, self.typical, self.odd = -1, [], []
        if names:
            self.look(0)
        return names

    def look(self, cluster: int) -> None:
        """Show what is typical of a cluster of the run that is open, and what is odd in it."""
        self._check(cluster)
        self.cluster = cluster
        self.typical = self._book.representatives(self._labels, cluster, PICTURES).tolist()
        odd = self._book.outliers(self._labels, cluster, PICTURES).tolist()
        self.odd = [row for row in odd if row not in self.typical]

    def select(self, cluster: int, mode: Mode = "replace") -> None:
        """Select a cluster of the run that is open, -1: what is in none; ``mode`` as for a lasso."""
        self._check(cluster)
        self.selection.change(np.flatnonzero(self._labels == cluster), mode)

    def colour(self, name: str) -> None:
        """Colour the map by a run."""
        self._colour(name)

    def rename(self, name: str, to: str) -> None:
        """Call a run otherwise."""
        self._book.rename(name, to)
        now = " ".join(to.split())
        self._last = self._last[0], now if self._last[1] == name else self._last[1]
        self._show(self._book.compare(self.against))
        if self.opened == name:
            self.opened = now
        self._gone(name, now)

    def remove(self, name: str) -> None:
        """Forget a run."""
        self._book.remove(name)
        if self.opened == name:
            self.opened, self.clusters, self.cluster, self.typical, self.odd = "", [], -1, [], []
        self._show(self._book.compare(self.against))
        self._gone(name, "")

    @property
    def frame(self) -> "pd.DataFrame":
        """The table of the runs; empty before it was looked at."""
        import pandas as pd

        return pd.DataFrame() if self._frame is None else self._frame

    def to_code(self) -> str:
        """Return Python that shows the same run and cluster; "" where the panel is closed."""
        if not self.unfolded:
            return ""
        call, name = self._last
        lines = ["desk.runs.unfolded = True"]
        if call and name in self._book.names:
            lines.append(f"{call}, name={name!r})")
        lines.append(f"desk.runs.compare({self.against!r})")
        if self.opened:
            lines += [f"desk.runs.look_into({self.opened!r})"]
            lines += [f"desk.runs.look({self.cluster})"] if self.cluster >= 0 else []
        return "\n".join(lines)

    def still(self) -> str:
        """Return the table as HTML for a reader without a kernel; "" where the panel is closed."""
        return view_model.still(self.table, self.against) if self.unfolded else ""

    # -- what the browser asks -------------------------------------------------------------------------------

    def _made(self, method: str, name: str, params: dict[str, Any], table: "pd.DataFrame") -> None:
        given = "".join(f", {key}={value!r}" for key, value in params.items() if value is not None)
        name = self._book.names[-1]
        self._last = f"desk.runs.run({method!r}{given}", name
        self.method = method
        self._show(table)
        self.look_into(name)

    def _show(self, table: "pd.DataFrame") -> None:
        self._frame, self.table = table, view_model.rows(table)

    def _check(self, cluster: int) -> None:
        if not self.opened:
            raise QueryError("No run is selected.", "Open one with `look_into(name)`.")
        if not -1 <= cluster <= self._labels.max(initial=-1):
            last = int(self._labels.max(initial=-1))
            known = (
                f"Use 0 to {last}, or -1 for none." if last >= 0 else "It found no clusters: use -1 for none."
            )
            raise QueryError(f"Unknown cluster {cluster} in this run.", known)

    def _answer_unfold(self, unfolded: bool) -> None:
        self.unfolded = unfolded
        if unfolded and self._frame is None and self._book.names:
            self._answer_compare(self.against)

    def _answer_run(self, method: str, name: str, space: str, settings: dict[str, Any]) -> None:
        self.compute(method, name=name, space=space, **settings)

    def _answer_compare(self, against: str) -> None:
        self.against = against
        self.start("Comparing runs", lambda _: self._book.compare(against), self._show)

    def _answer_distances(self, k: int, space: str) -> None:
        self.start(
            "Measuring distances",
            lambda watch: self._book.k_distances(k, space, watch=watch),
            lambda found: setattr(self, "curve", {**view_model.curve(found, k), "space": space}),
        )

    def _answer_focus(self, row: int) -> None:
        self.selection.focus = row

    def _answer_thumbnails(self, rows: list[int]) -> Answer:
        return {"rows": rows}, self._thumbnails(rows)
