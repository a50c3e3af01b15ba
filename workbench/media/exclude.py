"""Patterns of what of a source is left out: names, or paths from the source on."""

import re
import unicodedata
from collections.abc import Sequence
from fnmatch import translate


class Exclude:
    """Tells which paths are left out by patterns such as ``"private"``, ``"*.bak"`` or ``"2019/**/raw"``.

    A pattern without a slash is compared with each name on the way, of folders and of files; one with a
    slash with the path from the source on, where ``**`` stands for any number of folders. ``*``, ``?`` and
    ``[...]`` stand for letters of one name. A folder that matches is left out with all in it. Capitals, and
    how accents are composed, make no difference. In the path of a file in an archive the archive is a folder.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = [(pattern, *_parts(pattern)) for pattern in patterns]

    def matching(self, raw_path: bytes) -> str:
        """Return the first pattern that a path, whose folders match none, matches; "" for none."""
        if not self._patterns:
            return ""
        names = _form(raw_path.decode("utf-8", "backslashreplace").replace("!/", "/")).split("/")
        for pattern, whole, parts in self._patterns:
            if _match(names if whole else names[-1:], parts):
                return pattern
        return ""


def _parts(pattern: str) -> tuple[bool, list[re.Pattern[str] | None]]:
    """Return whether a pattern is one of whole paths, and what it says of each name; None for ``**``."""
    plain = _form(pattern.replace("\\", "/"))
    parts = [part for part in plain.split("/") if part not in ("", ".")]
    whole = "/" in plain.removeprefix("./").rstrip("/") or "**" in parts
    return whole, [None if part == "**" else re.compile(translate(part)) for part in parts]


def _match(names: Sequence[str], parts: Sequence[re.Pattern[str] | None]) -> bool:
    if not parts:
        return not names
    if parts[0] is None:
        return any(_match(names[begin:], parts[1:]) for begin in range(len(names) + 1))
    return bool(names) and parts[0].match(names[0]) is not None and _match(names[1:], parts[1:])


def _form(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()
