"""ZIP archives by the standard library: the directory is read, files are unpacked when asked for.

Office documents (docx, xlsx, pptx, odt), epub, apk and jar are ZIP archives too.
"""

import calendar
import io
import lzma
import stat
import struct
import threading
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast

from workbench.media.archives.entries import (
    MAX_MEMBERS,
    PIECE,
    START,
    Entry,
    Nowhere,
    Peek,
    distinct,
    excess,
    pump,
    stamp,
    too_many,
    unreadable,
)
from workbench.media.regular_files import ReadError

MAX_DIRECTORY = 64 * 2**20
"""Bytes of the directory of an archive: all of it is held in memory."""

_END, _END_64 = b"PK\5\6", b"PK\6\6"
_LOCAL, _CENTRAL = struct.Struct("<4s5H3I2H"), struct.Struct("<4s6H3I5H2I")
_FAILURES = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, RuntimeError,
    NotImplementedError, struct.error, LookupError, MemoryError,
)  # fmt: skip


class ZipArchive:
    """An open ZIP archive; threads may read from it at once.

    One whose directory is missing or damaged, as when a copy was cut short, is read file by file from its
    start, as far as that goes. Raises :class:`ReadError` where there is nothing.
    """

    def __init__(self, file: BinaryIO, peek: Peek) -> None:
        self.fault = ""
        self._lock = threading.Lock()
        self._file = file
        self._zip = self._opened(file)
        infos = [info for info in self._zip.infolist() if not info.is_dir()]
        if len(infos) > MAX_MEMBERS:
            self.fault, infos = too_many(), infos[:MAX_MEMBERS]
        overlapping = _overlapping(self._zip)
        self._infos = infos
        self.entries = distinct(
            [self._entry(number, peek, id(info) in overlapping) for number, info in enumerate(infos)]
        )

    def copy(self, number: int, target: BinaryIO, most: int) -> None:
        """Write at most ``most`` bytes of an entry to ``target``; raises :class:`ReadError`."""
        info = self._infos[number]
        bounded = info.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        try:
            with self._lock:
                source = self._zip.open(info)
            try:
                # Other methods unpack all that one reading of packed bytes gives.
                pump(source.read, target, most, PIECE if bounded else 4096)
            finally:
                with self._lock:
                    source.close()
        except _FAILURES as error:
            raise unreadable("cannot be unpacked", error) from error

    def close(self) -> None:
        """Close the archive."""
        self._zip.close()
        self._file.close()

    def _opened(self, file: BinaryIO) -> zipfile.ZipFile:
        size = _directory_size(file)
        if size > MAX_DIRECTORY:
            raise ReadError(f"its directory has {size:,} bytes, the limit is {MAX_DIRECTORY:,}: unpack it")
        try:
            return zipfile.ZipFile(file)
        except _FAILURES as error:
            tail, end = _directory_made_anew(file)
            if not tail:
                raise unreadable("a damaged ZIP archive", error) from error
            self.fault = "its directory is missing or damaged: it may be cut off; what is whole was read"
            return zipfile.ZipFile(cast(BinaryIO, _Tailed(file, end, tail)))

    def _entry(self, number: int, peek: Peek, overlaps: bool) -> Entry:
        info = self._infos[number]
        name = name_of(info)
        mtime_ns = stamp_of(info)
        mode = info.external_attr >> 16 if info.create_system == 3 else 0
        if stat.S_ISLNK(mode):
            return Entry(name, 0, mtime_ns, "link")
        if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
            return Entry(name, 0, mtime_ns, "special")
        fault = _fault(info, overlaps)
        start = Nowhere()
        if not fault and info.file_size and peek(name):
            try:
                self.copy(number, cast(BinaryIO, start), START)
            except ReadError as error:
                fault = str(error)
        return Entry(name, info.file_size, mtime_ns, "file", start.start, fault)


def _fault(info: zipfile.ZipInfo, overlaps: bool) -> str:
    if info.flag_bits & 0x1 or info.compress_type == 99:
        return "encrypted: unpack it with its password"
    if overlaps:
        return "shares its bytes with another file of the archive: it may be a ZIP bomb"
    return excess(info.file_size, info.compress_size)


def name_of(info: zipfile.ZipInfo) -> bytes:
    """Return the name of a file as bytes: UTF-8 where it is that by flag, by an extra field or by its bytes.

    Others are taken for code page 437, as the format says.
    """
    name = info.orig_filename
    if info.flag_bits & 0x800:
        return name.encode("utf-8", "surrogateescape")
    raw = name.encode("cp437", "replace")
    for kind, data in _extra(info.extra):
        if kind == 0x7075 and data[:1] == b"\1" and data[1:5] == struct.pack("<I", zlib.crc32(raw)):
            return data[5:]
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return name.encode("utf-8", "surrogateescape")
    return raw


