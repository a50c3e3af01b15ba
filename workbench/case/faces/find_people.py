"""Who is in a given photo and where else, which faces look like a person, and what to look at again."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Union

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.analysis import identities as analysis
from workbench.errors import QueryError
from workbench.media.crops import SIDE
from workbench.media.decode import DecodeError
from workbench.media.read import ReadError
from workbench.media.stills import read_first

if TYPE_CHECKING:
    from PIL.Image import Image

    from workbench.case.faces.face_store import FaceStore
    from workbench.case.faces.table import FaceTable
    from workbench.media.crops import FoundFace
    from workbench.samples.models import FaceModel


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


Photo = Union[str, Path, "Image"]
COLUMNS = ("x", "y", "width", "height", "score", "quality", "identity", "name", "row", "similarity")


@dataclass(frozen=True, eq=False)
class People:
    """Who is in a photo. ``faces`` has one row a face of the photo, from left to right.

    x, y, width, height: pixels of the upright photo; score and quality [0, 1]; ``identity`` and ``name``, ""
    where the face is nobody known or somebody seen only once; ``row``: the likest face of that person in
    ``case.faces.frame``, -1 for nobody; ``similarity``: the cosine to the likest person.

    ``rows`` (K,) int32 are the images in which all of the people found appear (or any of them), ``images``
    those of the image table; a face that is nobody known does not count.
    """

    faces: pd.DataFrame
    rows: NDArray[np.int32]
    images: pd.DataFrame

    def __repr__(self) -> str:
        count, known = len(self.faces), int((self.faces["row"] >= 0).sum())
        return f"<{count} face{'s' * (count != 1)} in the photo, {known} known; {len(self.rows)} images>"


def find_people(
    photo: Photo,
    model: "FaceModel",
    book: "FaceStore",
    *,
    any: bool = False,
    threshold: float | None = None,
) -> People:
    """Return who is in ``photo`` and the images of all (or ``any``) of them; see `Case.find_people`."""
    image, scale = _read(photo, model.decode_side)
    found = sorted(model.detect(image), key=lambda face: face.box[0])
    vectors = _vectors(found, model)
    people, similarity = nearest(book, vectors, threshold)
    people = _one_each(people, similarity)
    appear = [np.unique(book.photo[book.table.people == person]) for person in people[people >= 0]]
    join = np.union1d if any else np.intersect1d
    rows = reduce(join, appear) if appear else np.empty(0, np.int32)
    table = book.images.iloc[rows].reset_index(drop=True)
    table.insert(0, "row", rows.astype(np.int32))
    faces = _table(found, scale, people, similarity, _likest(book, people, vectors), book)
    return People(faces, rows.astype(np.int32), table)


def _read(photo: Photo, side: int) -> tuple["Image", float]:
    """Return the upright photo, decoded as ingest does, and how much larger it is in full size."""
    if not isinstance(photo, str | Path):
        if not hasattr(photo, "convert"):
            what = f"People cannot be found in a {type(photo).__name__}."
            raise QueryError(what, "Give the path of a photo or a PIL image.")
        return photo.convert("RGB"), 1.0
    try:
        path = os.fsencode(Path(photo).expanduser())
        decoded = read_first(path, min_side=SIDE, min_long_side=side)
    except (ReadError, DecodeError, ValueError) as error:
        reason = f"The picture {photo} cannot be read ({error})."
        raise QueryError(reason, "Give a JPEG, PNG, WebP or HEIC file.") from error
    return decoded.image, decoded.facts.width / decoded.image.width


def _vectors(found: "Sequence[FoundFace]", model: "FaceModel") -> NDArray[np.float32]:
    batches = [found[start : start + model.batch_size] for start in range(0, len(found), model.batch_size)]
    vectors = [model.embed_faces(np.stack([face.crop for face in batch])) for batch in batches]
    return np.concatenate([np.empty((0, model.dim), np.float32), *vectors])


def _one_each(people: NDArray[np.int32], similarity: NDArray[np.float32]) -> NDArray[np.int32]:
    """Leave each person to the likest of the faces: two faces of one photo are never one person."""
    best = people.copy()
    for person in np.unique(people[people >= 0]):
        faces = np.flatnonzero(people == person)
        best[faces[faces != faces[np.argmax(similarity[faces])]]] = -1
    return best


def _likest(book: "FaceStore", people: NDArray[np.int32], vectors: NDArray[np.float32]) -> list[int]:
    """Return for each face the row of the likest face of its person, -1 for nobody."""
    rows = []
    for person, vector in zip(people.tolist(), vectors, strict=True):
        members = np.flatnonzero(book.table.people == person) if person >= 0 else np.empty(0, np.intp)
        rows.append(int(members[np.argmax(book.vectors[members] @ vector)]) if len(members) else -1)
    return rows


def _table(
    found: "Sequence[FoundFace]",
    scale: float,
    people: NDArray[np.int32],
    similarity: NDArray[np.float32],
    rows: list[int],
    book: "FaceStore",
) -> pd.DataFrame:
    boxes = np.array([face.box for face in found], np.float32).reshape(-1, 4) * scale
    known = book.table.frame.iloc[rows][["identity", "name"]].reset_index(drop=True)
    known[people < 0] = ""
    table = pd.DataFrame(boxes, columns=["x", "y", "width", "height"])
    table["score"], table["quality"] = [f.score for f in found], [f.quality for f in found]
    return pd.concat([table, known], axis=1).assign(row=rows, similarity=similarity).loc[:, list(COLUMNS)]
