"""Thumbnails: small JPEGs that galleries and hovers show without touching the source."""

import io

from PIL import Image

SIDE = 256
"""Longest side of a thumbnail, in pixels."""


def thumbnail(image: Image.Image, side: int = SIDE, quality: int = 82) -> bytes:
    """Return a JPEG of an RGB image whose longest side is at most ``side`` pixels."""
    scale = side / max(image.size)
    if scale < 1:
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        image = image.resize(size, Image.Resampling.HAMMING, reducing_gap=1.0)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()
