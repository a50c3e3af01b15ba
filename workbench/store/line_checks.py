"""Checks of logs: each line carries its own SHA-256 and what leads to the line before it, as a chain.

A sealed line is a JSON object whose last two fields are ``prev_sha256`` and ``line_sha256``. The second is
the digest of the line before that field. The first is the digest of the ``line_sha256`` of the sealed line
before it ("" for none), followed by the bytes of all lines in between, which are those that older releases
wrote without a checksum and those that a crash tore. So a changed line is known by its own digest, and a line
that was removed, added or moved by that of the next one.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_OWN = b', "line_sha256": "%s"}'
_SEAL = re.compile(rb', "prev_sha256": "([0-9a-f]{64})", "line_sha256": "([0-9a-f]{64})"\}$')
_SEAL_BYTES = len(b', "prev_sha256": "", "line_sha256": ""}') + 128
_SHOWN = 12  # digits of a digest in a message


@dataclass(frozen=True)
class Line:
    """A line of a log: ``number`` from 1, and its bytes without the line break."""

    number: int
    raw: bytes


@dataclass(frozen=True)
class Fault:
    """What is wrong at a line: ``left_out`` says whether its record is not to be believed."""

    number: int
    what: str
    left_out: bool


@dataclass
class Checked:
    """The lines of a log that may be read, oldest first, and what is wrong with the others."""

    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    end: str = ""  # line_sha256 of the last sealed line
    since: list[bytes] = field(default_factory=list)  # the lines after it

    def seal(self, record: Mapping[str, Any]) -> bytes:
        """Return the line, without a line break, that adds a record to this log."""
        facts = {**record, "prev_sha256": _link(self.end, self.since)}
        body = json.dumps(facts, ensure_ascii=False).encode()[:-1]
        return body + _OWN % hashlib.sha256(body).hexdigest().encode()


def sealed(records: Iterable[Mapping[str, Any]]) -> bytes:
    """Return a new log of some records, each with its checksums; records may carry those of another log."""
    log, lines = Checked(), []
    for record in records:
        lines.append(log.seal(plain(record)) + b"\n")
        log.end = lines[-1][-67:-3].decode()
    return b"".join(lines)


def plain(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record without the checksums that its line has."""
    return {name: value for name, value in record.items() if name not in _FIELDS}


_FIELDS = frozenset({"prev_sha256", "line_sha256"})


Damaged = tuple[Line, str, str]
"""A sealed line, the digest that it has and the one that it tells."""


def check(data: bytes) -> Checked:
    """Return which lines of a log stand, and name the others."""
    log = Checked()
    waiting: list[Line] = []  # lines without a checksum that nothing vouches for yet
    damaged: Damaged | None = None  # the line just before
    for number, raw in enumerate(data.split(b"\n"), 1):
        if not raw:
            continue
        line, seal = Line(number, raw), _SEAL.search(raw, max(len(raw) - _SEAL_BYTES, 0))
        if seal is None:
            waiting.append(line)
            log.since.append(raw)
            continue
        told = seal[2].decode()
        found = hashlib.sha256(raw[: seal.end() - len(_OWN % (b"0" * 64))]).hexdigest()
        if found != told:
            damaged = line, found, told
            log.faults.append(Fault(number, _expected(found, told), left_out=True))
            continue
        _take(log, line, waiting, seal[1].decode(), damaged)
        log.end, damaged = told, None
        log.since.clear()
        waiting.clear()
    if waiting:
        _take_unsealed(log, waiting, changed=bool(log.end))
    return log


def _take(log: Checked, line: Line, waiting: Sequence[Line], link: str, damaged: Damaged | None) -> None:
    """Take a line whose own digest fits, and the lines without one before it."""
    if damaged is None:
        follows = link == _link(log.end, log.since)
        if not follows and not waiting:
            what = "it does not follow the line before it: lines were removed, added or moved"
            log.faults.append(Fault(line.number, what, left_out=False))
    else:
        before, found, told = damaged
        follows = True
        if link == _link(found, []):  # only the digest that stands in the line is damaged
            log.faults[-1] = Fault(before.number, _expected(found, told), left_out=False)
            log.lines.append(before)
    _take_unsealed(log, waiting, changed=not follows)
    log.lines.append(line)


def _expected(found: str, told: str) -> str:
    return f"its SHA-256 is {found[:_SHOWN]}, {told[:_SHOWN]} was expected"


def _take_unsealed(log: Checked, lines: Iterable[Line], *, changed: bool) -> None:
    for line in lines:
        if changed:
            log.faults.append(Fault(line.number, "it has no checksum, or has changed since", False))
        log.lines.append(line)


def _link(end: str, since: Iterable[bytes]) -> str:
    return hashlib.sha256(b"\n".join([end.encode(), *since])).hexdigest()
