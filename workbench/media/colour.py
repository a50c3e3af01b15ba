"""Colours as they are meant: to 8-bit sRGB by the file's profile, its range of greys and its transparency."""

import struct
from functools import cache, lru_cache
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageCms
from PIL.ExifTags import IFD

from workbench.media.coded_colour import ADOBE_RGB, HLG, PQ, Convert, coded_transform, profile_codes

_MAX_PROFILE = 8 * 2**20  # bytes; the largest for printing presses have some 4 MB
_SAME = 3  # a profile whose colours differ by at most this from sRGB (0..255) is taken for sRGB
_STRIP = 2_000_000  # pixels converted at once, so that large pictures need no second copy of themselves
_LIGHT, _DARK = 255, 32  # the two grounds for transparent pictures, as greys
_LOST = 48  # an edge is lost on a ground from which it differs by less than this
_FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION | ImageCms.Flags.NOCACHE  # NOCACHE: threads share transforms
_SPACES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
_GREYS = {"L", "LA", "La", "1", "I", "F", "I;16", "I;16B", "I;16L"}
_NOT_CODED = {"CMYK", "LAB"}  # modes whose numbers H.273 does not name
_FULL_RANGE = {"PPM", "JXL", "JPEG2000"}  # whose readers scale to 16 bits
_BIT_DEPTHS = (255, 1023, 4095, 16383, 65535)

Transform = ImageCms.ImageCmsTransform


