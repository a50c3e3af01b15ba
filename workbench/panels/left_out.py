"""LeftOut: what of the source is no image of the case, problems and skipped files, each with its reason."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

import traitlets

from workbench.errors import QueryError
from workbench.panels.base import Answer, Panel, script, style

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 200
"""Files listed in the browser; ``frame`` has all."""


class LeftOut(Panel):
    """A fold-out with the files that are not on the map; it is not there where none was left out.

    ``problems()`` and ``skipped()`` return tables with path and reason, the second with the kind of file.
    ``counted()`` says what became of all paths of the source. All are read once, the last when the panel is
    unfolded.
    """

    _esm = script("left_out")
    _css = style("left_out")

    unfolded = traitlets.Bool(False).tag(sync=True)
    listed = traitlets.Enum(["problem", "skipped"], "problem").tag(sync=True)
    counts = traitlets.Dict().tag(sync=True)
    kinds = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        problems: "Callable[[], pd.DataFrame]",
        skipped: "Callable[[], pd.DataFrame]",
        counted: Callable[[], str] = str,
    ) -> None:
        self._tables = {"problem": problems(), "skipped": skipped()}
        super().__init__(actions={"unfold": lambda on: setattr(self, "unfolded", on)})
        self._count = counted
        self.counts = {what: len(table) for what, table in self._tables.items()}
        if not self.counts["problem"]:
            self.listed = "skipped"
        kinds = self._tables["skipped"]["kind"].value_counts()
        self.kinds = ", ".join(f"{count:,} {kind}" for kind, count in kinds.items())

    # -- the same in Python ----------------------------------------------------------------------------------

    def show(self, what: str) -> None:
        """List the files that are a ``problem``, or those that were ``skipped``."""
        if what not in self._tables:
            raise QueryError(f"Unknown list {what!r}.", f"Use {' or '.join(self._tables)}.")
        self.unfolded, self.listed = True, what

    @property
    def frame(self) -> "pd.DataFrame":
        """Every file that was left out: path, what (problem or skipped) and reason."""
        import pandas as pd

        parts = [table[["path", "reason"]].assign(what=what) for what, table in self._tables.items()]
        return pd.concat(parts, ignore_index=True)[["path", "what", "reason"]]

    @cached_property
    def counted(self) -> str:
        """What became of all paths of the source, in one line that adds up."""
        return self._count()

    def to_code(self) -> str:
        """Return Python that lists the same; "" where the panel is closed."""
        return f"desk.left_out.show({self.listed!r})" if self.unfolded else ""

    # -- what the browser asks -------------------------------------------------------------------------------

    def _answer_list(self, what: str) -> Answer:
        first = self._tables[what].head(SHOWN)
        return {
            "what": what,
            "counted": self.counted,
            "files": first[["path", "reason"]].astype(str).to_numpy().tolist(),
        }, ()
