"""Questions to the faces of a case: who looks like whom, and what to look at again."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.analysis import identities as analysis

if TYPE_CHECKING:
    from workbench.case.faces.face_store import FaceStore
    from workbench.case.faces.table import FaceTable

DOUBT = ("kind", "identity", "other", "row", "other_row", "similarity", "why", "leaving")
DOUBTS = 100  # of each kind
SETTLED = 0.5  # share of the faces of one identity that are not another before the two are two people
LEAST_CONFIDENCE = 0.05
"""Below it a suggestion is not worth the question: nineteen of twenty would be answered with no."""


def suggest(book: "FaceStore", identity: str, k: int) -> pd.DataFrame:
    """Return row and confidence of faces that look like an identity; see ``Faces.suggest``."""
    table = book.table
    labels = table.labels.copy()
    label = int(labels[table.members(identity)[0]])
    rejected = [row for row, others in table.places.rejected.items() if identity in others]
    labels[[row for row in rejected if labels[row] == analysis.FREE]] = analysis.LEFT_OUT
    rows, confidence = analysis.suggest(book.vectors, labels, label, k, photo=book.photo, scale=book.pair)
    worth = confidence >= LEAST_CONFIDENCE
    return pd.DataFrame({"row": rows[worth], "confidence": confidence[worth]})


def review(book: "FaceStore") -> pd.DataFrame:
    """Return doubts about identities; see ``Faces.review``."""
    table = book.table
    names = table.identities["identity"].tolist()
    answered = len(table.standing.confirmed) + len(table.places.rejected)
    doubts = analysis.review(
        book.vectors,
        table.labels,
        book.quality,
        book.when,
        photo=book.photo,
        scale=book.pair,
        limit=DOUBTS + answered,
    )
    rows = [
        (
            *(doubt.kind, names[doubt.identity], names[doubt.other], doubt.row, doubt.other_row),
            *(doubt.similarity, doubt.why, _leaving(book, doubt, names)),
        )
        for doubt in doubts
        if not _answered(table, doubt, names)
    ]
    frame = pd.DataFrame(rows, columns=list(DOUBT))
    return frame.groupby("kind", sort=False).head(DOUBTS).reset_index(drop=True)


def _answered(table: "FaceTable", doubt: analysis.Doubt, names: Sequence[str]) -> bool:
    """Whether an analyst has said already what the doubt asks."""
    identity, other = names[doubt.identity], names[doubt.other]
    match doubt.kind:
        case "far apart":
            return table.confirmed(doubt.row) == identity
        case "far in time":
            return table.confirmed(doubt.row) == table.confirmed(doubt.other_row) == identity
    return max(table.rejected_share(other, identity), table.rejected_share(identity, other)) >= SETTLED


def _leaving(book: "FaceStore", doubt: analysis.Doubt, names: Sequence[str]) -> tuple[int, ...]:
    """Return the rows that are not the identity where the doubt is right."""
    match doubt.kind:
        case "far apart":
            return (doubt.row,)
        case "far in time":
            rows = book.table.members(names[doubt.identity])
            dated = rows[~np.isnan(book.when[rows])]
            dated = dated[np.argsort(book.when[dated], kind="stable")]
            late = dated[int(np.argmax(np.diff(book.when[dated]))) + 1 :]
            return tuple(np.sort(late).tolist())
    return tuple(book.table.members(names[doubt.other]).tolist())


def nearest(
    book: "FaceStore", queries: NDArray[np.float32], threshold: float | None
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return whom each query vector (Q, D) is likest to, and the cosine to that person: both (Q,).

    A person is a label of ``FaceTable.people``, -1 is nobody.
    """
    people = book.table.people
    return analysis.nearest(book.vectors, people, queries, threshold, scale=book.pair)
