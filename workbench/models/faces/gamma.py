"""Adaptive gamma correction: dark and backlit pictures become readable without washing out the others.

Method: Rahman, Rahman, Abdullah-Al-Wadud, Al-Quaderi, Shoyaib, "An adaptive gamma correction for image
enhancement" (EURASIP Journal on Image and Video Processing, 2016). The value channel of HSV is changed, hue
and saturation stay.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TAU = 3.0  # the paper's: a picture has low contrast where four deviations span less than 1 / tau
_DARK = 0.4
_SHADOW, _SHADOW_SHARE = 0.2, 0.3
_BRIGHT_SHARE = 10  # percent of the pixels


def value(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the value channel of HSV in [0, 1]: (...,) for pixels (..., 3)."""
    brightest: NDArray[np.float32] = pixels.max(-1).astype(np.float32) / np.float32(255)
    return brightest


def is_dark(values: NDArray[np.float32]) -> bool:
    """Whether even the brightest tenth of the values [0, 1] is dark.

    The bright end is asked because a dark skin in good light has bright places (eyes, teeth, shine), and
    an underexposed face of any colour has none.
    """
    return bool(values.size) and float(np.percentile(values, 100 - _BRIGHT_SHARE)) < _DARK


def is_gloomy(values: NDArray[np.float32]) -> bool:
    """Whether a good part of the values [0, 1] lies in the dark, as in backlit pictures and at night."""
    return float((values < _SHADOW).mean()) > _SHADOW_SHARE


def exponent(values: NDArray[np.float32]) -> float:
    """Return the paper's gamma for values in [0, 1]; below 1 brightens."""
    mean, deviation = float(values.mean()), max(float(values.std()), 1e-3)
    if 4 * deviation <= 1 / _TAU:
        return -math.log2(deviation)
    return math.exp((1 - mean - deviation) / 2)


def curve(gamma: float, mean: float) -> NDArray[np.float32]:
    """Return what each value 0, 1/255, ... 1 becomes: (256,), for a picture whose mean value is ``mean``."""
    powers = np.linspace(0, 1, 256) ** gamma
    bent = powers if mean >= 0.5 else powers / (powers + (1 - powers) * mean**gamma)
    return bent.astype(np.float32)


def brighten(
    pixels: NDArray[np.uint8], values: NDArray[np.float32] | None = None
) -> tuple[NDArray[np.uint8], float]:
    """Correct pixels (H, W, 3) by the light in ``values`` (their own where left out).

    Returns the corrected pixels and how the curve bends in the end: the exponent that would take the mean
    value where the curve takes it, below 1 where it brightens.
    """
    light = value(pixels) if values is None else values
    mean = float(light.mean())
    bent = curve(exponent(light), mean)
    factor = bent / np.maximum(np.arange(256, dtype=np.float32) / 255, 1 / 255)
    corrected = (pixels * factor[pixels.max(-1), None]).clip(0, 255).astype(np.uint8)
    after = float(np.interp(mean, np.linspace(0, 1, 256), bent))
    limits = (min(max(mean, 1e-3), 0.999), min(max(after, 1e-3), 0.999))
    return corrected, math.log(limits[1]) / math.log(limits[0])
