"""A heatmap as a picture: values in [0, 1] become colours, laid over the photo where they are high."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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
