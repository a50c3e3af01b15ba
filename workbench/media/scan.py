"""Walk a source: what is there, without opening images, following links once and never failing."""

import os
import stat
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

from workbench.errors import SourceError
from workbench.media.archives.listing import NOT_LISTED, REFUSED, Listed, Listings
from workbench.media.archives.opened import INSIDE
from workbench.media.exclude import Exclude
from workbench.media.kinds import IMAGE_SUFFIXES, REASONS, Kind, Skipped, classify, is_system, suffix
from workbench.media.read import ReadError, explain, read_start, storable_time

Links: TypeAlias = Literal["inside", "all", "none"]


def display(raw_path: bytes) -> str:
    """Return a path as text for people; bytes that are not UTF-8 become backslash escapes."""
    return raw_path.decode("utf-8", "backslashreplace")


def join(folder: bytes, name: bytes) -> bytes:
    """Join raw paths; the empty path is the source itself, an empty name gives a prefix of all below."""
    return os.path.join(folder, name)  # noqa: PTH118 - pathlib takes no bytes


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file of the source: path relative to it, size in bytes, time of change in ns, what it seems to be.

    ``mtime_ns``: from 1678 to 2262, what a table holds; times before and after are given as these.
    ``skipped``: for a file that is no image, what it is; ``reason`` says why it is not read, ``why`` where
    that differs from file to file. The path of a file in an archive is ``holiday.zip!/a/b.jpg``.
    """

    raw_path: bytes
    size: int
    mtime_ns: int
    kind: Kind
    skipped: Skipped = ""
    why: str = ""

    @property
    def reason(self) -> str:
        """Why the file is not read; empty for an image and an archive that was opened."""
        return self.why or REASONS[self.skipped]


@dataclass(frozen=True, slots=True)
class Problem:
    """A file or folder that failed in a step ("scan", "read", "decode", ...), with the reason.

    ``unknown``: what lies in it, a folder or an archive, could not be seen this time.
    """

    raw_path: bytes
    step: str
    reason: str
    unknown: bool = False


def scan(
    source: Path,
    *,
    skip: Iterable[Path] = (),
    links: Links = "inside",
    system: bool = False,
    exclude: Sequence[str] = (),
    archives: Listings | None = None,
) -> Iterator[FoundFile | Problem]:
    """Yield every file below ``source`` once per path, folders in the order of their names.

    All that is there is yielded: images, archives, files that are ``skipped`` (with what they are), and
    problems. ``skip`` names folders to leave out (the case, where it lies in the source). ``links``: whether
    links are followed that stay ``"inside"`` the source, ``"all"`` or ``"none"``; others are skipped. Each
    folder is entered once: real ones first, so that a link never hides the real path and a circle ends.
    ``system`` takes what systems leave, such as recycle bins and previews of other programs; else it is
    skipped. ``exclude``: patterns of names and paths whose files are skipped, see `Exclude`. ``archives``:
    what is known of archives, and takes what is listed anew; the files in each come after it. None leaves
    them closed.
    Raises :class:`SourceError` where the source itself cannot be listed; anything else is a :class:`Problem`.
    """
    _check_source(source)
    walk = _Walk(os.fsencode(source), links, system, Exclude(exclude), archives)
    entered = {_identity(os.fsencode(folder)) for folder in skip if folder.exists()}
    folders, linked = deque([(b"", _NOTHING)]), deque[tuple[bytes, FoundFile]]()
    while folders or linked:
        is_link = not folders
        folder, left_out = linked.popleft() if is_link else folders.popleft()
        try:
            identity = _identity(join(walk.root, folder))
            if identity in entered:
                if is_link:  # its files have their paths in the real folder
                    yield FoundFile(folder, 0, 0, "other", "link")
                continue
            entered.add(identity)
            with os.scandir(join(walk.root, folder)) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            yield Problem(folder, "scan", f"the folder cannot be listed: {explain(error)}", unknown=True)
            continue
        for entry in entries:
            raw_path = join(folder, entry.name)
            if entry.is_symlink() and not walk.follows(entry.path):
                yield FoundFile(raw_path, 0, 0, "other", "link")
                continue
            found = _look(entry, raw_path)
            if found is None:
                inner = left_out if left_out.skipped else walk.left_out(raw_path, folder=True)
                (linked if entry.is_symlink() else folders).append((raw_path, inner))
            else:
                yield from walk.judged(found, entry.path, left_out)


class _Walk:
    """What is followed and what is left out on the way through a source."""

    def __init__(
        self, root: bytes, links: Links, system: bool, exclude: Exclude, archives: Listings | None
    ) -> None:
        self.root, self._links, self._system = root, links, system
        self._exclude, self._archives = exclude, archives
        self._real_root = join(os.path.realpath(root), b"")

    def follows(self, link: bytes) -> bool:
        """Say whether a link is followed."""
        if self._links == "inside":
            return join(os.path.realpath(link), b"").startswith(self._real_root)
        return self._links == "all"

    def left_out(self, raw_path: bytes, *, folder: bool) -> "FoundFile":
        """Return why a path is left out for its name, as a file with that reason; else `_NOTHING`."""
        if pattern := self._exclude.matching(raw_path):
            return replace(_NOTHING, skipped="excluded", why=f"excluded by {pattern!r}")
        if not self._system and is_system(raw_path.rpartition(b"/")[2], folder=folder):
            return replace(_NOTHING, skipped="system")
        return _NOTHING

    def judged(
        self, found: FoundFile | Problem, path: bytes, left_out: FoundFile
    ) -> Iterator[FoundFile | Problem]:
        """Yield a file with what is to become of it, and what lies in it."""
        if isinstance(found, Problem):
            yield found
            return
        left_out = left_out if left_out.skipped else self.left_out(found.raw_path, folder=False)
        if left_out.skipped:
            yield replace(found, kind="other", skipped=left_out.skipped, why=left_out.why)
        elif found.kind != "archive":
            yield found
        elif self._archives is None:
            why = "an archive: ingest with archives=True to have its files read"
            yield replace(found, kind="other", skipped="archive", why=why)
        else:
            yield from self._inside(found, path, self._archives)

    def _inside(self, found: FoundFile, path: bytes, archives: Listings) -> Iterator[FoundFile | Problem]:
        """Yield an archive, or why not all of it is read, and the files in it."""
        if os.path.isdir(path + INSIDE[:1]):  # noqa: PTH112 - paths are bytes on purpose
            what = f"{NOT_LISTED}: a folder beside it is called like it, with a !"
            yield Problem(found.raw_path, "read", what)
            return
        *inside, whole = archives.get(found.raw_path, found.size, found.mtime_ns, path)
        if whole.state == "problem":
            yield Problem(found.raw_path, "read", whole.reason, unknown=whole.reason.startswith(REFUSED))
        else:
            yield found
        left_out: dict[bytes, FoundFile] = {}
        for one in inside:
            yield self._member(one, found.raw_path + INSIDE + one.name, left_out)

    def _member(self, one: Listed, raw_path: bytes, left_out: dict[bytes, FoundFile]) -> FoundFile | Problem:
        why = self._left_out_inside(raw_path, len(raw_path) - len(one.name), left_out)
        kind, skipped = classify(one.name, one.start)
        if why.skipped:
            return replace(why, raw_path=raw_path, size=one.size, mtime_ns=one.mtime_ns)
        if one.state == "problem":
            return Problem(raw_path, "read", one.reason)
        if one.state in {"link", "special"}:
            return FoundFile(raw_path, 0, one.mtime_ns, "other", "link" if one.state == "link" else "special")
        if one.state == "archive":
            kind, skipped = "archive", ""
        return FoundFile(raw_path, one.size, one.mtime_ns, kind, skipped)

    def _left_out_inside(self, raw_path: bytes, begin: int, known: dict[bytes, FoundFile]) -> FoundFile:
        """Return why a file in an archive is left out: for its own name, or a folder that it lies in."""
        place = raw_path.find(b"/", begin)
        while place >= 0:
            folder = raw_path[:place]
            if folder not in known:
                known[folder] = self.left_out(folder, folder=not folder.endswith(INSIDE[:1]))
            if known[folder].skipped:
                return known[folder]
            place = raw_path.find(b"/", place + 1)
        return self.left_out(raw_path, folder=False)


_NOTHING = FoundFile(b"", 0, 0, "other")


def _check_source(source: Path) -> None:
    try:
        with os.scandir(source):
            return
    except FileNotFoundError:
        what = f"The folder {source} does not exist."
    except NotADirectoryError:
        what = f"{source} is not a folder."
    except OSError as error:
        what = f"The folder {source} cannot be listed: {explain(error)}."
    raise SourceError(
        what, "Check the path, or that the disk is mounted, and name a folder that you can read."
    )


def _identity(folder: bytes) -> tuple[int, int]:
    info = os.stat(folder)  # noqa: PTH116 - paths are bytes on purpose
    return info.st_dev, info.st_ino


def _look(entry: os.DirEntry[bytes], raw_path: bytes) -> FoundFile | Problem | None:
    """Return what an entry is; None for a folder."""
    try:
        info = entry.stat()
    except FileNotFoundError:
        gone = "a link to a file that does not exist" if entry.is_symlink() else "vanished during the scan"
        return Problem(raw_path, "scan", gone)
    except OSError as error:
        return Problem(raw_path, "scan", explain(error))
    if stat.S_ISDIR(info.st_mode):
        return None
    mtime_ns = storable_time(info.st_mtime_ns)
    if not stat.S_ISREG(info.st_mode):
        image = suffix(raw_path) in IMAGE_SUFFIXES  # reading it says what it is
        return FoundFile(raw_path, 0, mtime_ns, "image" if image else "other", "" if image else "special")
    try:
        # A suffix is enough: opening each of a million photos costs time on a disk that turns.
        named = suffix(raw_path) in IMAGE_SUFFIXES
        start = b"" if named or not info.st_size else read_start(entry.path)
    except ReadError as error:
        return Problem(raw_path, "read", str(error), unknown=True)
    kind, skipped = classify(raw_path, start)
    return FoundFile(raw_path, info.st_size, mtime_ns, kind, skipped)
