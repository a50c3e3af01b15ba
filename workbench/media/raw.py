"""Raw photos by LibRaw: their largest preview where that is big enough, else the sensor's picture developed.

Called in the process with limits only: LibRaw parses bytes of strangers, and may take much memory.
"""

import io
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from PIL import Image, JpegImagePlugin

from workbench.media.header import check_exif, read_header
from workbench.media.iso_boxes import boxes, find
from workbench.media.limits import LimitError, check_size
from workbench.media.metadata import Metadata, read_metadata
from workbench.media.tiff_directories import directories

ENOUGH = 1280
"""Pixels on the longer side from which a preview stands for the photo: as many as the large view shows, and
more than finders of faces and regions look at (1,024). Cameras write 1,616 x 1,080 or the full size."""

_LEAST = 512  # pixels on the longer side of a preview that is better than nothing, where developing fails
_SAME_SHAPE = 0.03  # a preview whose sides' ratio differs by more is cut or has black bars
_DEVELOPED = 40_000_000  # pixels of a sensor up to which all are developed: 16 bytes each, of 1 GB
_UPRIGHT = (1, 2, 4, 3, 5, 8, 6, 7)  # LibRaw's turns as EXIF's orientations
_SRGB_CURVE = (2.4, 12.92)  # its power, and the slope near black
_STARTS = (
    (8, b"CR\2\0", "CR2"), (4, b"ftypcrx ", "CR3"), (6, b"HEAPCCDR", "CRW"),
    (0, b"FUJIFILMCCD-RAW", "RAF"), (0, b"IIRO", "ORF"), (0, b"IIRS", "ORF"), (0, b"MMOR", "ORF"),
    (0, b"IIU\0", "RW2"), (0, b"FOVb", "X3F"), (0, b"\0MRM", "MRW"), (0, b"IIIITwaR", "IIQ"),
    (0, b"MMMMRawT", "IIQ"),
)  # fmt: skip
_MAKERS = (
    ("nikon", "NEF"), ("sony", "ARW"), ("pentax", "PEF"), ("ricoh", "PEF"), ("samsung", "SRW"),
    ("hasselblad", "3FR"), ("epson", "ERF"), ("kodak", "DCR"), ("eastman", "DCR"), ("mamiya", "MEF"),
    ("leaf", "MOS"), ("phase", "IIQ"), ("canon", "CR2"), ("panasonic", "RW2"), ("olympus", "ORF"),
)  # fmt: skip
_DETAILS, _PLACE, _MAKER, _ORIENTATION, _SOFTWARE = 0x8769, 0x8825, 271, 274, 305  # tags of EXIF
_CANON = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")  # names the box with the metadata of a CR3

Decode = Callable[[bytes], Image.Image]
"""Returns the pixels of a JPEG, not turned, maybe at a fraction of its size."""


class RawError(Exception):
    """LibRaw cannot read the photo; ``str(error)`` is the reason for the problems table."""


@dataclass(frozen=True, slots=True)
class RawPhoto:
    """Upright RGB pixels of a raw photo in sRGB, its full upright size in pixels, and what the file says."""

    image: Image.Image
    size: tuple[int, int]
    format: str
    metadata: Metadata
    notes: tuple[str, ...] = ()


class _Tagged(Image.Image):
    """What `read_metadata` asks an image for."""

    def __init__(self, exif: Image.Exif) -> None:
        super().__init__()
        self._found = exif

    def getexif(self) -> Image.Exif:
        return self._found


def raw_format(data: bytes) -> str:
    """Return what the format of a raw photo is called: "CR2", "NEF", "DNG", or "RAW" of unknown makers."""
    for place, start, name in _STARTS:
        if data.startswith(start, place):
            return name
    try:
        if any(50706 in ifd.first for _, ifd in directories(data)):
            return "DNG"
    except (struct.error, IndexError, LimitError):
        return "RAW"
    maker = str(_exif(data).get(_MAKER, "")).lower()
    return next((name for start, name in _MAKERS if maker.startswith(start)), "RAW")


def read_raw(data: bytes, least: tuple[int, int], decode: Decode) -> RawPhoto:
    """Return the picture of a raw photo; raises :class:`RawError`, ``LimitError`` and what ``decode`` raises.

    ``least``: pixels that the shorter and the longer side must have, where the photo has them. ``decode``
    decodes a JPEG. A preview is taken where its longer side has :data:`ENOUGH` pixels, or all that the
    sensor has, and its shape is that of the photo. Else the picture is developed with the white balance of
    the camera, at half its size where that is enough. Where that fails, a preview of at least 512 pixels is
    taken, and the notes say so.
    """
    import rawpy

    with rawpy.RawPy() as raw:
        try:
            raw.open_buffer(io.BytesIO(data))
        except (rawpy.LibRawError, rawpy.NotSupportedError) as error:
            raise RawError(_said(error)) from error
        sizes = raw.sizes
        check_size(sizes.width, sizes.height, sizes.width * sizes.height)
        orientation = _UPRIGHT[sizes.flip & 7]
        full = (sizes.height, sizes.width) if orientation >= 5 else (sizes.width, sizes.height)
        preview, size = _preview(raw)
        shown = RawPhoto(Image.new("RGB", (1, 1)), full, raw_format(data), _metadata(data, preview))
        if preview and _stands_for(size, full):
            return replace(shown, image=_upright_preview(preview, full, orientation, decode))
        try:
            image = _turned(_developed(raw, least), orientation)
        except (rawpy.LibRawError, rawpy.NotSupportedError) as error:
            if max(size) < _LEAST:
                raise RawError(_said(error)) from error
            image = _upright_preview(preview, full, orientation, decode)
            only = f"only its preview of {size[0]:,} x {size[1]:,} pixels could be read"
            return replace(shown, image=image, notes=(f"a raw photo that cannot be developed: {only}",))
    return replace(shown, image=image, size=full if _same_shape(image.size, full) else image.size)


