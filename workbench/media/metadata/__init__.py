"""Metadata of photos, videos and documents: EXIF, XMP, IPTC, QuickTime, texts of PNG, one record for all.

Each block is read by itself, and what is odd in one hides nothing of another: `record.SOURCES` says which
source of a field is believed first.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from PIL import Image

from workbench.media.metadata.containers import from_pdf, from_video
from workbench.media.metadata.exif import read_exif, read_tiff_exif
from workbench.media.metadata.iptc import read_iptc, read_png_texts
from workbench.media.metadata.record import SOURCES, WRITTEN, Found, Metadata
from workbench.media.metadata.xmp import MAX_XMP, packets, read_xmp

__all__ = [
    "SOURCES",
    "WRITTEN",
    "Metadata",
    "from_pdf",
    "from_tiff",
    "from_video",
    "from_xmp",
    "read_metadata",
]

_XMP_TAG = 700  # of a TIFF


def read_metadata(image: Image.Image) -> Metadata:
    """Read what an opened image says beside its pixels; never raises.

    Call it before the pixels are loaded: loading turns a TIFF upright and forgets how it was stored. Only a
    PNG is loaded here: its texts may stand behind its pixels.
    """
    found, orientation = Found(), [1]
    if image.format == "PNG":
        with contextlib.suppress(Exception):  # who loads it next is told what is wrong
            image.load()

    def exif() -> None:
        orientation[0] = read_exif(image.getexif(), found)

    def xmp() -> None:
        for packet in _xmp_of(image):
            read_xmp(packet, found)

    _safely("EXIF", exif, found)
    _safely("XMP", xmp, found)
    _safely("IPTC", lambda: read_iptc(image, found), found)
    if image.format == "PNG":
        _safely("texts", lambda: read_png_texts(image.info, found), found)
    return found.metadata(_stored_orientation(image, orientation[0]))


def from_xmp(data: bytes) -> Metadata:
    """Return what a packet of XMP, or a sidecar file of it, says; never raises."""
    found = Found()
    _safely("XMP", lambda: read_xmp(data, found), found)
    return found.metadata()


def from_tiff(data: bytes, xmp: bytes = b"") -> Metadata:
    """Return what a raw photo that is built like a TIFF says, or a block of EXIF, and ``xmp``; never raises.

    Pillow reads the directories: no picture is decoded.
    """
    found, orientation = Found(), [1]

    def exif() -> None:
        orientation[0] = read_tiff_exif(data, found)

    _safely("EXIF", exif, found)
    if xmp:
        _safely("XMP", lambda: read_xmp(xmp, found), found)
    return found.metadata(orientation[0])


def _safely(name: str, read: Callable[[], object], found: Found) -> None:
    """Read one block; whatever hostile bytes provoke, the picture and the other blocks are still good."""
    try:
        read()
    except Exception as error:  # noqa: BLE001, RUF100 - see above
        found.odd.append(f"the {name} cannot be read: {type(error).__name__}: {error}"[:120])


def _xmp_of(image: Image.Image) -> Iterator[bytes]:
    segments: Any = getattr(image, "applist", None)
    if segments is not None:
        yield from packets(iter(segments))
        return
    packet = _xmp_of_gif(image) if image.format == "GIF" else image.info.get("xmp")
    if packet is None and (tags := getattr(image, "tag_v2", None)) is not None:
        packet = tags.get(_XMP_TAG)
    if isinstance(packet, tuple):
        packet = bytes(packet)
    if isinstance(packet, str):
        packet = packet.encode("utf-8", "replace")
    if isinstance(packet, bytes):
        yield packet


def _xmp_of_gif(image: Image.Image) -> bytes | None:
    """Return the extension that Pillow skips: the packet as it is, before 258 bytes for older readers."""
    file: Any = getattr(image, "fp", None)
    if file is None:
        return None
    place = file.tell()
    file.seek(0)
    start = file.read(MAX_XMP)
    file.seek(place)
    _, found, rest = start.partition(b"\x21\xff\x0bXMP DataXMP")
    return rest.partition(b"\x01\xff\xfe\xfd")[0] if found else None


def _stored_orientation(image: Image.Image, said: int) -> int:
    """Return what the file says of a HEIC, which its reader turns upright when opening."""
    original = image.info.get("original_orientation")
    return original if isinstance(original, int) and 1 <= original <= 8 else said
