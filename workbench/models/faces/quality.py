"""Quality and light of a face: four measures in [0, 1] with their summary, and adaptive gamma correction.

Correction: Rahman, Rahman, Abdullah-Al-Wadud, Al-Quaderi, Shoyaib, "An adaptive gamma correction
for image enhancement" (EURASIP Journal on Image and Video Processing, 2016). The value channel of HSV is
changed, hue and saturation stay.
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


_SHARP = 60.0  # variance of the Laplacian at which sharpness is one half
_GOOD_SIZE = 80.0  # pixels; from here on more pixels tell nothing more
_LEAST = 0.05  # no single measure says more than that a face is bad
_NOSE = 0.55  # where between eyes (0) and mouth (1) the nose of a frontal face is


def middle(crop: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the middle of a crop, which shows nothing but face: (H/2, W/2, 3)."""
    height, width = crop.shape[:2]
    return crop[height // 4 : height - height // 4, width // 4 : width - width // 4]


def grey(crop: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the luma (ITU-R BT.601) of the middle of a crop: (H/2, W/2) in [0, 255]."""
    luma: NDArray[np.float32] = middle(crop).astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    return luma


def sharpness(luma: NDArray[np.float32]) -> float:
    """Return the variance of the Laplacian, for a luma scaled to one contrast, as v / (v + 60).

    Source of the measure: Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy" (2000). A face
    that was enlarged to fill the crop has few edges left and scores low, as does a blurred one.
    """
    scaled = luma * (50 / max(float(luma.std()), 10.0))
    laplacian = (
        scaled[:-2, 1:-1] + scaled[2:, 1:-1] + scaled[1:-1, :-2] + scaled[1:-1, 2:] - 4 * scaled[1:-1, 1:-1]
    )
    variance = float(laplacian.var())
    return variance / (variance + _SHARP)


def pose(points: NDArray[np.float32]) -> float:
    """Return 1 for a face that looks at the camera, towards 0 for a profile or one seen from above or below.

    From the place of the nose between eyes and mouth, in the face's own frame; ``points`` (5, 2).
    """
    left, right, nose = points[:3]
    mouth = (points[3] + points[4]) / 2
    middle = (left + right) / 2
    across, down = right - left, mouth - middle
    eyes, length = float(across @ across), float(down @ down)
    if eyes < 1 or length < 1:
        return 0.0
    sideways = abs(float((nose - middle) @ across) / eyes)  # 0 frontal, 0.5 over an eye
    updown = abs(float((nose - middle) @ down) / length - _NOSE)
    return max(0.0, 1 - 2 * sideways) * max(0.0, 1 - 2 * updown)


def exposure(luma: NDArray[np.float32]) -> float:
    """Return 1 for a face of middling light with contrast, towards 0 for one that is black, white or flat."""
    mean, deviation = float(luma.mean()) / 255, float(luma.std()) / 255
    clipped = float(((luma < 6) | (luma > 249)).mean())
    level = 1 - abs(2 * mean - 1) ** 3
    return level * min(1.0, deviation / 0.12) * (1 - clipped)


def summary(size: float, sharp: float, turned: float, lit: float) -> float:
    """Return one number for the four: their geometric mean, so that one bad measure tells.

    ``size`` in pixels, full marks from 80; the others in [0, 1].
    """
    marks = np.array([min(1.0, size / _GOOD_SIZE), sharp, turned, lit])
    return float(np.prod(marks.clip(_LEAST)) ** (1 / len(marks)))
