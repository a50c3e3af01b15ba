"""The video that phones append to a still: motion photos of Google and of Samsung, in JPEG and in HEIC."""

import re
from collections.abc import Iterator

from workbench.media.iso_boxes import boxes, find

_TELLS = (b"MotionPhoto", b"MicroVideo", b"MotionPhoto_Data")
# The length of the video that ends the file: in the list of parts of newer files, a number of older ones.
_LENGTH = re.compile(rb"MicroVideoOffset\s*(?:=\s*[\"']|>)\s*(\d{1,12})")
_ITEM = re.compile(rb"<[^<>]*Item:Semantic\s*=\s*[\"']MotionPhoto[\"'][^<>]*>")
_ITEM_LENGTH = re.compile(rb"Item:Length\s*=\s*[\"'](\d{1,12})[\"']")
_PARTS = {b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"uuid", b"meta", b"moof", b"mfra", b"udta"}
_MOST_TRIES = 50  # places where a video may begin that are looked at


def embedded_video(data: bytes) -> tuple[int, int] | None:
    """Return where in a JPEG or HEIC its video (an MP4) lies: offset and length in bytes; None for none.

    Where the XMP states a length at which no video lies, as after a program has edited the file, it is
    looked for. Whether there is one is told by XMP (``MotionPhoto``, ``MicroVideo``), by the box ``mpvd`` or
    by the trailer of Samsung.
    """
    if data[4:8] == b"ftyp" and (box := find(data, b"mpvd")):
        return _video_at(data, box.start, box.end)
    if not any(tell in data for tell in _TELLS):
        return None
    places = (len(data) - length for length in _stated(data))
    return next(
        filter(None, (_video_at(data, place, len(data)) for place in (*places, *_begins(data)))), None
    )


def _begins(data: bytes) -> Iterator[int]:
    """Yield where the boxes of a video may begin, beyond the first one of a HEIC itself."""
    place = 16
    for _ in range(_MOST_TRIES):
        if (place := data.find(b"ftyp", place)) < 0:
            return
        yield place - 4
        place += 4


def _stated(data: bytes) -> list[int]:
    lengths = [int(found[1]) for found in _LENGTH.finditer(data)]
    items = (_ITEM_LENGTH.search(item[0]) for item in _ITEM.finditer(data))
    return [length for length in (*(int(item[1]) for item in items if item), *lengths) if length < len(data)]


def _video_at(data: bytes, start: int, end: int) -> tuple[int, int] | None:
    """Return offset and length of the boxes of a video from ``start``, where one begins there."""
    if data[start + 4 : start + 8] != b"ftyp" or start < 0:
        return None
    last, names = start, set[bytes]()
    for box in boxes(data, start, end):
        if box.name not in _PARTS:
            break
        last, names = box.end, names | {box.name}
    return (start, last - start) if b"moov" in names or b"moof" in names else None
