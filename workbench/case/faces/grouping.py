"""Grouping: the decisions of an analyst and the automatic groups become one identity for each face.

What is settled stays: only faces that are new, or that a decision no longer holds, are grouped, among
themselves and with what they are like. So a click costs no pass over all pairs, and new faces change nobody.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.identities import FREE, LEFT_OUT
from workbench.analysis.identities.grouping import DEFAULT_METHOD, Method
from workbench.errors import QueryError
from workbench.store.identity_state import NOT_A_FACE, UNKNOWN, Standing


@dataclass(frozen=True)
class Choice:
    """A method of grouping and its cosine threshold in [-1, 1]; None is the one measured for the pair.

    ``id`` is that of the decision, "" for none: each groups afresh, and undo finds the grouping before.
    """

    method: Method = DEFAULT_METHOD
    threshold: float | None = None
    id: str = ""

    def __post_init__(self) -> None:
        """Refuse what no grouping understands, with QueryError."""
        if self.method not in get_args(Method):
            raise QueryError(
                f"Unknown grouping method {self.method!r}.", f"Use one of {', '.join(get_args(Method))}."
            )
        if self.threshold is not None and not -1 <= self.threshold <= 1:
            raise QueryError(f"Invalid threshold {self.threshold}.", "Use a cosine from -1 to 1.")

    def as_decided(self, pair: str) -> Mapping[str, str | float | None]:
        """Return the choice for a pair of models as a decision writes it down."""
        return {"pair": pair, "method": self.method, "threshold": self.threshold}


def choice_of(standing: Standing, pair: str) -> Choice:
    """Return the choice that stands for a pair of models, or the default; what nobody understands is none."""
    decided: Mapping[str, Any] = standing.groupings.get(pair, {})
    try:
        return Choice(**{name: decided[name] for name in ("method", "threshold", "id")})
    except (KeyError, TypeError, QueryError):
        return Choice()


Known = NDArray[np.int32]
GroupRows = Callable[[NDArray[np.intp], Known], Known]
"""``group(rows, known)``: labels of faces ``rows``; see ``analysis.identities.group``."""

ASIDE = frozenset({NOT_A_FACE, UNKNOWN})
LIKEST = 32  # faces looked at for each face that is grouped anew
_BLOCK = 256  # rows compared with all others at a time: 50 MB for 50,000 faces


def identities(
    face_ids: Sequence[str],
    places: Sequence[str],
    rejected: Mapping[int, Collection[str]],
    earlier: Mapping[str, str],
    vectors: NDArray[np.float32],
    group: GroupRows,
    taken: Collection[str] = (),
    floor: float = -1.0,
) -> list[str]:
    """Return the identity (F,) of each face, "" for none.

    ``places`` (F,): the identity, NOT_A_FACE or UNKNOWN that a decision puts a face, "" for no decision.
    ``rejected``: row -> identities the face is not. ``earlier``: face id -> identity of the last grouping, ""
    for alone; a face not in it is new. ``taken``: identities whose id a new one may not get. ``floor``: the
    cosine below which two faces have nothing to do with each other.
    """
    number: dict[str, int] = {}
    known, settled = _known(face_ids, places, rejected, earlier, number)
    labels = np.maximum(known, -1)
    new = np.flatnonzero(~settled)
    if len(new):
        rows = _with_likest(new, known, vectors, floor)
        labels[rows] = _renumbered(group(rows, known[rows]), known[rows], len(number))
    names = list(number)
    found = [names[label] if 0 <= label < len(names) else "" for label in labels.tolist()]
    _name_new(found, labels, len(names), face_ids, {*taken, *names})
    return _without_strays(found, places, rejected)


def _known(
    face_ids: Sequence[str],
    places: Sequence[str],
    rejected: Mapping[int, Collection[str]],
    earlier: Mapping[str, str],
    number: dict[str, int],
) -> tuple[Known, NDArray[np.bool_]]:
    """Return the known label of each face and whether it is settled; fills ``number``: identity -> label."""
    known = np.full(len(face_ids), FREE, np.int32)
    settled = np.ones(len(face_ids), np.bool_)
    for row, (face_id, place) in enumerate(zip(face_ids, places, strict=True)):
        if place in ASIDE:
            known[row] = LEFT_OUT
            continue
        identity = place or earlier.get(face_id)
        if identity is None or (not place and identity in rejected.get(row, ())):
            settled[row] = False
        elif identity:
            known[row] = number.setdefault(identity, len(number))
    return known, settled


def _with_likest(
    new: NDArray[np.intp], known: Known, vectors: NDArray[np.float32], floor: float
) -> NDArray[np.intp]:
    """Return ``new`` with the faces they are likest to, and everybody of the identities of these."""
    count = len(vectors)
    if 2 * len(new) > count or count <= LIKEST:
        return np.arange(count)
    wanted = np.zeros(count, np.bool_)
    wanted[new] = True
    for start in range(0, len(new), _BLOCK):
        cosines = vectors[new[start : start + _BLOCK]] @ vectors.T
        likest = np.argpartition(cosines, -LIKEST, axis=1)[:, -LIKEST:]
        wanted[likest[np.take_along_axis(cosines, likest, axis=1) >= floor]] = True
    reached = np.unique(known[wanted & (known >= 0)])
    return np.flatnonzero((wanted & (known != LEFT_OUT)) | np.isin(known, reached))


def _renumbered(labels: Known, known: Known, start: int) -> Known:
    """Give labels that are not among the known ones numbers from ``start`` on."""
    fresh = labels > known.max(initial=-1)
    labels[fresh] += start - (known.max(initial=-1) + 1)
    return labels


def _name_new(
    found: list[str], labels: Known, start: int, face_ids: Sequence[str], taken: Collection[str]
) -> None:
    """Name the identities numbered from ``start`` on after their smallest face id, the same each time."""
    first: dict[int, str] = {}
    rows = np.flatnonzero(labels >= start).tolist()
    for row in rows:
        label = int(labels[row])
        first[label] = min(first.get(label, face_ids[row]), face_ids[row])
    used = set(taken)
    name: dict[int, str] = {}
    for label in sorted(first):
        name[label] = new_id(first[label], used)
        used.add(name[label])
    for row in rows:
        found[row] = name[int(labels[row])]


def new_id(seed: str, used: Collection[str]) -> str:
    """Return an id of eight hex digits that follows from ``seed`` and is not among ``used``."""
    identity = hashlib.sha256(seed.encode()).hexdigest()[:8]
    return new_id(f"{seed}'", used) if identity in used else identity


def _without_strays(
    found: list[str], places: Sequence[str], rejected: Mapping[int, Collection[str]]
) -> list[str]:
    """Take automatic faces out of identities they were rejected from, and single faces nobody decided on."""
    for row, others in rejected.items():
        if not places[row] and found[row] in others:
            found[row] = ""
    kept = set(places)
    sizes: dict[str, int] = {}
    for identity in found:
        sizes[identity] = sizes.get(identity, 0) + 1
    return [identity if sizes[identity] > 1 or identity in kept else "" for identity in found]
