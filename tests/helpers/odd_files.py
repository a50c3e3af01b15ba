"""Files by hand: what no library would write."""

import struct
import zlib
from typing import Any

BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED, SIGNED, DOUBLE = 1, 2, 3, 4, 5, 7, 10, 12
Tags = dict[int, tuple[int, Any]]

_UNITS = {BYTE: "B", SHORT: "H", LONG: "I", RATIONAL: "II", UNDEFINED: "B", SIGNED: "ii", DOUBLE: "d"}


def values(kind: int, numbers: Any) -> tuple[int, bytes]:
    """Return how many values there are, and their bytes."""
    if kind == ASCII:
        text = (numbers if isinstance(numbers, bytes) else numbers.encode()) + b"\0"
        return len(text), text
    flat = [part for number in numbers for part in (number if isinstance(number, tuple) else (number,))]
    unit = _UNITS[kind]
    return len(numbers), struct.pack("<" + unit * len(numbers), *flat)


def tiff(main: Tags, below: dict[int, Tags] | None = None, *, after: list[Tags] | None = None) -> bytes:
    """Return a little-endian TIFF: a directory, those its tags point to, and those of further pages."""
    out = bytearray(b"II*\0" + struct.pack("<I", 8))
    pages = [main, *(after or [])]
    for number, page in enumerate(pages):
        start = len(out)
        tags = page | ({tag: (LONG, [0]) for tag in below or {}} if number == 0 else {})
        place = start + 2 + 12 * len(tags) + 4
        entries, tail = bytearray(), bytearray()
        for tag, (kind, numbers) in sorted(tags.items()):
            count, data = values(kind, numbers)
            if number == 0 and tag in (below or {}):
                sub = _directory((below or {})[tag], place + len(tail))
                data = struct.pack("<I", place + len(tail))
                tail += sub
            elif len(data) > 4:
                offset = place + len(tail)
                tail += data
                data = struct.pack("<I", offset)
            entries += struct.pack("<HHI4s", tag, kind, count, data.ljust(4, b"\0"))
        following = place + len(tail) if number + 1 < len(pages) else 0
        out += struct.pack("<H", len(tags)) + entries + struct.pack("<I", following) + tail
    return bytes(out)


def _directory(tags: Tags, start: int) -> bytes:
    place = start + 2 + 12 * len(tags) + 4
    entries, tail = bytearray(), bytearray()
    for tag, (kind, numbers) in sorted(tags.items()):
        count, data = values(kind, numbers)
        if len(data) > 4:
            offset = place + len(tail)
            tail += data
            data = struct.pack("<I", offset)
        entries += struct.pack("<HHI4s", tag, kind, count, data.ljust(4, b"\0"))
    return struct.pack("<H", len(tags)) + entries + bytes(4) + tail


def chunk(name: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def profile(primaries: tuple[tuple[float, float, float], ...], gamma: float) -> bytes:
    """Return an ICC profile by the XYZ of its red, green and blue (D50) and one gamma: version 2, display."""

    def xyz(three: tuple[float, ...]) -> bytes:
        return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(part * 65536) for part in three))

    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    text = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + bytes(78)
    return _icc(b"RGB ", [
        (b"desc", text), (b"wtpt", xyz((0.9642, 1.0, 0.8249))),
        (b"rXYZ", xyz(primaries[0])), (b"gXYZ", xyz(primaries[1])), (b"bXYZ", xyz(primaries[2])),
        (b"rTRC", curve), (b"gTRC", curve), (b"bTRC", curve),
    ])  # fmt: skip


def grey_profile(gamma: float) -> bytes:
    """Return an ICC profile for greys."""
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    white = b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(part * 65536) for part in (0.9642, 1.0, 0.8249)))
    text = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + bytes(78)
    return _icc(b"GRAY", [(b"desc", text), (b"wtpt", white), (b"kTRC", curve)])


def cmyk_profile() -> bytes:
    """Return an ICC profile of inks that takes all of any ink but black for white, and black for black.

    A table of two points an ink (lut8): 16 corners to Lab.
    """
    identity = struct.pack(">9i", *(65536 if number % 4 == 0 else 0 for number in range(9)))
    linear = bytes(range(256))
    corners = b"".join(bytes((0 if black else 255, 128, 128)) for _ in range(8) for black in (0, 1))
    table = b"mft1\0\0\0\0" + bytes((4, 3, 2, 0)) + identity + linear * 4 + corners + linear * 3
    text = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + bytes(78)
    white = b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(part * 65536) for part in (0.9642, 1.0, 0.8249)))
    return _icc(b"CMYK", [(b"desc", text), (b"wtpt", white), (b"A2B0", table)], device=b"prtr", pcs=b"Lab ")


def _icc(
    space: bytes, tags: list[tuple[bytes, bytes]], device: bytes = b"mntr", pcs: bytes = b"XYZ "
) -> bytes:
    place = 128 + 4 + 12 * len(tags)
    table, body = struct.pack(">I", len(tags)), b""
    for name, data in tags:
        table += name + struct.pack(">II", place + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    head = bytearray(128)
    struct.pack_into(">I", head, 0, place + len(body))
    head[8:12] = b"\x02\x10\0\0"
    head[12:24] = device + space + pcs
    head[36:40] = b"acsp"
    struct.pack_into(">3i", head, 68, 63190, 65536, 54061)
    return bytes(head) + table + body


SRGB = ((0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7139))
"""XYZ (D50) of the primaries of sRGB."""
ADOBE = ((0.6097, 0.3111, 0.0195), (0.2053, 0.6257, 0.0609), (0.1492, 0.0632, 0.7446))
"""Those of Adobe RGB (1998)."""
P3 = ((0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841))
"""Those of Display P3."""
