"""What browser tests look at on the page of a desk: circles round points of the map, panels too wide."""

import itertools
import math

from tests.helpers import jupyterlab as lab

Circle = tuple[float, float, float]
OVERFLOW = """[...document.querySelectorAll('.wb-desk, .wb-desk .wb-panel, .wb-map')]
    .map(node => [node.className, node.scrollWidth - node.clientWidth])"""


def outline(circle: Circle) -> list[tuple[float, float]]:
    x, y, radius = circle
    steps = [2 * math.pi * i / 36 for i in range(37)]
    return [(x + radius * math.cos(t), y + radius * math.sin(t)) for t in steps]


def inside(points: list[list[float]], circle: Circle) -> list[int]:
    return [i for i, (x, y) in enumerate(points) if math.hypot(x - circle[0], y - circle[1]) < circle[2]]


def clear_circles(desk: lab.Notebook, fewest: int = 2) -> list[Circle]:
    """Return circles round points, inside the map, each with several points in it and none near its edge."""
    points, (left, top, right, bottom) = desk.points(), desk.plot_box()
    found = []
    for x, y in points:
        distances = sorted(math.hypot(x - u, y - v) for u, v in points)
        gap, radius = max(
            (b - a, (a + b) / 2) for a, b in itertools.pairwise(distances[fewest - 1 : fewest + 8])
        )
        on_map = (
            left < x - radius - 3
            and x + radius + 3 < right
            and top < y - radius - 3
            and y + radius + 3 < bottom
        )
        if gap > 8 and on_map:
            found.append((x, y, radius))
    return found
