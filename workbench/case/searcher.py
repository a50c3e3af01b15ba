"""Searcher: questions to one table of vectors. Words and examples in, hits and phrases out."""

import time
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.analysis import captions, query, search
from workbench.analysis.calibration import Background
from workbench.hits import Hits
from workbench.terms import Like, Term, Vector, term_text, term_vector

if TYPE_CHECKING:
    import pandas as pd

    from workbench.embedding import Embedder

Phrases = Sequence[str]


class Searcher:
    """Answers questions about ``vectors`` (N, D), whose row i is row i of ``table``.

    ``embedder()`` gives the model and is called only where one is needed; ``sample_vector(sample_id)`` a
    stored vector; ``phrase_vectors(phrases)`` the text vectors (P, D) of the vocabulary, which may come from
    a cache.
    """

    def __init__(
        self,
        table: "pd.DataFrame",
        vectors: NDArray[np.float32],
        embedder: "Callable[[], Embedder]",
        sample_vector: Callable[[str], Vector],
        phrase_vectors: Callable[[Phrases], NDArray[np.float32]],
        vocabulary: Callable[[], Phrases],
    ) -> None:
        self._table, self._vectors, self._embedder = table, vectors, embedder
        self._sample_vector, self._phrase_vectors, self._vocabulary = (
            sample_vector,
            phrase_vectors,
            vocabulary,
        )

    def search(
        self,
        plus: Sequence[Term],
        minus: Sequence[Term],
        k: int | None,
        threshold: float | None,
        probability: float | None,
    ) -> Hits:
        """Return the hits of wanted and unwanted terms, best first; see ``Case.search``."""
        if not all(isinstance(term, Like) for term in (*plus, *minus)):
            self._embedder()  # loading the model is no part of the time a query takes
        started = time.perf_counter()
        vector = query.combine([self._vector(term) for term in plus], [self._vector(term) for term in minus])
        asked = " + ".join(map(term_text, plus)) + "".join(f" - {term_text(term)}" for term in minus)
        if not len(self._vectors):
            nothing = np.empty(0, np.float32)
            return Hits(nothing.astype(np.int32), nothing, nothing, self._table, asked)
        scores = search.scores(self._vectors, vector)
        words = any(isinstance(term, str) for term in (*plus, *minus))
        chances = (self._of_words if words else self._of_examples).probability(scores)
        least = _least(scores, chances, threshold, probability)
        rows = search.top(scores, k, least)
        total = int(np.count_nonzero(scores >= least))
        return Hits(
            rows, scores[rows], chances[rows], self._table, asked, time.perf_counter() - started, total
        )

    def describe(self, row: int, k: int, vocabulary: Phrases) -> list[captions.Caption]:
        """Return the ``k`` phrases that fit the image at ``row`` best."""
        phrases = self._phrase_vectors(vocabulary)
        usual = captions.usual_scores(self._vectors, phrases)
        return captions.describe(self._vectors[row], phrases, vocabulary, k, usual=usual)

    def _vector(self, term: Term) -> Vector:
        return term_vector(term, self._embedder, self._sample_vector)

    @cached_property
    def _of_words(self) -> Background:
        return Background(self._vectors, self._phrase_vectors(self._vocabulary()))

    @cached_property
    def _of_examples(self) -> Background:
        return Background(self._vectors, self._vectors)


def _least(
    scores: NDArray[np.float32],
    chances: NDArray[np.float32],
    threshold: float | None,
    probability: float | None,
) -> float:
    """Return the lowest score that passes both limits; a higher score never has a lower probability."""
    least = -np.inf if threshold is None else threshold
    if probability is None:
        return float(least)
    sure = scores[chances >= probability]
    return float(max(least, sure.min() if len(sure) else np.inf))
