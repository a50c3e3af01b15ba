"""What people made: tags, as lines that are only ever appended."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from workbench.spelling import lookup_form
from workbench.store.json_lines import JsonLines, storable


class Tags:
    """Tags of samples in ``work/tags.jsonl``: each line adds a tag to or removes it from some samples.

    Any number may read; one process writes at a time.
    """

    def __init__(self, work: Path) -> None:
        self._lines = JsonLines(work / "tags.jsonl")

    def add(self, tag: str, sample_ids: Sequence[str]) -> None:
        """Give a tag to samples; raises :class:`CaseError` where another process keeps the lock."""
        self._append("add", tag, sample_ids)

    def remove(self, tag: str, sample_ids: Sequence[str]) -> None:
        """Take a tag from samples; raises :class:`CaseError` where another process keeps the lock."""
        self._append("remove", tag, sample_ids)

    def version(self) -> tuple[int, int]:
        """Return what changes with every tag that is given or taken away."""
        return self._lines.version()

    def read(self) -> pd.DataFrame:
        """Return the tags that stand: sample_id, tag, when (UTC), who; in the order they were given.

        Tags that differ in case, blanks or composition alone are one, spelled as it was first.
        """
        standing: dict[tuple[str, str], tuple[str, str]] = {}
        first: dict[str, str] = {}  # how a tag was spelled when it was first given
        for change in self._lines.read(_is_change):
            tag = first.setdefault(lookup_form(change["tag"]), change["tag"])
            for sample_id in change["ids"]:
                standing.pop((sample_id, tag), None)
                if change["op"] == "add":
                    standing[sample_id, tag] = (change["when"], change["who"])
        rows = [(*tagged, *by) for tagged, by in standing.items()]
        frame = pd.DataFrame(rows, columns=["sample_id", "tag", "when", "who"])
        return frame.assign(when=pd.to_datetime(frame["when"], utc=True, format="ISO8601"))

    def _append(self, op: Literal["add", "remove"], tag: str, sample_ids: Sequence[str]) -> None:
        ids = [str(sample_id) for sample_id in sample_ids]
        self._lines.append({"op": op, "tag": storable(tag), "ids": ids})


def _is_change(record: dict[str, Any]) -> bool:
    known = record["op"] in {"add", "remove"} and isinstance(record["tag"], str)
    ids = record["ids"]
    return known and isinstance(ids, list) and all(isinstance(sample_id, str) for sample_id in ids)
