"""FaceSearch: images by who is in them. Faces have vectors of their own; an image takes its best face."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from workbench.errors import QueryError
from workbench.search.ranker import Ranker

if TYPE_CHECKING:
    import pandas as pd


class People(Protocol):
    """Faces with vectors, and the identities they are grouped into; the faces of a case fit it."""

    @property
    def frame(self) -> "pd.DataFrame":
        """One row a face: face_id, image_row, identity, ..."""
        ...

    @property
    def vectors(self) -> NDArray[np.float32]:
        """Unit vectors (F, D)."""
        ...

    @property
    def identities(self) -> "pd.DataFrame":
        """One row an identity: identity, name, ..."""
        ...

    @property
    def named(self) -> list[str]:
        """The names that were given."""
        ...

    def __len__(self) -> int: ...


@dataclass(frozen=True, eq=False)
class Seen:
    """How somebody is seen in each of N images.

    ``scores`` (N,): the cosine of the likest face to that person, -inf without a face; ``probabilities`` (N,)
    calibrated among the faces of the case; ``there`` (N,): whether a face of that identity is in the image.
    """

    scores: NDArray[np.float32]
    probabilities: NDArray[np.float32]
    there: NDArray[np.bool_]


class FaceSearch:
    """Looks for people in ``images`` images; ``people()`` is asked for only when a query names somebody."""

    def __init__(self, people: Callable[[], People], images: int) -> None:
        self._get, self._images = people, images

    def seen(self, who: str) -> Seen:
        """Return where ``who`` is seen: the name or id of an identity, or a face id.

        Raises QueryError where nobody is called so, or where no faces were looked for.
        """
        people = self._get()
        if not len(people):
            raise QueryError("This case has no faces.", "Run `case.ingest_faces()` first.")
        members = _members(people, who)
        mean = np.asarray(people.vectors[members], np.float32).mean(axis=0)
        cosines = self._ranker.scores(mean / max(float(np.linalg.norm(mean)), 1e-9))
        scores, faces = self._ranker.best(cosines)
        chances = self._ranker.background(words=False).probability(cosines)
        there = np.zeros(self._images, bool)
        there[people.frame["image_row"].to_numpy()[members]] = True
        return Seen(scores, np.where(faces >= 0, chances[faces], np.float32(0)), there)

    @cached_property
    def _ranker(self) -> Ranker:
        people = self._get()
        rows = people.frame["image_row"].to_numpy(np.int64)
        return Ranker(people.frame, people.vectors, rows, images=self._images)


def _members(people: People, who: str) -> NDArray[np.intp]:
    """Return the rows of the faces of an identity, or of one face."""
    identities, frame = people.identities, people.frame
    called = identities["name"].astype(str).str.casefold() == who.casefold()
    found = set(identities["identity"][called | (identities["identity"] == who)])
    if not found and who in set(frame["face_id"]):
        row = int(np.flatnonzero(frame["face_id"] == who)[0])
        identity = str(frame["identity"].iloc[row])
        if not identity:
            return np.array([row], np.intp)
        found = {identity}
    if not found:
        known = ", ".join(people.named[:5]) or "nobody has a name yet"
        raise QueryError(f"Unknown person {who!r}.", f"Use a name or an identity of `case.faces`: {known}.")
    return np.flatnonzero(frame["identity"].isin(found))
