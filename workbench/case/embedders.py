"""The models of a case: which ones, at which precision, and whether their numbers fit those on disk."""

import contextlib
import threading
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from workbench.errors import CaseError
from workbench.media.crops import KINDS
from workbench.models.faces.pairs import DEFAULT, face_pair
from workbench.models.registry import model
from workbench.samples.kind import finders, searchable_kinds
from workbench.samples.models import Models
from workbench.store.case_folder import DEFAULT_MODEL, CaseFolder
from workbench.store.sample_parts import known_key, remember_key

if TYPE_CHECKING:
    from workbench.models.faces.pairs import FacePair
    from workbench.samples.models import Embedder, FaceModel, RegionModel


def load_embedder(folder: CaseFolder, precision: str = "auto") -> "Embedder":
    """Load the model that a case uses; "auto" takes the precision its vectors have, where there are some.

    Raises ModelError naming the way to get the model.
    """
    known = known_key(folder.cache, folder.model)
    if known and precision == "auto":
        precision = known.rsplit("-", 1)[-1]
    embedder: Embedder = model(folder.model).embedder(precision)
    return embedder


def earlier_model(folder: CaseFolder) -> str:
    """Say that the vectors of a case are of an earlier `mini`, and what to do; "" where not."""
    from workbench.models.mini.config import is_earlier

    key = known_key(folder.cache, folder.model) if folder.model == DEFAULT_MODEL else None
    if key is None or not is_earlier(key):
        return ""
    return (
        f"The vectors of this case were computed by an earlier {DEFAULT_MODEL} ({key}); a better is here. "
        "Until you run `case.ingest()`, which embeds all images again and keeps the old vectors, the case "
        "can be looked at but not searched in words or by a new picture."
    )


class LazyEmbedder:
    """The embedder of a case, loaded once, when it is first needed or in the background."""

    def __init__(self, folder: CaseFolder, precision: str = "auto") -> None:
        self._folder, self._precision = folder, precision
        self._embedder: Embedder | None = None
        self._loading = threading.Lock()

    @property
    def loaded(self) -> bool:
        """Whether the model is there already."""
        return self._embedder is not None

    def get(self) -> "Embedder":
        """Return the model, loading it where that has not happened; raises ModelError."""
        with self._loading:
            if self._embedder is None:
                self._embedder = load_embedder(self._folder, self._precision)
            return self._embedder

    def warm(self) -> threading.Thread:
        """Load in the background and return the thread; what goes wrong is raised by the next ``get``."""

        def load() -> None:
            with contextlib.suppress(Exception):
                self.get().embed_texts(["warm"])

        thread = threading.Thread(target=load, name="workbench-warm", daemon=True)
        thread.start()
        return thread

    def matching(self, key: str) -> "Callable[[], Embedder]":
        """Return ``get``, which then raises CaseError if the model's numbers do not compare with ``key``."""

        def get() -> "Embedder":
            embedder = self.get()
            if embedder.key != key:
                raise CaseError(
                    f"The vectors of this case were computed by {key}, but queries now use {embedder.key}.",
                    "Run `case.ingest()`: it adds vectors of the new model and keeps the old ones.",
                )
            return embedder

        return get


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


def without_model(kinds: Collection[str]) -> list[str]:
    """Return those of some kinds that are registered and need no model to be found."""
    return [kind for kind in kinds if kind in searchable_kinds() and kind not in KINDS]


def load_finder(folder: CaseFolder, kinds: Collection[str]) -> "RegionModel | None":
    """Return the models of some kinds of region, None where these need none; raises ModelError.

    The error names the way to get the models, or the kinds that exist.
    """
    kinds = [kind for kind in kinds if kind not in without_model(kinds)]
    if not kinds:
        return None
    from workbench.models.regions import load_regions, ways

    own = model(folder.model).regions
    finder: RegionModel = load_regions(kinds) if own is None else own(ways(kinds))
    return finder


def remember(
    folder: CaseFolder, kinds: Collection[str], finder: "RegionModel | None", embedder: "Embedder"
) -> None:
    """Note in the case which keys an ingest wrote, so that opening it loads no model."""
    names = [*without_model(kinds), *(finder.keys if finder else ())]
    for some in finders(Models(embedder, regions=finder), names):
        for kind, key in some.keys.items():
            remember_key(folder.cache, _name(kind, folder.model), key)


def known_keys(folder: CaseFolder) -> dict[str, str]:
    """Return kind -> region key of the last ingest that looked for it with the model of the case."""
    known = {kind: known_key(folder.cache, _name(kind, folder.model)) for kind in searchable_kinds()}
    return {kind: key for kind, key in known.items() if key is not None}


def _name(kind: str, model: str) -> str:
    return f"regions:{kind}:{model}"
