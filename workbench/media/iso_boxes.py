"""Boxes of ISO base media files (ISO/IEC 14496-12): HEIC, AVIF, CR3, JPEG XL and MP4 are made of them."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

_MOST = 10_000  # boxes looked at in one walk
_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))  # of the sides of a JPEG XL


class Box(NamedTuple):
    """A box: its four letters, and where in the data its content starts and ends."""

    name: bytes
    start: int
    end: int


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """Yield the boxes that lie one after another from ``start`` to ``end``; ends where they are broken.

    The last one may be cut short by the end of the data.
    """
    end = len(data) if end is None else min(end, len(data))
    for _ in range(_MOST):
        if start + 8 > end:
            return
        length, name, head = int.from_bytes(data[start : start + 4]), data[start + 4 : start + 8], 8
        if length == 1:
            length, head = int.from_bytes(data[start + 8 : start + 16]), 16
        elif length == 0:
            length = end - start
        if length < head:
            return
        yield Box(name, start + head, min(start + length, end))
        start += length


def find(data: bytes, *names: bytes, start: int = 0, end: int | None = None) -> Box | None:
    """Return the first box by its path (``b"moov", b"trak"``), None where there is none.

    ``meta`` is known to begin with four bytes of version and flags, as ``iprp`` and others are not.
    """
    for box in boxes(data, start, end):
        if box.name == names[0]:
            if len(names) == 1:
                return box
            inner = box.start + (4 if box.name == b"meta" else 0)
            if found := find(data, *names[1:], start=inner, end=box.end):
                return found
    return None


def stated_colours(data: bytes) -> tuple[int, int] | None:
    """Return the primaries and the transfer function (ITU-T H.273) of the main picture of a HEIC or AVIF.

    None where it states none, or where the file is broken.
    """
    meta = find(data, b"meta")
    if meta is None:
        return None
    inner = Box(meta.name, meta.start + 4, meta.end)
    main, iprp = find(data, b"pitm", start=inner.start, end=inner.end), find(data, b"meta", b"iprp")
    if main is None or iprp is None:
        return None
    long = data[main.start] > 0
    item = int.from_bytes(data[main.start + 4 : main.start + (8 if long else 6)])
    places = _properties(data, iprp, item)
    container = find(data, b"ipco", start=iprp.start, end=iprp.end)
    for place, box in enumerate(boxes(data, container.start, container.end) if container else (), start=1):
        if place in places and box.name == b"colr" and data[box.start : box.start + 4] == b"nclx":
            primaries, transfer = struct.unpack_from(">HH", data, box.start + 4)
            return int(primaries), int(transfer)
    return None


def _properties(data: bytes, iprp: Box, item: int) -> set[int]:
    """Return the numbers, from 1, of the properties of an item (ISO/IEC 23008-12, 9.3)."""
    found: set[int] = set()
    for box in boxes(data, iprp.start, iprp.end):
        if box.name != b"ipma":
            continue
        wide_ids, wide = data[box.start] > 0, data[box.start + 3] & 1
        count, place = int.from_bytes(data[box.start + 4 : box.start + 8]), box.start + 8
        for _ in range(min(count, _MOST)):
            step = 4 if wide_ids else 2
            number = int.from_bytes(data[place : place + step])
            of_item = data[place + step : place + step + 1]
            place += step + 1
            size = 2 if wide else 1
            end = place + size * (of_item[0] if of_item else 0)
            if number == item:
                kept = (1 << 8 * size - 1) - 1  # the first bit says whether the property is essential
                found |= {int.from_bytes(data[at : at + size]) & kept for at in range(place, end, size)}
            place = end
    return found


def jxl_codestream(data: bytes) -> bytes:
    """Return the first bytes of the codestream of a JPEG XL, bare or in boxes (ISO/IEC 18181-2)."""
    if data[:2] == b"\xff\x0a":
        return data[:32]
    for box in boxes(data):
        if box.name in (b"jxlc", b"jxlp"):
            start = box.start + (4 if box.name == b"jxlp" else 0)
            return data[start : start + 32]
    return b""


def jxl_size(data: bytes) -> tuple[int, int]:
    """Return width and height of a JPEG XL as stored, in pixels (SizeHeader of ISO/IEC 18181-1), or 0, 0."""
    start = jxl_codestream(data)
    if start[:2] != b"\xff\x0a":
        return 0, 0
    bits, place = int.from_bytes(start[2:], "little"), 0

    def take(count: int) -> int:
        nonlocal place
        place += count
        return bits >> place - count & (1 << count) - 1

    def side() -> int:
        return 1 + take((9, 13, 18, 30)[take(2)])

    small = take(1)
    height = 8 * (1 + take(5)) if small else side()
    ratio = take(3)
    if ratio:
        above, below = _RATIOS[ratio - 1]
        return height * above // below, height
    return (8 * (1 + take(5)) if small else side()), height
