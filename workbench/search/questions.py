"""Questions: what an analyst asks about a collection, in Python or in the grammar of the query box."""

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.analysis import captions, thresholds
from workbench.analysis.companions import counted
from workbench.analysis.distinguishing_phrases import Difference, separate
from workbench.analysis.recall_estimate import Missed
from workbench.analysis.rows import Rows
from workbench.errors import QueryError
from workbench.image_id import Kind
from workbench.image_id import kind as kind_of
from workbench.media.kinds import RAW_FORMATS
from workbench.search.grammar import BEING
from workbench.search.hits import Hits
from workbench.search.image_lookup import ImageLookup
from workbench.search.metadata_filters import metadata_filters
from workbench.search.query_resolution import FaceSearch, People, QueryResolver, Seen
from workbench.search.ranker import Ranker
from workbench.search.request import Images, Limits, Request
from workbench.search.searcher import Searcher
from workbench.search.terms import MOST_SAMPLES
from workbench.spelling import lookup_form, spelled

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    from PIL.Image import Image

    from workbench.index.index import Index
    from workbench.ingest import Embedder


_DATE = re.compile(r"\d{4}(-\d\d(-\d\d(T\d\d(:\d\d(:\d\d)?)?)?)?)?")
_HOW = (
    "Write a year, month, day or time, or a span of two: 2019, 2019-05, 2019-05-31..2020, 2020.. or ..2019."
)


def tagged(tag: str, tags: "pd.DataFrame", ids: "pd.Series[str]") -> Rows:
    """Return the rows of the ``ids`` that have a tag; raise QueryError for one that nothing has."""
    known = sorted(set(tags["tag"]))
    kept = spelled(tag, known)
    if kept is None:
        which = f"Use one of {', '.join(known[:20])}." if known else "Give it with `case.tag(images, tag)`."
        raise QueryError(f"No image has the tag {tag!r}.", which)
    return np.flatnonzero(ids.isin(tags.loc[tags["tag"] == kept, "sample_id"])).astype(np.int32)


def taken(span: str, times: "pd.Series[pd.Timestamp]") -> Rows:
    """Return the rows taken within a ``span``, its last year, month or day included; never those untimed.

    Raises QueryError for a span that cannot be read or is empty.
    """
    first, last = span_of(span)
    at = times.to_numpy("datetime64[s]")
    return np.flatnonzero((at >= first) & (at < last)).astype(np.int32)


def inside(file: str, paths: "pd.Series[list[str]]") -> Rows:
    """Return the rows of images in a file, the pages of a document, or below a folder or in an archive.

    ``file``: its path or the end of that after a ``/``. Raises QueryError where no image lies there.
    """
    wanted = lookup_form(file.strip("/"))
    found = [row for row, some in enumerate(paths) if any(_lies_in(lookup_form(one), wanted) for one in some)]
    if not found:
        raise QueryError(
            f"No image lies in {file!r}.", "Name a file or folder as in the column `path` of `case.images`."
        )
    return np.array(found, np.int32)


def _lies_in(path: str, wanted: str) -> bool:
    start = f"/{path}/".find(f"/{wanted}/")
    return start >= 0 or f"/{wanted}!/" in f"/{path}"


def of_kind(kind: str, ids: "pd.Series[str]") -> Rows:
    """Return the rows of photos, pages of documents or frames of videos; raise QueryError for other kinds."""
    kept = spelled(kind, get_args(Kind))
    if kept is None:
        raise QueryError(f"Unknown kind {kind!r}.", f"Use one of {', '.join(get_args(Kind))}.")
    return np.flatnonzero([kind_of(image_id) == kept for image_id in ids]).astype(np.int32)


def being(word: str, images: "pd.DataFrame") -> Rows:
    """Return the rows of ``images`` (path, pair, format, motion) that are what a word of `BEING` says.

    Raises QueryError for another word.
    """
    if word not in BEING:
        raise QueryError(
            f"Unknown word {word!r} after is:.", f"Use {', '.join(f'is:{one}' for one in BEING)}."
        )
    if word == "raw":
        there = images["format"].isin(RAW_FORMATS).to_numpy(bool)
    elif word == "motion":
        there = images["motion"].notna().to_numpy(bool)
    else:
        there = images["pair"].notna().to_numpy(bool)
        if word == "main":
            there = counted(images["path"], images["pair"].to_numpy(object))
    return np.flatnonzero(there).astype(np.int32)


