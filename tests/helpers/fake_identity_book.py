"""A book of identities that a person can predict: who a face is stands in the table, and undo is a copy."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from workbench.errors import QueryError

State = tuple[list[str], list[str], dict[str, str], set[tuple[int, str]]]
"""The identity and the state of each face, the names, and the (row, identity) that were answered."""


class FakeBook:
    """Fits ``IdentityBook``. ``people`` (N,) names an identity for each face, "" where it is alone.

    Face i is in image i // 2; alike faces are those with neighbouring numbers; the proposed halves are the
    first and the last half; suggested are the faces that are alone.
    """

    def __init__(self, people: Sequence[str], names: dict[str, str] | None = None) -> None:
        count = len(people)
        self._table = pd.DataFrame(
            {
                "face_id": [f"{i // 2:064x}:{i},0,9,9" for i in range(count)],
                "image_id": [f"{i // 2:064x}" for i in range(count)],
                "image_row": np.arange(count, dtype=np.int32) // 2,
                "sure": np.ones(count, bool),
                "quality": np.linspace(1, 0.5, count, dtype=np.float32),
            }
        )
        self._now: State = (list(people), [""] * count, dict(names or {}), set())
        self._done: list[Any] = []
        self._undone: list[Any] = []
        self.calls: list[str] = []

    @property
    def frame(self) -> pd.DataFrame:
        who, state, names, _ = self._now
        return self._table.assign(identity=who, state=state, name=[names.get(w, "") for w in who])

    @property
    def identities(self) -> pd.DataFrame:
        frame = self.frame[self.frame["identity"] != ""]
        rows = [
            {
                "identity": identity,
                "name": self._now[2].get(str(identity), ""),
                "faces": len(faces),
                "images": faces["image_id"].nunique(),
                "cover": int(faces.index[0]),
                "kept": False,
            }
            for identity, faces in frame.groupby("identity", sort=True)
        ]
        columns = ["identity", "name", "faces", "images", "cover", "kept"]
        table = pd.DataFrame(rows, columns=columns)
        return table.sort_values("faces", ascending=False, kind="stable").reset_index(drop=True)

    @property
    def history(self) -> pd.DataFrame:
        stands = np.arange(len(self.calls)) < len(self._done)
        return pd.DataFrame({"op": self.calls, "stands": stands})

    @property
    def can_undo(self) -> bool:
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        return bool(self._undone)

    def rows_of(self, identity: str) -> Any:
        return np.flatnonzero(np.array(self._now[0]) == identity).astype(np.int32)

    def _step(self, call: str) -> State:
        self.calls[len(self._done) :] = [call]
        self._done.append(self._now)
        self._undone = []
        who, state, names, answered = self._now
        self._now = (list(who), list(state), dict(names), set(answered))
        return self._now

    def _put(self, call: str, rows: ArrayLike, identity: str, state: str = "kept") -> str:
        who, states, *_ = self._step(call)
        for row in np.atleast_1d(np.asarray(rows, np.int32)):
            who[row], states[row] = identity, state
        return identity

    def name(self, identity: str, name: str) -> None:
        self._step(f"name {identity} {name}")[2][identity] = name

    def merge(self, identities: Sequence[str]) -> str:
        rows = np.concatenate([self.rows_of(identity) for identity in identities[1:]])
        return self._put(f"merge {' '.join(identities)}", rows, identities[0])

    def propose_split(self, identity: str) -> Any:
        rows = self.rows_of(identity)
        if len(rows) < 2:
            raise QueryError("One face cannot be split.", "Open an identity with two faces.")
        return rows[: (len(rows) + 1) // 2], rows[(len(rows) + 1) // 2 :]

    def split(self, identity: str, rows: ArrayLike) -> str:
        return self._put(f"split {identity} {np.asarray(rows).tolist()}", rows, f"{identity}+")

    def move(self, rows: ArrayLike, identity: str | None, name: str = "") -> str:
        new = identity or f"new{len(self.calls)}"
        self._put(f"move {np.asarray(rows).tolist()} {new} {name}".rstrip(), rows, new)
        self._now[2].update({new: name} if name else {})
        return new

    def not_a_face(self, rows: ArrayLike) -> None:
        self._put(f"not_a_face {np.asarray(rows).tolist()}", rows, "", "not a face")

    def unknown(self, rows: ArrayLike) -> None:
        self._put(f"unknown {np.asarray(rows).tolist()}", rows, "", "unknown")

    def release(self, rows: ArrayLike) -> None:
        self._put(f"release {np.asarray(rows).tolist()}", rows, "", "")

    def confirm(self, rows: ArrayLike, identity: str) -> None:
        self._put(f"confirm {np.asarray(rows).tolist()} {identity}", rows, identity)
        self._now[3].update((int(row), identity) for row in np.asarray(rows))

    def reject(self, rows: ArrayLike, identity: str) -> None:
        here = [row for row in np.asarray(rows) if self._now[0][row] == identity]
        self._put(f"reject {np.asarray(rows).tolist()} {identity}", here, "", "")
        self._now[3].update((int(row), identity) for row in np.asarray(rows))

    def undo(self) -> str | None:
        if not self._done:
            return None
        self._undone.append(self._now)
        self._now = self._done.pop()
        return self.calls[len(self._done)].split()[0]

    def redo(self) -> str | None:
        if not self._undone:
            return None
        self._done.append(self._now)
        self._now = self._undone.pop()
        return self.calls[len(self._done) - 1].split()[0]

    def suggest(self, identity: str, k: int = 12) -> pd.DataFrame:
        who, state, *_ = self._now
        free = [row for row in range(len(who)) if not who[row] and not state[row]][:k]
        return pd.DataFrame({"row": free, "confidence": np.linspace(0.95, 0.5, len(free))})

    def review(self) -> pd.DataFrame:
        """Doubt the two largest identities, and the last face of the largest, until that is answered."""
        columns = ["kind", "identity", "other", "row", "other_row", "similarity", "why", "leaving"]
        ids = self.identities["identity"].tolist()
        if len(ids) < 2:
            return pd.DataFrame(columns=columns)
        (a, b), (first, second) = (self.rows_of(identity) for identity in ids[:2]), ids[:2]
        doubts = [
            (
                "far",
                first,
                first,
                a[-1],
                a[0],
                0.31,
                "taken 14 years apart, and not much alike",
                (int(a[-1]),),
            ),
            ("close", first, second, a[0], b[0], 0.72, "two identities that look alike", tuple(b.tolist())),
        ]
        open_ = [doubt for doubt in doubts if (doubt[-1][0], first) not in self._now[3]]
        return pd.DataFrame(open_, columns=columns)
