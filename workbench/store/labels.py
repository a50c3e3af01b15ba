"""What people said about single samples for a classifier, as lines that are only ever appended."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.spelling import lookup_form, spelled
from workbench.store.json_lines import JsonLines, storable


@dataclass(frozen=True)
class LabelSet:
    """The answers for one classifier that stand, oldest first.

    ``over`` is the kind of its samples; ``answers`` says of sample ids yes, no, or None: not sure.
    """

    name: str
    over: str
    answers: dict[str, bool | None] = field(default_factory=dict)

    @property
    def yes(self) -> list[str]:
        """The ids of the samples that show it."""
        return [sample_id for sample_id, answer in self.answers.items() if answer is True]

    @property
    def no(self) -> list[str]:
        """The ids of the samples that do not."""
        return [sample_id for sample_id, answer in self.answers.items() if answer is False]


class Labels:
    """Labels in ``work/labels.jsonl``; each line says yes, no or unsure of some samples, or takes that back.

    Names that differ in case, blanks or composition alone are one. Any number may read; one process writes
    at a time. Writing raises :class:`CaseError` where another process keeps the lock or the disk refuses.
    """

    def __init__(self, work: Path) -> None:
        self._lines = JsonLines(work / "labels.jsonl")

    def answer(self, name: str, over: str, answer: bool | None, sample_ids: Sequence[str]) -> None:
        """Say of samples that they show it, that they do not, or (None) that nobody can tell."""
        op = {True: "yes", False: "no", None: "unsure"}[answer]
        self._append(op, name, over=over, ids=list(sample_ids))

    def forget(self, name: str, over: str, sample_ids: Sequence[str]) -> None:
        """Take back what was said of samples."""
        self._append("forget", name, over=over, ids=list(sample_ids))

    def replace(self, name: str, over: str, yes: Sequence[str], no: Sequence[str]) -> None:
        """Say yes and no of these samples, and nothing of any other."""
        self._append("set", name, over=over, yes=list(yes), no=list(no))

    def rename(self, name: str, to: str) -> None:
        """Let what was said for one classifier count for another name."""
        self._append("rename", name, to=storable(to))

    def remove(self, name: str) -> None:
        """Let nothing stand of what was said for a classifier; the lines stay in the file."""
        self._append("remove", name)

    def version(self) -> tuple[int, int]:
        """Return what changes with every label."""
        return self._lines.version()

    def read(self) -> dict[str, LabelSet]:
        """Return the labels that stand, by the name of their classifier as it was spelled first."""
        standing: dict[str, LabelSet] = {}
        for line in self._lines.read(_is_ours):
            name = spelled(line["name"], standing) or line["name"]
            match line["op"]:
                case "remove":
                    standing.pop(name, None)
                case "rename":
                    if before := standing.pop(name, None):
                        standing[line["to"]] = LabelSet(line["to"], before.over, before.answers)
                case _:
                    _take(standing, name, line)
        return standing

    def of(self, name: str) -> LabelSet | None:
        """Return the labels that stand for one classifier; None where there are none."""
        known = self.read()
        kept = spelled(name, known)
        return None if kept is None else known[kept]

    def _append(self, op: str, name: str, **facts: Any) -> None:
        self._lines.append({"op": op, "name": storable(name), **facts})


def _take(standing: dict[str, LabelSet], name: str, line: dict[str, Any]) -> None:
    """Change the labels of a classifier as a line says."""
    known = standing.get(name)
    if known is None or line["op"] == "set" or known.over != line["over"]:
        known = standing[name] = LabelSet(name, line["over"])
    said = {"yes": line.get("yes", []), "no": line.get("no", [])} if line["op"] == "set" else {}
    for op, ids in (said or {line["op"]: line["ids"]}).items():
        for sample_id in ids:
            known.answers.pop(sample_id, None)
            if op != "forget":
                known.answers[sample_id] = {"yes": True, "no": False, "unsure": None}[op]


def _is_ours(line: dict[str, Any]) -> bool:
    if not isinstance(line["name"], str) or not lookup_form(line["name"]):
        return False
    match line["op"]:
        case "remove":
            return True
        case "rename":
            return isinstance(line["to"], str)
        case "set":
            return isinstance(line["over"], str) and _are_ids(line["yes"]) and _are_ids(line["no"])
        case "yes" | "no" | "unsure" | "forget":
            return isinstance(line["over"], str) and _are_ids(line["ids"])
    return False


def _are_ids(ids: Any) -> bool:
    return isinstance(ids, list) and all(isinstance(sample_id, str) for sample_id in ids)
