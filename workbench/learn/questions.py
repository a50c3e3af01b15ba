"""Active learning: which samples to ask about next, and when more answers hardly help any more."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.learn.precision import Precision

Floats = NDArray[np.float32]
Rows = NDArray[np.intp]
Why = Literal["unsure", "surprising", "likely", "other"]

ALIKE = 0.95
"""Cosine from which on two samples are so alike that only one of them is asked about at once."""
UNSURE = 0.4
"""How far from 0.5 a probability that is called unsure may be."""
LOOKED = 200
"""How many of the best candidates are gone through for those that are not alike."""
SURPRISING = 0.02
"""Where fewer say yes than this share, the surprising ones are taken from the share that scores best."""


class Question(NamedTuple):
    """A row to ask about, why, and how sure the classifier is of yes, [0, 1]; NaN where there is none."""

    row: int
    why: Why
    probability: float


def next_questions(
    vectors: Floats, probabilities: Floats, yes: Rows, answered: Rows, count: int
) -> list[Question]:
    """Return rows to ask about: by turns one that is most uncertain and one that is most surprising.

    ``vectors`` (N, D) are unit rows, ``probabilities`` (N,) what the classifier says of them; ``yes`` rows
    were said to be right, ``answered`` ones are never asked again. Uncertain: nearest to 0.5 (Lewis and Gale
    1994). Surprising: the classifier says yes, but no example of yes is like it. No two are nearly alike.
    """
    free = np.ones(len(vectors), bool)
    free[answered] = False
    unsure = np.argsort(np.abs(probabilities - 0.5), kind="stable")
    said = probabilities >= min(0.5, float(np.quantile(probabilities, 1 - SURPRISING)))
    likely = np.flatnonzero(said & free)
    likely = likely[np.argsort(-probabilities[likely], kind="stable")][: 10 * LOOKED]
    known = (vectors[likely] @ vectors[yes].T).max(axis=1) if len(yes) else np.zeros(len(likely))
    surprising = likely[np.argsort(known, kind="stable")]
    asked = _by_turns([("unsure", unsure[free[unsure]]), ("surprising", surprising)], vectors, count)
    questions = [Question(row, why, float(probabilities[row])) for row, why in asked]
    return [
        one._replace(why="other") if one.why == "unsure" and abs(one.probability - 0.5) > UNSURE else one
        for one in questions
    ]


def first_questions(
    vectors: Floats, guess: Floats | None, answered: Rows, count: int, seed: int = 0
) -> list[Question]:
    """Return rows to ask about while there is no classifier: by turns a likely one and any other.

    ``guess`` (N,) is higher where yes is more likely, such as the cosine with its name; without it all are
    drawn at random. No two are nearly alike.
    """
    free = np.ones(len(vectors), bool)
    free[answered] = False
    rows = np.flatnonzero(free)
    drawn = np.random.default_rng(seed + len(answered)).permutation(rows)
    best = rows[np.argsort(-guess[rows], kind="stable")] if guess is not None else drawn
    asked = _by_turns([("likely" if guess is not None else "other", best), ("other", drawn)], vectors, count)
    return [Question(row, why, float("nan")) for row, why in asked]


def _by_turns(queues: Sequence[tuple[Why, Rows]], vectors: Floats, count: int) -> list[tuple[int, Why]]:
    """Take rows from the queues by turns, none twice and none nearly alike while there are others."""
    asked: list[tuple[int, Why]] = []
    waiting = [(why, list(rows[:LOOKED])) for why, rows in queues]
    left: list[tuple[int, Why]] = []
    while len(asked) < count and any(rows for _, rows in waiting):
        for why, rows in waiting:
            while rows and len(asked) < count:
                row = int(rows.pop(0))
                taken = [other for other, _ in asked]
                if row in taken:
                    continue
                if taken and float((vectors[taken] @ vectors[row]).max()) > ALIKE:
                    left.append((row, why))
                    continue
                asked.append((row, why))
                break
    for row, why in left:
        if len(asked) < count and row not in [other for other, _ in asked]:
            asked.append((row, why))
    return asked


class Point(NamedTuple):
    """How good the classifier was after so many ``answers``; ``same``: its agreement with the one before.

    ``same`` is Cohen's kappa [-1, 1] of yes and no over a fixed set, NaN for the first.
    """

    answers: int
    precision: Precision
    same: float


def agreement(before: Floats, after: Floats) -> float:
    """Return Cohen's kappa [-1, 1] between what two classifiers say (N,), each yes from 0.5 on."""
    first, second = before >= 0.5, after >= 0.5
    observed = float((first == second).mean())
    expected = float(first.mean() * second.mean() + (1 - first.mean()) * (1 - second.mean()))
    return 1.0 if expected >= 1 else (observed - expected) / (1 - expected)


STEADY, LASTING, GAIN = 0.99, 3, 0.01
"""Kappa, and for how many trainings, from which on more answers hardly help; the gain that counts as some."""
ENOUGH_YES = 5


def advice(curve: Sequence[Point], yes: int, no: int) -> tuple[str, bool]:
    """Return what to do next, in a sentence, and whether that is to stop.

    Source of the rule: stabilizing predictions, Bloodgood and Vijay-Shanker 2009; here the average precision
    must have stopped growing too.
    """
    if yes < ENOUGH_YES:
        return f"{yes} yes so far: {ENOUGH_YES} or more are needed for a figure that can be trusted.", False
    last = curve[-LASTING:]
    if len(curve) > LASTING and np.mean([point.same for point in last]) >= STEADY:
        gain = last[-1].precision.value - curve[-LASTING - 1].precision.value
        if gain < GAIN:
            return "You can stop: the last answers changed hardly anything.", True
    if not no:
        return "No example of no yet: a few make the classifier surer.", False
    return "Go on: answers still change what it says.", False
