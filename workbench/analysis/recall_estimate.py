"""Did I miss any: images beyond the cut, to be judged by a person, and what they say about recall."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.errors import QueryError

Rows = NDArray[np.int32]

WIDENING = 3  # each stratum beyond the cut holds so many times the rows of the one before
DRAWS = 4_000  # possible truths that the intervals are taken from
STRATA = 4  # beyond the hits; the last holds all that is left


class Estimate(NamedTuple):
    """How many right images there are, each as (low, likely, high): 95 % lie between low and high.

    ``precision`` and ``recall`` in [0, 1]; ``missed`` counts the right images that are no hits. ``judged``:
    how many images this rests on.
    """

    precision: tuple[float, float, float]
    recall: tuple[float, float, float]
    missed: tuple[float, float, float]
    judged: int


class Missed:
    """A sample of the hits and of what lies beyond them, to be judged yes or no.

    ``hits`` (K,) are the rows found; ``ranking`` (N,) all rows looked at, best first. Beyond the hits lie
    strata by rank, each three times as wide as the one before; most are drawn from the nearest, because
    what was missed lies near the cut. The same seed draws the same.

    Sources: stratified sampling, Cochran 1977; the interval of each stratum is that of a beta-binomial with
    Jeffreys' prior, Brown, Cai and DasGupta 2001, whose sum over strata is drawn at random.
    """

    def __init__(self, hits: Rows, ranking: Rows, n: int = 40, seed: int = 0) -> None:
        beyond = ranking[~np.isin(ranking, hits)]
        if not len(hits) or not len(beyond):
            raise QueryError(
                "These hits are the whole collection: nothing is left to sample.",
                "Ask for fewer hits, with k or a limit.",
            )
        if n < 10:
            raise QueryError(f"A sample of {n} images is too small.", "Judge 10 or more images.")
        self.strata: list[Rows] = [hits, *_strata(beyond, len(hits))]
        chance = np.random.default_rng(seed)
        self.samples = [
            rows[np.sort(chance.permutation(len(rows))[:size])]
            for rows, size in zip(self.strata, _shares(self.strata, n), strict=True)
        ]
        self.answers: dict[int, bool] = {}
        self._seed = seed

    @property
    def rows(self) -> Rows:
        """The rows to judge, those nearest to the cut first, the hits last: (n,)."""
        return np.concatenate([*self.samples[1:], self.samples[0]])

    @property
    def left(self) -> list[int]:
        """The rows nobody judged yet."""
        return [int(row) for row in self.rows if int(row) not in self.answers]

    def answer(self, row: int, right: bool | None) -> None:
        """Say whether the image at ``row`` shows what was asked; None takes the answer back."""
        if row not in self.rows:
            raise QueryError(f"Row {row} is not in the sample to judge.", "Use one of `rows`.")
        if right is None:
            self.answers.pop(int(row), None)
        else:
            self.answers[int(row)] = bool(right)

    @property
    def estimate(self) -> Estimate:
        """Return what the answers so far say; where few are given the intervals are wide.

        Limits: it holds for the strata that were judged, each by at least one answer, and takes the answers
        as true. Things so rare that no sampled row shows one widen the upper end of ``missed``, no more.
        """
        totals = self._totals()
        found, missed = totals[0], totals[1:].sum(axis=0)
        recall = found / np.maximum(found + missed, 1e-9)
        return Estimate(
            _interval(found / len(self.strata[0])), _interval(recall), _interval(missed), len(self.answers)
        )

    def _totals(self) -> NDArray[np.float64]:
        """Return possible numbers of right rows in each stratum: (strata, DRAWS)."""
        chance = np.random.default_rng(self._seed + 1)
        totals = []
        for place, (rows, sample) in enumerate(zip(self.strata, self.samples, strict=True)):
            answers = [self.answers[int(row)] for row in sample if int(row) in self.answers]
            yes, unknown = sum(answers), len(rows) - len(answers)
            # Beyond the first stratum right images are rare: a prior that expects few there, as Tuyl,
            # Gerlach and Mengersen 2008 advise where nothing may be found at all.
            prior = 0.5 if place < 2 else 0.5 / WIDENING ** (place - 1)
            rate = chance.beta(yes + prior, len(answers) - yes + 0.5 + (0.5 - prior), DRAWS)
            totals.append(yes + chance.binomial(unknown, rate))
        return np.asarray(totals, np.float64)


def _strata(beyond: Rows, width: int) -> list[Rows]:
    """Cut rows into `STRATA` by rank, each wider than the one before; empty ones are left out."""
    widths = max(width, 10) * WIDENING ** np.arange(STRATA - 1)
    return [rows for rows in np.split(beyond, np.cumsum(widths)) if len(rows)]


def _shares(strata: list[Rows], n: int) -> list[int]:
    """Return how many rows of each stratum are judged; the nearest beyond the hits gets most."""
    weights = np.array([1.0, 2.0, *[1.5] * (len(strata) - 2)][: len(strata)])
    sizes = np.maximum(1, np.floor(n * weights / weights.sum()).astype(int))
    return [min(int(size), len(rows)) for size, rows in zip(sizes, strata, strict=True)]


def _interval(values: NDArray[np.float64]) -> tuple[float, float, float]:
    low, likely, high = np.quantile(values, [0.025, 0.5, 0.975])
    return float(low), float(likely), float(high)