def span_of(span: str) -> tuple[np.datetime64, np.datetime64]:
    """Return from when (inclusive) to when (exclusive) a span lasts, in seconds by the camera's clock."""
    first, dots, last = span.partition("..")
    if not (first or last):
        raise QueryError(f"Invalid time {span!r}.", _HOW)
    start = _moment(first) if first else np.datetime64("0001", "s")
    end = _moment(last if dots else first, after=True) if last or not dots else np.datetime64("9999", "s")
    if end <= start:
        raise QueryError(
            f"Invalid time span {span!r}: it ends before it begins.", "Write the earlier time first."
        )
    return start, end


def _moment(text: str, after: bool = False) -> np.datetime64:
    """Return when a year, month, day or time begins, or when it is over."""
    try:
        if _DATE.fullmatch(text) is None:
            raise ValueError(text)
        at: np.datetime64 = (np.datetime64(text) + int(after)).astype("datetime64[s]")
        return at
    except ValueError as error:
        raise QueryError(f"Invalid time {text!r}.", _HOW) from error


LEAST_BACKGROUND = 20
Phrases = Sequence[str]
Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Searchable:
    """What questions are asked of: arrays, tables and narrow callables.

    Row i of ``vectors`` (N, D) belongs to row i of ``images``, which ``lookup`` finds by name. ``embedder()``
    gives the model, ``phrase_vectors(phrases)`` text vectors (P, D), ``vocabulary_vectors()`` those of the
    phrases that stand for any query, another array once they change. ``saved(name)`` returns the rows of a
    saved selection; ``tags()`` the table of tags and ``tags_version()`` what changes with it. ``people()``
    gives the faces, ``find_text(text)`` hits among the images, ``regions(kinds)`` a ranker,
    ``classified(name)`` what a classifier says of each image; ``engine()`` an
    index of the vectors, or None for exact search.
    """

    images: "pd.DataFrame"
    vectors: Floats
    lookup: ImageLookup
    embedder: "Callable[[], Embedder]"
    phrase_vectors: Callable[[Phrases], Floats]
    vocabulary_vectors: Callable[[], Floats]
    saved: Callable[[str], Rows]
    tags: "Callable[[], pd.DataFrame]"
    tags_version: Callable[[], Hashable]
    people: Callable[[], People]
    find_text: Callable[[str], Hits]
    regions: Callable[[Sequence[str]], Ranker]
    classified: Callable[[str], Seen]
    thumbnails: Callable[[Sequence[int]], list[bytes]] | None = None
    engine: "Callable[[], Index | None]" = lambda: None


