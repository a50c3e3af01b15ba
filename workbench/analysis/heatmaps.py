"""Heatmaps: their picture, whether they point at the thing, and whether they are better than chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

# from dark violet to pale yellow, lighter all the way: it also reads in grey and to colour-blind eyes
_ANCHORS = np.array(
    [(20, 10, 60), (90, 20, 110), (170, 45, 95), (230, 95, 45), (250, 170, 40), (252, 250, 190)], np.float32
)


def resized(values: NDArray[np.floating], shape: tuple[int, int]) -> NDArray[np.float32]:
    """(h, w) -> (H, W) float32 by linear interpolation between the middles of the cells."""
    (height, width), (rows, columns) = values.shape, shape
    down = (np.arange(rows) + 0.5) * height / rows - 0.5
    across = (np.arange(columns) + 0.5) * width / columns - 0.5
    wide = np.stack([np.interp(across, np.arange(width), row) for row in np.asarray(values, np.float32)])
    tall = np.stack([np.interp(down, np.arange(height), column) for column in wide.T], axis=1)
    return tall.astype(np.float32)


def colours(values: NDArray[np.floating]) -> NDArray[np.uint8]:
    """(H, W) in [0, 1] -> (H, W, 3) uint8, dark violet for 0 to pale yellow for 1."""
    places = np.linspace(0, 1, len(_ANCHORS))
    channels = [np.interp(values, places, anchors) for anchors in _ANCHORS.T]
    picture: NDArray[np.uint8] = np.rint(np.stack(channels, axis=-1)).astype(np.uint8)
    return picture


def overlaid(
    photo: NDArray[np.uint8], values: NDArray[np.floating], opacity: float = 0.7
) -> NDArray[np.uint8]:
    """Lay a heatmap over a photo; where there is no relevance the photo shows as it is.

    photo: (H, W, 3) uint8. values: (h, w) in [0, 1] over the whole photo, of any size. opacity: of the colour
    where the value is 1, in [0, 1]. Returns (H, W, 3) uint8.
    """
    full = layer(resized(values, (photo.shape[0], photo.shape[1]))).astype(np.float32)
    cover = full[..., 3:] / 255 * np.clip(opacity, 0, 1)
    picture: NDArray[np.uint8] = np.rint(photo * (1 - cover) + full[..., :3] * cover).astype(np.uint8)
    return picture


def layer(values: NDArray[np.floating]) -> NDArray[np.uint8]:
    """(H, W) in [0, 1] -> (H, W, 4) uint8, red, green, blue and cover, to be laid over a photo elsewhere.

    Cover is the root of the value, which keeps faint places visible: 0 hides nothing.
    """
    unit = values.clip(0, 1)
    cover = np.rint(255 * np.sqrt(unit)).astype(np.uint8)
    return np.concatenate([colours(unit), cover[..., None]], axis=2)


def box_mask(boxes: ArrayLike, size: tuple[int, int], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Cells of a (h, w) map over a photo that the boxes touch.

    boxes: (B, 4) x, y, width, height in pixels of the upright photo, which is ``size`` (width, height) large.
    What reaches beyond the photo is cut off.
    """
    (width, height), (rows, columns) = size, shape
    mask = np.zeros(shape, bool)
    for x, y, wide, tall in np.asarray(boxes, float).reshape(-1, 4):
        top, bottom = np.floor(y / height * rows), np.ceil((y + tall) / height * rows)
        left, right = np.floor(x / width * columns), np.ceil((x + wide) / width * columns)
        mask[max(int(top), 0) : max(int(bottom), 0), max(int(left), 0) : max(int(right), 0)] = True
    return mask


def points_inside(values: NDArray[np.floating], mask: NDArray[np.bool_]) -> float:
    """Pointing game (Zhang et al. 2016, arXiv:1608.00507): 1 where the highest point is in the mask.

    values, mask: (h, w). Where several points are highest it is the share of them inside, so that an even map
    gets what chance would get. The paper's tolerance of 15 pixels is left out: boxes are larger than objects.
    """
    return float(mask[values == values.max()].mean())


def energy_inside(values: NDArray[np.floating], mask: NDArray[np.bool_]) -> float:
    """Energy-based pointing game (Wang et al. 2020, arXiv:1910.01279): share of the sum in the mask.

    values: (h, w), not negative; mask: (h, w). A map without any relevance gets the mask's share of the area.
    """
    total = float(values.sum(dtype=np.float64))
    return float(values[mask].sum(dtype=np.float64)) / total if total > 0 else float(mask.mean())


def centre_prior(shape: tuple[int, int], spread: float = 0.25) -> NDArray[np.float32]:
    """(h, w) map that says "the middle" of every photo: a Gaussian of ``spread`` times the sides."""
    down, across = (((np.arange(length) + 0.5) / length - 0.5) / spread for length in shape)
    return np.exp(-0.5 * (down[:, None] ** 2 + across[None, :] ** 2)).astype(np.float32)


def random_map(shape: tuple[int, int], seed: int = 0) -> NDArray[np.float32]:
    """(h, w) map of independent numbers in [0, 1): what knows nothing of photo or query."""
    return np.random.default_rng(seed).random(shape, dtype=np.float32)


