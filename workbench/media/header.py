"""What decoding a file would cost, told from its bytes without decoding: sizes, scans, metadata, pages.

Readers of images allocate what a header asks for before they look at the rest. So the headers of the formats
that may ask for much are read here first, bytes only, and what is too much is refused with the limit it hit.
"""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

from workbench.media.iso_boxes import boxes, find, jxl_size, stated_colours
from workbench.media.kinds import RAW_STARTS
from workbench.media.limits import MAX_SCANS, LimitError, check_metadata, check_size
from workbench.media.tiff_directories import Directory, directories

_SCAN_STARTS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # frame headers, of every process
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_MANY_MARKERS = 1_000  # of a JPEG without content: fill bytes are read one by one
_MANY_CHUNKS = 20_000  # of a PNG or WebP: a picture of 160 MB in pieces of 8 kB
_MANY_BLOCKS = 500  # extensions before the picture of a GIF; parts of an icon
_MUCH_METADATA = 4 * 2**20  # bytes: readers of JPEG join pieces again and again
_DEFLATED = (b"zTXt", b"iTXt", b"iCCP")
# Chunks that no pixel needs, and their least length: what is wrong in one loses no picture.
_LEAST = {
    **dict.fromkeys((b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME", b"bKGD", b"sBIT", b"hIST", b"sPLT"), 0),
    **{b"iCCP": 3, b"pHYs": 9, b"gAMA": 4, b"sRGB": 1, b"cHRM": 32},
}
_INFLATED = 2**20  # bytes of a compressed text or profile of a PNG that its reader takes
_UNTOLD = 16 * 2**20  # bytes of a file of whose inside nothing is known here
_LONE = frozenset({0x00, 0x01, 0xFF, *range(0xD0, 0xD8)})  # markers without a length, and none


@dataclass(slots=True)
class Header:
    """What a file asks for. ``width``, ``height``: pixels, 0 where not told before opening.

    ``whole``: all pixels are held in memory at once, draft mode or not. ``scans``: passes over the picture.
    ``members``: pixels of the largest picture inside (of an icon). ``slow``: decoded by Python code.
    ``drafts``: can be decoded at a fraction of its size. ``odd``: so many parts that reading them may take
    long, whatever the picture, or a format whose reader decodes all when it opens. ``raw``: a raw photo; its
    size here is that of its first preview, if any.
    ``colours``: the primaries and the transfer function by their numbers in ITU-T H.273, where stated.
    ``bits``: of a grey that a PNG says are significant, 0 where it does not.
    ``motion``: it may hold a video behind its picture.
    ``page``, ``pages``: which page of a TIFF to read, from 0, and how many there are. ``notes``: what is left
    out. ``unread``: from where to where chunks of a PNG lie whose metadata are broken, or too large inflated.
    """

    width: int = 0
    height: int = 0
    whole: bool = False
    scans: int = 1
    members: int = 0
    slow: bool = False
    drafts: bool = False
    odd: bool = False
    raw: bool = False
    colours: tuple[int, int] | None = None
    bits: int = 0
    motion: bool = False
    page: int = 0
    pages: int = 1
    notes: list[str] = field(default_factory=list)
    unread: list[tuple[int, int]] = field(default_factory=list)

    @property
    def held(self) -> int:
        """The pixels that are held in memory at once, as far as it is known before opening."""
        return self.members if self.drafts and not self.whole else self.pixels

    @property
    def pixels(self) -> int:
        """The pixels of the picture, or of the largest inside it."""
        return max(self.width * self.height, self.members)

    def readable(self, data: bytes) -> bytes:
        """Return the bytes of the file without those parts for which a reader would refuse the picture."""
        if not self.unread:
            return data
        starts = [0, *(end for _, end in self.unread)]
        ends = [*(start for start, _ in self.unread), len(data)]
        return b"".join(data[start:end] for start, end in zip(starts, ends, strict=True))


def read_header(data: bytes) -> Header:
    """Return what a file asks for; raises :class:`LimitError`. Unknown and broken files ask for nothing."""
    try:
        return _read(data)
    except (struct.error, IndexError):
        return Header()  # cut short: the reader of the format says what is wrong


def _read(data: bytes) -> Header:
    for start, reader in _READERS:
        if data.startswith(start):
            return reader(data)
    if data[4:12] == b"ftypcrx " or data[6:14] == b"HEAPCCDR":
        return _raw(data)
    if data[4:8] == b"ftyp":
        video = find(data, b"mpvd") is not None or data.endswith(b"SEFT")
        return Header(odd=len(data) > _UNTOLD, colours=stated_colours(data), motion=video)
    return Header(odd=len(data) > _UNTOLD)


def _jpeg(data: bytes) -> Header:
    """Walk the segments up to the first scan; count the scans where there may be several."""
    header = Header(drafts=True)
    place, size, blocks, components, progressive, lone = 2, 0, 0, 0, False, 0
    while lone < _MANY_MARKERS and 0 <= (place := data.find(b"\xff", place)) < len(data) - 3:
        marker = data[place + 1]
        if marker in _LONE:
            place += 1 if marker == 0xFF else 2
            lone += 1
            continue
        length = int.from_bytes(data[place + 2 : place + 4])
        if marker in _SCAN_STARTS:
            header.height, header.width, components = struct.unpack_from(">HHB", data, place + 5)
            progressive = marker in _PROGRESSIVE
        elif marker == 0xDA:
            header.whole = progressive or data[place + 4] < components
            header.scans = data.count(b"\xff\xda", place) if header.whole else 1
            if data.rfind(b"\xff\xd9", place) < 0:
                header.notes.append("truncated: the file ends too early, its last bytes are missing")
            break
        else:
            blocks += 1
            size += length
            check_metadata("segments", size, blocks)
            if marker == 0xE1:
                block = data[place + 4 : place + 2 + length]
                header.motion |= b"MotionPhoto" in block or b"MicroVideo" in block
                if block.startswith(b"Exif\0\0"):
                    check_exif(block[6:])
        place += 2 + length
    header.motion |= data.endswith(b"SEFT")  # the trailer of Samsung
    header.odd = lone == _MANY_MARKERS or size > _MUCH_METADATA
    if header.scans > MAX_SCANS:
        raise LimitError(
            f"too many scans: {header.scans:,} passes over the picture, the limit is {MAX_SCANS}"
        )
    return header


def _png(data: bytes) -> Header:
    header = Header(*struct.unpack_from(">II", data, 16))
    place, size, blocks, chunks, texts = 33, 0, 0, 0, 0
    while place < len(data) - 8:
        if (chunks := chunks + 1) > _MANY_CHUNKS:
            header.odd = True
            break
        length, name = struct.unpack_from(">I4s", data, place)
        if name == b"IEND":
            break
        if name not in (b"IDAT", b"fdAT", b"fcTL"):
            blocks += 1
            size += min(length, len(data) - place)
            check_metadata("chunks", size, blocks)
            if name == b"eXIf":
                check_exif(data[place + 8 : place + 8 + length])
            elif name == b"cICP" and length == 4:
                header.colours = (data[place + 8], data[place + 9])
            elif name == b"sBIT":
                header.bits = data[place + 8]
            inflated = _inflated(name, data[place + 8 : place + 8 + length]) if name in _DEFLATED else 0
            texts += min(inflated, _INFLATED)
            whole = inflated <= _INFLATED and texts <= _MUCH_METADATA
            if not whole or (name in _LEAST and not _is_good(data, place, length, _LEAST[name])):
                header.unread.append((place, place + 12 + length))
        place += 12 + length
    return header


def _is_good(data: bytes, place: int, length: int, least: int) -> bool:
    """Say whether a chunk has its length and its checksum: else its reader refuses the whole picture."""
    end = place + 8 + length
    return length >= least and zlib.crc32(data[place + 4 : end]) == int.from_bytes(data[end : end + 4])


def _inflated(name: bytes, chunk: bytes) -> int:
    """Return the bytes that a compressed chunk inflates to; more than are read where that is not known."""
    rest = chunk.partition(b"\0")[2]
    if name == b"iTXt":
        if rest[:1] != b"\1":
            return 0
        rest = rest[2:].partition(b"\0")[2].partition(b"\0")[2]
    else:
        if rest[:1] not in (b"", b"\0"):
            return _INFLATED + 1  # compressed in a way that nobody knows
        rest = rest[1:]
    try:
        return len(zlib.decompressobj().decompress(rest, _INFLATED + 1))
    except zlib.error:
        return 0


def _gif(data: bytes) -> Header:
    """Count what comes before the first picture: extensions, each of pieces of at most 255 bytes."""
    header = Header(*struct.unpack_from("<HH", data, 6))
    colours = 3 << (data[10] & 7) + 1 if data[10] & 0x80 else 0
    place, end, blocks = 13 + colours, len(data) - 2, 0
    while place < end and data[place] == 0x21 and not header.odd:
        place += 2
        while place < end and data[place] and not header.odd:
            place, blocks = place + 1 + data[place], blocks + 1
            header.odd = blocks > _MANY_BLOCKS
        place, blocks = place + 1, blocks + 1
    return header


def _slow(_: bytes) -> Header:
    return Header(slow=True)


def _bitmap(data: bytes) -> Header:
    """Tell run lengths, which Python code decodes."""
    return Header(slow=data[30:34] in (b"\1\0\0\0", b"\2\0\0\0"))


def _webp(data: bytes) -> Header:
    if data[8:12] != b"WEBP":
        return Header()
    header, place, size, blocks, chunks = Header(), 12, 0, 0, 0
    while place < len(data) - 8:
        if (chunks := chunks + 1) > _MANY_CHUNKS:
            header.odd = True
            break
        name, length = struct.unpack_from("<4sI", data, place)
        start = data[place + 8 : place + 18]
        if name == b"VP8X":
            header.width, header.height = _int24(start, 4) + 1, _int24(start, 7) + 1
        elif name == b"VP8L" and not header.width:
            bits = int.from_bytes(start[1:5], "little")
            header.width, header.height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        elif name == b"VP8 " and not header.width:
            header.width, header.height = (side & 0x3FFF for side in struct.unpack_from("<HH", start, 6))
        elif name not in (b"ANMF", b"ALPH", b"VP8 ", b"VP8L"):
            blocks += 1
            size += min(length, len(data) - place)
            check_metadata("chunks", size, blocks)
            if name == b"EXIF":
                check_exif(data[place + 8 : place + 8 + length])
        place += 8 + length + length % 2
    return header


def _int24(data: bytes, place: int) -> int:
    return int.from_bytes(data[place : place + 3], "little")


def _ico(data: bytes) -> Header:
    """Tell the pixels of the largest picture in an icon, not what its directory says of them."""
    count = int.from_bytes(data[4:6], "little")
    places = (struct.unpack_from("<I", data, 6 + 16 * number + 12)[0] for number in range(count))
    return Header(members=max((_png_pixels(data, place) for place in places), default=0))


def _icns(data: bytes) -> Header:
    place, most, blocks = 8, 0, 0
    while place < len(data) - 8 and blocks <= _MANY_BLOCKS:
        blocks += 1
        length = max(8, int.from_bytes(data[place + 4 : place + 8]))
        most = max(most, _png_pixels(data, place + 8), _jpeg2000_pixels(data[place + 8 : place + 200]))
        place += length
    return Header(members=most, odd=blocks > _MANY_BLOCKS)


def _png_pixels(data: bytes, place: int) -> int:
    if data[place : place + 8] != b"\x89PNG\r\n\x1a\n":
        return 0
    width, height = struct.unpack_from(">II", data, place + 16)
    check_size(width, height, width * height)
    return int(width * height)


def _jpeg2000_pixels(start: bytes) -> int:
    """Return the pixels of a JPEG 2000 by its image header box or its SIZ segment."""
    if (box := start.find(b"ihdr")) >= 0:
        height, width = struct.unpack_from(">II", start, box + 4)
    elif start[:4] == b"\xff\x4f\xff\x51":
        right, bottom, left, top = struct.unpack_from(">IIII", start, 8)
        width, height = right - left, bottom - top
    else:
        return 0
    check_size(width, height, width * height)
    return int(width * height)


def check_exif(data: bytes) -> None:
    """Raise :class:`LimitError` where the tags of an EXIF block, which may overlap, add up to too much."""
    data = data.removeprefix(b"Exif\0\0")
    try:
        total = sum(ifd.size for _, ifd in directories(data))
    except (struct.error, IndexError):
        return
    check_metadata("tags", total, 0)


def _tiff(data: bytes) -> Header:
    """Find the page to read, and leave to LibRaw what would be a preview in the place of the picture."""
    chain: list[Directory] = []
    inner: list[Directory] = []
    total = 0
    for depth, ifd in directories(data):
        (chain if depth == 0 else inner).append(ifd)
        total += ifd.size
    check_metadata("tags", total, 0)
    if not chain:
        return Header()
    if _is_raw(data, chain, inner):
        size = (0, 0) if chain[0].sensor else (chain[0].first.get(256, 0), chain[0].first.get(257, 0))
        return Header(*size, raw=True, odd=True)
    pages = [ifd for ifd in chain if not ifd.preview] or chain[:1]
    page = pages[0]
    header = Header(page.first.get(256, 0), page.first.get(257, 0), page=chain.index(page), pages=len(pages))
    tile = page.first.get(322, 0) * page.first.get(323, 0)
    check_size(page.first.get(322, 0), page.first.get(323, 0), tile)
    header.members = tile
    if len(pages) > 1:
        header.notes.append(f"{len(pages):,} pages; page 1 is used")
    return header


def _is_raw(data: bytes, chain: list[Directory], inner: list[Directory]) -> bool:
    """Tell a raw photo: by what its directories hold, or because all that Pillow would read is a preview."""
    if data[8:10] == b"CR" or any(ifd.sensor for ifd in (*chain, *inner)):
        return True
    if not all(ifd.preview for ifd in chain):
        return False
    largest = max((ifd.pixels for ifd in inner), default=0)
    lost = largest == 0 and 330 in chain[0].first  # its sub-images lie beyond the end
    return lost or largest > chain[0].pixels or any(ifd.raw for ifd in (*chain, *inner))


def _jxl(data: bytes) -> Header:
    """Have it decoded elsewhere: its reader decodes all when it opens, and frames may be larger than said."""
    packed = any(box.name == b"brob" and data[box.start : box.start + 4] == b"Exif" for box in boxes(data))
    notes = ["its EXIF is compressed by Brotli, which is not read"] if packed else []
    return Header(*jxl_size(data), odd=True, notes=notes)


def _raw(_: bytes) -> Header:
    return Header(raw=True, odd=True)


_READERS: tuple[tuple[bytes, Callable[[bytes], Header]], ...] = (
    (b"\xff\xd8\xff", _jpeg),
    (b"\x89PNG\r\n\x1a\n", _png),
    *((start, _tiff) for start in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")),
    (b"RIFF", _webp),
    (b"GIF8", _gif),
    (b"\0\0\1\0", _ico),
    (b"icns", _icns),
    (b"BM", _bitmap),
    *((start, _slow) for start in (b"qoif", b"DDS ", b"P1", b"P2", b"P3")),
    *((start, _jxl) for start in (b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n")),
    *((start, _raw) for start in RAW_STARTS),
)
