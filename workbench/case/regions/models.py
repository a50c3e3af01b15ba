"""The models of regions of a case: loaded when they are first needed, and known by their keys before."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from workbench.media.regions import KINDS
from workbench.models.registry import model
from workbench.samples.kind import finders, searchable_kinds
from workbench.samples.models import Models
from workbench.store.case_folder import CaseFolder
from workbench.store.keys import known_key, remember_key

if TYPE_CHECKING:
    from workbench.samples.models import Embedder, RegionModel


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
