"""Make ``outline.npz`` of Natural Earth's countries: ``python -m benchmarks.make_outline FILE``.

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

from workbench.panels.where.panel import FILE, STEPS

Line = NDArray[np.float64]


def main(source: Path) -> None:
    """Read the topology and write the lines, in whole steps of a 32,767th of 180 degrees."""
    topology = json.loads(source.read_text("utf-8"))
    arcs = [_degrees(arc, topology["transform"]) for arc in topology["arcs"]]
    rings = [_ring(ring, arcs) for ring in _rings(topology["objects"]["land"])]
    coasts = [part for ring in rings for part in _on_map(ring)]
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


def _on_map(ring: Line) -> Iterator[Line]:
    """Cut a ring on the sphere at the antimeridian, where the map ends; one around a pole takes it in."""
    around = np.column_stack([np.unwrap(ring[:, 0], period=360), ring[:, 1]])
    if abs(around[-1, 0] - around[0, 0]) > 180:
        pole = np.copysign(90, ring[:, 1].mean())
        around = np.concatenate([around, [[around[-1, 0], pole], [around[0, 0], pole]]])
    for turn in (-360, 0, 360):
        turned = around + np.array([turn, 0])
        part = _beyond(-_beyond(-turned, -180), -180)
        if len(part) > 2:
            yield part


def _beyond(ring: Line, least: float) -> Line:
    """Return the part of a ring whose first coordinate is at least ``least``.

    Method: Sutherland and Hodgman, "Reentrant polygon clipping" (CACM 1974), for one edge.
    """
    kept = []
    for before, here in zip(np.roll(ring, 1, axis=0), ring, strict=True):
        if (before[0] >= least) != (here[0] >= least):
            kept.append(before + (here - before) * (least - before[0]) / (here[0] - before[0]))
        if here[0] >= least:
            kept.append(here)
    return np.array(kept).reshape(-1, 2)


def _packed(name: str, lines: list[Line]) -> dict[str, NDArray[Any]]:
    points = np.concatenate(lines)
    ends = np.cumsum([len(line) for line in lines], dtype=np.int32)
    return {name: np.round(points / 180 * STEPS).astype(np.int16), f"{name}_ends": ends}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
