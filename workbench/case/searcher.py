"""Searcher: questions to one table of vectors. Words and examples in, hits and phrases out."""

import time
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.analysis import captions, query, search
from workbench.analysis.calibration import Background
from workbench.analysis.rows import Rows
from workbench.case.faces.search import FaceSearch
from workbench.case.limits import Limits
from workbench.case.query_resolution import Piece
from workbench.case.regions.best import Best
from workbench.errors import QueryError
from workbench.grammar import write
from workbench.hits import Hits
from workbench.terms import MOST_SAMPLES, SampleVectors, Vector, needs_model, plain, term_vector

if TYPE_CHECKING:
    import pandas as pd

    from workbench.ingest import Embedder

Phrases = Sequence[str]
Floats = NDArray[np.float32]

FIXED_WORDS, FIXED_EXAMPLES = 0.25, 0.70
"""The cosines that threshold="fixed" stands for: usual cuts of CLIP models for words and for pictures."""


class Searcher:
    """Answers questions about ``vectors`` (N, D), whose row i is row i of ``table``.

    ``embedder()`` gives the model and is called only where one is needed; ``sample_vectors(ids)`` stored
    vectors; ``phrase_vectors(phrases)`` the text vectors (P, D) of the vocabulary, which may come from a
    cache; ``faces`` looks for people; ``find_text(text)`` returns hits where a text was read, with boxes and
    how well it fits there, (0, 1]; ``best_regions(kinds, vector, words)`` what each image has of some kinds.
    """

    def __init__(
        self,
        table: "pd.DataFrame",
        vectors: Floats,
        embedder: "Callable[[], Embedder]",
        sample_vectors: SampleVectors,
        phrase_vectors: Callable[[Phrases], Floats],
        vocabulary: Callable[[], Phrases],
        faces: FaceSearch,
        find_text: Callable[[str], Hits],
        best_regions: Callable[[Phrases, Vector, bool], Best],
    ) -> None:
        self._table, self._vectors, self._embedder = table, vectors, embedder
        self._sample_vectors, self._phrase_vectors = sample_vectors, phrase_vectors
        self._vocabulary, self._faces, self._find_text = vocabulary, faces, find_text
        self._best_regions = best_regions
        self._words_background: tuple[tuple[str, ...], Background] | None = None

    def search(self, pieces: Sequence[Piece], limits: Limits) -> Hits:
        """Return the hits of the pieces of a query, best first; see ``Case.search``."""
        terms = [piece for piece in pieces if piece.term is not None]
        if any(needs_model(piece.term) for piece in terms if piece.term is not None):
            self._embedder()  # loading the model is no part of the time a query takes
        started = time.perf_counter()
        asked = write([piece.part for piece in pieces])
        vector = self._vector(terms) if terms or not pieces else None
        if not len(self._vectors):
            nothing = np.empty(0, np.float32)
            return Hits(nothing.astype(np.int32), nothing, nothing, self._table, asked, vector=vector)
        best = self._scored(pieces, vector)
        scores = self._filtered(best.scores, pieces, by_face=vector is None)
        least = _least(scores, best.chances, _threshold(limits, pieces), limits.probability)
        rows = search.top(scores, limits.k, least)
        total = int(np.count_nonzero(scores >= least))
        unusual = None
        # what unrelated queries score is known of whole images; of regions only where somebody chose some
        if vector is not None and (limits.background is not None or not _wanted(pieces, "over")):
            chosen = _mask(limits.background, len(scores))
            unusual = self._background(pieces).unusual(best.scores, rows, chosen)
        seconds = time.perf_counter() - started
        found = scores[rows], best.chances[rows], self._table, asked, seconds, total, vector, unusual, scores
        return Hits(rows, *found, boxes=None if best.boxes is None else best.boxes[rows])

    def describe(self, rows: NDArray[np.integer], k: int, vocabulary: Phrases) -> list[captions.Caption]:
        """Return the ``k`` phrases that say best what the images at ``rows`` (one or more) show."""
        phrases = self._phrase_vectors(vocabulary)
        middle = np.mean(self._vectors[rows[:: -(-len(rows) // MOST_SAMPLES)]], axis=0)
        return captions.describe(middle, phrases, vocabulary, k)

    def _vector(self, terms: Sequence[Piece]) -> Vector:
        """Return the unit vector (D,) of what is wanted and not wanted."""
        wanted = [piece for piece in terms if piece.part.wanted]
        unwanted = [piece for piece in terms if not piece.part.wanted]
        weights = [abs(piece.part.weight) for piece in (*wanted, *unwanted)]
        return query.combine(self._vectors_of(wanted), self._vectors_of(unwanted), weights)

    def _vectors_of(self, pieces: Sequence[Piece]) -> list[Vector]:
        terms = [piece.term for piece in pieces if piece.term is not None]
        return [term_vector(term, self._embedder, self._sample_vectors) for term in terms]

    def _background(self, pieces: Sequence[Piece]) -> Background:
        return self._of_words if _has_words(pieces) else self._of_examples

    def _scored(self, pieces: Sequence[Piece], vector: Vector | None) -> Best:
        """Return score, probability and box of each row: by the vector, else by the people, else by text."""
        over = [piece.part.value for piece in _wanted(pieces, "over")]
        if vector is None and over:
            raise QueryError(f"Nothing is compared with {' and '.join(over)}.", "Add words or an example.")
        if vector is not None and over:
            return self._best_regions(over, vector, _has_words(pieces))
        people = [self._faces.seen(piece.part.value) for piece in _wanted(pieces, "face")]
        fits, boxes = self._read(pieces)
        if vector is not None:
            scores = search.scores(self._vectors, vector)
            return Best(scores, self._background(pieces).probability(scores), boxes)
        if people:  # all of them must be there: the one seen worst decides
            chances = np.min([who.probabilities for who in people], axis=0)
            return Best(np.min([who.scores for who in people], axis=0), chances, boxes)
        if boxes is None:
            raise QueryError("The query says where to look, but not for what.", "Add words or an example.")
        return Best(fits, fits, boxes)

    def _read(self, pieces: Sequence[Piece]) -> tuple[Floats, Floats | None]:
        """Return how well the wanted texts fit each row, [0, 1], and where the first was read, if any."""
        fits, boxes = np.ones(len(self._vectors), np.float32), None
        for piece in _wanted(pieces, "text"):
            found, here = self._find_text(piece.part.value), np.zeros_like(fits)
            here[found.rows] = found.scores
            fits = np.minimum(fits, here)
            if boxes is None:
                boxes = np.full((len(fits), 4), np.nan, np.float32)
                boxes[found.rows] = found.boxes
        return fits, boxes

    def _filtered(self, scores: Floats, pieces: Sequence[Piece], by_face: bool) -> Floats:
        """Return the scores with -inf for every row where the query does not look."""
        kept = np.ones(len(scores), bool)
        if by_face:
            kept &= scores > -1
        for piece in pieces:
            if piece.part.kind in ("words", "like", "over") or (
                by_face and piece.part.kind == "face" and piece.part.wanted
            ):
                continue
            here = self._where(piece)
            kept &= here if piece.part.wanted else ~here
        return scores if kept.all() else np.where(kept, scores, np.float32(-np.inf))

    def _where(self, piece: Piece) -> NDArray[np.bool_]:
        """Return (N,) whether a row is where a part says to look."""
        if piece.part.kind == "face":
            return self._faces.seen(piece.part.value).there
        rows = piece.rows if piece.rows is not None else self._find_text(piece.part.value).rows
        here = np.zeros(len(self._vectors), bool)
        here[rows] = True
        return here

    @property
    def _of_words(self) -> Background:
        """What phrases of the vocabulary, which may be edited meanwhile, score here."""
        phrases = tuple(self._vocabulary())
        if self._words_background is None or self._words_background[0] != phrases:
            self._words_background = phrases, Background(self._vectors, self._phrase_vectors(phrases))
        return self._words_background[1]

    @cached_property
    def _of_examples(self) -> Background:
        return Background(self._vectors, self._vectors)


def _mask(rows: Rows | None, n: int) -> NDArray[np.bool_] | None:
    if rows is None:
        return None
    mask = np.zeros(n, bool)
    mask[rows] = True
    return mask


def _wanted(pieces: Sequence[Piece], kind: str) -> list[Piece]:
    return [piece for piece in pieces if piece.part.kind == kind and piece.part.wanted]


def _has_words(pieces: Sequence[Piece]) -> bool:
    return any(isinstance(plain(piece.term)[0], str) for piece in pieces if piece.term is not None)


def _threshold(limits: Limits, pieces: Sequence[Piece]) -> float:
    """Return the least cosine; rows that are not looked at have -inf and never pass."""
    match limits.threshold:
        case None:
            return float(np.finfo(np.float32).min)
        case "fixed":
            return FIXED_WORDS if _has_words(pieces) else FIXED_EXAMPLES
        case float() | int() as threshold:
            return float(threshold)
    raise QueryError(f"{limits.threshold!r} is no threshold.", 'Use a cosine, "fixed" or None.')


def _least(scores: Floats, chances: Floats, threshold: float, probability: float | None) -> float:
    """Return the lowest score that passes both limits; a higher score never has a lower probability."""
    if probability is None:
        return threshold
    sure = scores[(chances >= probability) & np.isfinite(scores)]
    return float(max(threshold, sure.min() if len(sure) else np.inf))
