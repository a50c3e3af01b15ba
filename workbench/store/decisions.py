"""Decisions of an analyst about faces, in ``work/identities.jsonl``: what stands is found by replaying them.

Each line is one decision: ``id``, ``op``, ``identity`` (the one it is mainly about), ``names`` (identity ->
name), ``put`` (identity, NOT_A_FACE, UNKNOWN or FREE -> face ids), ``gone`` (identities merged into
``identity``), ``rejected`` and ``confirmed`` (faces that somebody looked at and that are not, or are,
``identity``) and ``grouping`` (how to group: ``pair`` of models, ``method``, ``threshold``), with ``when``
and ``who``. Undo and redo are lines too, so that nothing is ever taken out of the log. A face id is the
anchor of the face: see ``store.anchors``.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.store.identity_state import Standing, replay, what_counts
from workbench.store.json_lines import JsonLines, storable

Faces = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Decision:
    """One decision as written down; the first lines of this module say what its fields hold."""

    op: str
    identity: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    put: Faces = field(default_factory=dict)
    gone: Sequence[str] = ()
    rejected: Sequence[str] = ()
    confirmed: Sequence[str] = ()
    grouping: Mapping[str, str | float | None] = field(default_factory=dict)
    id: str = field(default_factory=lambda: secrets.token_hex(6))


class Decisions:
    """The decisions in the folder ``work``. Any number may read; one process writes at a time."""

    def __init__(self, work: Path) -> None:
        self._lines = JsonLines(work / "identities.jsonl")
        self._read_at: tuple[int, int] | None = None

    def standing(self) -> Standing:
        """Return what stands now, other writers' lines included."""
        self._refresh()
        return self._standing

    def add(self, decision: Decision) -> None:
        """Write a decision down; raises CaseError where another process keeps the lock."""
        self._lines.append(
            {
                "id": decision.id,
                "op": decision.op,
                "identity": decision.identity,
                "names": {identity: storable(name) for identity, name in decision.names.items()},
                "put": {place: list(faces) for place, faces in decision.put.items()},
                "gone": list(decision.gone),
                "rejected": list(decision.rejected),
                "confirmed": list(decision.confirmed),
                "grouping": dict(decision.grouping),
            }
        )

    def undo(self) -> str | None:
        """Take the last decision that stands back; return its op, or None where there is none."""
        self._refresh()
        return self._turn("undo", self._done)

    def redo(self) -> str | None:
        """Bring back what was undone last, until something new is decided; return its op, or None."""
        self._refresh()
        return self._turn("redo", self._undone)

    @property
    def can_undo(self) -> bool:
        """Whether a decision stands."""
        self._refresh()
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether something was undone and nothing decided since."""
        self._refresh()
        return bool(self._undone)

    def history(self) -> pd.DataFrame:
        """Return the log, oldest first: when (UTC), who, op, identity, name, faces, note, id, stands."""
        self._refresh()
        standing = {record["id"] for record in self._done}
        rows = [_history_row(record, record["id"] in standing) for record in self._records]
        columns = ["when", "who", "op", "identity", "name", "faces", "note", "id", "stands"]
        frame = pd.DataFrame(rows, columns=columns)
        return frame.assign(when=pd.to_datetime(frame["when"], utc=True, format="ISO8601"))

    def _turn(self, op: str, records: Sequence[Mapping[str, Any]]) -> str | None:
        if not records:
            return None
        last = records[-1]
        # The line names what it undoes, so that a decision written meanwhile elsewhere is not hit.
        self._lines.append({"op": op, "id": last["id"], "identity": last["identity"]})
        return str(last["op"])

    def _refresh(self) -> None:
        version = self._lines.version()
        if version != self._read_at:
            self._records = list(self._lines.read(_is_decision))
            self._done, self._undone = what_counts(self._records)
            self._standing = replay(self._done)
            self._read_at = version


def _is_decision(record: dict[str, Any]) -> bool:
    texts = [record["op"], record["id"], record["identity"]]
    if record["op"] not in {"undo", "redo"}:
        texts += [*record["names"], *record["names"].values(), *_list(record["gone"])]
        texts += [*record["put"], *_list(record["rejected"]), *_list(record.get("confirmed", []))]
        for faces in record["put"].values():
            texts += _list(faces)
        texts += [record["grouping"]["pair"], record["grouping"]["method"]] if record.get("grouping") else []
    return all(isinstance(text, str) for text in texts)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is not a list")
    return value


def _history_row(record: Mapping[str, Any], stands: bool) -> tuple[Any, ...]:
    faces = sum(map(len, record.get("put", {}).values())) + len(record.get("rejected", []))
    name = record.get("names", {}).get(record["identity"], "")
    first = (record["when"], record["who"], record["op"], record["identity"], name)
    last = (record["id"], stands and record["op"] not in {"undo", "redo"})
    return (*first, faces, _note(record.get("grouping")), *last)


def _note(grouping: Mapping[str, Any] | None) -> str:
    if not grouping:
        return ""
    threshold = grouping.get("threshold")
    at = "the measured threshold" if threshold is None else threshold
    return f"{grouping['pair']} by {grouping['method']} at {at}"
