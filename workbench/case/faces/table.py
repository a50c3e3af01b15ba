"""FaceTable: the faces of a case with their identities, as decisions and grouping have them now."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.analysis.identities import LEFT_OUT
from workbench.case.faces.grouping import ASIDE
from workbench.errors import QueryError
from workbench.store.face_matching import attach
from workbench.store.identity_state import NOT_A_FACE, Standing

if TYPE_CHECKING:
    from workbench.analysis.rows import Rows

COLUMNS = ("identity", "name", "faces", "images", "cover", "kept")


@dataclass(frozen=True)
class Places:
    """Where decisions put the faces now open.

    ``held`` (F,): identity, NOT_A_FACE, UNKNOWN or "" for each face; ``anchors`` (F,): the face id under
    which decisions know it; ``rejected``: row -> identities it is not; ``lost``: held face ids that no face
    fits.
    """

    held: list[str]
    anchors: list[str]
    rejected: Mapping[int, Collection[str]]
    lost: list[str]


def place(standing: Standing, face_ids: list[str]) -> Places:
    """Find the faces that decisions are about: by their box, or the box of another detector."""
    known = list(dict.fromkeys([*standing.holds, *standing.rejected]))
    rows = attach(known, face_ids).tolist()
    places = Places([""] * len(face_ids), list(face_ids), {}, [])
    rejected: dict[int, Collection[str]] = {}
    for anchor, row in zip(known, rows, strict=True):
        if row < 0:
            places.lost.extend([anchor] if anchor in standing.holds else [])
            continue
        places.held[row], places.anchors[row] = standing.holds.get(anchor, ""), anchor
        if others := standing.rejected.get(anchor):
            rejected[row] = others
    return Places(places.held, places.anchors, rejected, places.lost)


class FaceTable:
    """Faces with the identity of each; made anew after each decision, never changed.

    ``faces``: the face table of the store; ``found`` (F,): the identity of each face, "" for none.
    """

    def __init__(self, faces: pd.DataFrame, found: list[str], places: Places, standing: Standing) -> None:
        self.places, self.standing = places, standing
        kept = set(standing.kept)
        names = {identity: name for identity, name in standing.names.items() if identity in kept}
        states = [held if held in ASIDE else "kept" if held else "" for held in places.held]
        self.frame = faces.assign(
            identity=found, name=[names.get(identity, "") for identity in found], state=states
        )
        self.identities = _identities(self.frame, kept, names)

    def members(self, identity: str) -> NDArray[np.intp]:
        """Return the rows of an identity, sorted; raise QueryError where there is none of this id."""
        rows = self._members.get(identity)
        if rows is None:
            raise QueryError(f"Unknown identity {identity!r}.", "Use an id from `case.faces.identities`.")
        return np.sort(rows)

    def undecided(self, identity: str) -> list[str]:
        """Return the face ids that belong to an identity by grouping alone."""
        return [self.places.anchors[row] for row in self.members(identity) if not self.places.held[row]]

    def confirmed(self, row: int) -> str:
        """Return the identity that somebody who looked at a face found it to be, "" for nobody."""
        return self.standing.confirmed.get(self.places.anchors[row], "")

    def rejected_share(self, identity: str, other: str) -> float:
        """Return the share of the faces of an identity that an analyst said are not ``other``, [0, 1]."""
        rows = self.members(identity)
        return sum(other in self.places.rejected.get(int(row), ()) for row in rows) / len(rows)

    def anchors(self, rows: "Rows") -> list[str]:
        """Return the face ids under which decisions know these rows."""
        return [self.places.anchors[row] for row in rows.tolist()]

    @cached_property
    def labels(self) -> NDArray[np.int32]:
        """The number of each face's identity in ``identities``; -1 for none, -2 for a face set aside."""
        number = {identity: label for label, identity in enumerate(self.identities["identity"])}
        labels = np.array([number.get(identity, -1) for identity in self.frame["identity"]], np.int32)
        labels[self.frame["state"].isin(ASIDE).to_numpy()] = LEFT_OUT
        return labels

    @cached_property
    def people(self) -> NDArray[np.int32]:
        """Like ``labels``, but a face that is alone or unknown has a number of its own; -2 for no face."""
        people = self.labels.copy()
        alone = (people < 0) & (self.frame["state"] != NOT_A_FACE).to_numpy()
        people[alone] = len(self.identities) + np.arange(int(alone.sum()))
        return people

    @cached_property
    def _members(self) -> Mapping[str, NDArray[np.intp]]:
        groups = self.frame.groupby("identity").indices
        return {str(identity): np.asarray(rows, np.intp) for identity, rows in groups.items() if identity}


def _identities(frame: pd.DataFrame, kept: Collection[str], names: Mapping[str, str]) -> pd.DataFrame:
    """Return one row an identity, the largest first."""
    shown = frame.loc[frame["identity"] != "", ["identity", "image_id", "sure", "quality"]].reset_index(
        names="row"
    )
    order = ["sure", "quality", "row"]
    best_last = shown.sort_values(order, ascending=[True, True, False], kind="stable")
    groups = best_last.groupby("identity", sort=True)
    table = groups.agg(faces=("row", "size"), images=("image_id", "nunique"), cover=("row", "last"))
    table = table.reset_index()
    table["name"] = [names.get(identity, "") for identity in table["identity"]]
    table["kept"] = table["identity"].isin(kept)
    table = table.sort_values(["faces", "identity"], ascending=[False, True], ignore_index=True)
    return table.astype({"faces": np.int64, "images": np.int64, "cover": np.int32}).loc[:, list(COLUMNS)]
