"""Walk a source: what is there, without opening images, following links once and never failing."""

import os
import stat
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

from workbench.errors import SourceError
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
    ``skipped``: for a file that is no image, what it is; ``reason`` says why it is not read.
    """

    raw_path: bytes
    size: int
    mtime_ns: int
    kind: Kind
    skipped: Skipped = ""

    @property
    def reason(self) -> str:
        """Why the file is not read; empty for an image."""
        return REASONS[self.skipped]


@dataclass(frozen=True, slots=True)
class Problem:
    """A file or folder that failed in a step ("scan", "read", "decode", ...), with the reason."""

    raw_path: bytes
    step: str
    reason: str


def scan(
    source: Path, *, skip: Iterable[Path] = (), links: Links = "inside", system: bool = False
) -> Iterator[FoundFile | Problem]:
    """Yield every file below ``source`` once per path, folders in the order of their names.

    All that is there is yielded: images, files that are ``skipped`` (with what they are), and problems.
    ``skip`` names folders to leave out (the case, where it lies in the source). ``links``: whether links are
    followed that stay ``"inside"`` the source, ``"all"`` or ``"none"``; others are skipped. Each folder is
    entered once: real ones first, so that a link never hides the real path and a circle ends. ``system``
    takes what systems leave, such as recycle bins and previews of other programs; else it is skipped.
    Raises :class:`SourceError` where the source itself cannot be listed; anything else is a :class:`Problem`.
    """
    _check_source(source)
    walk = _Walk(os.fsencode(source), links, system=system)
    entered = {_identity(os.fsencode(folder)) for folder in skip if folder.exists()}
    folders, linked = deque([(b"", False)]), deque[tuple[bytes, bool]]()
    while folders or linked:
        is_link = not folders
        folder, in_system = linked.popleft() if is_link else folders.popleft()
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
            yield Problem(folder, "scan", f"the folder cannot be listed: {explain(error)}")
            continue
        for entry in entries:
            raw_path = join(folder, entry.name)
            if entry.is_symlink() and not walk.follows(entry.path):
                yield FoundFile(raw_path, 0, 0, "other", "link")
                continue
            found = _look(entry, raw_path)
            if found is None:
                inner = in_system or (not system and is_system(entry.name, folder=True))
                (linked if entry.is_symlink() else folders).append((raw_path, inner))
            elif isinstance(found, FoundFile) and (in_system or walk.leaves_out(entry.name)):
                yield replace(found, kind="other", skipped="system")
            else:
                yield found


class _Walk:
    """What is followed and what is left out on the way through a source."""

    def __init__(self, root: bytes, links: Links, *, system: bool) -> None:
        self.root, self._links, self._system = root, links, system
        self._real_root = join(os.path.realpath(root), b"")

    def follows(self, link: bytes) -> bool:
        """Say whether a link is followed."""
        if self._links == "inside":
            return join(os.path.realpath(link), b"").startswith(self._real_root)
        return self._links == "all"

    def leaves_out(self, name: bytes) -> bool:
        """Say whether a file is left out for its name."""
        return not self._system and is_system(name, folder=False)


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
        return Problem(raw_path, "read", str(error))
    kind, skipped = classify(raw_path, start)
    return FoundFile(raw_path, info.st_size, mtime_ns, kind, skipped)
