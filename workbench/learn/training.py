"""Training: from yes, no and what nobody looked at to one classifier, with figures of how good it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.progress import Watch, nobody
from workbench.errors import QueryError
from workbench.learn.networks import Floats, Method, Network, fit, sigmoid
from workbench.learn.precision import UNKNOWN, Precision, average_precision

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
"""How many times an example of no counts as much as an unlabelled sample."""


class Trial(NamedTuple):
    """How good one method was on examples that were held back, and the log-odds it gave these (n,)."""

    method: Method
    precision: Precision
    held_out: Floats


@dataclass(frozen=True, eq=False)
class Trained:
    """A classifier as it was trained.

    ``trials`` are the methods that were compared, the one kept first; ``share`` is the estimated share of
    yes in the collection; ``unlabelled`` how many samples that nobody answered were used.
    """

    network: Network
    trials: tuple[Trial, ...]
    share: float
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
