"""Models by name: those that ship, those that a program registers, those that installed packages bring."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

GROUP = "workbench.models"
"""Entry points of installed packages. One is named like the model; it is a function that registers it."""


@dataclass(frozen=True)
class Model:
    """What the name of a model stands for: functions that load it, called when it is first needed.

    embedder: ``embedder(precision)`` returns a `samples.models.Embedder`; precision: "auto", or what follows
    the last "-" in the embedder key of vectors that are there already. regions: ``regions(kinds)`` returns a
    `samples.models.RegionModel`. instances: ``instances()`` returns a `case.instances.model.Dense`. None
    stands for the models that ship.
    """

    embedder: Callable[[str], Any]
    regions: Callable[[Collection[str]], Any] | None = None
    instances: Callable[[], Any] | None = None


_registered: dict[str, Model] = {}


def register_model(
    name: str,
    embedder: Callable[[str], Any],
    *,
    regions: Callable[[Collection[str]], Any] | None = None,
    instances: Callable[[], Any] | None = None,
) -> None:
    """Give a model a name that ``workbench.open(model=...)`` takes; a second one of that name replaces it.

    The arguments are the fields of `Model`. A case keeps the name: register the model in each process that
    opens the case, or let an installed package do so by an entry point of the group `GROUP`.
    """
    _registered[name] = Model(embedder, regions, instances)


def model(name: str) -> Model:
    """Return what a name stands for: what was registered, else what `workbench.models.load` knows."""
    if name not in _registered:
        load_entry_point(name)
    return _registered.get(name) or Model(partial(_load, name))


def load_entry_point(name: str) -> None:
    """Let an installed package register the model of this name, if there is such a package."""
    from importlib.metadata import entry_points

    for found in entry_points(group=GROUP, name=name):
        found.load()()


_loaded: WeakValueDictionary[tuple[str, str], Any] = WeakValueDictionary()
_loading = threading.Lock()


def _load(name: str, precision: str) -> Any:
    """Load a model that ships or has a name, or return it where any case of this process has it open.

    A checkpoint in a file is read each time: it may be another one now.
    """
    from workbench.models import load

    if Path(name.partition("/")[2]).is_file():
        return load(name, precision=precision)
    with _loading:
        found = _loaded.get((name, precision))
        if found is None:
            found = load(name, precision=precision)
            known = (name, found.key.rsplit("-", 1)[-1])  # the precision that "auto" stands for here
            found = _loaded.setdefault(known, found)
            _loaded[name, precision] = found
        return found