def _said(error: Exception) -> str:
    """Return what LibRaw says, which it says in bytes."""
    text = error.args[0] if error.args else type(error).__name__
    text = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    return " ".join(text.split())[:100].lower()


def _preview(raw: Any) -> tuple[bytes | Image.Image, tuple[int, int]]:
    """Return the preview that LibRaw takes for the largest, a JPEG or pixels, and its size; b"" for none."""
    import rawpy

    try:
        found = raw.extract_thumb()
    except (rawpy.LibRawError, rawpy.NotSupportedError):
        return b"", (0, 0)
    if found.format == rawpy.ThumbFormat.BITMAP:
        image = Image.fromarray(found.data).convert("RGB")
        return image, image.size
    if found.format != rawpy.ThumbFormat.JPEG or found.data[:3] != b"\xff\xd8\xff":
        return b"", (0, 0)
    header = read_header(found.data)
    return found.data, (header.width, header.height)


def _same_shape(one: tuple[int, int], other: tuple[int, int]) -> bool:
    ratio = max(one) * min(other) / max(1, min(one) * max(other))
    return abs(ratio - 1) <= _SAME_SHAPE


def _stands_for(size: tuple[int, int], full: tuple[int, int]) -> bool:
    """Tell whether a preview, turned or not, is large enough and shows all of the photo."""
    return max(size) >= min(ENOUGH, max(full)) and _same_shape(size, full)


def _upright_preview(
    preview: bytes | Image.Image, full: tuple[int, int], orientation: int, decode: Decode
) -> Image.Image:
    """Return the pixels of a preview, turned as its own EXIF says, else as the raw photo says.

    Neither is believed where the shape that comes out is not that of the upright photo: some programs write
    an upright preview beside a photo that is to be turned.
    """
    turns = [orientation, 1]
    if isinstance(preview, bytes):
        exif = JpegImagePlugin.JpegImageFile(io.BytesIO(preview)).getexif()
        stated = exif.get(_ORIENTATION)
        # LibRaw writes EXIF, with the turn of the raw photo, where the preview has none.
        if isinstance(stated, int) and 1 <= stated <= 8 and not str(exif.get(_SOFTWARE)).startswith("dcraw"):
            turns.insert(0, stated)
        preview = decode(preview)
    for turn in turns:
        width, height = preview.size[::-1] if turn >= 5 else preview.size
        if (width > height) == (full[0] > full[1]):
            return _turned(preview, turn)
    return _turned(preview, turns[0])


def _turned(image: Image.Image, orientation: int) -> Image.Image:
    from PIL import ImageOps

    exif = image.getexif()
    exif[_ORIENTATION] = orientation
    return ImageOps.exif_transpose(image)


def _developed(raw: Any, least: tuple[int, int]) -> Image.Image:
    """Return the picture of the sensor in sRGB, unturned; at half its size where ``least`` allows it."""
    import rawpy

    sides = sorted((raw.sizes.width // 2, raw.sizes.height // 2))
    half = (sides[0] >= least[0] and sides[1] >= least[1]) or 4 * sides[0] * sides[1] > _DEVELOPED
    pixels = raw.postprocess(
        half_size=half,
        demosaic_algorithm=rawpy.DemosaicAlgorithm.PPG,
        use_camera_wb=True,
        output_color=rawpy.ColorSpace.sRGB,
        gamma=_SRGB_CURVE,
        no_auto_bright=True,
        user_flip=0,
    )
    return Image.fromarray(pixels).convert("RGB")


def _metadata(data: bytes, preview: bytes | Image.Image) -> Metadata:
    """Return what the raw file says of itself, else what its preview says."""
    exif = _exif(data)
    if not exif and isinstance(preview, bytes) and preview:
        exif = JpegImagePlugin.JpegImageFile(io.BytesIO(preview)).getexif()
    return read_metadata(_Tagged(exif))


def _exif(data: bytes) -> Image.Exif:
    """Return the EXIF of a raw photo: of a TIFF of any first bytes, or of the boxes of a CR3; or none."""
    exif = Image.Exif()
    try:
        if data[4:12] == b"ftypcrx ":
            return _canon_exif(data)
        if data[:2] in (b"II", b"MM") and data[:4] != b"IIII":
            tiff = (b"II*\0" if data[:2] == b"II" else b"MM\0*") + data[4:]
            check_exif(tiff)
            exif.load(tiff)
    except (OSError, SyntaxError, ValueError, KeyError, TypeError, struct.error):
        return Image.Exif()
    return exif


def _canon_exif(data: bytes) -> Image.Exif:
    """Return the EXIF of a CR3: a box for each of its directories (main, details, maker's notes, place)."""
    exif, moov = Image.Exif(), find(data, b"moov")
    parts: dict[bytes, bytes] = {}
    for box in boxes(data, moov.start, moov.end) if moov else ():
        if box.name == b"uuid" and data[box.start : box.start + 16] == _CANON:
            parts = {
                inner.name: data[inner.start : inner.end] for inner in boxes(data, box.start + 16, box.end)
            }
    for part in parts.values():
        if part[:2] in (b"II", b"MM"):
            check_exif(part)
    if b"CMT1" in parts:
        exif.load(parts[b"CMT1"])
    for name, tag in ((b"CMT2", _DETAILS), (b"CMT4", _PLACE)):
        if name in parts:
            details = Image.Exif()
            details.load(parts[name])
            exif.get_ifd(tag).update(dict(details))
    return exif
