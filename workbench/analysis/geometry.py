"""Which points lie inside a shape drawn on the map, and Web Mercator positions on the map of places."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.errors import QueryError


def corners_from_bytes(data: bytes) -> NDArray[np.float64]:
    """Return the (M, 2) corners that a browser sends: pairs x, y of little-endian float64.

    Raises QueryError for fewer than two corners, half a number, and values that are not finite.
    """
    whole = len(data) >= 32 and len(data) % 16 == 0
    corners = np.frombuffer(data, "<f8").reshape(-1, 2).astype(np.float64) if whole else np.empty((0, 2))
    if not whole or not np.isfinite(corners).all():
        raise QueryError("The outline that was drawn cannot be read.", "Draw it again.")
    return corners


def inside(points: NDArray[np.floating], polygon: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Say for each of (N, 2) ``points`` whether it lies inside ``polygon``: (N,) bool.

    ``polygon`` is (M, 2), closed by itself, with rows of NaN between subpaths. Where it crosses itself the
    even-odd rule decides, as it does for what the browser fills. Fewer than three corners hold nothing.

    Method: Shimrat, "Algorithm 112: position of point relative to polygon" (CACM 1962), with the points
    sorted by height so that an edge only meets the points level with it.
    """
    answer = np.zeros(len(points), bool)
    edges = _edges(np.asarray(polygon, np.float64))
    if len(edges) == 0:
        return answer
    near = np.flatnonzero(inside_box(points, *edges.min((0, 1)), *edges.max((0, 1))))
    near = near[np.argsort(points[near, 1])]
    answer[near] = _odd_crossings(np.ascontiguousarray(points[near].T, np.float64), edges)
    return answer


def inside_box(points: NDArray[np.floating], x0: float, y0: float, x1: float, y1: float) -> NDArray[np.bool_]:
    """Say for each of (N, 2) ``points`` whether the box of two opposite corners holds it: (N,) bool."""
    x, y = points[:, 0], points[:, 1]
    left, right = sorted((x0, x1))
    low, high = sorted((y0, y1))
    return (x >= left) & (x <= right) & (y >= low) & (y <= high)


def nearest(
    points: NDArray[np.floating], shown: NDArray[np.bool_], x: float, y: float, rx: float, ry: float
) -> int:
    """Return the row of the point nearest to (x, y) among the ``shown`` (N,) of (N, 2) ``points``.

    Distances are counted in ``rx`` and ``ry``, so that what is near on a screen is near; -1 where none lies
    inside that ellipse. One pass over a million points takes some milliseconds, and needs no index.
    """
    near = np.flatnonzero(inside_box(points, x - rx, y - ry, x + rx, y + ry) & shown)
    if not len(near):
        return -1
    apart = (((points[near] - [x, y]) / [rx, ry]) ** 2).sum(axis=1)
    return int(near[apart.argmin()]) if apart.min() <= 1 else -1


def _edges(polygon: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the (E, 2 ends, 2) edges of all subpaths of three corners or more."""
    gaps = np.flatnonzero(np.isnan(polygon).any(axis=1))
    rings = [ring[~np.isnan(ring).any(axis=1)] for ring in np.split(polygon, gaps)]
    closed = [np.stack([ring, np.roll(ring, -1, axis=0)], axis=1) for ring in rings if len(ring) >= 3]
    return np.concatenate(closed) if closed else np.empty((0, 2, 2))


def _odd_crossings(points: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say whether a ray to the right of each of (2, N) points, sorted by y, meets an odd number of edges."""
    x, y = points
    odd = np.zeros(len(x), bool)
    # Half-open spans count a corner once: it belongs to the edge above it.
    spans = np.searchsorted(y, np.sort(edges[:, :, 1], axis=1))
    for ((x0, y0), (x1, y1)), (first, last) in zip(edges, spans, strict=True):
        if first < last:
            slope = (x1 - x0) / (y1 - y0)
            odd[first:last] ^= x[first:last] < x0 + (y[first:last] - y0) * slope
    return odd


HIGHEST = 85.05112878
"""Latitude in degrees at which the square ends; what lies nearer to a pole is put on its edge."""

AROUND = 40_075_016.7
"""Metres around the equator: what the width of the square stands for there."""

Points = NDArray[np.float64]


def project(lon: ArrayLike, lat: ArrayLike) -> Points:
    """Return (N, 2) places on the square of degrees east and north, both (N,)."""
    north = np.radians(np.clip(np.asarray(lat, np.float64), -HIGHEST, HIGHEST))
    y = np.log(np.tan(np.pi / 4 + north / 2)) / (2 * np.pi)
    return np.column_stack([np.asarray(lon, np.float64) / 360, y])


def unproject(points: ArrayLike) -> Points:
    """Return (N, 2) degrees east and north of places on the square (N, 2)."""
    x, y = np.asarray(points, np.float64).reshape(-1, 2).T
    return np.column_stack([x * 360, np.degrees(2 * np.arctan(np.exp(2 * np.pi * y)) - np.pi / 2)])
