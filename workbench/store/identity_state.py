"""Standing: what decisions about faces come to when they are replayed, and the last grouping they refine."""

import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.store.files import write_atomically
from workbench.store.parts import FORMAT

NOT_A_FACE, UNKNOWN, FREE = "not a face", "unknown", ""
"""Where a face can be put beside an identity; FREE gives it back to the automatic grouping."""


@dataclass(frozen=True)
class Standing:
    """What stands now. ``holds``: face id -> identity, NOT_A_FACE or UNKNOWN, so a face is in one place.

    ``names``: kept identity -> name, "" for none; ``rejected``: face id -> identities it is not;
    ``confirmed``: face id -> the identity it was found to be when somebody looked at it. ``groupings``: pair
    of models -> ``method``, ``threshold`` and ``id`` of the last decision about how to group.
    """

    holds: Mapping[str, str]
    names: Mapping[str, str]
    rejected: Mapping[str, frozenset[str]]
    confirmed: Mapping[str, str]
    groupings: Mapping[str, Mapping[str, Any]]

    @property
    def kept(self) -> list[str]:
        """The identities that an analyst decided on and that still have a face, in the order of keeping."""
        held = set(self.holds.values())
        return [identity for identity in self.names if identity in held]


def replay(records: Iterable[Mapping[str, Any]]) -> Standing:
    """Return what stands after decisions, given as they lie on disk, oldest first."""
    table = _Table()
    for record in records:
        for gone in record["gone"]:
            table.merge(gone, record["identity"])
        for place, faces in record["put"].items():
            table.put(place, faces)
        table.names |= record["names"]
        for face in record["rejected"]:
            table.rejected[face] = table.rejected.get(face, frozenset()) | {record["identity"]}
        table.confirmed |= dict.fromkeys(record.get("confirmed", ()), record["identity"])
        if grouping := record.get("grouping"):
            table.groupings[grouping["pair"]] = grouping | {"id": record["id"]}
    return Standing(table.holds, table.names, table.rejected, table.confirmed, table.groupings)


class _Table:
    """What stands while it is replayed; ``members`` is ``holds`` the other way round, to merge quickly."""

    def __init__(self) -> None:
        self.holds: dict[str, str] = {}
        self.members: defaultdict[str, dict[str, None]] = defaultdict(dict)  # dicts, to keep the order
        self.names: dict[str, str] = {}
        self.rejected: dict[str, frozenset[str]] = {}
        self.confirmed: dict[str, str] = {}
        self.groupings: dict[str, Mapping[str, Any]] = {}

    def put(self, place: str, faces: Iterable[str]) -> None:
        if place not in {NOT_A_FACE, UNKNOWN, FREE}:
            self.names.setdefault(place, "")
        for face in faces:
            self.members[self.holds.pop(face, FREE)].pop(face, None)
            if place != FREE:
                self.holds[face] = place
                self.members[place][face] = None
            if face in self.rejected:
                self.rejected[face] -= {place}
            if self.confirmed.get(face, place) != place:
                del self.confirmed[face]

    def merge(self, gone: str, identity: str) -> None:
        """Give all faces of ``gone`` to ``identity``; what was said of the one holds for the other."""
        faces = list(self.members.pop(gone, ()))
        self.confirmed |= {face: identity for face in faces if face in self.confirmed}
        self.put(identity, faces)
        self.names.pop(gone, None)
        for face, others in self.rejected.items():
            if gone in others:
                self.rejected[face] = others | {identity}


def what_counts(
    records: Sequence[dict[str, Any]],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the decisions that stand, oldest first, and those that may be redone, the next one last."""
    done: dict[str, tuple[int, dict[str, Any]]] = {}
    undone: dict[str, tuple[int, dict[str, Any]]] = {}
    for number, record in enumerate(records):
        known = record["id"]
        if record["op"] == "undo":
            if known in done:
                undone[known] = done.pop(known)
        elif record["op"] == "redo":
            if known in undone:
                done[known] = undone.pop(known)
        else:
            done[known] = (number, record)
            undone.clear()
    in_order = sorted(done.values(), key=lambda entry: entry[0])
    return [record for _, record in in_order], [record for _, record in undone.values()]


def read_groups(path: Path) -> dict[str, str]:
    """Return the identity that each face was grouped into, "" for alone; nothing where there is no file.

    Faces that an analyst had decided about are not in it. A corrupt file counts as none.
    """
    try:
        table = pq.read_table(path, page_checksum_verification=True)
        pairs = zip(table["face_id"].to_pylist(), table["identity"].to_pylist(), strict=True)
    except (OSError, pa.ArrowException, KeyError, ValueError):
        return {}
    return dict(pairs)


def write_groups(path: Path, groups: Mapping[str, str]) -> None:
    """Keep a grouping: face id -> identity, "" for alone."""
    columns = {"face_id": list(groups), "identity": list(groups.values())}
    table = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    buffer = io.BytesIO()
    facts = {"workbench.format": str(FORMAT)}
    pq.write_table(table.replace_schema_metadata(facts), buffer, write_page_checksum=True)
    write_atomically(path, buffer.getvalue())
