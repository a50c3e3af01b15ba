"""7z archives by py7zr: the directory is read, blocks of files are unpacked once from start to end."""

import contextlib
import struct
from collections.abc import Iterator
from typing import Any, BinaryIO

from workbench.errors import MissingPackageError, required_by
from workbench.media.archives.entries import (
    MAX_DICTIONARY,
    MAX_MEMBERS,
    MAX_RATIO,
    PIECE,
    RATIO_FROM,
    START,
    Entry,
    Peek,
    distinct,
    excess,
    go_on,
    pump,
    stamp,
    too_many,
    unreadable,
)
from workbench.media.archives.solid import Copy, Solid, start_of
from workbench.media.regular_files import ReadError

_EPOCH = 11_644_473_600  # seconds from 1601, where the times of 7z begin, to 1970
_MAX_HEADER = 64 * 2**20
_ENCRYPTED = "encrypted: unpack it with its password"


class SevenZipArchive:
    """An open 7z archive. Raises :class:`ReadError` for one that is damaged or encrypted as a whole.

    ``keep``: other members will be asked for, so what is passed in a block is kept.
    """

    def __init__(self, file: BinaryIO, peek: Peek, *, keep: bool = False) -> None:
        self.fault = ""
        self._file = file
        self._archive = _opened(file)
        self._files = [one for one in self._archive.files if not one.is_directory]
        self._numbers = {one.id: number for number, one in enumerate(self._files)}
        if len(self._files) > MAX_MEMBERS:
            self.fault, self._files = too_many(), self._files[:MAX_MEMBERS]
        self._blocks = _blocks(self._archive)
        self._faults = {id(block): _fault(block, packed) for block, _, packed in self._blocks}
        self._solid = Solid(self._passes, keep=keep)
        entries = [self._entry(one) for one in self._files]
        self.entries = distinct(self._with_starts(entries, peek))

    def copy(self, number: int, target: BinaryIO, most: int) -> None:
        """Write at most ``most`` bytes of an entry to ``target``; raises :class:`ReadError`."""
        if self._files[number].emptystream:
            return
        self._solid.copy(number, target, most)

    def close(self) -> None:
        """Close the archive and its spool."""
        self._solid.close()
        self._archive.close()
        self._file.close()

    def _entry(self, one: Any) -> Entry:
        name = str(one.filename).encode("utf-8", "surrogatepass")
        size, time = int(one.uncompressed or 0), one.lastwritetime
        seconds = int(time) // 10**7 - _EPOCH if time is not None else 0
        mtime_ns = stamp(min(max(seconds, -(2**33)), 2**33), int(one.crc32 or 0))
        if one.is_symlink or one.is_junction:
            return Entry(name, 0, mtime_ns, "link")
        if not one.is_file:
            return Entry(name, 0, mtime_ns, "special")
        fault = self._faults.get(id(one.folder), "") or excess(size, size)
        return Entry(name, size, mtime_ns, "file", b"", fault)

    def _with_starts(self, entries: list[Entry], peek: Peek) -> list[Entry]:
        """Fill in the first bytes where the name does not tell what a file is, in one pass."""
        wanted = {
            number
            for number, one in enumerate(entries)
            if one.kind == "file" and one.size and not one.fault and peek(one.name)
        }
        for number, copy in self._passes() if wanted else ():
            if number in wanted:
                start, fault = b"", ""
                try:
                    start = start_of(copy, START)
                except ReadError as error:
                    fault = str(error)
                one = entries[number]
                entries[number] = Entry(one.name, one.size, one.mtime_ns, one.kind, start, fault)
                wanted.discard(number)
            if not wanted:
                break
        return entries

    def _passes(self) -> Iterator[tuple[int, Copy]]:
        for block, place, packed in self._blocks:
            if self._faults[id(block)] or not block.files:
                continue
            block.decompressor = None
            reader = _Block(self._file, block, place, packed)
            for one in block.files:
                number = self._numbers.get(one.id)
                if number is not None and number < len(self._files):
                    yield number, reader.copy_of(one)
                reader.end_of(one)


