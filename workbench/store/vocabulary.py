"""The phrases of an analyst: ``work/vocabulary.txt``, edited by hand or by assignment, and what was assigned.

``vocabulary.jsonl`` beside it holds what was assigned, a line each time, with checksums like all that people
made. A text that differs from it was edited by hand, or is damaged: that cannot be told apart, so it is used
as far as it can be read, and a warning names the lines that are other ones now.
"""

import difflib
import warnings
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from workbench.store.files import write_atomically
from workbench.store.json_lines import JsonLines, file_version, storable

_FILE, _LOG = "vocabulary.txt", "vocabulary.jsonl"
_SHOWN = 5  # changed lines that a warning names


class Vocabulary:
    """The phrases kept in the folder ``work``."""

    def __init__(self, work: Path) -> None:
        self._path, self._log = work / _FILE, JsonLines(work / _LOG)

    def read(self) -> list[str]:
        """Return the phrases, none where nobody kept any.

        A file that is gone or empty is read as it was assigned last, with a warning. A file that was changed
        otherwise than by :meth:`write` holds, and each such change is told once: the lines that differ.
        """
        return list(_read(self._path, self._log.path, self.version(), self._log.version()))

    def write(self, phrases: Sequence[str]) -> None:
        """Keep phrases, each on one line; raises CaseError where the disk refuses."""
        data = "\n".join(map(storable, phrases)).encode()
        write_atomically(self._path, data)
        self._log.append({"phrases": _phrases(data)[0]})

    def version(self) -> tuple[int, int]:
        """Return what changes with the phrases."""
        return file_version(self._path)


@lru_cache(maxsize=8)
def _read(path: Path, log: Path, version: tuple[int, int], _: tuple[int, int]) -> tuple[str, ...]:
    """Read the phrases once for each version of the two files, and warn of what is odd then."""
    phrases, unreadable = _phrases(path.read_bytes() if version != (0, 0) else b"")
    assigned = [*JsonLines(log).read(_is_assignment)][-1:]
    told = list(assigned[0]["phrases"]) if assigned else phrases
    if phrases == told and not unreadable:
        return tuple(phrases)
    since = f" since {assigned[0]['who']} assigned it at {assigned[0]['when'][:19]} UTC" if assigned else ""
    if not phrases:
        _warn(f"{path} is gone or empty{since}; what was assigned is used.")
        return tuple(told)
    changes = [*unreadable, *_changes(told, phrases)]
    more = f" and {len(changes) - _SHOWN} more" if len(changes) > _SHOWN else ""
    what = f"was changed by hand, or is damaged{since}: {'; '.join(changes[:_SHOWN])}{more}"
    do = f"It is used as it is now. To accept that, run `case.vocabulary = case.vocabulary`; {log.name} holds"
    _warn(f"{path} {what}. {do} what was assigned.")
    return tuple(phrases)


def _warn(text: str) -> None:
    warnings.warn(text, RuntimeWarning, stacklevel=5)


def _phrases(data: bytes) -> tuple[list[str], list[str]]:
    """Return the phrases of a text, and what is said of the lines that are no text."""
    phrases, unreadable = [], []
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").splitlines(), 1):
        try:
            phrase = line.decode().strip()
        except UnicodeDecodeError:
            unreadable.append(f"line {number} is no UTF-8 text and left out")
            continue
        if phrase and not phrase.startswith("#"):
            phrases.append(phrase)
    return list(dict.fromkeys(phrases)), unreadable


def _changes(before: Sequence[str], now: Sequence[str]) -> list[str]:
    """Return in words how two lists of phrases differ."""
    changes = []
    for what, start, end, first, last in difflib.SequenceMatcher(None, before, now, False).get_opcodes():
        old, new = ", ".join(map(repr, before[start:end])), ", ".join(map(repr, now[first:last]))
        if what == "replace":
            changes.append(f"line {first + 1} has {new} where {old} was")
        elif what == "insert":
            changes.append(f"line {first + 1} has {new}, which is new")
        elif what == "delete":
            changes.append(f"{old} is missing before line {first + 1}")
    return changes


def _is_assignment(record: dict[str, Any]) -> bool:
    phrases = record["phrases"]
    return isinstance(phrases, list) and all(isinstance(phrase, str) for phrase in phrases)
