"""Selections: what was selected, kept under a name in the case, and reopened in any notebook."""

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.analysis.rows import Rows, normalise
from workbench.case.arguments import checked, is_text
from workbench.errors import QueryError
from workbench.search.image_lookup import ImageLookup
from workbench.spelling import lookup_form, spelled
from workbench.store.selections import Saved, SavedSelections

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from numpy.typing import ArrayLike

    from workbench.search.hits import Selected

COLUMNS = ("name", "images", "gone", "query", "embedder", "parent", "sha256", "when", "who")
TAKEN = ("selection",)
"""Names that mean something else in a query."""


class Selections:
    """The saved selections of a case, in its folder ``work``; ``key`` is the embedder key now in use.

    Ids are kept, not rows, so that a selection holds when the case grows, and in a copy of the case.
    """

    def __init__(self, work: "Path", lookup: ImageLookup, key: str) -> None:
        self._kept, self._lookup, self._key = SavedSelections(work), lookup, key

    @checked(
        name=is_text("trip", empty=True), query=is_text("a boat", empty=True), parent=is_text("", empty=True)
    )
    def save(self, name: str, selection: "Selected | ArrayLike", query: str = "", parent: str = "") -> Saved:
        """Keep a Selection (or rows) under a name and return what was kept, with its ``digest``.

        A name that is taken, however spelled, is replaced; its older line stays in the file. Query and parent
        are those of a Selection, where not given. Raises QueryError for an empty selection or name, CaseError
        where the case cannot be written.
        """
        name = " ".join(name.split())
        if not name or lookup_form(name) in TAKEN:
            raise QueryError(
                f"Invalid selection name {name!r}.", "Use a name that is neither empty nor 'selection'."
            )
        given: Any = getattr(selection, "rows", selection)
        rows = normalise(given, len(self._lookup.ids))
        if not len(rows):
            raise QueryError("Nothing is selected.", "Select some images first, then save.")
        hits = getattr(selection, "hits", None)
        query = query or ("" if hits is None else hits.query)
        parent = parent or getattr(selection, "parent", "")
        name = spelled(name, self._kept.read()) or name
        saved = self._kept.save(name, [self._lookup.ids[row] for row in rows], query, self._key, parent)
        if hasattr(selection, "parent"):
            selection.parent = saved.digest
        return saved

    @checked(name=is_text("trip"))
    def open(self, name: str, into: Any = None) -> Rows:
        """Return the rows of a saved selection, and select them in the Selection ``into``.

        Images that are gone from the case are left out with a warning that says how many. Raises QueryError
        where there is no such name, or where all of its images are gone.
        """
        if into is not None and not (hasattr(into, "rows") and hasattr(into, "parent")):
            raise QueryError(f"Invalid into: a {type(into).__name__}.", "Use a Selection, as desk.selection.")
        saved = self.saved(name)
        rows = self._rows(saved)
        if not len(rows):
            raise QueryError(
                f"None of the {len(saved.ids):,} images of {name!r} are in this case now.",
                "Run `case.ingest()` where the photos are, or open the case it was saved in.",
            )
        if gone := len(saved.ids) - len(rows):
            text = (
                f"{gone:,} of the {len(saved.ids):,} images of {name!r} are gone from this case and left out."
            )
            warnings.warn(text, UserWarning, stacklevel=2)
        if into is not None:
            into.rows, into.parent = rows, saved.digest
        return rows

    @checked(name=is_text("trip"))
    def saved(self, name: str) -> Saved:
        """Return a selection as it was saved; raise QueryError where there is none of this name."""
        known = self._kept.read()
        kept = spelled(name, known)
        if kept is None:
            names = ", ".join(known) or "none yet"
            raise QueryError(f"Unknown selection {name!r}.", f"Saved selections: {names}.")
        return known[kept]

    @checked(name=is_text("trip"))
    def remove(self, name: str) -> None:
        """Forget a name; what was saved stays readable in the file. Raises QueryError for an unknown name."""
        self._kept.remove(self.saved(name).name)

    @property
    def names(self) -> list[str]:
        """The names of the saved selections, the oldest first."""
        return list(self._kept.read())

    @property
    def frame(self) -> "pd.DataFrame":
        """One row a selection; ``gone`` counts the images no longer here, ``parent`` is a name if known."""
        import pandas as pd

        known = self._kept.read()
        name_of = {saved.digest: saved.name for saved in known.values()}
        rows = [
            (
                saved.name,
                len(saved.ids),
                len(saved.ids) - len(self._rows(saved)),
                saved.query,
                saved.embedder,
                name_of.get(saved.parent, saved.parent[:12]),
                saved.digest,
                saved.when,
                saved.who,
            )
            for saved in known.values()
        ]
        frame = pd.DataFrame(rows, columns=list(COLUMNS))
        return frame.assign(when=pd.to_datetime(frame["when"], utc=True, format="ISO8601"))

    def _rows(self, saved: Saved) -> Rows:
        found = [self._lookup.row(sample_id) for sample_id in saved.ids if self._lookup.knows(sample_id)]
        return normalise(np.array(found, np.int64), len(self._lookup.ids))

    def __repr__(self) -> str:
        return f"<Saved selections: {', '.join(self.names) or 'none'}>"
