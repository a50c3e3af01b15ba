"""Questions: what an analyst asks a case, wired to the searcher, the names, the faces and the vocabulary."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.analysis import thresholds
from workbench.analysis.distinguishing_phrases import Difference, separate
from workbench.analysis.recall_estimate import Missed
from workbench.analysis.rows import Rows
from workbench.case import filters
from workbench.case.collection import Collection
from workbench.case.faces.search import FaceSearch
from workbench.case.limits import Limits
from workbench.case.query_resolution import Asking, Filter, Images, Within
from workbench.case.searcher import Searcher
from workbench.errors import QueryError
from workbench.hits import Hits
from workbench.terms import Term, as_terms

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from PIL.Image import Image

    from workbench.case.faces.faces_api import Faces
    from workbench.case.regions.regions_api import Regions

LEAST_BACKGROUND = 20


class Questions:
    """Answers questions about the images of a collection.

    ``saved(name)`` returns the rows of a saved selection; ``faces()`` and ``regions()`` give what a query
    may name besides images, and are asked only where one does.
    """

    def __init__(
        self,
        collection: Collection,
        saved: Callable[[str], Rows],
        faces: "Callable[[], Faces]",
        regions: "Callable[[], Regions]",
    ) -> None:
        self._case, self._saved, self._faces, self._regions = collection, saved, faces, regions

    def search(
        self,
        terms: Sequence[Term],
        like: Any,
        unlike: Any,
        face: str | Sequence[str],
        text: str | None,
        within: Within | None,
        tag: str | Sequence[str],
        taken: str | None,
        over: str | Sequence[str],
        limits: Limits,
    ) -> Hits:
        """Return the hits of a query given in Python; see ``Case.search``."""
        people, tags = ([given] if isinstance(given, str) else list(given) for given in (face, tag))
        places: dict[Filter, list[str]] = {"tag": tags, "taken": [] if taken is None else [taken]}
        examples = as_terms(like), as_terms(unlike)
        pieces = self._asking.terms(terms, *examples, people, text, within, places, over)
        return self._searcher.search(pieces, limits)

    def ask(
        self,
        text: str,
        selection: ArrayLike | None,
        pictures: "Mapping[str, Image | Path] | None",
        limits: Limits,
    ) -> Hits:
        """Return the hits of a query in the grammar of the query box; see ``Case.ask``."""
        return self._searcher.search(self._asking.text(text, selection, pictures or {}), limits)

    def learn_threshold(
        self, examples: "Mapping[str, Images]", precision: float | None, on: str
    ) -> thresholds.Threshold:
        """Learn a threshold from example queries; see ``Case.learn_threshold``."""
        if on not in ("score", "probability"):
            raise QueryError(f"A threshold cannot be learnt on {on!r}.", "Use score or probability.")
        judged = []
        for query, images in examples.items():
            hits = self.ask(query, None, None, Limits(k=None))
            right = np.isin(hits.rows, self.rows(images))
            judged.append((hits.scores if on == "score" else hits.probabilities, right))
        return thresholds.learn(judged, precision, on)

    def missed(self, hits: Hits, n: int, seed: int) -> Missed:
        """Return images beyond hits to judge; see ``Case.missed``."""
        return Missed(hits.rows, hits.ranking, n, seed)

    def background(self, images: "Images | None") -> Rows | None:
        """Return the rows to judge scores against, or None; raise QueryError for fewer than twenty."""
        rows = None if images is None else self._asking.rows(images)
        if rows is not None and len(rows) < LEAST_BACKGROUND:
            raise QueryError(
                f"A background of {len(rows)} images says too little.",
                f"Choose {LEAST_BACKGROUND} or more that do not show what you look for.",
            )
        return rows

    def describe(self, images: "int | str | Images", k: int, vocabulary: Sequence[str]) -> "pd.DataFrame":
        """Return the ``k`` phrases that fit one image or the middle of several; see ``Case.describe``."""
        import pandas as pd

        rows = self.rows(images)
        if not len(rows):
            raise QueryError("There is nothing to describe.", "Select some images first.")
        found = self._searcher.describe(rows, k, vocabulary)
        return pd.DataFrame(found, columns=["phrase", "score", "probability"])

    def separates(self, a: "Images", b: "Images | None", k: int, vocabulary: Sequence[str]) -> "pd.DataFrame":
        """Return the phrases that fit ``a`` better than ``b``, or than all others; see `Case.separates`."""
        import pandas as pd

        inside = self.rows(a)
        others = np.ones(len(self._case.vectors), bool)
        others[inside] = False
        outside = np.flatnonzero(others) if b is None else self.rows(b)
        found = separate(
            self._case.vectors,
            inside,
            outside,
            self._case.phrase_vectors(vocabulary),
            vocabulary,
            k,
        )
        return pd.DataFrame(found, columns=list(Difference._fields))

    def rows(self, images: "int | str | Images") -> NDArray[np.integer]:
        """Return the rows of one image, of several, or of a saved selection."""
        if isinstance(images, int | np.integer):
            return np.array([self._case.row(int(images))])
        if isinstance(images, str) and self._case.lookup.knows(images):
            return np.array([self._case.row(images)])
        return self._asking.rows(images)

    @cached_property
    def _asking(self) -> Asking:
        case, images = self._case, self._case.images

        @lru_cache(maxsize=8)
        def tagged(tag: str, version: tuple[int, int]) -> Rows:  # tags may change, also by another process
            return filters.tagged(tag, case.tags(), images["image_id"])

        @lru_cache(maxsize=8)
        def taken(span: str) -> Rows:
            return filters.taken(span, images["taken_at"])

        places: dict[str, Callable[[str], Rows]] = {
            "tag": lambda tag: tagged(tag, case.folder.tags.version()),
            "taken": taken,
        }
        return Asking(case.lookup, self._saved, places)

    @cached_property
    def _searcher(self) -> Searcher:
        case = self._case
        return Searcher(
            case.images,
            case.vectors,
            case.embedder,
            case.sample_vectors,
            case.phrase_vectors,
            lambda: case.vocabulary,
            FaceSearch(self._faces, len(case.images)),
            lru_cache(maxsize=8)(lambda text: self._regions().find_text(text).images),
            lambda kinds, vector, words: self._regions().best(kinds, vector, words),
        )
