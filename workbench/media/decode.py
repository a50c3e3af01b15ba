"""Decode the bytes of a file to an upright RGB image, with limits, or say why not."""

import io
import struct
import threading
import zlib
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image, JpegImagePlugin, UnidentifiedImageError

from workbench.errors import WorkbenchError
from workbench.media.exif import Metadata, read_metadata

MAX_PIXELS = 120_000_000
"""Images that need more pixels than this to be decoded are refused: 120 million are 360 MB as RGB."""
MAX_SIDE = 60_000
"""Longest side, in pixels, of a JPEG that draft mode may shrink while decoding."""

_LARGE = 24_000_000  # pixels; above this, images are decoded one at a time so that memory stays bounded
_one_large_at_a_time = threading.Lock()
# No format whose reader starts another program (EPS) or that is a document or a video.
_FORMATS = {
    "JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "DIB", "AVIF", "HEIF", "JPEG2000",
    "PPM", "TGA", "ICO", "ICNS", "PSD", "SGI", "PCX", "DDS", "QOI",
}  # fmt: skip
_DRAFTED = {"JPEG", "MPO"}  # formats that decode to a fraction of their size
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# What Pillow's readers are seen to raise on broken files, beside their own errors.
_BROKEN = (
    OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, AttributeError, RuntimeError,
    NotImplementedError, OverflowError, AssertionError, EOFError, MemoryError, struct.error, zlib.error,
    Image.DecompressionBombError,
)  # fmt: skip


class DecodeError(WorkbenchError):
    """The bytes are no image that we can decode; ``reason`` is the short text for the problems table."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"The image cannot be decoded: {reason}.", "Open it elsewhere and save it as JPEG or PNG."
        )
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What a file says: size of the whole upright image in pixels, Pillow's format and mode, metadata."""

    width: int
    height: int
    format: str
    mode: str
    metadata: Metadata


@dataclass(frozen=True, slots=True)
class DecodedImage:
    """Upright RGB pixels, at least ``min_side`` on the shorter side or all there are, and the facts."""

    image: Image.Image
    facts: ImageFacts

    def reduced(self, min_side: int) -> Image.Image:
        """Return what asking for ``min_side`` alone would have given: box means for a JPEG's DCT."""
        step, drafted = 1, round(max(self.facts.width, self.facts.height) / max(self.image.size))
        while (
            self.facts.format in _DRAFTED
            and min(self.image.size) >= 2 * step * min_side
            and step * drafted < 8  # the most that decoding reduces by
        ):
            step *= 2
        return self.image if step == 1 else self.image.reduce(step)


def read_image(data: bytes, *, min_side: int, min_long_side: int = 0) -> DecodedImage:
    """Decode the first frame of an image; raises :class:`DecodeError` for what is broken or too large.

    A JPEG is decoded at 1/2, 1/4 or 1/8 of its size while its shorter side stays >= ``min_side`` pixels and
    its longer side >= ``min_long_side``.
    """
    if not data:
        raise DecodeError("the file is empty")
    try:
        return _read(data, min_side, max(min_side, min_long_side))
    except DecodeError:
        raise
    except UnidentifiedImageError:
        raise DecodeError("not an image in a format that is read") from None
    except _BROKEN as error:
        raise DecodeError(_reason(error)) from error


def _read(data: bytes, min_side: int, min_long_side: int) -> DecodedImage:
    with _open(data) as image:
        full_size, name, mode = image.size, image.format or "", image.mode
        _shrink_while_decoding(image, min_side, min_long_side)
        pixels = _check_pixels(image, full_size)
        with _memory(pixels):
            image.load()
            metadata = read_metadata(image)
            drafted = image.size != full_size and image.format in _DRAFTED
            upright = _turn(_to_rgb(image), metadata.orientation)
    if not drafted:
        full_size = upright.size
    elif metadata.orientation in {5, 6, 7, 8}:
        full_size = full_size[::-1]
    return DecodedImage(upright, ImageFacts(*full_size, name, mode, metadata))


def _open(data: bytes) -> Image.Image:
    if data[:3] == b"\xff\xd8\xff":
        # Opened directly: Image.open refuses large JPEGs before draft mode could make them cheap.
        return JpegImagePlugin.JpegImageFile(io.BytesIO(data))
    return Image.open(io.BytesIO(data), formats=_formats())


@cache
def _formats() -> tuple[str, ...]:
    """Register the readers and return the formats that this Pillow reads of those we take."""
    import pillow_heif

    pillow_heif.register_heif_opener(thumbnails=False)
    Image.init()
    return tuple(sorted(_FORMATS & set(Image.OPEN)))


def _shrink_while_decoding(image: Image.Image, min_side: int, min_long_side: int) -> None:
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        wide = image.width >= image.height
        image.draft(None, (min_long_side, min_side) if wide else (min_side, min_long_side))


def _check_pixels(image: Image.Image, full_size: tuple[int, int]) -> int:
    """Return the number of pixels that decoding holds in memory; a progressive JPEG holds all of them."""
    width, height = full_size if image.info.get("progressive") else image.size
    if max(full_size) > MAX_SIDE or width * height > MAX_PIXELS:
        raise DecodeError(
            f"too large: {full_size[0]:,} x {full_size[1]:,} pixels, the limit is {MAX_PIXELS:,}"
        )
    return width * height


def _memory(pixels: int) -> AbstractContextManager[object]:
    return _one_large_at_a_time if pixels > _LARGE else nullcontext()


def _to_rgb(image: Image.Image) -> Image.Image:
    """Return RGB; transparency lies on white, 16-bit and floating-point greys are scaled, not clipped."""
    if image.mode == "RGB" and "transparency" not in image.info:
        return image
    if image.mode[0] in "IF":
        return Image.fromarray(_grey8(np.asarray(image))).convert("RGB")
    if image.has_transparency_data:
        rgba = image.convert("RGBA")
        white = Image.new("RGBA", rgba.size, "white")
        return Image.alpha_composite(white, rgba).convert("RGB")
    return image.convert("RGB")


def _grey8(
    values: np.ndarray[tuple[int, ...], np.dtype[np.generic]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Scale greys of 16 or 32 bits or floats to 0..255 (uint8); integers by their nominal range."""
    grey = np.nan_to_num(values.astype(np.float32), posinf=0.0, neginf=0.0)
    low, high = float(grey.min()), float(grey.max())
    if values.dtype.kind in "iu" and low >= 0 and high <= 65535:
        low, high = 0.0, (65535.0 if high > 255 else 255.0)
    scaled = (grey - low) * (255.0 / max(high - low, 1e-12))
    return scaled.clip(0, 255).astype(np.uint8)


def _turn(image: Image.Image, orientation: int) -> Image.Image:
    transpose = _UPRIGHT.get(orientation)
    return image if transpose is None else image.transpose(transpose)


def _reason(error: BaseException) -> str:
    if isinstance(error, Image.DecompressionBombError):
        return f"too large: more than {MAX_PIXELS:,} pixels"
    text = " ".join(str(error).split())
    return (text or type(error).__name__)[:200]
