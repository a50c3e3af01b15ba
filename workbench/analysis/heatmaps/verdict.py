"""Is a heatmap better than chance? Measured for this photo and this query, and said in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.heatmaps.curves import area, cell_order, kept_masks, moved

SURE = 0.05
ALIKE = 0.5


@dataclass(frozen=True)
class Check:
    """What a check found.

    insertion, deletion: mean score while the photo is shown, or hidden, the most relevant cells first.
    chance: (n, 2) the same of n misplaced maps. p: share of maps, this one among them, that do as well; small
    is good. likeness: rank correlation in [-1, 1] with the map of a model with shuffled weights; None if not
    asked for.
    """

    insertion: float
    deletion: float
    chance: NDArray[np.float64]
    p: float
    likeness: float | None = None

    @property
    def better_than_chance(self) -> bool:
        """Whether at most one misplaced map in twenty would do as well."""
        return self.p <= SURE

    @property
    def words(self) -> str:
        """The verdict for a reader who knows no statistics."""
        said = (
            "No better than chance: hiding what this map marks changes the score no more than hiding"
            " as much elsewhere."
        )
        if self.better_than_chance:
            said = (
                "Better than chance: the score depends on what this map marks more than on other places."
                " That is where the score comes from; it does not say that the thing is there."
            )
        if self.likeness is not None and self.likeness >= ALIKE:
            said += (
                f" But a model that has learned nothing marks much the same ({self.likeness:.0%} alike):"
                " the photo's shapes, not the query, may have made it."
            )
        return said


def check_map(
    values: NDArray[np.floating],
    scores_of: Callable[[NDArray[np.bool_]], NDArray[np.floating]],
    *,
    unlearned: NDArray[np.floating] | None = None,
    rounds: int = 19,
    seed: int = 0,
) -> Check:
    """Compare a map with its own copies in other places, by deletion and insertion (Petsiuk et al. 2018).

    values: (H, W) map over what the model sees. scores_of: (K, c, c) bool, cells kept -> (K,) scores; asked
    once, with about 6 masks a map. unlearned: (H, W) map of the same photo and target from shuffled weights
    (Adebayo et al. 2018). rounds: copies; with fewer than 19 nothing can be told from chance at 1 in 20.

    Chance is the same map, shifted and mirrored: an order of single cells at random would break the photo
    into crumbs, which any map of one piece beats. A map without relevance is no better than chance.
    Deterministic for a seed. Sources: arXiv:1806.07421, arXiv:1810.03292.
    """
    random = np.random.default_rng(seed)
    maps = [values, *(moved(values, random) for _ in range(rounds))]
    masks = np.stack([kept_masks(cell_order(one)) for one in maps])
    distinct, place = np.unique(masks.reshape(-1, *masks.shape[-2:]), axis=0, return_inverse=True)
    areas = area(np.asarray(scores_of(distinct))[place].reshape(masks.shape[:3]))
    gains = areas[:, 0] - areas[:, 1]
    p = float(np.mean(gains >= gains[0])) if np.any(values > 0) else 1.0
    likeness = None if unlearned is None else rank_correlation(values, unlearned)
    return Check(float(areas[0, 0]), float(areas[0, 1]), areas[1:], p, likeness)


def rank_correlation(one: NDArray[np.floating], other: NDArray[np.floating]) -> float:
    """Spearman's correlation of two maps of one shape, in [-1, 1]; 0 where one of them is even."""
    first, second = _ranks(one), _ranks(other)
    length = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float(first @ second) / length if length > 0 else 0.0


def _ranks(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Ranks around 0 of all numbers; equal ones share the middle of theirs."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    middles = np.cumsum(counts) - (counts - 1) / 2
    ranks: NDArray[np.float64] = middles[place.ravel()] - (values.size + 1) / 2
    return ranks
