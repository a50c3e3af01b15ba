"""Colours stated by numbers (ITU-T H.273) and not by a profile, as HEIC, AVIF and PNG do, brought to sRGB.

HDR is made as bright as it is meant on a screen of ordinary range: diffuse white (203 nits, ITU-R BT.2408)
becomes nearly white, what is brighter is pressed together above, and hues are kept.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

ADOBE_RGB = (0, 4)
"""Primaries that H.273 has no number for, under one that it leaves out, and their power of about 2.2."""
PQ, HLG = 16, 18
"""Transfer functions of HDR: SMPTE ST 2084, and ARIB STD-B67."""

_STRIP = 2_000_000  # pixels converted at once
_DIFFUSE_WHITE = 203.0  # nits
_HLG_PEAK = 1000.0  # nits of the screen that HLG is shown on
_KNEE = 0.75  # linear light up to which HDR is left as it is; 1 is diffuse white
_D65 = (0.3127, 0.3290)
# Chromaticities of red, green, blue and white.
_PRIMARIES = {
    ADOBE_RGB[0]: ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06), _D65),
    1: ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060), _D65),  # BT.709, sRGB
    4: ((0.67, 0.33), (0.21, 0.71), (0.14, 0.08), (0.310, 0.316)),
    5: ((0.64, 0.33), (0.29, 0.60), (0.15, 0.06), _D65),
    6: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), _D65),
    7: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), _D65),
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), _D65),  # BT.2020
    11: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), (0.314, 0.351)),  # DCI-P3
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), _D65),  # Display P3
}
_PLAIN = {1, 2, 6, 13, 14, 15}  # transfer functions that screens show as sRGB
_POWERS = {4: 2.2, 5: 2.8, 8: 1.0}

Convert = Callable[[Image.Image], Image.Image]


def coded_transform(coded: tuple[int, int], profile: bytes) -> Convert | None:
    """Return what takes an RGB image of these primaries and transfer function to sRGB; None for nothing.

    A profile goes before, but for HDR, whose light no profile holds.
    """
    primaries, transfer = coded
    if transfer not in (PQ, HLG) and (profile or (transfer in _PLAIN and primaries in (1, 2, 5, 6, 7))):
        return None
    if transfer not in (PQ, HLG, *_PLAIN, *_POWERS):
        return None
    return lambda image: _converted(image, primaries if primaries in _PRIMARIES else 1, transfer)


def profile_codes(profile: bytes) -> tuple[int, int] | None:
    """Return the primaries and the transfer function that an ICC profile states by numbers (ICC.1:2022)."""
    for number in range(min(100, int.from_bytes(profile[128:132]))):
        entry = profile[132 + 12 * number : 144 + 12 * number]
        if entry[:4] == b"cicp":
            start = int.from_bytes(entry[4:8])
            codes = profile[start + 8 : start + 10]
            return (codes[0], codes[1]) if len(codes) == 2 else None
    return None


def _converted(image: Image.Image, primaries: int, transfer: int) -> Image.Image:
    rgb, out = image.convert("RGB"), Image.new("RGB", image.size)
    linear, matrix, encode = _to_linear(transfer), _to_srgb(primaries), _from_linear()
    step = max(1, _STRIP // max(1, rgb.width))
    for top in range(0, rgb.height, step):
        light = linear[np.asarray(rgb.crop((0, top, rgb.width, min(rgb.height, top + step))))]
        if transfer == HLG:  # what is shown depends on the brightness of all three (ITU-R BT.2100)
            luminance = light @ np.array([0.2627, 0.6780, 0.0593], np.float32)
            light *= (_HLG_PEAK / _DIFFUSE_WHITE * luminance**0.2)[..., None]
        light = light @ matrix.T
        if transfer in (PQ, HLG):
            light = _tone_mapped(light)
        codes = np.clip(light * (len(encode) - 1), 0, len(encode) - 1).astype(np.int32)
        out.paste(Image.fromarray(encode[codes]), (0, top))
    return out


def _tone_mapped(light: NDArray[np.float32]) -> NDArray[np.float32]:
    """Press light (h, w, 3) above the knee into what is left up to 1, by its brightest channel."""
    most = light.max(axis=-1, keepdims=True)
    above = np.maximum(most - _KNEE, 0) / (1 - _KNEE)
    pressed = np.minimum(most, _KNEE) + (1 - _KNEE) * above / (1 + above)
    return np.asarray(light * (pressed / np.maximum(most, 1e-6)), np.float32)


@lru_cache(maxsize=8)
def _to_linear(transfer: int) -> NDArray[np.float32]:
    """Return the light (256,) of each value of 8 bits: 1 is white, of PQ diffuse white, of HLG the peak."""
    signal = np.linspace(0, 1, 256)
    if transfer == PQ:
        power = signal ** (1 / 78.84375)
        shares = np.maximum(power - 0.8359375, 0) / (18.8515625 - 18.6875 * power)
        light = 10_000 * shares ** (1 / 0.1593017578125) / _DIFFUSE_WHITE
    elif transfer == HLG:
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        light = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
    elif transfer in _POWERS:
        light = signal ** _POWERS[transfer]
    else:
        light = np.where(signal <= 0.04045, signal / 12.92, ((signal + 0.055) / 1.055) ** 2.4)
    return light.astype(np.float32)


@lru_cache(maxsize=1)
def _from_linear() -> NDArray[np.uint8]:
    """Return the values of sRGB for light in 16,384 even steps from 0 to 1."""
    light = np.linspace(0, 1, 16_384)
    signal = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.round(255 * signal).astype(np.uint8)


@lru_cache(maxsize=8)
def _to_srgb(primaries: int) -> NDArray[np.float32]:
    """Return the matrix (3, 3) from linear light of these primaries to that of sRGB."""
    return (np.linalg.inv(_to_xyz(1)) @ _to_xyz(primaries)).astype(np.float32)


def _to_xyz(primaries: int) -> NDArray[np.float64]:
    *colours, white = (np.array([x / y, 1.0, (1 - x - y) / y]) for x, y in _PRIMARIES[primaries])
    columns = np.stack(colours, axis=1)
    return np.asarray(columns * np.linalg.solve(columns, white))