class _Block:
    """A run of files that are compressed together: read once, from start to end."""

    def __init__(self, file: BinaryIO, block: Any, place: int, packed: int) -> None:
        self._file, self._block, self._place, self._packed = file, block, place, packed
        self._left: int | None = None  # of the file that is being read
        self._dead = ""
        self._decompressor: Any = None

    def copy_of(self, one: Any) -> Copy:
        def copy(target: BinaryIO, most: int) -> None:
            self._left = int(one.uncompressed)
            done, crc = pump(self._read, target, min(most, self._left))
            if done == one.uncompressed and one.crc32 is not None and crc != one.crc32:
                raise ReadError("damaged: its checksum is not that of its bytes")

        return copy

    def end_of(self, one: Any) -> None:
        """Pass over what was not read of a file; where that fails, those after it say so."""
        self._left = int(one.uncompressed) if self._left is None else self._left
        with contextlib.suppress(ReadError):
            while self._left > 0:
                self._read(min(PIECE, self._left))
        self._left = None

    def _read(self, size: int) -> bytes:
        """Return some of the next bytes, up to ``size`` of them; raises ReadError for a damaged block."""
        go_on()
        if self._dead:
            raise ReadError(self._dead)
        try:
            if self._decompressor is None:
                self._decompressor = self._block.get_decompressor(self._packed)
            self._file.seek(self._place)
            data, idle = b"", 0
            while not data:
                before = self._file.tell()
                data = bytes(self._decompressor.decompress(self._file, size))
                idle = 0 if data or self._file.tell() != before else idle + 1
                if idle > 1:
                    raise EOFError("cut off before its end")
            self._place = self._file.tell()
        except Exception as error:
            self._dead = str(unreadable("damaged or cut off", error))
            raise ReadError(self._dead) from error
        self._left = (self._left or 0) - len(data)
        return data


def _opened(file: BinaryIO) -> Any:
    file.seek(0)
    head = file.read(32)
    if len(head) == 32 and struct.unpack_from("<Q", head, 20)[0] > _MAX_HEADER:
        raise ReadError(f"its directory is larger than {_MAX_HEADER:,} bytes: unpack it")
    file.seek(0)
    try:
        with required_by("Opening 7z archives"):
            import py7zr
    except MissingPackageError as error:
        raise ReadError(str(error)) from error
    try:
        archive = py7zr.SevenZipFile(file)
        if not hasattr(archive, "header") or not hasattr(archive, "files"):
            raise ReadError("holds no files that can be listed")
        return archive
    except py7zr.PasswordRequired as error:
        raise ReadError(_ENCRYPTED) from error
    except ReadError:
        raise
    except Exception as error:  # of damaged headers anything comes
        raise unreadable("a damaged or cut off 7z archive", error) from error


def _blocks(archive: Any) -> list[tuple[Any, int, int]]:
    """Return each block with its place in the file and its packed size, in bytes."""
    streams = getattr(archive.header, "main_streams", None)
    if streams is None:
        return []
    positions, first, found = streams.packinfo.packpositions, 0, []
    for block in streams.unpackinfo.folders:
        count = max(1, len(getattr(block, "packed_indices", None) or [0]))
        begin, end = positions[first], positions[min(first + count, len(positions) - 1)]
        found.append((block, archive.afterheader + begin, end - begin))
        first += count
    return found


def _fault(block: Any, packed: int) -> str:
    """Say why nothing of a block is unpacked; "" for one that can be."""
    from py7zr.compressor import SupportedMethods

    if SupportedMethods.needs_password(block.coders):
        return _ENCRYPTED
    for coder in block.coders:
        if _memory(bytes(coder["method"]), coder.get("properties") or b"") > MAX_DICTIONARY:
            return f"asks for more than {MAX_DICTIONARY:,} bytes of memory: unpack it"
    size = sum(int(one.uncompressed) for one in block.files or ())
    if size > RATIO_FROM and size > MAX_RATIO * max(packed, 1):
        return f"unpacks to {size:,} bytes, over {MAX_RATIO} times its size: it may be a bomb"
    return ""


def _memory(method: bytes, properties: bytes) -> int:
    """Return the bytes of memory that a compression asks for by its properties."""
    if method == b"\x03\x01\x01" and len(properties) >= 5:
        return int(struct.unpack_from("<I", properties, 1)[0])
    if method == b"\x21" and properties:  # LZMA2
        bits = properties[0]
        return 2**32 if bits >= 40 else (2 | (bits & 1)) << (bits // 2 + 11)
    if method == b"\x03\x04\x01" and len(properties) >= 5:
        return int(struct.unpack_from("<I", properties, 1)[0])
    return 0
