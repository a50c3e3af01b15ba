"""Selections with a name, in ``work/selections.jsonl``: what was selected, how, and from what."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.store.json_lines import JsonLines, storable


@dataclass(frozen=True)
class Saved:
    """A selection of samples under a name.

    ``ids`` are sorted; ``query`` is what was asked when it was made, ``embedder`` the key of the vectors it
    was made with, ``parent`` the ``digest`` of the selection it was made from ("" for none).
    """

    name: str
    ids: tuple[str, ...]
    query: str = ""
    embedder: str = ""
    parent: str = ""
    when: str = ""
    who: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 over name, ids, query, embedder and parent: the same selection has the same anywhere."""
        facts = [self.name, list(self.ids), self.query, self.embedder, self.parent]
        return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()


class SavedSelections:
    """The selections in the folder ``work``; saving a name again keeps the older line but shows the newer."""

    def __init__(self, work: Path) -> None:
        self._lines = JsonLines(work / "selections.jsonl")

    def save(self, name: str, ids: Sequence[str], query: str, embedder: str, parent: str) -> Saved:
        """Write a selection down and return it; raises CaseError where another process keeps the lock."""
        unique = tuple(sorted(set(ids)))
        saved = Saved(storable(name), unique, storable(query), embedder, parent)
        line = self._lines.append(
            {
                "op": "save",
                "name": saved.name,
                "ids": list(saved.ids),
                "query": saved.query,
                "embedder": embedder,
                "parent": parent,
                "sha256": saved.digest,
            }
        )
        return _saved(line)

    def remove(self, name: str) -> None:
        """Show a name no longer; its lines stay. Raises CaseError where another process keeps the lock."""
        self._lines.append({"op": "remove", "name": storable(name)})

    def history(self) -> list[Saved]:
        """Return all that was ever saved, oldest first, replaced and removed ones included."""
        return [_saved(line) for line in self._lines.read(_is_ours) if line["op"] == "save"]

    def read(self) -> dict[str, Saved]:
        """Return what stands, by name; a line whose digest does not fit is left out with a warning."""
        standing: dict[str, Saved] = {}
        for line in self._lines.read(_is_ours):
            standing.pop(line["name"], None)
            if line["op"] == "save":
                standing[line["name"]] = _saved(line)
        return standing


def _saved(line: dict[str, Any]) -> Saved:
    facts = (line["name"], tuple(line["ids"]), line["query"], line["embedder"], line["parent"])
    return Saved(*facts, line["when"], line["who"])


def _is_ours(line: dict[str, Any]) -> bool:
    if line["op"] == "remove":
        return isinstance(line["name"], str)
    return bool(line["op"] == "save" and _saved(line).digest == line["sha256"])
