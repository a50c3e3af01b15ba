"""plotly, imported in 0.3 s instead of 1.2 s: ``from workbench.panels.map.quick_plotly import go``.

plotly imports nbformat, that jsonschema, and that compiles a grammar of international URLs, for a second and
more, which nothing here ever asks about (https://github.com/python-jsonschema/jsonschema/issues/1428). The
grammar is compiled when it is first asked instead; nothing is lost or changed for others in the process.
"""

import importlib
import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any


@contextmanager
def put_off(module: str, function: str) -> Iterator[None]:
    """Let ``from module import function``, while inside, give a function that imports the module when called.

    A module that is already there, or not installed, is left alone.
    """
    if module in sys.modules or importlib.util.find_spec(module) is None:
        yield
        return

    def call(*args: Any, **options: Any) -> Any:
        return getattr(importlib.import_module(module), function)(*args, **options)

    stand_in = ModuleType(module)
    setattr(stand_in, function, call)
    sys.modules[module] = stand_in
    try:
        yield
    finally:
        del sys.modules[module]


with put_off("rfc3987_syntax", "is_valid_syntax"):
    from plotly import graph_objects as go

    go.FigureWidget  # noqa: B018 (its import is what nbformat comes with)

__all__ = ["go"]
