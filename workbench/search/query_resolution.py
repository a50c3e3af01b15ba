"""QueryResolver: what the parts of a query mean in one case: names become samples, rows and people."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.analysis.rows import Rows, normalise
from workbench.errors import QueryError
from workbench.search.grammar import BEING, FILTERS, Part, parse
from workbench.search.image_lookup import ImageLookup
from workbench.search.ranker import Ranker
from workbench.search.request import IMAGES, Images, Request
from workbench.search.terms import Centre, Like, Term, as_terms, plain, weigh
from workbench.spelling import lookup_form, spelled

if TYPE_CHECKING:
    import pandas as pd
    from PIL.Image import Image


class People(Protocol):
    """Faces with vectors, and the identities they are grouped into; the faces of a case fit it."""

    @property
    def frame(self) -> "pd.DataFrame":
        """One row a face: face_id, image_row, identity, ..."""
        ...

    @property
    def vectors(self) -> NDArray[np.float32]:
        """Unit vectors (F, D)."""
        ...

    @property
    def identities(self) -> "pd.DataFrame":
        """One row an identity: identity, name, ..."""
        ...

    @property
    def named(self) -> list[str]:
        """The names that were given."""
        ...

    def __len__(self) -> int: ...


@dataclass(frozen=True, eq=False)
class Seen:
    """How somebody is seen in each of N images.

    ``scores`` (N,): the cosine of the likest face to that person, -inf without a face; ``probabilities`` (N,)
    calibrated among the faces of the case; ``there`` (N,): whether a face of that identity is in the image.
    The same is said of a classifier: how sure it is of the best sample of each image, and where it says yes;
    ``boxes`` (N, 4) are those samples, NaN for whole images, None where all are.
    """

    scores: NDArray[np.float32]
    probabilities: NDArray[np.float32]
    there: NDArray[np.bool_]
    boxes: NDArray[np.float32] | None = None


class FaceSearch:
    """Looks for people in ``images`` images; ``people()`` is asked for only when a query names somebody."""

    def __init__(self, people: Callable[[], People], images: int) -> None:
        self._get, self._images = people, images

    def seen(self, who: str) -> Seen:
        """Return where ``who`` is seen: the name or id of an identity, or a face id.

        Raises QueryError where nobody is called so, or where no faces were looked for.
        """
        people = self._get()
        if not len(people):
            raise QueryError("This case has no faces.", "Run `case.ingest_faces()` first.")
        members = _members(people, who)
        mean = np.asarray(people.vectors[members], np.float32).mean(axis=0)
        cosines = self._ranker.scores(mean / max(float(np.linalg.norm(mean)), 1e-9))
        scores, faces = self._ranker.best(cosines)
        chances = self._ranker.background(words=False).probability(cosines)
        there = np.zeros(self._images, bool)
        there[people.frame["image_row"].to_numpy()[members]] = True
        return Seen(scores, np.where(faces >= 0, chances[faces], np.float32(0)), there)

    @cached_property
    def _ranker(self) -> Ranker:
        people = self._get()
        rows = people.frame["image_row"].to_numpy(np.int64)
        return Ranker(people.frame, people.vectors, rows, images=self._images)


def _members(people: People, who: str) -> NDArray[np.intp]:
    """Return the rows of the faces of an identity, or of one face."""
    identities, frame = people.identities, people.frame
    called = identities["name"].astype(str).map(lookup_form) == lookup_form(who)
    found = set(identities["identity"][called | (identities["identity"] == who)])
    if not found and who in set(frame["face_id"]):
        row = int(np.flatnonzero(frame["face_id"] == who)[0])
        identity = str(frame["identity"].iloc[row])
        if not identity:
            return np.array([row], np.intp)
        found = {identity}
    if not found:
        known = ", ".join(people.named[:5]) or "nobody has a name yet"
        raise QueryError(f"Unknown person {who!r}.", f"Use a name or an identity of `case.faces`: {known}.")
    return np.flatnonzero(frame["identity"].isin(found))


SELECTION = "selection"
"""What the rows now selected are called in a query."""


@dataclass(frozen=True, eq=False)
class Piece:
    """A part of a query with what it means: a term to embed or look up, or rows to stay within."""

    part: Part
    term: Term | None = None
    rows: Rows | None = None


class QueryResolver:
    """Understands queries about the images of ``lookup``.

    ``saved(name)`` returns the rows of a selection; each of ``filters`` those that what is behind its key in
    a query names.
    """

    def __init__(
        self, lookup: ImageLookup, saved: Callable[[str], Rows], filters: Mapping[str, Callable[[str], Rows]]
    ) -> None:
        self._lookup, self._saved, self._filters = lookup, saved, filters

    def text(
        self, text: str, selection: ArrayLike | None, pictures: "Mapping[str, Image | Path]"
    ) -> list[Piece]:
        """Return the pieces of a query in the grammar of the query box.

        ``selection`` holds the rows that ``like:selection`` and ``within:selection`` mean, ``pictures`` the
        pictures that ``like:`` may name besides images of the case. Raises QueryError for an unknown name.
        """
        chosen = None if selection is None else self._rows(selection)
        return [self._understood(part, chosen, pictures) for part in parse(text)]

    def request(self, asked: Request) -> list[Piece]:
        """Return the pieces of a query given in Python; see `Case.search`."""
        pieces = [self._piece(self._named_exactly(term), 1) for term in asked.terms]
        pieces += [self._piece(self._example(term), 1) for term in as_terms(asked.like)]
        pieces += [self._piece(self._example(term, or_words=True), -1) for term in as_terms(asked.unlike)]
        pieces += [Piece(Part("face", who)) for who in _several(asked.face)]
        pieces += [self._understood(Part("is", name), None, {}) for name in _several(asked.is_)]
        pieces += [] if asked.text is None else [Piece(Part("text", asked.text))]
        if asked.within is not None:
            name = asked.within if isinstance(asked.within, str) else SELECTION
            pieces.append(Piece(Part("within", name), rows=self.rows(asked.within)))
        pieces += [self._understood(Part("tag", tag), None, {}) for tag in _several(asked.tag)]
        pieces += [] if asked.taken is None else [self._understood(Part("taken", asked.taken), None, {})]
        pieces += [self._understood(Part("in", file), None, {}) for file in _several(asked.inside)]
        pieces += [] if asked.kind is None else [self._understood(Part("kind", asked.kind), None, {})]
        pieces += [self._understood(part, None, {}) for part in _only_filters(asked.where)]
        kinds = tuple(_several(asked.over))
        return pieces + ([] if kinds == (IMAGES,) else [Piece(Part("over", kind)) for kind in kinds])

    def rows(self, images: "Images") -> Rows:
        """Return the rows of a Selection, Hits, rows, booleans, or the name of a saved selection."""
        return self._saved(images) if isinstance(images, str) else self._rows(_rows_of(images))

    def _understood(
        self, part: Part, selection: Rows | None, pictures: "Mapping[str, Image | Path]"
    ) -> Piece:
        match part.kind:
            case "words":
                return self._words(part)
            case "like":
                return Piece(part, self._named(part.value, selection, pictures))
            case "within":
                return Piece(part, rows=self._place(part.value, selection))
            case "is" if part.value not in BEING:
                return Piece(part)  # a classifier: it gives scores, and not rows alone
            case kind if kind in FILTERS:
                return Piece(part, rows=self._filters[kind](part.value))
        return Piece(part)

    def _named(self, name: str, selection: Rows | None, pictures: "Mapping[str, Image | Path]") -> Term:
        if given := spelled(name, pictures):
            return pictures[given]
        if name == SELECTION:
            return Centre(tuple(self._lookup.ids[row] for row in self._place(name, selection)))
        return Like(self._lookup.ids[self._lookup.named(name)])

    def _place(self, name: str, selection: Rows | None) -> Rows:
        if name != SELECTION:
            return self._saved(name)
        if selection is None or not len(selection):
            raise QueryError(
                "Nothing is selected.", "Draw a lasso on the map first, or name a saved selection."
            )
        return selection

    def _words(self, part: Part) -> Piece:
        """Return a phrase of the query box, or the image that it names."""
        row = self._lookup.meant(part.value)
        if row is None:
            return Piece(part, part.value)
        return Piece(Part("like", self._lookup.name(row), part.weight), Like(self._lookup.ids[row]))

    def _named_exactly(self, term: Term) -> Term:
        """Return a text that names an image of the case as that image, and all else as it is."""
        what, weight = plain(term)
        row = self._lookup.meant(what) if isinstance(what, str) else None
        return term if row is None else weigh(Like(self._lookup.ids[row]), weight)

    def _example(self, given: Any, or_words: bool = False) -> Term:
        """Return what is given as an example: a string names an image of the case, or else is words."""
        if isinstance(given, int | np.integer):
            return Like(self._lookup.ids[self._lookup.row(given)])
        if isinstance(given, str) and (not or_words or self._lookup.meant(given) is not None):
            return Like(self._lookup.ids[self._lookup.named(given)])
        if hasattr(given, "rows") and hasattr(given, "ids"):
            return Centre(tuple(given.ids))
        term: Term = given
        return term

    def _piece(self, term: Term, sign: int) -> Piece:
        what, weight = plain(term)
        match what:
            case str():
                part = Part("words", " ".join(what.split()), sign * weight)
            case Like(sample_id):
                part = Part("like", self._lookup.name(self._lookup.row(sample_id)), sign * weight)
            case Centre(_, name):
                part = Part("like", name, sign * weight)
            case Path():
                part = Part("like", what.name, sign * weight)
            case _:
                part = Part("like", "picture", sign * weight)
        return Piece(part, weigh(what, weight))

    def _rows(self, rows: ArrayLike) -> Rows:
        return normalise(rows, len(self._lookup.ids))


def _only_filters(where: str | None) -> list[Part]:
    parts = [] if where is None else list(parse(where))
    for part in parts:
        if part.kind not in FILTERS:
            keys = ", ".join(f"{key}:" for key in FILTERS)
            raise QueryError(f"{part.value!r} in where= is no filter.", f"Use one or several of {keys}.")
    return parts


def _several(given: str | Sequence[str]) -> list[str]:
    return [given] if isinstance(given, str) else list(given)


def _rows_of(within: Any) -> ArrayLike:
    rows: ArrayLike = getattr(within, "rows", within)
    return rows
