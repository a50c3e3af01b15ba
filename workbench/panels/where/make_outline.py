"""Make ``outline.npz`` of Natural Earth's countries: ``python -m workbench.panels.where.make_outline FILE``.

FILE is ``countries-50m.json`` of the npm package world-atlas 2.0.2: Natural Earth 4.1 at 1:50 million, public
domain, as TopoJSON (https://github.com/topojson/topojson-specification). Arcs that two countries share are
borders; the rings of ``land`` are coasts.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.panels.where.outline import FILE, STEPS

Line = NDArray[np.float64]


def main(source: Path) -> None:
    """Read the topology and write the lines, in whole steps of a 32,767th of 180 degrees."""
    topology = json.loads(source.read_text("utf-8"))
    arcs = [_degrees(arc, topology["transform"]) for arc in topology["arcs"]]
    coasts = [_ring(ring, arcs) for ring in _rings(topology["objects"]["land"])]
    uses = Counter(i if i >= 0 else ~i for ring in _rings(topology["objects"]["countries"]) for i in ring)
    borders = [arcs[i] for i, times in uses.items() if times > 1]
    arrays: dict[str, Any] = {**_packed("coasts", coasts), **_packed("borders", borders)}
    np.savez_compressed(FILE, **arrays)


def _degrees(arc: list[list[int]], transform: dict[str, list[float]]) -> Line:
    """Return the (P, 2) degrees of an arc, which is kept as differences of whole numbers."""
    return np.cumsum(arc, axis=0) * transform["scale"] + transform["translate"]


def _rings(shape: dict[str, Any]) -> Iterator[list[int]]:
    match shape["type"]:
        case "GeometryCollection":
            for part in shape["geometries"]:
                yield from _rings(part)
        case "Polygon":
            yield from shape["arcs"]
        case "MultiPolygon":
            for polygon in shape["arcs"]:
                yield from polygon


def _ring(ring: list[int], arcs: list[Line]) -> Line:
    """Join the arcs of a ring; ~i is arc i backwards."""
    return np.concatenate([arcs[i] if i >= 0 else arcs[~i][::-1] for i in ring])


def _packed(name: str, lines: list[Line]) -> dict[str, NDArray[Any]]:
    points = np.concatenate(lines)
    ends = np.cumsum([len(line) for line in lines], dtype=np.int32)
    return {name: np.round(points / 180 * STEPS).astype(np.int16), f"{name}_ends": ends}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
