"""Questions to the faces of a case: who looks like whom, and what to look at again."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.analysis import identities as analysis

if TYPE_CHECKING:
    from workbench.case.face_book import FaceBook

DOUBT = ("kind", "identity", "other", "row", "other_row", "similarity", "why")
LEAST_CONFIDENCE = 0.05
"""Below it a suggestion is not worth the question: nineteen of twenty would be answered with no."""


def suggest(book: "FaceBook", identity: str, k: int) -> pd.DataFrame:
    """Return row and confidence of faces that look like an identity; see ``Faces.suggest``."""
    table = book.table
    labels = table.labels.copy()
    label = int(labels[table.members(identity)[0]])
    rejected = [row for row, others in table.places.rejected.items() if identity in others]
    labels[[row for row in rejected if labels[row] == analysis.FREE]] = analysis.LEFT_OUT
    rows, confidence = analysis.suggest(
        book.vectors, labels, label, k, photo=book.photo, recogniser=book.recogniser
    )
    worth = confidence >= LEAST_CONFIDENCE
    return pd.DataFrame({"row": rows[worth], "confidence": confidence[worth]})


def review(book: "FaceBook") -> pd.DataFrame:
    """Return doubts about identities; see ``Faces.review``."""
    table = book.table
    names = table.identities["identity"].tolist()
    doubts = analysis.review(
        book.vectors, table.labels, book.quality, book.when, photo=book.photo, recogniser=book.recogniser
    )
    rows = [[getattr(doubt, column) for column in DOUBT] for doubt in doubts]
    frame = pd.DataFrame(rows, columns=list(DOUBT))
    for column in ("identity", "other"):
        frame[column] = [names[label] for label in frame[column]]
    return frame


def nearest(
    book: "FaceBook", queries: NDArray[np.float32], threshold: float | None
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return whom each query vector (Q, D) is likest to, and the cosine to that person: both (Q,).

    A person is a label of ``FaceTable.people``, -1 is nobody.
    """
    people = book.table.people
    return analysis.nearest(book.vectors, people, queries, threshold, recogniser=book.recogniser)
