"""FaceSearch: images by who is in them. Faces have vectors of their own; an image takes its best face."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.calibration import Background
from workbench.errors import QueryError

if TYPE_CHECKING:
    from workbench.case.faces.faces_api import Faces


@dataclass(frozen=True, eq=False)
class Seen:
    """How somebody is seen in each of N images.

    ``scores`` (N,): the cosine of the likest face to that person, -1 without a face; ``probabilities`` (N,)
    calibrated among the faces of the case; ``there`` (N,): whether a face of that identity is in the image.
    """

    scores: NDArray[np.float32]
    probabilities: NDArray[np.float32]
    there: NDArray[np.bool_]


class FaceSearch:
    """Looks for people in ``images`` images; ``faces()`` is asked for only when a query names somebody."""

    def __init__(self, faces: "Callable[[], Faces]", images: int) -> None:
        self._get, self._images = faces, images

    def seen(self, who: str) -> Seen:
        """Return where ``who`` is seen: the name or id of an identity, or a face id.

        Raises QueryError where nobody is called so, or where no faces were looked for.
        """
        faces = self._get()
        if not len(faces):
            raise QueryError("This case has no faces.", "Run `case.ingest_faces()` first.")
        members = self._members(faces, who)
        mean = np.asarray(faces.vectors[members], np.float32).mean(axis=0)
        cosines = np.asarray(faces.vectors @ (mean / max(float(np.linalg.norm(mean)), 1e-9)), np.float32)
        chances = self._background.probability(cosines)
        photo = faces.frame["image_row"].to_numpy(np.int64)
        seen = Seen(
            np.full(self._images, -1, np.float32),
            np.zeros(self._images, np.float32),
            np.zeros(self._images, bool),
        )
        np.maximum.at(seen.scores, photo, cosines)
        np.maximum.at(seen.probabilities, photo, chances)
        seen.there[photo[members]] = True
        return seen

    @cached_property
    def _background(self) -> Background:
        vectors = self._get().vectors
        return Background(vectors, vectors)

    def _members(self, faces: "Faces", who: str) -> NDArray[np.intp]:
        """Return the rows of the faces of an identity, or of one face."""
        people, frame = faces.identities, faces.frame
        called = people["name"].astype(str).str.casefold() == who.casefold()
        identities = set(people["identity"][called | (people["identity"] == who)])
        if not identities and who in set(frame["face_id"]):
            row = int(np.flatnonzero(frame["face_id"] == who)[0])
            identity = str(frame["identity"].iloc[row])
            if not identity:
                return np.array([row], np.intp)
            identities = {identity}
        if not identities:
            known = ", ".join(faces.named[:5]) or "nobody has a name yet"
            raise QueryError(
                f"Nobody is called {who!r}.", f"Use a name or an identity of `case.faces`: {known}."
            )
        return np.flatnonzero(frame["identity"].isin(identities))
