"""The embedder of a case: which model, at which precision, and whether its numbers fit those on disk."""

from typing import TYPE_CHECKING

from workbench.errors import CaseError
from workbench.store.case_folder import CaseFolder
from workbench.store.keys import known_key

if TYPE_CHECKING:
    from workbench.embedding import Embedder


def load_embedder(folder: CaseFolder, precision: str = "auto") -> "Embedder":
    """Load the model that a case uses; "auto" takes the precision its vectors have, where there are some.

    Raises ModelError naming the way to get the model.
    """
    if folder.model == "fake":
        from workbench.testing import ColourEmbedder

        return ColourEmbedder()
    from workbench.models import load

    known = known_key(folder.cache, folder.model)
    if known and precision == "auto":
        precision = known.rsplit("-", 1)[-1]
    return load(folder.model, precision=precision)


def check_key(embedder: "Embedder", key: str) -> "Embedder":
    """Return ``embedder`` if its vectors can be compared with those of ``key``; raise CaseError if not."""
    if embedder.key != key:
        raise CaseError(
            f"The vectors of this case were made by {key}, questions now by {embedder.key}.",
            "Run `case.ingest()`: it adds vectors of the new key and keeps the old ones.",
        )
    return embedder
