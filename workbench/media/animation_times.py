"""How long an animated GIF, PNG, WebP or AVIF lasts: only its blocks are walked over, nothing is decoded."""

from contextlib import suppress

from workbench.media.iso_boxes import find

_SHORTEST, _USUAL = 10, 100  # milliseconds: a frame that asks for no more is shown so long, as browsers do
_MOST_BRANDS = 64  # bytes of the first box of an AVIF in which its brands are looked for


def seconds(data: bytes) -> float:
    """Return how long an animation lasts as the file says, in seconds, once through; 0 for anything else."""
    with suppress(IndexError):
        if data[:4] == b"GIF8":
            return _gif(data)
        if data[:8] == b"\x89PNG\r\n\x1a\n":
            return _png(data) if b"acTL" in data[:4096] else 0.0
        if is_webp(data):
            return _webp(data)
        if is_avif_sequence(data):
            return _avif(data)
    return 0.0


def is_webp(start: bytes) -> bool:
    """Tell a WebP from its first 32 bytes."""
    return start[:4] == b"RIFF" and start[8:12] == b"WEBP"


def is_avif_sequence(start: bytes) -> bool:
    """Tell an AVIF of many pictures from its first 32 bytes, by its brands (AV1 Image File Format, 6.3)."""
    end = min(int.from_bytes(start[:4]), _MOST_BRANDS)
    return start[4:8] == b"ftyp" and b"avis" in {start[at : at + 4] for at in (8, *range(16, end, 4))}


def _gif(data: bytes) -> float:
    """Add the delays before its pictures (GIF89a)."""
    at = 13 + (3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0)
    hundredths = pictures = 0
    while data[at] != 0x3B:
        if data[at] == 0x21:
            if data[at + 1] == 0xF9:
                hundredths += max(2, int.from_bytes(data[at + 4 : at + 6], "little"))
            at += 2
        elif data[at] == 0x2C:
            pictures += 1
            at += 11 + (3 << (data[at + 9] & 7) + 1 if data[at + 9] & 0x80 else 0)
        else:
            break
        while data[at]:
            at += data[at] + 1
        at += 1
    return hundredths / 100 if pictures > 1 else 0.0


def _png(data: bytes) -> float:
    """Add the delays of its fcTL chunks."""
    at, total = 8, 0.0
    while at + 8 <= len(data):
        length, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if name == b"fcTL" and length >= 26:
            delay, unit = (int.from_bytes(data[at + 8 + i : at + 10 + i], "big") for i in (20, 22))
            total += delay / (unit or 100)
        at += 12 + length
    return total


def _webp(data: bytes) -> float:
    """Add the durations of its ANMF chunks."""
    at, milliseconds, pictures = 12, 0, 0
    while at + 8 <= len(data):
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        if data[at : at + 4] == b"ANMF" and length >= 16:
            shown = int.from_bytes(data[at + 20 : at + 23], "little")
            milliseconds += shown if shown > _SHORTEST else _USUAL
            pictures += 1
        at += 8 + length + length % 2
    return milliseconds / 1000 if pictures > 1 else 0.0


def _avif(data: bytes) -> float:
    """Return the duration of its first track: that of the whole file counts how often it is repeated."""
    if (box := find(data, b"moov", b"trak", b"mdia", b"mdhd")) is None:
        return 0.0
    at, wide = box.start + (20 if data[box.start] else 12), 8 if data[box.start] else 4
    unit = int.from_bytes(data[at : at + 4])
    return int.from_bytes(data[at + 4 : at + 4 + wide]) / unit if unit else 0.0
