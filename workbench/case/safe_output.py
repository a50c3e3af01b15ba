"""What we write for others: new folders, and names that every file system takes."""

import os
import unicodedata
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from workbench.csv_cells import FORMULA
from workbench.errors import CaseError
from workbench.store.parts import make_folder


def new_folder(folder: str | Path, never_in: Iterable[Path]) -> Path:
    """Make a folder that is new or empty, outside all of ``never_in``; return its absolute path.

    Raises CaseError where it holds something, is a file, lies in one of these or cannot be made.
    """
    target = Path(folder).expanduser().absolute()
    for other in never_in:
        if target.resolve().is_relative_to(other.resolve()):
            raise CaseError(f"{target} lies in {other}.", "Choose a folder outside the photos and the case.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        make_folder(target)
        with os.scandir(target) as entries:
            held = next(entries, None)
    except OSError as error:
        what = f"The folder {target} cannot be used: {error.strerror or error}."
        raise CaseError(what, "Choose a folder that you may write.") from error
    if held is not None:
        what = f"{target} is not empty (it holds {held.name!r})."
        raise CaseError(what, "Choose a new or empty folder: nothing is ever written over.")
    return target


def new_file(path: str | Path, never_in: Iterable[Path]) -> Path:
    """Return the absolute path of a file that is not there yet, outside all of ``never_in``.

    Raises CaseError where it is there, lies in one of these, or where its folder is not there.
    """
    target = Path(path).expanduser().absolute()
    for other in never_in:
        if target.resolve().is_relative_to(other.resolve()):
            raise CaseError(f"{target} lies in {other}.", "Choose a place outside the photos and the case.")
    if os.path.lexists(target):
        raise CaseError(f"{target} is there already.", "Choose a new name: nothing is ever written over.")
    if not target.parent.is_dir():
        raise CaseError(f"There is no folder {target.parent}.", "Make it first, or choose another one.")
    return target


LONGEST = 120
"""Bytes (UTF-8) of the longest name made: room for a number and for long paths on Windows."""

_RESERVED = {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"} | {
    f"{port}{number}" for port in ("COM", "LPT") for number in "123456789¹²³"
}
_FORBIDDEN = frozenset('<>:"/\\|?*')


def safe_name(text: str, fallback: str = "unnamed") -> str:
    """Return a name for one file or folder on Windows, macOS and Linux; ``fallback`` where nothing is left.

    Composed (NFC), without path separators, control and direction characters, reserved device names, dots
    or spaces at the ends (a leading dot would hide it), beginning like no formula or option, and at most 120
    bytes. Rules: "Naming Files, Paths, and Namespaces", Microsoft.
    """
    composed = unicodedata.normalize("NFC", text)
    letters = "".join(map(_letter, composed))
    name = _cut(" ".join(letters.split()).strip(". "), LONGEST).rstrip(". ")
    if not name.strip("_ "):
        return fallback
    reserved = name.split(".")[0].rstrip().upper() in _RESERVED
    return f"_{name}" if reserved or name.startswith(FORMULA) else name


def safe_file_name(path: str) -> str:
    """Return a safe name for the last part of a path, its suffix kept as far as it is one."""
    last = PurePosixPath(path)
    suffix = safe_name(last.suffix, "")[:16]
    stem = safe_name(last.stem, "file")
    return _cut(stem, LONGEST - len(suffix.encode()) - 1) + (f".{suffix}" if suffix else "")


def distinct(names: Iterable[str]) -> list[str]:
    """Return the names, with " (2)", " (3)", ... where one came before, however its letters are cased."""
    return _distinct((name, "") for name in names)


def distinct_files(names: Iterable[str]) -> list[str]:
    """Return the file names like `distinct`, the number before the suffix, so that the file still opens."""
    return _distinct((PurePosixPath(name).stem, PurePosixPath(name).suffix) for name in names)


def _distinct(names: Iterable[tuple[str, str]]) -> list[str]:
    used: set[str] = set()
    result = []
    for stem, suffix in names:
        name, number = stem + suffix, 1
        while name.casefold() in used:
            number += 1
            name = f"{stem} ({number}){suffix}"
        used.add(name.casefold())
        result.append(name)
    return result


def _letter(letter: str) -> str:
    if letter in _FORBIDDEN:
        return "_"
    category = unicodedata.category(letter)
    if category in {"Zs", "Zl", "Zp"} or letter in "\t\n\r":
        return " "
    return "_" if category in {"Cc", "Cs", "Co", "Cn"} else "" if category == "Cf" else letter


def _cut(text: str, most: int) -> str:
    """Return the beginning of a text that fits into ``most`` bytes, no letter torn."""
    return text.encode()[:most].decode(errors="ignore")
