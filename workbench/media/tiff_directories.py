"""The directories of a TIFF, or of an EXIF block, read from its bytes without decoding anything."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from workbench.media.limits import MAX_PAGES, MAX_TAGS, check_metadata

_TAGS_OF_A_PAGE = 64  # at most, on average: a scanner writes some 15
_THUMBNAIL = 256  # pixels of the longer side
_LAYERS = 37724  # Photoshop's layers in a TIFF are no metadata: they may be as large as the picture
_OFFSETS = frozenset({273, 279, 288, 289, 324, 325, 519, 520, 521})  # where strips and tiles lie
_SIZES = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    17: 8,
    18: 8,
}
_INTEGERS = {3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
_POINTERS = frozenset({330, 34665, 34853})  # to sub-images, EXIF and GPS
_DNG = 50706  # DNGVersion
_SENSOR_TAGS = frozenset({33421, 33422})  # CFARepeatPatternDim, CFAPattern
_RAW_COLOURS = frozenset({32803, 34892})  # a colour filter array, linear raw


@dataclass(frozen=True, slots=True)
class Directory:
    """One directory of a TIFF: the first number of each tag, those it points to, bytes and number of tags.

    ``place``: where it begins, ``end``: where it says what comes ``after`` it; bytes from the start.
    """

    first: dict[int, int]
    subs: tuple[int, ...]
    size: int
    entries: int
    after: int
    place: int
    end: int

    @property
    def pixels(self) -> int:
        """Its pixels, 0 where it does not say."""
        return self.first.get(256, 0) * self.first.get(257, 0)

    @property
    def preview(self) -> bool:
        """Whether it says of itself that it is a smaller version of another page."""
        return bool(self.first.get(254, 0) & 5) or self.first.get(255) == 2

    @property
    def sensor(self) -> bool:
        """Whether it holds what a sensor saw: each pixel through a filter, or linear light."""
        return bool(self.first.keys() & _SENSOR_TAGS) or self.first.get(262) in _RAW_COLOURS

    @property
    def raw(self) -> bool:
        """Whether it belongs to a raw photo, or to a picture that was made of one and kept as DNG."""
        return self.sensor or _DNG in self.first


def directories(data: bytes, most_tags: int = MAX_TAGS) -> Iterator[tuple[int, Directory]]:
    """Yield the directories of a TIFF: 0 and each of its chain, 1 and each that lies below one of these.

    Raises LimitError for more tags in all, and struct.error where the file ends in its first bytes.
    """
    order = "<" if data[:2] == b"II" else ">"
    big = data[2:4] in (b"+\0", b"\0+")
    place = struct.unpack_from(order + ("Q" if big else "I"), data, 8 if big else 4)[0]
    waiting, seen, entries = [(0, place)], {0}, 0
    while waiting and len(seen) < MAX_PAGES:
        depth, place = waiting.pop()
        if place in seen:
            continue
        seen.add(place)
        try:
            ifd = _directory(data, place, order, big=big)
        except struct.error:
            continue
        entries += ifd.entries
        check_metadata("tags", 0, entries, most_tags)
        yield depth, ifd
        if depth == 0:
            waiting.append((0, ifd.after))
            waiting.extend((1, sub) for sub in ifd.subs)


def pages(data: bytes) -> list[Directory]:
    """Return the pages of a TIFF: what is no preview of another. Raises as `directories`."""
    chain = [ifd for depth, ifd in directories(data, MAX_PAGES * _TAGS_OF_A_PAGE) if depth == 0]
    return [ifd for ifd in chain if not (ifd.preview or _is_thumbnail(ifd, chain[0]))]


def _is_thumbnail(ifd: Directory, first: Directory) -> bool:
    """Tell what old cameras put behind a photo without saying that it is smaller."""
    longest = max(ifd.first.get(256, 0), ifd.first.get(257, 0))
    return longest <= _THUMBNAIL and 4 * ifd.pixels < first.pixels


def one_page(data: bytes, page: Directory) -> bytes:
    """Return a TIFF with only that page: the same bytes but for where it begins and that nothing follows."""
    order = "<" if data[:2] == b"II" else ">"
    big = data[2:4] in (b"+\0", b"\0+")
    copy = bytearray(data)
    struct.pack_into(order + ("Q" if big else "I"), copy, 8 if big else 4, page.place)
    if page.end + 8 <= len(copy):
        struct.pack_into(order + ("Q" if big else "I"), copy, page.end, 0)
    return bytes(copy)


def _directory(data: bytes, place: int, order: str, *, big: bool) -> Directory:
    count = struct.unpack_from(order + ("Q" if big else "H"), data, place)[0]
    entry = struct.Struct(order + ("HHQ8s" if big else "HHI4s"))
    start_at, place = place, place + (8 if big else 2)
    first: dict[int, int] = {}
    subs: tuple[int, ...] = ()
    total = 0
    there = min(count, max(0, len(data) - place) // entry.size)  # a broken count may say anything
    for number in range(min(there, MAX_TAGS)):
        tag, kind, values, held = entry.unpack_from(data, place + number * entry.size)
        size = _SIZES.get(kind, 0) * values
        start = 0
        if size > len(held):
            start = struct.unpack(order + ("Q" if big else "I"), held)[0]
            if tag != _LAYERS and tag not in _OFFSETS:
                total += max(0, min(size, len(data) - start))
        source = data if size > len(held) else held
        numbers = _integers(source, start, order, kind, values if tag in _POINTERS else min(values, 1))
        first[tag] = numbers[0] if numbers else 0
        if tag in _POINTERS:
            subs += numbers
    end = place + count * entry.size
    following = data[end : end + (8 if big else 4)]
    after = struct.unpack(order + ("Q" if big else "I"), following)[0] if len(following) in (4, 8) else 0
    return Directory(first, subs, total, there, after, start_at, end)


def _integers(source: bytes, start: int, order: str, kind: int, values: int) -> tuple[int, ...]:
    """Return at most 64 whole numbers of a tag; none where they are of another kind or not in the file."""
    unit = _INTEGERS.get(kind)
    if unit is None:
        return ()
    values = max(0, min(values, 64, (len(source) - start) // _SIZES[kind]))
    return struct.unpack_from(f"{order}{values}{unit}", source, start)
