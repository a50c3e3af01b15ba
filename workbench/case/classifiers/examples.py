"""Examples: which samples an analyst means by a selection, rows, ids, a table, hits, a tag or a folder."""

from collections.abc import Callable, Iterable, Mapping
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.rows import normalise
from workbench.case.classifiers.sample_table import IMAGE, SampleTable
from workbench.case.collection import Collection
from workbench.errors import QueryError
from workbench.spelling import lookup_form, spelled

Rows = NDArray[np.intp]

HOW = "Pass rows, ids, a DataFrame, a Selection, hits, or 'tag:NAME', 'folder:NAME' or 'selection:NAME'."
_PLACES = ("tag", "folder", "selection")


class Examples:
    """Finds the rows of ``table`` that are meant; ``saved(name)`` gives the image rows of a saved selection.

    What names images (a tag, a folder, an image id) means, of another kind, all samples in these images.
    """

    def __init__(
        self, collection: Collection, table: SampleTable, saved: Callable[[str], NDArray[np.integer]]
    ) -> None:
        self._collection, self._table, self._saved = collection, table, saved

    def rows(self, given: Any, name: str) -> Rows:
        """Return the rows meant, sorted and each once; ``name`` is what an error calls them.

        Raises QueryError for what is empty, unknown or of another type.
        """
        rows = np.unique(self._rows(given, name)).astype(np.intp)
        if not len(rows):
            raise QueryError(f"{name} is empty: it names no {self._table.noun}.", HOW)
        return rows

    def _rows(self, given: Any, name: str) -> NDArray[np.integer]:
        if given is None or isinstance(given, bool | np.bool_ | bytes | float | Mapping):
            raise QueryError(f"Invalid {name}: a {type(given).__name__}.", HOW)
        if isinstance(given, str):
            return self._named(given)
        if isinstance(given, Integral):
            return self._checked([int(given)])
        if hasattr(given, "columns"):
            return self._of_table(given, name)
        if hasattr(given, "ids") and hasattr(given, "rows"):
            return self._of_ids([str(one) for one in given.ids])
        if not isinstance(given, Iterable):
            raise QueryError(f"Invalid {name}: a {type(given).__name__}.", HOW)
        return self._of_list(list(given), name)

    def _of_list(self, given: list[Any], name: str) -> NDArray[np.integer]:
        """Return the rows of a list of rows, of booleans, or of ids, paths, tags and the like."""
        if not given:
            return np.empty(0, np.intp)
        if all(isinstance(one, bool | np.bool_) for one in given):
            return self._checked(np.asarray(given, bool))
        if all(isinstance(one, Integral) and not isinstance(one, bool) for one in given):
            return self._checked(given)
        if all(isinstance(one, str) for one in given):
            known = self._table.row_of
            if all(one in known for one in given):
                return self._of_ids(given)
            return np.concatenate([self._named(one) for one in given])
        odd = next(one for one in given if not isinstance(one, str | Integral) or isinstance(one, bool))
        raise QueryError(f"Invalid {name}: {str(odd)[:60]!r} is neither a row nor an id.", HOW)

    def _checked(self, rows: Any) -> NDArray[np.integer]:
        return normalise(rows, len(self._table))

    def _of_table(self, frame: Any, name: str) -> NDArray[np.integer]:
        """Return the rows of a DataFrame: by its ids, else by its column of rows."""
        own = {IMAGE: "image_id", "face": "face_id"}.get(self._table.over, "region_id")
        for column in (own, "image_id"):
            if column in frame:
                return self._of_ids([str(one) for one in frame[column]])
        raise QueryError(
            f"Invalid {name}: the table has no column {own!r}.", "Pass rows of `case.images` or `hits.frame`."
        )

    def _of_ids(self, ids: list[str]) -> NDArray[np.integer]:
        known, rows = self._table.row_of, []
        for one in ids:
            rows += [known[one]] if one in known else self._of_images([self._collection.row(one)]).tolist()
        return np.array(rows, np.intp)

    def _of_images(self, rows: NDArray[np.integer] | list[int]) -> NDArray[np.integer]:
        """Return the samples in some images."""
        if self._table.boxes is None:
            return np.asarray(rows, np.intp)
        return np.flatnonzero(np.isin(self._table.image_row, np.asarray(rows, np.int64)))

    def _named(self, text: str) -> NDArray[np.integer]:
        """Return the rows of an id or a path, or what a tag, a folder or a saved selection holds."""
        if text in self._table.row_of:
            return np.array([self._table.row_of[text]], np.intp)
        if self._collection.lookup.knows(text):
            return self._of_images([self._collection.lookup.row(text)])
        kind, colon, name = text.partition(":")
        if colon and kind in _PLACES:
            return self._of_images(self._place(kind, name.strip()))
        places = [place for place in _PLACES if self._there_is(place, text)]
        if len(places) > 1:
            what = " and ".join(f"a {place}" for place in places)
            raise QueryError(f"{text!r} is {what}.", f"Write '{places[0]}:{text}' or '{places[1]}:{text}'.")
        if places:
            return self._of_images(self._place(places[0], text))
        row = self._collection.lookup.meant(text)
        if row is None:
            raise QueryError(f"Nothing here is called {text!r}: no tag, folder, selection or image.", HOW)
        return self._of_images([row])

    def _there_is(self, place: str, name: str) -> bool:
        try:
            return bool(len(self._place(place, name)))
        except QueryError:
            return False

    def _place(self, place: str, name: str) -> NDArray[np.integer]:
        if place == "selection":
            return self._saved(name)
        if place == "folder":
            return self._folder(name)
        tags = self._collection.tags()
        kept = spelled(name, sorted(set(tags["tag"])))
        if kept is None:
            known = ", ".join(sorted(set(tags["tag"]))[:20])
            which = f"Use one of {known}." if known else "Give it with `case.tag(images, tag)`."
            raise QueryError(f"No image has the tag {name!r}.", which)
        held = set(tags.loc[tags["tag"] == kept, "sample_id"])
        return np.flatnonzero(self._collection.images["image_id"].isin(held))

    def _folder(self, name: str) -> NDArray[np.integer]:
        """Return the images that have a path in a folder of the source or below it."""
        wanted = lookup_form(name.replace("\\", "/").strip().removeprefix("./").strip("/"))
        start = "" if wanted in ("", ".") else f"{wanted}/"
        paths = self._collection.images["paths"]
        inside = [any(lookup_form(str(path)).startswith(start) for path in some) for some in paths]
        if not any(inside):
            raise QueryError(
                f"No image lies in a folder {name!r}.",
                "Use a folder as in `case.images['path']`: 'trip/day 1'.",
            )
        return np.flatnonzero(inside)
