"""Raw photos by hand: DNG of a Bayer sensor, as a camera would write it, with previews or without."""

import io
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.helpers.odd_files import ASCII, BYTE, LONG, RATIONAL, SHORT, SIGNED, Tags, tiff

# From XYZ (D65) to linear sRGB, the colours of a camera that sees as sRGB is defined (IEC 61966-2-1).
_MATRIX = (3.2406, -1.5372, -0.4986, -0.9689, 1.8758, 0.0415, 0.0557, -0.2040, 1.0570)
WHITE = 4095
"""What a sensor of 12 bits says of white."""


def bayer(image: Image.Image, neutral: tuple[float, float, float] = (1.0, 1.0, 1.0)) -> NDArray[np.uint16]:
    """Return what an RGGB sensor (H, W) sees of a picture in sRGB, under light that is ``neutral`` to it."""
    share = np.asarray(image.convert("RGB"), float) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4) * neutral * WHITE
    seen = linear[..., 1].copy()
    seen[::2, ::2], seen[1::2, 1::2] = linear[::2, ::2, 0], linear[1::2, 1::2, 2]
    return seen.round().astype(np.uint16)


def jpeg(image: Image.Image, **options: Any) -> bytes:
    """Return a picture as a JPEG that keeps its colours."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=95, subsampling=0, **options)
    return buffer.getvalue()


def dng(
    image: Image.Image,
    preview: bytes = b"",
    *,
    orientation: int = 1,
    more: Tags | None = None,
    neutral: tuple[float, float, float] = (1.0, 1.0, 1.0),
) -> bytes:
    """Return an uncompressed DNG of what a sensor sees of ``image``, with a JPEG as ``preview`` or none.

    ``more``: other tags of the first directory. ``neutral``: how grey looks to the sensor.
    """
    seen = bayer(image, neutral)
    height, width = seen.shape
    start = 4096
    camera: Tags = {
        271: (ASCII, "Maker"), 272: (ASCII, "Camera 1"), 274: (SHORT, [orientation]),
        306: (ASCII, "2021:07:14 18:30:05"), 50706: (BYTE, [1, 4, 0, 0]), 50707: (BYTE, [1, 1, 0, 0]),
        50708: (ASCII, "Maker Camera 1"),
        50721: (SIGNED, [(round(part * 10_000), 10_000) for part in _MATRIX]),
        50728: (RATIONAL, [(round(part * 10_000), 10_000) for part in neutral]), 50778: (SHORT, [21]),
    }  # fmt: skip
    sensor: Tags = {
        254: (LONG, [0]), 256: (LONG, [width]), 257: (LONG, [height]), 258: (SHORT, [16]), 259: (SHORT, [1]),
        262: (SHORT, [32803]), 273: (LONG, [start]), 277: (SHORT, [1]), 278: (LONG, [height]),
        279: (LONG, [2 * width * height]), 33421: (SHORT, [2, 2]), 33422: (BYTE, [0, 1, 1, 2]),
        50714: (SHORT, [0]), 50717: (LONG, [WHITE]),
    }  # fmt: skip
    body = seen.astype("<u2").tobytes()
    if not preview:
        return tiff(camera | sensor | (more or {})).ljust(start, b"\0") + body
    shown = Image.open(io.BytesIO(preview))
    small: Tags = {
        254: (LONG, [1]), 256: (LONG, [shown.width]), 257: (LONG, [shown.height]), 258: (SHORT, [8, 8, 8]),
        259: (SHORT, [7]), 262: (SHORT, [6]), 273: (LONG, [start + len(body)]), 277: (SHORT, [3]),
        278: (LONG, [shown.height]), 279: (LONG, [len(preview)]),
    }  # fmt: skip
    return tiff(camera | small | (more or {}), {330: sensor}).ljust(start, b"\0") + body + preview


def canon3(preview: bytes, taken: str) -> bytes:
    """Return the start of a CR3 by its boxes: the time of a photo and a preview, no picture of the sensor."""

    def box(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I4s", 8 + len(data), name) + data

    main = tiff({271: (ASCII, "Canon"), 272: (ASCII, "Canon EOS R")})
    details = tiff({36867: (ASCII, taken)})
    canon = b"\x85\xc0\xb6\x87\x82\x0f\x11\xe0\x81\x11\xf4\xce\x46\x2b\x6a\x48"
    moov = box(b"moov", box(b"uuid", canon + box(b"CMT1", main) + box(b"CMT2", details)))
    return box(b"ftyp", b"crx \0\0\0\1crx isom") + moov + box(b"mdat", preview)