class Questions:
    """Answers questions about a collection as it is now open."""

    def __init__(self, collection: Searchable) -> None:
        self._all = collection

    def search(self, request: Request) -> Hits:
        """Return the hits of a query given in Python; see ``Case.search``."""
        known = self._background(request.background)
        return self._searcher.search(self._resolver.request(request), request.limits, known)

    def ask(
        self,
        text: str,
        selection: ArrayLike | None,
        pictures: "Mapping[str, Image | Path] | None",
        limits: Limits,
    ) -> Hits:
        """Return the hits of a query in the grammar of the query box; see ``Case.ask``."""
        return self._searcher.search(self._resolver.text(text, selection, pictures or {}), limits)

    def learn_threshold(
        self, examples: "Mapping[str, Images]", precision: float | None, on: str
    ) -> thresholds.Threshold:
        """Learn a threshold from example queries; see ``Case.learn_threshold``."""
        if on not in ("score", "probability"):
            raise QueryError(f"Invalid scale {on!r} of a threshold.", "Use score or probability.")
        judged = []
        for query, images in examples.items():
            hits = self.ask(query, None, None, Limits(k=None))
            right = np.isin(hits.rows, self.rows(images))
            judged.append((hits.scores if on == "score" else hits.probabilities, right))
        return thresholds.learn(judged, precision, on)

    def missed(self, hits: Hits, n: int, seed: int) -> Missed:
        """Return images beyond hits to judge; see ``Case.missed``."""
        return Missed(hits.rows, hits.ranking, n, seed)

    def describe(self, images: "int | str | Images", k: int, vocabulary: Phrases) -> "pd.DataFrame":
        """Return the ``k`` phrases that say best what one or several images show; see ``Case.describe``."""
        import pandas as pd

        rows = self.rows(images)
        if not len(rows):
            raise QueryError("No images were given to describe.", "Select some images first.")
        phrases = self._all.phrase_vectors(vocabulary)
        middle = np.mean(self._all.vectors[rows[:: -(-len(rows) // MOST_SAMPLES)]], axis=0)
        found = captions.describe(middle, phrases, vocabulary, k)
        return pd.DataFrame(found, columns=["phrase", "score", "probability"])

    def separates(self, a: "Images", b: "Images | None", k: int, vocabulary: Phrases) -> "pd.DataFrame":
        """Return the phrases that fit ``a`` better than ``b``, or than all others; see `Case.separates`."""
        import pandas as pd

        inside, vectors = self.rows(a), self._all.vectors
        others = np.ones(len(vectors), bool)
        others[inside] = False
        outside = np.flatnonzero(others) if b is None else self.rows(b)
        phrases = self._all.phrase_vectors(vocabulary)
        found = separate(vectors, inside, outside, phrases, vocabulary, k)
        return pd.DataFrame(found, columns=list(Difference._fields))

    def rows(self, images: "int | str | Images") -> NDArray[np.integer]:
        """Return the rows of one image, of several, or of a saved selection."""
        if isinstance(images, int | np.integer):
            return np.array([self._all.lookup.row(images)])
        if isinstance(images, str) and self._all.lookup.knows(images):
            return np.array([self._all.lookup.row(images)])
        try:
            return self._resolver.rows(images)
        except QueryError:  # no selection is called so
            row = self._all.lookup.meant(images) if isinstance(images, str) else None
            if row is None:
                raise
            return np.array([row])

    def _background(self, images: "Images | None") -> Rows | None:
        """Return the rows to judge scores against, or None; raise QueryError for fewer than twenty."""
        rows = None if images is None else self._resolver.rows(images)
        if rows is not None and len(rows) < LEAST_BACKGROUND:
            raise QueryError(
                f"Too few background images: {len(rows)}.",
                f"Use {LEAST_BACKGROUND} or more images that do not show what you search for.",
            )
        return rows

    @cached_property
    def _resolver(self) -> QueryResolver:
        collection = self._all

        @lru_cache(maxsize=8)
        def rows_of_tag(tag: str, version: Hashable) -> Rows:  # tags may change, also by another process
            return tagged(tag, collection.tags(), collection.images["image_id"])

        @lru_cache(maxsize=8)
        def rows_of_span(span: str) -> Rows:
            return taken(span, collection.images["taken_at"])

        @lru_cache(maxsize=8)
        def rows_inside(file: str) -> Rows:
            return inside(file, collection.images["paths"])

        @lru_cache(maxsize=8)
        def rows_of_kind(kind: str) -> Rows:
            return of_kind(kind, collection.images["image_id"])

        places: dict[str, Callable[[str], Rows]] = {
            "in": rows_inside,
            "kind": rows_of_kind,
            "tag": lambda tag: rows_of_tag(tag, collection.tags_version()),
            "taken": rows_of_span,
            "is": lambda word: being(word, collection.images),
            **metadata_filters(collection.images),
        }
        return QueryResolver(collection.lookup, collection.saved, places)

    @cached_property
    def _searcher(self) -> Searcher:
        collection = self._all
        images = Ranker(
            collection.images,
            collection.vectors,
            phrases=collection.vocabulary_vectors,
            engine=collection.engine,
        )
        return Searcher(
            images,
            collection.embedder,
            self._sample_vectors,
            FaceSearch(collection.people, len(images)),
            lru_cache(maxsize=8)(collection.find_text),
            collection.regions,
            collection.classified,
            collection.thumbnails,
        )

    def _sample_vectors(self, sample_ids: Sequence[str]) -> Floats:
        rows = [self._all.lookup.row(sample_id) for sample_id in sample_ids]
        return np.asarray(self._all.vectors[rows], np.float32)