def to_srgb(
    image: Image.Image, notes: list[str], coded: tuple[int, int] | None = None, bits: int = 0
) -> Image.Image:
    """Return a loaded image as RGB in sRGB, on a ground that shows it; what is odd is added to ``notes``.

    A profile that cannot be used is said and left out. Greys of more than 8 bits and floats are scaled, not
    clipped, see :func:`grey8`. ``coded``: primaries and transfer function by ITU-T H.273, where the file
    states them: HDR (PQ, HLG) is brought to the range of sRGB, wide gamuts without a profile are converted.
    ``bits``: of a grey that a PNG says are significant.
    """
    profile = _profile(image, notes)
    coded = coded or _of_camera(image)
    if profile and not coded and (of_profile := profile_codes(profile)) and of_profile[1] in (PQ, HLG):
        coded = of_profile
    convert = coded_transform(coded, profile) if coded and image.mode not in _NOT_CODED else None
    if image.mode[0] in "IF":
        white, full = _white(image, bits), image.format in _FULL_RANGE or bits > 0
        grey = _scaled(np.asarray(image), white, inverted=_inverted(image), full=full)
        transform = _transform(image, profile, notes) if profile and not convert else None
        if transform is not None and transform.input_mode == "L":
            # Between the 256 greys that the transform takes: linear light has few of them in the shadows.
            grey, profile = np.interp(grey, np.arange(256), _curve(transform)), b""
        image = Image.fromarray(grey.astype(np.uint8))
    elif image.mode == "CMYK" and image.format == "JPEG" and "adobe" not in image.info:
        image = ImageChops.invert(image)  # Pillow takes all for Adobe's, whose inks are inverted
    elif image.mode == "RGB" and not profile and not convert and "transparency" not in image.info:
        return image
    transform = _transform(image, profile, notes) if profile and not convert else None
    if not image.has_transparency_data:
        return _in_srgb(image, transform, convert)
    ground, (width, height) = _ground(image), image.size
    flat, step = Image.new("RGB", image.size), max(1, _STRIP // max(1, width))
    for top in range(0, height, step):
        rgba = image.crop((0, top, width, min(height, top + step))).convert("RGBA")
        colours = _in_srgb(rgba, transform, convert)
        below = Image.new("RGB", rgba.size, (ground, ground, ground))
        flat.paste(Image.composite(colours, below, rgba.getchannel("A")), (0, top))
    return flat


def _of_camera(image: Image.Image) -> tuple[int, int] | None:
    """Tell Adobe RGB of cameras that write no profile but ``R03`` into EXIF (DCF, optional colours)."""
    exif = image.info.get("exif")
    if image.info.get("icc_profile") or not isinstance(exif, bytes) or b"R03\0" not in exif:
        return None
    try:
        said = image.getexif().get_ifd(IFD.Interop).get(1)
    except (OSError, SyntaxError, ValueError, KeyError, TypeError, struct.error):
        return None
    return ADOBE_RGB if isinstance(said, str) and said.startswith("R03") else None


def grey8(
    values: NDArray[Any], *, white: float | None = None, inverted: bool = False, full: bool = False
) -> NDArray[np.uint8]:
    """Scale greys (h, w) of 16 or 32 bits or floats to 0..255.

    Whole numbers are scaled by ``white`` where the file states it and none is above, else by 65,535 where
    they are known to fill ``full`` 16 bits, else by the least of 8, 10, 12, 14 and 16 bits that holds them
    all: cameras of microscopes write 12 bits into 16. Floats within 0..1 are scaled by 1; others from their
    least to their greatest, but for the most extreme thousandth at both ends. ``inverted``: 0 is white.
    """
    return _scaled(values, white, inverted=inverted, full=full).astype(np.uint8)


def _scaled(
    values: NDArray[Any], white: float | None, *, inverted: bool, full: bool
) -> NDArray[np.floating[Any]]:
    """Return greys as :func:`grey8` does, before they are cut to whole numbers."""
    with np.errstate(all="ignore"):
        low, high = _range(values, white, full=full)
        grey = np.nan_to_num(values.astype(np.float32), nan=low, posinf=high, neginf=low)
        grey -= np.float32(low)
        grey *= np.float32(255.0 / max(high - low, 1e-12))
    np.clip(grey, 0, 255, out=grey)
    return 255 - grey if inverted else grey


def ranged(image: Image.Image, deep: NDArray[np.uint16]) -> Image.Image:
    """Return an image anew from its colours of 16 bits (h, w, 3), scaled as :func:`grey8` does."""
    height, width, _ = deep.shape
    scaled = grey8(deep.reshape(height, 3 * width), white=_white(image, 0)).reshape(height, width, 3)
    found = Image.fromarray(scaled)
    found.info = dict(image.info)
    return found


def _range(values: NDArray[Any], white: float | None, *, full: bool) -> tuple[float, float]:
    """Return what is black and what is white, two finite numbers a float32 can hold."""
    if values.dtype.kind in "iu":
        low, high = float(values.min()), float(values.max())
        if low < 0 or high > _BIT_DEPTHS[-1]:
            return low, high
        if white is None or white < high:
            white = _BIT_DEPTHS[-1] if full else next(most for most in _BIT_DEPTHS if most >= high)
        return 0.0, float(white)
    some = values.ravel()[:: max(1, values.size // 1_000_000)]
    some = some[np.isfinite(some) & (np.abs(some) < 1e30)]
    if not some.size:
        return 0.0, 1.0
    if some.min() >= 0 and 0 < some.max() <= 1:
        return 0.0, 1.0
    low, high = np.percentile(some, (0.1, 99.9))
    return float(low), float(high)


def _white(image: Image.Image, bits: int) -> float | None:
    """Return what a TIFF or a PNG states as white: the largest value, or bits other than its container's."""
    tags = getattr(image, "tag_v2", {})
    largest, depth = (_first(tags.get(tag)) for tag in (341, 258))  # SMaxSampleValue, BitsPerSample
    if largest and 0 < largest <= _BIT_DEPTHS[-1]:
        return float(largest)
    bits = bits or int(depth or 0)
    return float(2**bits - 1) if 8 < bits < 16 or 0 < bits < 8 else None


def _first(stated: Any) -> float | None:
    value = stated[0] if isinstance(stated, tuple) and stated else stated
    return value if isinstance(value, int | float) else None


def _inverted(image: Image.Image) -> bool:
    """Tell a TIFF whose 0 is white; of 8 bits Pillow turns them over itself."""
    return getattr(image, "tag_v2", {}).get(262) == 0


def _ground(image: Image.Image) -> int:
    """Return the grey that a transparent picture is laid on: white, unless its outline is lost there.

    The outline counts, not the area: a cartoon with white faces and black lines is at home on white.
    """
    step = max(1, max(image.size) // 512)
    size = (max(1, image.width // step), max(1, image.height // step))
    small = image.resize(size, Image.Resampling.NEAREST).convert("RGBA")
    alpha = np.asarray(small.getchannel("A"), np.int16)
    grey = np.asarray(small.convert("RGB").convert("L"), np.int16)
    seen = alpha > int(alpha.max()) // 2
    around = np.pad(seen, 1, constant_values=True)
    inside = around[:-2, 1:-1] & around[2:, 1:-1] & around[1:-1, :-2] & around[1:-1, 2:]
    edge = grey[seen & ~inside]
    if not edge.size or not alpha.any():
        return _LIGHT
    on_light, on_dark = (float(np.mean(np.abs(edge - ground) < _LOST)) for ground in (_LIGHT, _DARK))
    return _DARK if on_light > 0.5 and on_dark < on_light else _LIGHT


def _profile(image: Image.Image, notes: list[str]) -> bytes:
    """Return the bytes of a profile that changes something; empty where there is none or it is sRGB."""
    profile = image.info.get("icc_profile")
    if not isinstance(profile, bytes) or not profile or image.mode == "LAB":
        return b""
    if len(profile) > _MAX_PROFILE:
        notes.append(f"colour profile left out: {len(profile):,} bytes, the limit is {_MAX_PROFILE:,}")
        return b""
    return b"" if _is_srgb(profile) else profile


def _transform(image: Image.Image, profile: bytes, notes: list[str]) -> Transform | None:
    """Return what takes this image to sRGB; None, with a note, where the profile cannot be used."""
    try:
        space = _space(profile)
        if (space == "CMYK") != (image.mode == "CMYK") or (space == "L" and image.mode not in _GREYS):
            notes.append(f"colour profile left out: it is for {space}, the picture is {image.mode}")
            return None
        return _to_srgb(profile, space)
    except (ImageCms.PyCMSError, OSError, ValueError, KeyError, TypeError) as error:
        notes.append(f"colour profile left out: {str(error)[:100] or type(error).__name__}")
        return None


def _in_srgb(image: Image.Image, transform: Transform | None, convert: Convert | None) -> Image.Image:
    if convert is not None:
        return convert(image)
    return image.convert("RGB") if transform is None else _applied(image, transform)


def _applied(image: Image.Image, transform: Transform) -> Image.Image:
    space = transform.input_mode
    if space == "L":
        return image.convert("L").point(_curve(transform).tolist()).convert("RGB")
    ready, out = image if image.mode == space else image.convert(space), Image.new("RGB", image.size)
    # Not Transform.apply: it leaves a profile with the picture, which some formats would save.
    transform.transform.apply(ready.getim(), out.getim())
    return out


def _curve(transform: Transform) -> NDArray[np.uint8]:
    """Return what the 256 greys of a profile for greys are in sRGB."""
    greys, out = Image.fromarray(np.arange(256, dtype=np.uint8)[None]), Image.new("RGB", (256, 1))
    transform.transform.apply(greys.getim(), out.getim())
    return np.asarray(out)[0, :, 1]


@lru_cache(maxsize=32)
def _space(profile: bytes) -> str:
    """Return the mode of Pillow that a profile is for; raises for a profile that is none."""
    name = ImageCms.ImageCmsProfile(BytesIO(profile)).profile.xcolor_space.strip()
    if name not in _SPACES:
        raise ValueError(f"its colours are {name!r}")
    return _SPACES[name]


@lru_cache(maxsize=32)
def _is_srgb(profile: bytes) -> bool:
    """Tell by some hundred colours whether a profile is sRGB; names are not believed."""
    try:
        if _space(profile) != "RGB":
            return False
        steps = np.array([0, 32, 64, 128, 192, 255], np.uint8)
        colours = np.stack(np.meshgrid(steps, steps, steps), -1).reshape(6, 36, 3)
        seen = np.asarray(_applied(Image.fromarray(colours), _to_srgb(profile, "RGB")), np.int16)
    except (ImageCms.PyCMSError, OSError, ValueError, KeyError, TypeError):
        return False  # said when it is used
    return bool(np.abs(seen - colours).max() <= _SAME)


@lru_cache(maxsize=32)
def _to_srgb(profile: bytes, space: str) -> Transform:
    return ImageCms.buildTransform(
        ImageCms.ImageCmsProfile(BytesIO(profile)),
        _srgb(),
        space,
        "RGB",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        _FLAGS | ImageCms.Flags.NOOPTIMIZE if space == "L" else _FLAGS,  # exact, for 256 greys
    )


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
