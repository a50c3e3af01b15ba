"""Walk a source: what is there, without opening images, following links once and never failing."""

import os
import stat
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import SourceError
from workbench.media.kinds import IMAGE_SUFFIXES, VIDEO_SUFFIXES, Kind, is_image_start, suffix
from workbench.media.read import ReadError, explain, read_start


def display(raw_path: bytes) -> str:
    """Return a path as text for people; bytes that are not UTF-8 become backslash escapes."""
    return raw_path.decode("utf-8", "backslashreplace")


def join(folder: bytes, name: bytes) -> bytes:
    """Join raw paths; the empty path is the source itself, an empty name gives a prefix of all below."""
    return os.path.join(folder, name)  # noqa: PTH118 - pathlib takes no bytes


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file of the source: path relative to it, size in bytes, time of change in ns, what it seems to be."""

    raw_path: bytes
    size: int
    mtime_ns: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Problem:
    """A file or folder that failed in a step ("scan", "read", "decode", ...), with the reason."""

    raw_path: bytes
    step: str
    reason: str


def scan(source: Path, *, skip: Iterable[Path] = ()) -> Iterator[FoundFile | Problem]:
    """Yield every file below ``source`` once per path, folders in the order of their names.

    Links are followed, but each folder is entered once: real folders first, so that a link never hides the
    real path and a circle ends. ``skip`` names folders to leave out (the case, where it lies in the source).
    Raises :class:`SourceError` where the source itself cannot be listed; anything else is a :class:`Problem`.
    """
    root = os.fsencode(source)
    _check_source(source)
    entered = {_identity(os.fsencode(folder)) for folder in skip if folder.exists()}
    folders, links = deque([b""]), deque[bytes]()
    while folders or links:
        folder = folders.popleft() if folders else links.popleft()
        try:
            identity = _identity(join(root, folder))
            if identity in entered:
                continue
            entered.add(identity)
            with os.scandir(join(root, folder)) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            yield Problem(folder, "scan", f"the folder cannot be listed: {explain(error)}")
            continue
        for entry in entries:
            found = _look(entry, join(folder, entry.name))
            if found is None:
                (links if entry.is_symlink() else folders).append(join(folder, entry.name))
            else:
                yield found


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
    try:
        kind = _kind(entry.path, info)
    except ReadError as error:
        return Problem(raw_path, "read", str(error))
    return FoundFile(raw_path, info.st_size, info.st_mtime_ns, kind)


def _kind(path: bytes, info: os.stat_result) -> Kind:
    """Tell images by suffix, else by content: on a seized disk a photo may be called ``notes.txt``."""
    ending = suffix(path)
    if ending in IMAGE_SUFFIXES:
        return "image"
    if not stat.S_ISREG(info.st_mode):
        return "other"
    if info.st_size and is_image_start(read_start(path)):
        return "image"
    return "video" if ending in VIDEO_SUFFIXES else "other"
