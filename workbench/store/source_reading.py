"""How the source of a case is read, as the analyst last said it, and the count of what was found there."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import pandas as pd

from workbench.store.case_folder import CaseFolder
from workbench.store.files import read_json, write_json
from workbench.store.json_lines import JsonLines
from workbench.store.snapshot import current_skipped

LINKS = ("inside", "all", "none")


@dataclass(frozen=True)
class SourceReading:
    """What of a source is read: links that are followed, what systems leave, patterns left out, archives.

    Values as for `workbench.media.scan.scan`.
    """

    links: str = "inside"
    system: bool = False
    exclude: tuple[str, ...] = ()
    archives: bool = True

    def with_changes(self, said: Mapping[str, Any]) -> "SourceReading":
        """Return this with what was said in its place; None says nothing."""
        told = {name: said[name] for name in asdict(self) if said.get(name) is not None}
        if "exclude" in told:
            told["exclude"] = tuple(told["exclude"])
        return replace(self, **told)


def _log(folder: CaseFolder) -> JsonLines:
    return JsonLines(folder.root / "work" / "reading.jsonl")


def _fits(line: dict[str, Any]) -> bool:
    patterns = line["exclude"]
    texts = isinstance(patterns, list) and all(isinstance(one, str) and one for one in patterns)
    flags = isinstance(line["system"], bool) and isinstance(line["archives"], bool)
    return texts and flags and line["links"] in LINKS


def remembered(folder: CaseFolder) -> SourceReading:
    """Return how the source is read, by the last line of ``work/reading.jsonl``; the default for none."""
    lines = [*_log(folder).read(_fits)]
    return SourceReading().with_changes(lines[-1]) if lines else SourceReading()


def remember(folder: CaseFolder, reading: SourceReading) -> None:
    """Add a line to ``work/reading.jsonl`` where the source is read in another way than before.

    Raises :class:`CaseError` where the case cannot be written.
    """
    if reading != remembered(folder):
        _log(folder).append(asdict(reading))


@dataclass(frozen=True)
class PathCount:
    """All paths that a scan of the source has found, by what became of them; they add up to ``found``.

    ``read``: files that gave an image or several. ``archives``: archives that were opened; the files in
    them are paths of their own. ``problems``: paths of which nothing could be had, or not all of an archive;
    a photo with a lesser problem is among those read. ``left_alone``: kind -> files that are not read.
    ``waiting``: files that an interrupted ingest has not come to.
    """

    found: int = 0
    read: int = 0
    archives: int = 0
    problems: int = 0
    left_alone: Mapping[str, int] = field(default_factory=dict)

    @property
    def skipped(self) -> int:
        """How many are left alone, of all kinds."""
        return sum(self.left_alone.values())

    @property
    def waiting(self) -> int:
        """How many are not accounted for yet."""
        return max(0, self.found - self.read - self.archives - self.problems - self.skipped)

    @property
    def kinds(self) -> str:
        """What is left alone, the most frequent kind first: "20 other, 5 system"."""
        most = sorted(self.left_alone.items(), key=lambda pair: (-pair[1], pair[0]))
        return ", ".join(f"{count:,} {kind}" for kind, count in most)

    def __str__(self) -> str:
        parts = [f"{self.read:,} read"]
        parts += [f"{_several(self.archives, 'archive')} opened"] if self.archives else []
        parts += [_several(self.problems, "problem")]
        parts += [f"{self.skipped:,} left alone" + (f" ({self.kinds})" if self.skipped else "")]
        parts += [f"{self.waiting:,} to be read"] if self.waiting else []
        return f"{_several(self.found, 'path')} found = {' + '.join(parts)}"


def _several(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def note_scan(folder: CaseFolder, found: int, archives: int, kept: int) -> None:
    """Note how many paths a scan has found, and how many that are gone the case keeps.

    Raises :class:`DiskError`.
    """
    facts = {"found": found + kept, "archives": archives}
    if _scanned(folder) != facts:
        write_json(folder.root / "scan.json", facts)


def count_paths(folder: CaseFolder, files: pd.DataFrame) -> PathCount:
    """Return what became of the paths of the last scan; ``files`` holds the last row of each path.

    A case of before this count, or without its cache, has no scan: all that is known is then what was found.
    """
    status = files["status"].value_counts()
    left_alone = {str(kind): int(n) for kind, n in current_skipped(folder)["kind"].value_counts().items()}
    read, problems = int(status.get("ok", 0)), int(status.get("problem", 0))
    scanned = _scanned(folder)
    archives = scanned.get("archives", 0)
    known = read + problems + archives + sum(left_alone.values())
    return PathCount(scanned.get("found", known), read, archives, problems, left_alone)


def _scanned(folder: CaseFolder) -> dict[str, int]:
    try:
        facts = read_json(folder.root / "scan.json")
        return {name: int(facts[name]) for name in ("found", "archives")}
    except (OSError, ValueError, KeyError, TypeError, json.JSONDecodeError):
        return {}
