"""What an archive is to us: entries with sizes, each copied out piece by piece, within limits."""

import threading
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import BinaryIO, Literal, Protocol, TypeAlias

from workbench.media.regular_files import ReadError, storable_time
from workbench.media.sandbox import StoppedError

MAX_MEMBER = 4 * 2**30
"""Bytes that one file of an archive may have unpacked."""
MAX_TOTAL = 256 * 2**30
"""Bytes that all files of an archive may have unpacked."""
MAX_MEMBERS = 200_000
"""Files of an archive, those of archives in it included."""
MAX_RATIO, RATIO_FROM = 250, 100 * 2**20
"""Times its packed size that something may be unpacked, where it unpacks to more than so many bytes."""
MAX_DEPTH = 2
"""An archive in an archive is opened, and no archive in that."""
MAX_DICTIONARY = 512 * 2**20
"""Bytes of memory that a compression may ask for."""
START = 32
"""First bytes that are looked at to tell what a file is."""
PIECE = 2**20

Peek: TypeAlias = Callable[[bytes], bool]
"""Whether the first bytes of a file of some name are needed to tell what it is."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in an archive: its name there, size unpacked (bytes), time of change (ns), first bytes.

    The name is data: it may be absolute or lead upwards, and is never a path on disk. ``mtime_ns`` is the
    time to the second; what is below a second marks the content, so that other bytes of the same size and
    time are told apart. ``fault`` says why the file cannot be read.
    """

    name: bytes
    size: int
    mtime_ns: int
    kind: Literal["file", "link", "special"] = "file"
    start: bytes = b""
    fault: str = ""


class Archive(Protocol):
    """An open archive. ``fault`` says why not all of it could be listed, "" where all was."""

    entries: list[Entry]
    fault: str

    def copy(self, number: int, target: BinaryIO, most: int) -> None:
        """Write at most ``most`` bytes of an entry to ``target``; raises :class:`ReadError`."""

    def close(self) -> None:
        """Close what the archive holds open."""


def stamp(seconds: float, mark: int) -> int:
    """Return a time in ns of which what is below a second is ``mark``, any whole number, cut short."""
    return storable_time(int(seconds) * 10**9) // 10**9 * 10**9 + mark % 10**9


def distinct(entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries with names that differ: "a.jpg", then "a (2).jpg", in their order."""
    given: set[bytes] = set()
    counts: dict[bytes, int] = {}
    found = []
    for entry in entries:
        name = entry.name
        while name in given:
            counts[entry.name] = counts.get(entry.name, 1) + 1
            folder, slash, file = entry.name.rpartition(b"/")
            stem, dot, end = file.rpartition(b".")
            stem, end = (stem, dot + end) if stem else (file, b"")
            name = folder + slash + stem + b" (%d)" % counts[entry.name] + end
        given.add(name)
        found.append(entry if name == entry.name else replace(entry, name=name))
    return found


def excess(size: int, packed: int) -> str:
    """Say why a file is not unpacked that would take too much; "" for one that does not."""
    if size > MAX_MEMBER:
        return f"too large: {size:,} bytes unpacked, the limit in an archive is {MAX_MEMBER:,}: unpack it"
    if size > RATIO_FROM and size > MAX_RATIO * max(packed, 1):
        return f"unpacks to {size:,} bytes, over {MAX_RATIO} times its size: it may be a ZIP bomb"
    return ""


_stops = 0
_asked = threading.local()


def stop() -> None:
    """End what other threads are unpacking at once: they get :class:`StoppedError`."""
    global _stops  # noqa: PLW0603 - one process has one set of threads that unpack
    _stops += 1


def begin() -> None:
    """Note that this thread begins to unpack now: a `stop` from now on ends it."""
    _asked.stops = _stops


def go_on() -> None:
    """Raise :class:`StoppedError` where a `stop` has come since this thread began to unpack."""
    if getattr(_asked, "stops", _stops) != _stops:
        raise StoppedError


def pump(read: Callable[[int], bytes], target: BinaryIO, most: int, piece: int = PIECE) -> tuple[int, int]:
    """Copy at most ``most`` bytes in pieces; return how many came and their CRC-32."""
    done, crc = 0, 0
    while done < most:
        go_on()
        data = read(min(piece, most - done))
        if not data:
            break
        target.write(data)
        crc = zlib.crc32(data, crc)
        done += len(data)
    return done, crc


class Nowhere:
    """A target that keeps only the first bytes."""

    def __init__(self) -> None:
        self.start = b""

    def write(self, data: bytes) -> int:
        """Take bytes."""
        if len(self.start) < START:
            self.start += data[: START - len(self.start)]
        return len(data)


def too_many() -> str:
    """Say that an archive holds more files than are taken."""
    return f"holds more than {MAX_MEMBERS:,} files, and the others are not read: unpack it"


def unreadable(what: str, error: Exception) -> ReadError:
    """Return the error for what a library says of damaged bytes."""
    said = str(error)[:200] or type(error).__name__
    return ReadError(f"{what}: {said}")
