"""What browser tests look at on the page of a desk: circles round points of the map, panels too wide."""

import itertools
import math

from playwright.sync_api import Page

from tests.helpers import jupyterlab as lab

Circle = tuple[float, float, float]
OVERFLOW = """[...document.querySelectorAll('.wb-desk, .wb-desk .wb-panel, .wb-map')]
    .map(node => [node.className, node.scrollWidth - node.clientWidth])"""

TOO_LATE = """const timeout = AbortSignal.timeout;
AbortSignal.timeout = (ms) => (ms === 2000 ? AbortSignal.abort() : timeout.call(AbortSignal, ms));
const listen = AbortSignal.prototype.addEventListener;
AbortSignal.prototype.addEventListener = function (name, call, options) {
  return this.aborted && name === "abort" ? call() : listen.call(this, name, call, options);
};"""
"""Lets the two seconds be over before anything has started."""
PLOT = """(plot) => {
    const node = document.querySelector(plot), {xaxis, yaxis, width, height} = node._fullLayout;
    const area = node.querySelector('.nsewdrag').getBoundingClientRect();
    const canvas = node.querySelector('canvas.gl-canvas-context');
    const shown = canvas.getBoundingClientRect(), ratio = canvas.width / shown.width;
    const pixels = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d');
    pixels.drawImage(canvas, 0, 0);
    const place = node.getBoundingClientRect(), {x, y} = node._fullData[0];
    return {
        points: Array.from(x ?? [], (_, i) => {
            const at = [area.x + xaxis.d2p(x[i]) - shown.x, area.y + yaxis.d2p(y[i]) - shown.y];
            return pixels.getImageData(...at.map((n) => Math.floor(n * ratio)), 1, 1).data[3] > 0;
        }),
        across: width - place.width, down: height - place.height,
        size: [place.width, place.height],
        span: (Math.max(...x) - Math.min(...x)) / (xaxis.range[1] - xaxis.range[0]),
    };
}"""
"""Of a plot: whether each point is drawn, how much wider and higher the plot is than its place, the size of
that in pixels, and the share of its width that the points take."""


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


def check_plot(page: Page, plot: str, count: int) -> None:
    """Every point is drawn, spread over a plot that fills its place."""
    page.wait_for_function(
        "plot => { const node = document.querySelector(plot);"
        " return node?.dataset.workbench != null && node._fullData?.[0]?.x?.length }",
        arg=plot,
    )
    page.wait_for_function(f"plot => ({PLOT})(plot).points.every(Boolean)", arg=plot)
    page.wait_for_function(f"plot => Math.abs(({PLOT})(plot).down) < 4", arg=plot)
    seen = page.evaluate(PLOT, plot)

    assert seen["points"] == [True] * count
    assert abs(seen["across"]) < 4
    assert abs(seen["down"]) < 4
    assert min(seen["size"]) > 250
    assert seen["span"] > 0.7