def _extra(data: bytes) -> Iterator[tuple[int, bytes]]:
    while len(data) >= 4:
        kind, length = struct.unpack_from("<HH", data)
        yield kind, data[4 : 4 + length]
        data = data[4 + length :]


def stamp_of(info: zipfile.ZipInfo) -> int:
    """Return the time of a file in ns, that of its clock without a zone; see `entries.stamp`."""
    try:
        seconds = calendar.timegm((*info.date_time, 0, 0, 0))
    except (ValueError, OverflowError):
        seconds = 315_532_800  # 1980-01-01, the first day of the format
    return stamp(seconds, info.CRC)


def _overlapping(archive: zipfile.ZipFile) -> set[int]:
    """Return the ids of the entries whose bytes reach into those of the next or into the directory."""
    found, following = set(), archive.start_dir
    for info in sorted(archive.infolist(), key=lambda info: info.header_offset, reverse=True):
        if info.header_offset + _LOCAL.size + info.compress_size > following:
            found.add(id(info))
        following = info.header_offset
    return found


def _directory_size(file: BinaryIO) -> int:
    """Return how many bytes the directory has by its own account; 0 where that is not there."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - 65_557))
    tail = file.read(65_557)
    place = tail.rfind(_END)
    if place < 0 or len(tail) - place < 22:
        return 0
    told: int = struct.unpack_from("<I", tail, place + 12)[0]
    if told == 0xFFFF_FFFF and (place := tail.rfind(_END_64)) >= 0 and len(tail) - place >= 48:
        told = struct.unpack_from("<Q", tail, place + 40)[0]
    return told


# -- an archive without its directory -----------------------------------------------------------------------


def _directory_made_anew(file: BinaryIO) -> tuple[bytes, int]:
    """Return a directory for the files that are whole, and where they end; empty for none."""
    entries: list[bytes] = []
    place, size = 0, file.seek(0, io.SEEK_END)
    while len(entries) < MAX_MEMBERS and place + _LOCAL.size <= size:
        file.seek(place)
        head = _LOCAL.unpack(file.read(_LOCAL.size))
        magic, version, flags, method, time, date, crc, packed, unpacked, name_length, extra_length = head
        if magic != b"PK\3\4":
            break
        name = file.read(name_length)
        begin = place + _LOCAL.size + name_length + extra_length
        end = begin + packed
        if flags & 0x8:
            found = _measured(file, begin, method)
            if found is None:
                break
            crc, packed, unpacked, end = found
        if end > size or packed == 0xFFFF_FFFF:
            break
        entries.append(
            _CENTRAL.pack(
                b"PK\1\2", version & 0xFF, version, flags & ~0x8, method, time, date, crc, packed, unpacked,
                name_length, 0, 0, 0, 0, 0, place,
            ) + name
        )  # fmt: skip
        place = end
    directory, count = b"".join(entries), min(len(entries), 0xFFFF)
    if not directory:
        return b"", 0
    return directory + struct.pack("<4s4H2IH", _END, 0, 0, count, count, len(directory), place, 0), place


def _measured(file: BinaryIO, begin: int, method: int) -> tuple[int, int, int, int] | None:
    """Return CRC, packed and unpacked size of a file that tells them after its bytes, and where it ends."""
    if method != zipfile.ZIP_DEFLATED:
        return None
    file.seek(begin)
    inflate, crc, unpacked, packed = zlib.decompressobj(-15), 0, 0, 0
    try:
        while not inflate.eof:
            data = inflate.unconsumed_tail or file.read(PIECE)
            if not data:
                return None
            out = inflate.decompress(data, PIECE)
            crc, unpacked = zlib.crc32(out, crc), unpacked + len(out)
            if excess(unpacked, file.tell() - begin):
                return None
    except zlib.error:
        return None
    packed = file.tell() - begin - len(inflate.unused_data)
    file.seek(begin + packed)
    after = 16 if file.read(4) == b"PK\7\10" else 12
    return crc, packed, unpacked, begin + packed + after


class _Tailed(io.RawIOBase):
    """A file up to some place, and bytes of ours after that."""

    def __init__(self, file: BinaryIO, end: int, tail: bytes) -> None:
        super().__init__()
        self._file, self._end, self._tail, self._at = file, end, tail, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, place: int, whence: int = io.SEEK_SET) -> int:
        begin = (0, self._at, self._end + len(self._tail))[whence]
        self._at = max(0, begin + place)
        return self._at

    def read(self, size: int = -1) -> bytes:
        size = self._end + len(self._tail) - self._at if size < 0 else size
        data = b""
        if self._at < self._end:
            self._file.seek(self._at)
            data = self._file.read(min(size, self._end - self._at))
        if len(data) < size:
            begin = max(0, self._at + len(data) - self._end)
            data += self._tail[begin : begin + size - len(data)]
        self._at += len(data)
        return data
