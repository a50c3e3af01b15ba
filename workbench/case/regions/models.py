"""The models of regions of a case: loaded when they are first needed, and known by their keys before."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from workbench.media.regions import KINDS
from workbench.models.registry import model
from workbench.store.case_folder import CaseFolder
from workbench.store.keys import known_key, remember_key

if TYPE_CHECKING:
    from workbench.ingest import Embedder
    from workbench.ingest.region_model import RegionModel


def load_finder(folder: CaseFolder, kinds: Collection[str]) -> "RegionModel":
    """Return the models of some kinds of region; raises ModelError naming the way to get them."""
    from workbench.models.regions import load_regions, ways

    own = model(folder.model).regions
    finder: RegionModel = load_regions(kinds) if own is None else own(ways(kinds))
    return finder


def remember(folder: CaseFolder, finder: "RegionModel", embedder: "Embedder") -> None:
    """Note in the case which region keys an ingest wrote, so that opening it loads no model."""
    from workbench.ingest.region_model import region_keys

    for kind, key in region_keys(finder, embedder).items():
        remember_key(folder.cache, _name(kind, folder.model), key)


def known_keys(folder: CaseFolder) -> dict[str, str]:
    """Return kind -> region key of the last ingest that looked for it with the model of the case."""
    known = {kind: known_key(folder.cache, _name(kind, folder.model)) for kind in KINDS}
    return {kind: key for kind, key in known.items() if key is not None}


def _name(kind: str, model: str) -> str:
    return f"regions:{kind}:{model}"
