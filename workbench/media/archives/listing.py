"""List an archive once, and the archives in it: what each file is called, how large and how old it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from workbench.media.archives.entries import (
    MAX_DEPTH,
    MAX_MEMBERS,
    MAX_TOTAL,
    Archive,
    Entry,
    begin,
    too_many,
)
from workbench.media.archives.opened import INSIDE, open_at, open_nested
from workbench.media.kinds import IMAGE_SUFFIXES, classify, suffix
from workbench.media.regular_files import ReadError

VERSION = 1
"""Of what a listing says: another number, and archives are listed anew."""

State: TypeAlias = Literal["file", "archive", "link", "special", "problem"]


@dataclass(frozen=True, slots=True)
class Listed:
    """A file in an archive: name below it, size (bytes), time (ns, see `Entry`), what it is, first bytes.

    ``reason``: of a problem. The archive itself is the one with an empty name, which says what was wrong
    with the archive as a whole.
    """

    name: bytes
    size: int
    mtime_ns: int
    state: State
    start: bytes = b""
    reason: str = ""


Listing: TypeAlias = list[Listed]


@dataclass
class Listings:
    """Listings of the archives of a source, by raw path, size (bytes) and time of change (ns).

    ``known``: those of before. ``now``: those that were asked for, listed anew where they were not known.
    """

    known: Mapping[tuple[bytes, int, int], Listing] = field(default_factory=dict)
    now: dict[tuple[bytes, int, int], Listing] = field(default_factory=dict)

    def get(self, raw_path: bytes, size: int, mtime_ns: int, path: bytes) -> Listing:
        """Return the listing of an archive at ``path``; one that cannot be read has the reason in it.

        Such a one is listed again each time.
        """
        key = (raw_path, size, mtime_ns)
        listing = self.now.get(key) or self.known.get(key)
        if listing is None:
            try:
                listing = list_archive(path, size)
            except ReadError as error:
                refused = isinstance(error.__cause__, OSError)
                what = REFUSED if refused else NOT_LISTED
                return [Listed(b"", size, mtime_ns, "problem", reason=f"{what}: {error}")]
        self.now[key] = listing
        return listing


NOT_LISTED = "the archive cannot be opened"
REFUSED = "the archive cannot be read"
"""How the reason begins where the system refused it, and where the archive is none that can be listed."""


def needs_start(name: bytes) -> bool:
    """Say whether the first bytes of a file are needed to tell what it is."""
    return suffix(name) not in IMAGE_SUFFIXES


def list_archive(path: bytes, size: int) -> Listing:
    """Return what lies in the archive at a path on disk; raises :class:`ReadError` for one without a list."""
    begin()
    archive = open_at(path, needs_start, anew=True)
    try:
        found = list(_Lister().all_of(archive, b"", 1))
    finally:
        archive.close()
    return [*found, Listed(b"", size, 0, "problem" if archive.fault else "archive", reason=archive.fault)]


class _Lister:
    """Goes through an archive and those in it, within limits for all of them together."""

    def __init__(self) -> None:
        self._count = self._bytes = 0

    def all_of(self, archive: Archive, prefix: bytes, depth: int) -> Iterator[Listed]:
        names = {entry.name for entry in archive.entries}
        folders = {name[: end + 2] for name in names for end in _ends(name)}
        for number, entry in enumerate(archive.entries):
            self._count += 1
            self._bytes += entry.size
            if full := self._full():
                archive.fault = archive.fault or full
                return
            nested = self._is_archive(entry)
            if not nested:
                yield _listed(entry, prefix)
            elif depth == MAX_DEPTH:
                what = "an archive in an archive in an archive: unpack it to have its files read"
                yield _problem(entry, prefix, what)
            elif entry.name + INSIDE in folders:
                yield _problem(entry, prefix, "not opened: a folder beside it is called like it, with a !")
            else:
                yield from self._nested(archive, number, prefix, depth)

    def _full(self) -> str:
        if self._count > MAX_MEMBERS:
            return too_many()
        if self._bytes > MAX_TOTAL:
            return f"unpacks to more than {MAX_TOTAL:,} bytes, and what is beyond is not read: unpack it"
        return ""

    def _is_archive(self, entry: Entry) -> bool:
        if entry.kind != "file" or entry.fault:
            return False
        return classify(entry.name, entry.start)[0] == "archive"

    def _nested(self, archive: Archive, number: int, prefix: bytes, depth: int) -> Iterator[Listed]:
        entry = archive.entries[number]
        try:
            inner = open_nested(archive, number, needs_start)
        except ReadError as error:
            yield _problem(entry, prefix, f"{NOT_LISTED}: {error}")
            return
        try:
            yield from self.all_of(inner, prefix + entry.name + INSIDE, depth + 1)
        finally:
            inner.close()
        if inner.fault:
            yield _problem(entry, prefix, inner.fault)
        else:
            yield Listed(prefix + entry.name, entry.size, entry.mtime_ns, "archive")


def _listed(entry: Entry, prefix: bytes) -> Listed:
    if entry.fault:
        return _problem(entry, prefix, entry.fault)
    return Listed(prefix + entry.name, entry.size, entry.mtime_ns, entry.kind, entry.start)


def _problem(entry: Entry, prefix: bytes, reason: str) -> Listed:
    return Listed(prefix + entry.name, entry.size, entry.mtime_ns, "problem", reason=reason)


def _ends(name: bytes) -> Iterator[int]:
    place = name.find(INSIDE)
    while place >= 0:
        yield place
        place = name.find(INSIDE, place + 1)
