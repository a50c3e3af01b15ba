"""The readers of Pillow and its plugins that are used, and what they are seen to raise."""

import contextlib
import io
import struct
import zlib
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, JpegImagePlugin

# No format whose reader starts another program (EPS) or that is a document or a video.
_FORMATS = {
    "JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "DIB", "AVIF", "HEIF", "JPEG2000", "JXL",
    "PPM", "TGA", "ICO", "ICNS", "PSD", "SGI", "PCX", "DDS", "QOI",
}  # fmt: skip
_DIM = 63  # the greatest upper byte of 16 bits where 14 or fewer are in use
# How Pillow calls the packing of a tile, and that of the other byte order.
_SWAPPED = {"RGB;16L": "RGB;16B", "RGB;16B": "RGB;16L", "RGB;16N": "RGB;16B"}

BROKEN = (
    OSError, ValueError, SyntaxError, TypeError, KeyError, IndexError, AttributeError, RuntimeError,
    NotImplementedError, OverflowError, AssertionError, EOFError, MemoryError, struct.error, zlib.error,
    Image.DecompressionBombError,
)  # fmt: skip
"""What readers are seen to raise on broken files, beside Pillow's own errors."""


def open_image(data: bytes) -> Image.Image:
    """Open an image without decoding it; raises ``UnidentifiedImageError`` and :data:`BROKEN`."""
    if data[:3] == b"\xff\xd8\xff":
        # Opened directly: Image.open refuses large JPEGs before draft mode could make them cheap.
        return JpegImagePlugin.JpegImageFile(io.BytesIO(data))
    return Image.open(io.BytesIO(data), formats=formats())


@cache
def formats() -> tuple[str, ...]:
    """Register the readers and return the formats that this Pillow reads of those we take.

    Those that are common and sure by their first bytes are tried first.
    """
    import pillow_heif

    pillow_heif.register_heif_opener(thumbnails=False)
    with contextlib.suppress(ImportError):  # its licence is not everybody's: it may be left out
        import pillow_jxl.JpegXLImagePlugin  # registers itself

        pillow_jxl.JpegXLImagePlugin.DECODE_THREADS = 0  # each of many threads would take memory of the limit
    Image.init()
    known = _FORMATS & set(Image.OPEN)
    first = [name for name in ("PNG", "WEBP", "TIFF", "GIF", "AVIF", "HEIF") if name in known]
    return (*first, *sorted(known.difference(first)))


def deep_colours(data: bytes, page: int, image: Image.Image) -> NDArray[np.uint16] | None:
    """Return all 16 bits (h, w, 3) of a loaded colour TIFF whose upper bytes hold nearly nothing, else None.

    Pillow keeps only the upper byte of each colour, in which 12 bits are 16 steps of nearly black. The lower
    bytes are read as the upper ones of the other byte order.
    """
    stated = getattr(image, "tag_v2", {}).get(258)
    if image.mode != "RGB" or stated != (16, 16, 16):
        return None
    if max(most for _, most in image.getextrema()) > _DIM:  # type: ignore[misc]  # pairs, one for each band
        return None
    with open_image(data) as lower:
        if not isinstance(lower, ImageFile.ImageFile):
            return None
        lower.seek(page)
        tiles = []
        for tile in lower.tile:
            packed, *rest = tile.args if isinstance(tile.args, tuple) else (tile.args,)
            if packed not in _SWAPPED:
                return None
            tiles.append(tile._replace(args=(_SWAPPED[packed], *rest)))
        lower.tile = tiles
        lower.load()
        deep = np.asarray(image).astype(np.uint16)
        deep <<= 8
        deep |= np.asarray(lower)
    return deep