def place_in_words(values: NDArray[np.floating]) -> str:
    """Say where the highest point of a (h, w) map lies, in thirds: "upper left", "middle"; "" of none."""
    if not values.max(initial=0) > 0:
        return ""
    row, column = np.unravel_index(int(values.argmax()), values.shape)
    down = ("upper", "", "lower")[3 * int(row) // values.shape[0]]
    across = ("left", "", "right")[3 * int(column) // values.shape[1]]
    return " ".join(word for word in (down, across or ("middle" if down else "")) if word) or "middle"


CELLS = 16
STEPS = 4


def cell_order(values: NDArray[np.floating], cells: int = CELLS) -> NDArray[np.intp]:
    """(H, W) map -> (cells * cells,) flat indices of a grid over it, the most relevant cell first."""
    rows, columns = (np.arange(cells + 1) * side // cells for side in values.shape)
    sums = np.add.reduceat(np.add.reduceat(values, rows[:-1], axis=0), columns[:-1], axis=1)
    sizes = np.outer(np.diff(rows), np.diff(columns)).clip(min=1)
    return np.argsort(-(sums / sizes), axis=None, kind="stable")


def kept_masks(order: NDArray[np.intp], steps: int = STEPS) -> NDArray[np.bool_]:
    """Which cells are kept while a photo is shown and while it is hidden.

    order: (N,) flat indices of a square grid. Returns (2, steps + 1, c, c): insertion shows the first cells
    of the order first, from none to all; deletion hides them first, from all to none.
    """
    rank = np.empty(len(order), np.intp)
    rank[order] = np.arange(len(order))
    shown = rank[None, :] < np.linspace(0, len(order), steps + 1).round()[:, None]
    side = round(len(order) ** 0.5)
    return np.stack([shown, ~shown]).reshape(2, steps + 1, side, side)


def area(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    """Area under curves (..., steps + 1) over the share of the photo, from 0 to 1: their mean height."""
    heights: NDArray[np.float64] = np.trapezoid(scores, dx=1 / (scores.shape[-1] - 1), axis=-1)
    return heights


def moved(values: NDArray[np.floating], random: np.random.Generator) -> NDArray[np.floating]:
    """(H, W) map shifted around by a random way and mirrored by chance: the same shapes in another place."""
    turned = values[:: random.choice((-1, 1)), :: random.choice((-1, 1))]
    shift = tuple(int(random.integers(side)) for side in values.shape)
    return np.roll(turned, shift, axis=(0, 1))


SURE = 0.05
ALIKE = 0.5
EVEN, SLOPE = 1.5, 2.0
"""By how many deviations a text stands out of others where it is as often true as not, and how fast the log
odds rise from there; docs/heatmaps.md says how they were measured."""


@dataclass(frozen=True)
class Check:
    """What a check found.

    insertion, deletion: mean score while the photo is shown, or hidden, the most relevant cells first.
    chance: (n, 2) the same of n misplaced maps. p: share of maps, this one among them, that do as well; small
    is good. likeness: rank correlation in [-1, 1] with the map of a model with shuffled weights; None if not
    asked for. presence: see `presence`; None where the query is no text.
    """

    insertion: float
    deletion: float
    chance: NDArray[np.float64]
    p: float
    likeness: float | None = None
    presence: float | None = None

    @property
    def better_than_chance(self) -> bool:
        """Whether at most one misplaced map in twenty would do as well."""
        return self.p <= SURE

    @property
    def words(self) -> str:
        """The verdict for a reader who knows no statistics: whether the thing is there, then the map."""
        said = (
            self._of_the_map() if self.presence is None else f"{self._of_the_thing()} {self._of_its_place()}"
        )
        if self.likeness is not None and self.likeness >= ALIKE:
            said += (
                f" But a model that has learned nothing marks much the same ({self.likeness:.0%} alike):"
                " the photo's shapes, not the query, may have made it."
            )
        return said

    def _of_the_thing(self) -> str:
        if self.presence is not None and self.presence >= 0.5:
            return (
                "Better than chance: among other phrases this one fits the image about as well as true ones"
                " do, so what it says is probably there."
            )
        return (
            "No better than chance: this phrase fits the image no better than phrases that are not true of"
            " it, so what it says is probably not there."
        )

    def _of_its_place(self) -> str:
        if self.better_than_chance:
            return "The score depends on what this map marks more than on other places."
        return (
            "Hiding what this map marks changes the score no more than hiding as much elsewhere:"
            " do not trust the place."
        )

    def _of_the_map(self) -> str:
        if self.better_than_chance:
            return (
                "Better than chance: the score depends on what this map marks more than on other places."
                " That is where the score comes from; it does not say that the thing is there."
            )
        return (
            "No better than chance: hiding what this map marks changes the score no more than hiding"
            " as much elsewhere."
        )


def presence(score: float, others: NDArray[np.floating]) -> float:
    """Return how much a text looks true of an image, [0, 1]: 0.5 where it is as often true as not.

    score: that of the image with the text. others: (P,) scores of the same image with phrases of all kinds,
    few of which are true of it. What counts is by how many of their deviations the text stands out, so that
    an image whose scores are all high says no more than another. It is no probability: how often a thing is
    there also depends on how common it is.
    """
    spread = float(np.std(others)) if len(others) else 0.0
    if spread < 1e-6:
        return 0.5
    above = (score - float(np.mean(others))) / spread
    return float(1 / (1 + np.exp(-np.clip(SLOPE * (above - EVEN), -30, 30))))


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
