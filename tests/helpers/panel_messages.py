"""What a browser sends to a panel, and what it gets back."""

from typing import Any

import numpy as np

import workbench as wb
from workbench.panels.base import Panel
from workbench.panels.map.panel import Map


def browser(panel: Panel, ask: str, buffers: list[bytes] | None = None, **data: Any) -> dict[str, Any]:
    """Send what the browser sends, and return the answer with its buffers."""
    sent: list[tuple[dict[str, Any], list[bytes]]] = []
    panel.send = lambda content, buffers=None: sent.append((content, buffers))  # type: ignore[method-assign]
    panel._receive(panel, {"ask": ask, "id": "x-1", **data}, buffers or [])
    ((answer, replied),) = sent
    assert answer["id"] == "x-1"
    return {**answer, "buffers": replied}


def colour_row(desk: wb.Workspace, colour: str) -> int:
    return next(row for row, path in enumerate(desk.case.images["path"]) if colour in path)


def draw(panel: Map, corners: Any, mode: str, shape: str = "lasso") -> None:
    """Report what was drawn with the mouse; the one place in the tests that knows its form."""
    browser(panel.bar, "draw", [np.asarray(corners, "<f8").tobytes()], shape=shape, mode=mode)
