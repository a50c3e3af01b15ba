"""The pair of face models of a case: which one, at which precision, loaded when it is first needed."""

import threading
from typing import TYPE_CHECKING

from workbench.errors import CaseError
from workbench.models.faces.pairs import DEFAULT, face_pair
from workbench.store.case_folder import CaseFolder
from workbench.store.keys import known_key, remember_key

if TYPE_CHECKING:
    from workbench.models.faces.pairs import FacePair
    from workbench.samples.models import FaceModel


class LazyFaceModel:
    """The face models of a case, loaded once; ``pair`` is their name."""

    def __init__(self, folder: CaseFolder, pair: str | None = None) -> None:
        self._folder = folder
        self.name = pair or known_key(folder.cache, "faces") or DEFAULT
        self._model: FaceModel | None = None
        self._loading = threading.Lock()

    @property
    def known_key(self) -> str | None:
        """The face key of the faces in the case, without loading anything; None where there are none."""
        return known_key(self._folder.cache, f"faces:{self.name}")

    @property
    def pair(self) -> "FacePair":
        """The record of the pair; raises ModelError for a name that nobody registered."""
        return face_pair(self.name)

    def get(self) -> "FaceModel":
        """Return the models; raises ModelError naming the way to get them."""
        with self._loading:
            if self._model is None:
                self._model = self._load()
            return self._model

    def matching(self, key: str) -> "FaceModel":
        """Return the models; raises CaseError where their numbers do not compare with those of ``key``."""
        if not key:
            what = "No faces were looked for in this case yet."
            raise CaseError(what, "Run `case.ingest_faces()` first.")
        model = self.get()
        if model.key != key:
            raise CaseError(
                f"The faces of this case were detected by {key}, but queries now use {model.key}.",
                "Run `case.ingest_faces()`: it adds faces of the new model and keeps all decisions.",
            )
        return model

    def remember(self) -> None:
        """Note in the case that its faces are those of these models, so that opening it loads none."""
        if self._model is not None:
            remember_key(self._folder.cache, f"faces:{self.name}", self._model.key)
            remember_key(self._folder.cache, "faces", self.name)

    def _load(self) -> "FaceModel":
        key = self.known_key
        model: FaceModel = self.pair.load(precision=key.rsplit("-", 1)[-1] if key else "auto")
        return model
