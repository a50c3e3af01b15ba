"""Does a heatmap point at the thing? Pointing game and energy in the box, and what they are compared with."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


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
