"""The embedder of a case: which model, at which precision, and whether its numbers fit those on disk."""

import contextlib
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from workbench.errors import CaseError
from workbench.models.registry import model
from workbench.store.case_folder import CaseFolder
from workbench.store.keys import known_key

if TYPE_CHECKING:
    from workbench.ingest import Embedder


def load_embedder(folder: CaseFolder, precision: str = "auto") -> "Embedder":
    """Load the model that a case uses; "auto" takes the precision its vectors have, where there are some.

    Raises ModelError naming the way to get the model.
    """
    known = known_key(folder.cache, folder.model)
    if known and precision == "auto":
        precision = known.rsplit("-", 1)[-1]
    embedder: Embedder = model(folder.model).embedder(precision)
    return embedder


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
