"""TAR archives by the standard library, plain or compressed, and single files that are compressed."""

import bz2
import gzip
import importlib
import io
import lzma
import sys
import tarfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, cast

from workbench.media.archives.entries import (
    MAX_DICTIONARY,
    MAX_MEMBER,
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
from workbench.media.kinds import suffix
from workbench.media.regular_files import ReadError

_MOST_AT_ONCE = 16 * 2**20  # bytes that a header may ask for
_BLOCK = 512
_TAR_SUFFIXES = frozenset(b".tar .tgz .tbz .tbz2 .txz .tzst .cbt".split())
_FAILURES = (
    tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, ArithmeticError, LookupError,
    MemoryError,
)  # fmt: skip


def decompressed(file: BinaryIO, start: bytes) -> BinaryIO | None:
    """Return the bytes that a file holds compressed, by its first bytes; None for another file."""
    file.seek(0)
    if start.startswith(b"\x1f\x8b\x08"):
        return cast(BinaryIO, gzip.GzipFile(fileobj=file, mode="rb"))
    for magic, make in _DECOMPRESSORS.items():
        if start.startswith(magic):
            return cast(BinaryIO, io.BufferedReader(_Decompressed(file, make), PIECE))
    return None


def _zstd() -> Any:
    name = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
    return importlib.import_module(name).ZstdDecompressor()


_DECOMPRESSORS: dict[bytes, Callable[[], Any]] = {
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ\0": lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MAX_DICTIONARY),
    b"\x28\xb5\x2f\xfd": _zstd,
}


class _Decompressed(io.RawIOBase):
    """What one or more compressed streams in a file hold, with a bound on what is unpacked at once."""

    def __init__(self, file: BinaryIO, make: Callable[[], Any]) -> None:
        super().__init__()
        self._file, self._make, self._one, self._rest = file, make, make(), b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        data = self._read(len(view))
        view[: len(data)] = data
        return len(data)

    def _read(self, size: int) -> bytes:
        while True:
            if self._one.eof:
                self._rest = (self._one.unused_data or self._file.read(PIECE)).lstrip(b"\0")
                if not self._rest:
                    return b""
                self._one = self._make()
            packed, self._rest = self._rest, b""
            if not packed and self._one.needs_input:
                packed = self._file.read(65_536)
                if not packed:
                    raise EOFError("cut off before its end")
            data: bytes = self._one.decompress(packed, size)
            if data:
                return data


class _Stream:
    """What tarfile reads: forwards, with a step back within what was read last; no read is too large.

    ``packed()`` says how many packed bytes were used, so that a bomb is told by its ratio.
    """

    def __init__(self, file: BinaryIO, *, anywhere: bool, packed: Callable[[], int]) -> None:
        self._file, self._anywhere, self._packed = file, anywhere, packed
        self._at = self._end = 0
        self._last = b""

    def tell(self) -> int:
        return self._at

    def seek(self, place: int) -> int:
        if self._anywhere:
            self._file.seek(place)
            self._last, self._end = b"", place
        elif place < self._end - len(self._last):
            raise ReadError("cannot be read backwards")
        while place > self._end:
            if not self._next(min(PIECE, place - self._end)):
                break
        self._at = min(place, self._end)
        return self._at

    def read(self, size: int) -> bytes:
        if not 0 <= size <= _MOST_AT_ONCE:
            raise ReadError(f"a header asks for {size:,} bytes")
        back = self._end - self._at
        data = self._last[len(self._last) - back :][:size] if back else b""
        while len(data) < size:
            more = self._next(size - len(data))
            if not more:
                break
            data += more
        self._at += len(data)
        return data

    def _next(self, size: int) -> bytes:
        go_on()
        data = self._file.read(size)
        self._end += len(data)
        self._last = (self._last + data)[-2 * _BLOCK :]
        if self._end > RATIO_FROM and self._end > MAX_RATIO * max(self._packed(), 1):
            raise ReadError(f"unpacks to over {MAX_RATIO} times its size: it may be a bomb")
        return data


class TarArchive:
    """An open TAR archive, plain or compressed. Raises :class:`ReadError` for a file that is none.

    ``packed``: the first bytes of a compressed one. ``mark``: a number that changes with the archive.
    ``known``: its entries, where they were listed before. ``keep``: other members will be asked for, so what
    is passed in a compressed one is kept. Links and devices are listed and hold nothing; sparse files are
    whole when they are copied.
    """

    def __init__(
        self,
        file: BinaryIO,
        peek: Peek,
        *,
        packed: bytes = b"",
        mark: int = 0,
        known: list[Entry] | None = None,
        keep: bool = False,
    ) -> None:
        self.fault = ""
        self._file, self._start, self._mark = file, packed, mark
        self._size = file.seek(0, io.SEEK_END)
        self._solid = Solid(self._passes, keep=keep and bool(packed))
        self.entries = distinct(self._listed(peek)) if known is None else known

    def _listed(self, peek: Peek) -> list[Entry]:
        entries: list[Entry] = []
        try:
            for info, copy in self._members():
                if len(entries) == MAX_MEMBERS:
                    self.fault = too_many()
                    break
                entries.append(self._entry(info, copy, peek))
        except ReadError as error:
            if not entries:
                raise
            self.fault = str(error)
        return entries

    def copy(self, number: int, target: BinaryIO, most: int) -> None:
        """Write at most ``most`` bytes of an entry to ``target``; raises :class:`ReadError`."""
        self._solid.copy(number, target, most)

    def close(self) -> None:
        """Close the archive and its spool."""
        self._solid.close()
        self._file.close()

    def _members(self) -> Iterator[tuple[tarfile.TarInfo, Copy]]:
        """Yield each member but folders, from the first on; raises ReadError where the archive is damaged."""
        self._file.seek(0)
        inner = decompressed(self._file, self._start) if self._start else None
        stream = _Stream(inner or self._file, anywhere=inner is None, packed=self._used)
        try:
            tar = tarfile.TarFile(
                fileobj=cast(Any, stream), mode="r", encoding="utf-8", errors="surrogateescape"
            )
            while (info := tar.next()) is not None:
                tar.members.clear()  # type: ignore[attr-defined]  # else it grows with the archive
                if not info.isdir():
                    yield info, _copy_of(tar, info)
            stream.seek(tar.offset)  # type: ignore[attr-defined]
            if stream.read(_BLOCK) != bytes(_BLOCK):
                raise ReadError("ends without the mark of its end: it may be cut off or damaged")
        except _FAILURES as error:
            raise unreadable("a damaged or cut off TAR archive", error) from error

    def _used(self) -> int:
        return self._file.tell() if self._start else self._size

    def _passes(self) -> Iterator[tuple[int, Copy]]:
        return ((number, copy) for number, (_, copy) in enumerate(self._members()))

    def _entry(self, info: tarfile.TarInfo, copy: Copy, peek: Peek) -> Entry:
        name = info.name.encode("utf-8", "surrogateescape")
        # A TAR has no checksums of its files: where the archive has changed, all of them may have.
        mtime_ns = stamp(min(max(info.mtime, -(2**33)), 2**33), self._mark)
        if info.issym() or info.islnk():
            return Entry(name, 0, mtime_ns, "link")
        if not info.isreg():
            return Entry(name, 0, mtime_ns, "special")
        fault = excess(info.size, self._size) if info.size > self._size else excess(info.size, info.size)
        start = b"" if fault or not info.size or not peek(name) else start_of(copy, START)
        return Entry(name, info.size, mtime_ns, "file", start, fault)


def _copy_of(tar: tarfile.TarFile, info: tarfile.TarInfo) -> Copy:
    def copy(target: BinaryIO, most: int) -> None:
        try:
            source = tar.extractfile(info)
            if source is None:
                raise ReadError("holds no bytes")
            with source:
                done, _ = pump(source.read, target, min(most, info.size))
        except _FAILURES as error:
            raise unreadable("cannot be unpacked", error) from error
        if done < min(most, info.size):
            raise ReadError("cut off before its end")

    return copy


class PackedFile:
    """A single file in gzip, bzip2, xz or Zstandard: an archive of one entry, ``name``."""

    def __init__(self, file: BinaryIO, name: bytes, start: bytes) -> None:
        self.fault = ""
        self._file, self._start, size = file, start, 0
        packed = file.seek(0, io.SEEK_END)
        head, fault, crc = b"", "", 0
        try:
            stream = self._stream()
            while data := stream.read(PIECE):
                head, size, crc = head or data[:START], size + len(data), zlib.crc32(data, crc)
                if fault := excess(size, packed):
                    break
        except _FAILURES as error:
            fault = str(unreadable("damaged or cut off", error))
        self.entries = [Entry(name, size, stamp(0, crc), "file", head, fault)]

    def copy(self, number: int, target: BinaryIO, most: int) -> None:
        """Write at most ``most`` bytes of the file to ``target``; raises :class:`ReadError`."""
        try:
            pump(self._stream().read, target, min(most, MAX_MEMBER))
        except _FAILURES as error:
            raise unreadable("cannot be unpacked", error) from error

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _stream(self) -> BinaryIO:
        stream = decompressed(self._file, self._start)
        if stream is None:
            raise ReadError("is not compressed in a way that is known")
        return stream


def holds_tar(file: BinaryIO, start: bytes, name: bytes) -> bool:
    """Say whether a file, compressed or not, begins as a TAR archive does; an empty one says so by its name.

    Raises :class:`ReadError` where a compressed file does not give its first bytes.
    """
    file.seek(0)
    try:
        block = (decompressed(file, start) or file).read(_BLOCK)
    except _FAILURES as error:
        raise unreadable("damaged or cut off", error) from error
    if block == bytes(_BLOCK):
        return name.lower().removesuffix(suffix(name)).endswith(b".tar") or suffix(name) in _TAR_SUFFIXES
    return len(block) == _BLOCK and _is_header(block)


def _is_header(block: bytes) -> bool:
    try:
        tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except tarfile.TarError:
        return False
    return True
