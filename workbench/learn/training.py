"""Training: from yes, no and what nobody looked at to one classifier, with figures of how good it is.

Unlabelled is not no. A sample of what nobody labelled takes part all the same, as no with little weight: its
right answers are few, and each yes counts as many times as there are unlabelled ones for it. Ranking by how
likely a sample is labelled is ranking by how likely it is yes (Elkan and Noto 2008, lemma 1); the weights are
those of Lee and Liu 2003, "Learning with positive and unlabeled examples using weighted logistic regression".
docs/teaching.md tells what else was measured.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.progress import Watch, nobody
from workbench.errors import QueryError
from workbench.learn.networks import Floats, Method, Network, fit
from workbench.learn.precision import Precision, average_precision

Rows = NDArray[np.intp]
Mask = NDArray[np.bool_]

METHODS: tuple[Method, ...] = get_args(Method)
POOL = 1500
"""Unlabelled samples that stand for all of them."""
FOLDS = 5
LEAST_YES = 2
"""Examples of yes without which there is nothing to compare."""
SAME = 1e-4
"""Vectors whose cosine is this near to 1 are of the same picture."""
CUT_AT = 2 / 3
"""Where 0.5 lies between the median of what is not yes, at 0, and the mean of yes held back, at 1."""
YES_AT = 2.0
"""The log-odds that the mean of yes held back gets: a probability of 0.88."""
NO_WEIGHT = 3.0
"""How many times an example of no counts as much as an unlabelled sample."""


class Trial(NamedTuple):
    """How good one method was on examples that were held back.

    In ``precision`` unlabelled samples count as yes by their probability; ``least`` is the average precision
    with all of them taken as no. ``slope`` and ``offset`` scale the log-odds.
    """

    method: Method
    precision: Precision
    least: float
    slope: float
    offset: float


@dataclass(frozen=True, eq=False)
class Trained:
    """A classifier as it was trained.

    ``trials`` are the methods that were compared, the one kept first; ``unlabelled`` says how many samples
    that nobody answered were used.
    """

    network: Network
    trials: tuple[Trial, ...]
    yes: int
    no: int
    unlabelled: int


def check(vectors: Floats, yes: Rows, no: Rows) -> None:
    """Raise QueryError for examples from which nothing can be learnt."""
    if not len(yes):
        raise QueryError("There is no example of yes.", "Give some images that show it.")
    if len(yes) < LEAST_YES:
        raise QueryError(
            "One example of yes is too few to learn from.",
            "Give 5 or more; for pictures like one picture, use `case.search(like=...)`.",
        )
    chosen = vectors[np.r_[yes, no]]
    if not np.isfinite(chosen).all():
        raise QueryError("Some vectors hold numbers that are not finite.", "Run `case.ingest(retry=True)`.")
    if float((vectors[yes] @ vectors[yes[0]]).min()) > 1 - SAME:
        raise QueryError(
            f"All {len(yes)} examples of yes are the same picture.", "Give pictures that differ."
        )
    if len(np.r_[yes, no]) >= len(vectors) and not len(no):
        raise QueryError(
            "Every sample is an example of yes: there is nothing to tell them from.",
            "Give examples of no, or fewer of yes.",
        )


def train(
    vectors: Floats,
    yes: Rows,
    no: Rows,
    *,
    unlabelled: bool | None = None,
    method: str = "best",
    seed: int = 0,
    watch: Watch = nobody,
) -> Trained:
    """Return a classifier learnt from rows of ``vectors`` (N, D), unit rows.

    ``unlabelled``: whether a sample of at most `POOL` rows that are neither takes part, by default yes.
    ``method``: "logistic", "mlp", or "best": the one that ranks the examples of yes higher among all, each
    held back by cross-validation in five parts; the logistic probe where they are equal. Probabilities are
    scaled so that 0.5 lies two thirds of the way from the median of what is not yes to the mean of yes, both
    held back. ``watch`` is told the share done, between two fits. The same seed gives the same.
    Raises QueryError for examples from which nothing can be learnt.
    """
    check(vectors, yes, no)
    rows, right, weight = _material(len(vectors), yes, no, unlabelled is not False, seed)
    chosen = np.asarray(vectors[rows], np.float32)
    if not np.isfinite(chosen).all():
        raise QueryError("Some vectors hold numbers that are not finite.", "Run `case.ingest(retry=True)`.")
    parts = _parts(chosen, right, weight, seed)
    methods: tuple[Method, ...] = METHODS if method == "best" else (_known(method),)
    steps = len(methods) * (int(parts.max()) + 1) + 1
    trials = []
    for place, each in enumerate(methods):
        held_out = np.empty(len(rows), np.float32)
        for number in range(int(parts.max()) + 1):
            watch((place * (int(parts.max()) + 1) + number) / steps)
            others = parts != number
            fitted = fit(each, chosen[others], right[others], weight[others], seed)
            held_out[~others] = fitted.logits(chosen[~others])
        trials.append(_trial(each, held_out, right, len(no), seed))
    trials.sort(key=lambda trial: -np.nan_to_num(trial.least, nan=0.0))
    watch((steps - 1) / steps)
    network = fit(trials[0].method, chosen, right, weight, seed)
    network = replace(network, slope=trials[0].slope, offset=trials[0].offset)
    watch(1.0)
    return Trained(network, tuple(trials), len(yes), len(no), len(rows) - len(yes) - len(no))


def _trial(method: Method, held_out: Floats, right: Mask, no: int, seed: int) -> Trial:
    """Return how good a method is by its log-odds of samples held back: yes, then ``no`` no, then others."""
    slope, offset = _scale(held_out, right)
    likely = _likely(held_out, right)
    likely[: int(right.sum()) + no] = 0  # what is known needs no guess
    least = average_precision(held_out, right, seed=seed).value
    return Trial(method, average_precision(held_out, right, likely, seed), least, slope, offset)


def _likely(held_out: Floats, right: Mask) -> Floats:
    """Return the probability [0, 1] that each sample is yes, by log-odds of samples held back.

    How much more frequent each log-odds is among yes than among the others follows from a logistic fit of one
    number (Platt 1999). It is divided by that of the surest yes, which is yes for certain: the third estimate
    of Elkan and Noto 2008.
    """
    from sklearn.linear_model import LogisticRegression

    scores = np.asarray(held_out, np.float64)[:, None]
    weight = np.where(right, (~right).sum() / right.sum(), 1.0)
    odds = LogisticRegression(C=1e3).fit(scores, right, sample_weight=weight).decision_function(scores)
    return np.asarray(np.exp(np.minimum(odds - odds[right].max(), 0)), np.float32)


def _material(
    count: int, yes: Rows, no: Rows, unlabelled: bool, seed: int
) -> tuple[Rows, Mask, NDArray[np.float64]]:
    """Return the rows to learn from, which are yes, and how often each counts."""
    pool = np.empty(0, np.intp)
    if unlabelled or not len(no):
        rest = np.setdiff1d(np.arange(count), np.r_[yes, no])
        pool = np.sort(np.random.default_rng(seed).permutation(rest)[:POOL])
    rows = np.concatenate([yes, no, pool]).astype(np.intp)
    right = np.arange(len(rows)) < len(yes)
    weight = np.r_[np.zeros(len(yes)), np.full(len(no), NO_WEIGHT if len(pool) else 1.0), np.ones(len(pool))]
    weight[right] = weight.sum() / len(yes)
    return rows, right, weight


def _parts(chosen: Floats, right: Mask, weight: NDArray[np.float64], seed: int) -> NDArray[np.intp]:
    """Return the part of each sample (n,), 0 to 4 at most; copies of one picture are in the same part.

    Yes, no and unlabelled are spread evenly over the parts.
    """
    _, picture = np.unique(np.round(chosen, 4), axis=0, return_inverse=True)
    picture = picture.reshape(-1)
    groups = max(2, min(FOLDS, len(np.unique(picture[right]))))
    part_of = np.full(int(picture.max()) + 1, -1, np.intp)
    chance = np.random.default_rng(seed)
    for kind in (right, ~right & (weight == weight.max(where=~right, initial=0)), ~right):
        new = np.unique(picture[kind])
        new = chance.permutation(new[part_of[new] < 0])
        part_of[new] = np.arange(len(new)) % groups
    return part_of[picture]


def _scale(held_out: Floats, right: Mask) -> tuple[float, float]:
    """Return slope and offset that put 0.5 where yes begins, by log-odds of samples held back."""
    high, low = float(held_out[right].mean()), float(np.median(held_out[~right]))
    cut = low + CUT_AT * (high - low)
    slope = YES_AT / max(high - cut, 1e-6)
    if high <= low:  # no better than chance: say yes to hardly anything
        return 1.0, -float(held_out.max())
    return slope, -slope * cut


def _known(method: str) -> Method:
    for known in METHODS:
        if method == known:
            return known
    raise QueryError(f"Unknown method {method!r}.", f"Use best, {' or '.join(METHODS)}.")
