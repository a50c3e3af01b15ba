"""Workbench: explore a collection of images from a JupyterLab notebook.

>>> import workbench as wb
>>> case = wb.open("photos/", case="cases/mine")  # doctest: +SKIP
>>> case.ingest()                                 # doctest: +SKIP
>>> wb.Workspace(case)                            # doctest: +SKIP

The names below are imported when first used, so that ``import workbench`` stays quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.case import Case
    from workbench.case.opening import open_case as open
    from workbench.errors import WorkbenchError
    from workbench.search.hits import Hits
    from workbench.search.terms import Like, like, weigh
    from workbench.selection import Selection
    from workbench.workspace import Workspace


__version__ = "0.1.0"

_HOMES = {
    "Case": "case",
    "Hits": "search.hits",
    "Like": "search.terms",
    "Selection": "selection",
    "WorkbenchError": "errors",
    "Workspace": "workspace",
    "like": "search.terms",
    "open": "case",
    "weigh": "search.terms",
}

__all__ = ["Case", "Hits", "Like", "Selection", "WorkbenchError", "Workspace", "like", "open", "weigh"]


def __getattr__(name: str) -> object:
    """Import a public name from its module on first use (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module 'workbench' has no attribute {name!r}")
    module = import_module(f"workbench.{_HOMES[name]}")
    value: object = getattr(module, "open_case" if name == "open" else name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
