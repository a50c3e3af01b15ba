"""What a map without a browser has lit up, read as the browser reads it."""

import numpy as np
from numpy.typing import NDArray

from workbench.panels.map.panel import Map


def bright(panel: Map) -> list[int] | None:
    """Return the positions of the drawn points that are bright; None where nothing is dimmed."""
    if not panel.bar.bright:
        return None
    bits = np.unpackbits(np.frombuffer(panel.bar.bright, np.uint8), bitorder="little")
    assert len(bits) - 8 < len(panel.drawn) <= len(bits)
    return np.flatnonzero(bits).tolist()


def places(sent: bytes) -> NDArray[np.float32]:
    """Return the places (K, 2) of crosses or of the ring."""
    return np.frombuffer(sent, "<f4").reshape(-1, 2)
