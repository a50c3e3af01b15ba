"""Searcher: the pieces of one query become hits among the images: by a vector, by people or by text."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.rows import Rows
from workbench.errors import QueryError
from workbench.search.grammar import write
from workbench.search.hits import Hits
from workbench.search.query_resolution import FaceSearch, Piece, Seen
from workbench.search.ranker import Mask, Ranked, Ranker
from workbench.search.request import IMAGES, Limits
from workbench.search.terms import SampleVectors, Term, Vector, needs_model, plain, query_vector, weigh

if TYPE_CHECKING:
    from workbench.ingest import Embedder

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Searcher:
    """Answers queries about ``images``, a `Ranker` whose samples are the images themselves.

    ``embedder()`` gives the model and is called only where one is needed; ``sample_vectors(ids)`` stored
    vectors; ``faces`` looks for people; ``find_text(text)`` returns hits in the table of images where a text
    was read, with boxes and how well it fits there, (0, 1]; ``regions(kinds)`` ranks what images have of some
    kinds; ``classified(name)`` says what a classifier says of each image; ``thumbnails(rows)`` gives JPEGs of
    images, for the hits.
    """

    images: Ranker
    embedder: "Callable[[], Embedder]"
    sample_vectors: SampleVectors
    faces: FaceSearch
    find_text: Callable[[str], Hits]
    regions: Callable[[Sequence[str]], Ranker]
    classified: Callable[[str], Seen]
    thumbnails: Callable[[Sequence[int]], list[bytes]] | None = None

    def search(self, pieces: Sequence[Piece], limits: Limits, known: Rows | None = None) -> Hits:
        """Return the hits of the pieces of a query, best first; see ``Case.search``.

        ``known`` are rows of images that do not show what is asked, to judge the scores against.
        """
        if any(needs_model(term) for _, term in _terms(pieces)):
            self.embedder()  # loading the model is no part of the time a query takes
        started = time.perf_counter()
        asked = write([piece.part for piece in pieces])
        vector = self._vector(pieces)
        if not len(self.images):
            nothing = np.empty(0, np.float32)
            return Hits(nothing.astype(np.int32), nothing, nothing, self.images.frame, asked, vector=vector)
        over = [piece.part.value for piece in _wanted(pieces, "over")]
        if vector is None and over:
            raise QueryError(f"Nothing to compare with {' and '.join(over)}.", "Add words or an example.")
        ranker = self.regions(over) if over else self.images
        fits, texts = (None, None) if vector is not None and over else self._read(pieces)
        where = self._where(pieces, by_face=vector is None)
        if texts is None and not over:
            texts = next((self._seen(one).boxes for one in _wanted(pieces, "is") if one.rows is None), None)
        if vector is not None:
            ranked = ranker.rank(vector, has_words(pieces), limits, where, known=known)
        else:
            ranked = self._without_vector(pieces, fits, limits, where)
        boxes, kinds = _matched(ranker, ranked) if over else (texts, None)
        return Hits(
            ranked.rows,
            ranked.scores,
            ranked.chances,
            self.images.frame,
            asked,
            time.perf_counter() - started,
            ranked.total,
            vector,
            ranked.unusual,
            ranked.everywhere,
            ranked.looked,
            boxes=boxes[ranked.rows] if boxes is not None and not over else boxes,
            kinds=kinds,
            thumbnails=self.thumbnails,
        )

    def _vector(self, pieces: Sequence[Piece]) -> Vector | None:
        """Return the unit vector (D,) of what is wanted and not; None where only people or text are."""
        terms = _terms(pieces)
        if pieces and not terms:
            return None
        weighed = [(piece.part, weigh(plain(term)[0], abs(piece.part.weight))) for piece, term in terms]
        wanted = [term for part, term in weighed if part.wanted]
        unwanted = [term for part, term in weighed if not part.wanted]
        return query_vector(wanted, unwanted, self.embedder, self.sample_vectors)

    def _without_vector(
        self, pieces: Sequence[Piece], fits: Floats | None, limits: Limits, where: Mask | None
    ) -> Ranked:
        """Return the hits by the people and classes that must all be there, else by text."""
        judged = [*_wanted(pieces, "face"), *_wanted(pieces, "is")]
        people = [self._seen(piece) for piece in judged if piece.rows is None]
        if people:  # the one seen worst decides
            chances = np.min([who.probabilities for who in people], axis=0)
            scores = np.min([who.scores for who in people], axis=0)
            return self.images.cut(scores, chances.__getitem__, limits, where)
        if fits is None and where is None:
            raise QueryError("The query has filters only.", "Add words or an example.")
        if fits is None:  # filters alone: what they let through, in the order of the case
            fits = np.ones(len(self.images), np.float32)
        return self.images.cut(fits, fits.__getitem__, limits, where)

    def _read(self, pieces: Sequence[Piece]) -> tuple[Floats | None, Floats | None]:
        """Return how well the wanted texts fit each image, [0, 1], and where the first was read, if any."""
        fits: Floats | None = None
        boxes: Floats | None = None
        for piece in _wanted(pieces, "text"):
            found, here = self.find_text(piece.part.value), np.zeros(len(self.images), np.float32)
            here[found.rows] = found.scores
            fits = here if fits is None else np.minimum(fits, here)
            if boxes is None:
                boxes = np.full((len(here), 4), np.nan, np.float32)
                boxes[found.rows] = found.boxes
        return fits, boxes

    def _where(self, pieces: Sequence[Piece], by_face: bool) -> Mask | None:
        """Return (N,) in which images the query looks; None for all of them."""
        kept: Mask | None = None
        for piece in pieces:
            kind, wanted = piece.part.kind, piece.part.wanted
            if kind in ("words", "like", "over") or (by_face and kind == "face" and wanted):
                continue
            here = self._there(piece) if wanted else ~self._there(piece)
            kept = here if kept is None else kept & here
        return kept

    def _seen(self, piece: Piece) -> Seen:
        """Return where a person is seen, or what a classifier says yes to."""
        who = piece.part.value
        return self.faces.seen(who) if piece.part.kind == "face" else self.classified(who)

    def _there(self, piece: Piece) -> Mask:
        """Return (N,) whether an image is where a part says to look."""
        if piece.part.kind in ("face", "is") and piece.rows is None:
            return self._seen(piece).there
        rows = piece.rows if piece.rows is not None else self.find_text(piece.part.value).rows
        here = np.zeros(len(self.images), bool)
        here[rows] = True
        return here


def has_words(pieces: Sequence[Piece]) -> bool:
    """Say whether words are part of a query."""
    return any(isinstance(plain(term)[0], str) for _, term in _terms(pieces))


def _terms(pieces: Sequence[Piece]) -> list[tuple[Piece, Term]]:
    return [(piece, piece.term) for piece in pieces if piece.term is not None]


def _wanted(pieces: Sequence[Piece], kind: str) -> list[Piece]:
    return [piece for piece in pieces if piece.part.kind == kind and piece.part.wanted]


def _matched(ranker: Ranker, ranked: Ranked) -> tuple[Floats | None, NDArray[np.object_]]:
    """Return box (K, 4), NaN for a whole image, and kind (K,) of the samples that matched."""
    kinds = ranker.frame["kind"].to_numpy(object)[ranked.samples]
    if ranker.boxes is None:
        return None, kinds
    boxes = ranker.boxes[ranked.samples].astype(np.float32)
    boxes[kinds == IMAGES] = np.nan
    return boxes, kinds
