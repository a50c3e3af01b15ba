"""The desk with 100,000 and 1,000,000 images in a real JupyterLab: what travels, what is drawn.

The cases are made up: places in a dozen heaps, no files behind them. Nothing here is timed.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from benchmarks import bench_open
from tests.helpers import jupyterlab as lab

pytestmark = lab.MARKS

TO_KERNEL, TO_BROWSER = 100_000, 30_000_000
"""Bytes of the largest message allowed each way."""

SHOW = "import workbench as wb\ndesk = wb.Workspace(wb.open(case='case'))\ndesk"
PROBE = """import json
import numpy as np
from matplotlib.path import Path
from workbench.analysis import geometry
drawn, points, view = desk.map.drawn, desk.map.points, desk.map.picture.view
code = desk.map.to_code().splitlines()[-1]
corners = eval(code[code.index('(') + 1:code.rindex(', mode')]) if 'lasso' in code else [[0, 0]] * 3
print(json.dumps({"rows": len(desk.selection), "drawn": len(drawn), "dense": desk.map.picture.dense,
    "off": int(np.setxor1d(desk.selection.rows, np.flatnonzero(Path(corners).contains_points(points))).size),
    "in_view": np.array_equal(drawn, np.flatnonzero(view.holds(points))), "focus": desk.selection.focus,
    "error": desk.map.bar.error}))"""
SELECTION = ".wb-gallery button[aria-selected=true], .wb-gallery button[aria-pressed=true]"


@pytest.fixture(scope="module", params=[100_000, 1_000_000], ids=lambda rows: f"{rows:,} rows")
def rows(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(scope="module")
def address(rows: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = tmp_path_factory.mktemp(f"case-{rows}")
    bench_open.prepare(bench_open.make_case(root, rows, 16), 16)
    lab.write_notebook(root / "desk.ipynb", [SHOW, PROBE])
    with lab.server(root, tmp_path_factory.mktemp("private")) as address:
        yield address


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with lab.chromium() as browser, lab.browser_page(browser) as page:
        yield page


@pytest.fixture(scope="module")
def messages(page: Page) -> dict[str, list[int]]:
    """The size in bytes of every message between the browser and Jupyter, both ways, as they come."""
    sizes: dict[str, list[int]] = {"sent": [], "received": []}

    def count(socket) -> None:
        socket.on("framesent", lambda data: sizes["sent"].append(len(data)))
        socket.on("framereceived", lambda data: sizes["received"].append(len(data)))

    page.on("websocket", count)
    return sizes


@pytest.fixture(scope="module")
def desk(page: Page, address: str, messages: dict[str, list[int]]) -> lab.Notebook:
    for sizes in messages.values():
        sizes.clear()
    notebook = lab.Notebook(page, address, "desk.ipynb")
    notebook.run(0)
    page.wait_for_selector(".wb-map .js-plotly-plot[data-workbench] .nsewdrag", timeout=120_000)
    page.wait_for_function(f"document.querySelector('{notebook.plot}')._fullData?.length")
    page.wait_for_timeout(2000)
    return notebook


def test_a_lasso_holds_exactly_what_is_inside_drawn_or_not(desk: lab.Notebook, rows: int) -> None:
    desk.circle(0.5)
    desk.page.wait_for_function("/selected/.test(document.querySelector('.wb-summary').textContent)")
    state = desk.state(1)
    desk.screenshot(f"lasso-{rows}")

    assert state["error"] == ""
    assert 0.05 * rows < state["rows"] < 0.9 * rows
    assert state["off"] <= rows / 1000  # the code that repeats a lasso rounds its corners
    assert state["dense"] == (rows > 100_000)


def test_what_is_selected_is_marked(desk: lab.Notebook) -> None:
    """Among the drawn points, and in the density picture where there is one."""
    state = desk.state(1)
    bright = desk.selected()

    assert 0 < len(bright) < state["drawn"]


def test_the_pointer_finds_a_point_and_a_click_looks_at_it(desk: lab.Notebook, rows: int) -> None:
    desk.page.locator(desk.plot).scroll_into_view_if_needed()
    left, top, right, bottom = desk.plot_box()
    x, y = (left + right) / 2, (top + bottom) / 2
    desk.page.mouse.move(x - 9, y)
    desk.page.mouse.move(x, y, steps=3)
    desk.page.wait_for_selector(".wb-card b")
    name = desk.page.locator(".wb-card b").inner_text()
    desk.page.mouse.click(x, y)
    desk.page.wait_for_selector(".wb-details .wb-title")
    focus = desk.state(1)["focus"]

    assert 0 <= focus < rows
    assert name.endswith(".jpg")


def test_zooming_in_draws_the_points_that_are_there(desk: lab.Notebook, rows: int) -> None:
    desk.page.locator(desk.plot).scroll_into_view_if_needed()
    left, top, right, bottom = desk.plot_box()
    desk.page.mouse.move((left + right) / 2, (top + bottom) / 2)
    for _ in range(18 if rows <= 100_000 else 40):
        desk.page.mouse.wheel(0, -120)
        desk.page.wait_for_timeout(60)
    desk.page.wait_for_timeout(2500)
    state = desk.state(1)
    desk.screenshot(f"close-{rows}")
    desk.page.get_by_role("button", name="⤢").click()
    desk.page.wait_for_timeout(1500)
    whole = desk.state(1)

    assert state["error"] == ""
    assert not state["dense"]
    if rows > 100_000:
        assert state["in_view"]
        assert 0 < state["drawn"] < rows / 5
    assert whole["drawn"] == (20_000 if rows > 100_000 else rows)


def test_no_message_is_large_and_the_page_stays_small(
    desk: lab.Notebook, messages: dict[str, list[int]]
) -> None:
    """After all the gestures above; saving the notebook is not a message to the kernel."""
    heap = desk.page.evaluate("performance.memory.usedJSHeapSize")

    assert len(messages["sent"]) > 20
    assert max(messages["sent"]) <= TO_KERNEL
    assert max(messages["received"]) <= TO_BROWSER
    assert heap < 500e6
