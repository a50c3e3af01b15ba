"""Timeline and places in a real JupyterLab: brush, lasso, hover and keyboard, linked by the selection."""

import itertools
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page

import workbench as wb
from tests.helpers import jupyterlab as lab
from tests.helpers.dated_photos import write_dated
from tests.helpers.desk_page import OVERFLOW

pytestmark = lab.MARKS

SHOW = """import workbench as wb
desk = wb.Workspace(wb.open(case='case'))
desk"""
TILES = (
    "desk.places.tiles = {address!r} + '/files/{folder}/{{z}}/{{x}}/{{y}}.png'; desk.places.credit = 'Ours'"
)
PROBE = """import json
rows = desk.selection.rows
table = desk.case.images
print(json.dumps({"rows": rows.tolist(), "towns": sorted(set(table["path"].iloc[rows].str[4:-4])),
    "times": table["taken_at"].iloc[rows].dt.strftime("%Y-%m-%d").fillna("").tolist(),
    "bars": desk.timeline.frame["images"].tolist(), "unit": desk.timeline.bars.get("unit"),
    "focus": desk.selection.focus, "error": desk.timeline.error + desk.places.error,
    "code": desk.timeline.to_code() + chr(10) + desk.places.to_code()}))"""
TOWNS = {"paris": (48.86, 2.35), "rome": (41.90, 12.50), "oslo": (59.91, 10.75)}
TILE = (10, 200, 90)
PHOTOS = 180
"""A third in each town; every tenth has no time, every twelfth no place."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("root")
    random = np.random.default_rng(0)
    for i in range(PHOTOS):
        town = list(TOWNS)[i % 3]
        lat, lon = (TOWNS[town] + random.normal(0, 0.25, 2)).tolist()
        place = None if i % 12 == 11 else (lat, lon)
        when = None if i % 10 == 9 else datetime(2015, 1, 1, 9) + timedelta(days=1800 * random.beta(2, 1.2))
        colour = tuple(random.integers(0, 256, 3).tolist())
        write_dated(root / f"photos/{i:03d}-{town}.jpg", colour, when, place)
    case = wb.open(root / "photos", case=root / "case", model="fake")
    case.ingest(progress=False)
    lab.prepare(case)
    for z in range(6):
        for x, y in itertools.product(range(2**z), repeat=2):
            (root / f"tiles/{z}/{x}").mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (256, 256), TILE).save(root / f"tiles/{z}/{x}/{y}.png")
    return root


def box_of(page: Page, css: str) -> tuple[float, float, float, float]:
    box = page.locator(css).bounding_box()
    assert box is not None, f"{css} is not on the page"
    return box["x"], box["y"], box["width"], box["height"]


def brush(notebook: lab.Notebook, start: float, end: float, key: str | None = None) -> None:
    """Drag over the bars from one share of their width to another."""
    notebook.page.locator(".wb-when-plot").scroll_into_view_if_needed()
    x, y, width, height = box_of(notebook.page, ".wb-when-plot svg")
    notebook.drag([(x + width * share, y + height / 2) for share in np.linspace(start, end, 6)], key)


def circle(notebook: lab.Notebook, lon: float, lat: float, key: str | None = None) -> tuple[float, float]:
    """Draw a lasso of 40 pixels around a place on the map of the world; return where that is on the page."""
    page = notebook.page
    page.locator(".wb-where canvas").scroll_into_view_if_needed()
    x, y, width, height = box_of(page, ".wb-where canvas")
    view = page.evaluate("document.querySelector('.wb-where canvas').dataset.view").split()
    u, v, scale = map(float, view)
    north = np.log(np.tan(np.pi / 4 + np.radians(lat) / 2)) / (2 * np.pi)
    middle = (x + width / 2 + (lon / 360 - u) * scale, y + height / 2 - (north - v) * scale)
    angles = np.linspace(0, 2 * np.pi, 24)
    notebook.drag([(middle[0] + 40 * np.cos(t), middle[1] + 40 * np.sin(t)) for t in angles], key)
    return middle


def test_time_and_place_select_what_they_show(root: Path, address: str) -> None:
    lab.write_notebook(root / "desk.ipynb", [SHOW, PROBE])
    with lab.chromium() as browser, lab.browser_page(browser, 1280, 1400) as page:
        notebook = lab.Notebook(page, address, "desk.ipynb")
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        notebook.show_desk()
        page.locator(".wb-when summary").click()
        page.wait_for_selector(".wb-when-all[d^=M]", state="attached")
        page.locator(".wb-where summary").click()
        page.wait_for_selector(".wb-where canvas[data-view]")
        page.wait_for_timeout(1500)

        brush(notebook, 0.001, 0.5)
        half = notebook.state(1)
        brush(notebook, 0.75, 0.999, "Shift")
        more = notebook.state(1)
        brush(notebook, 0.001, 0.25, "Alt")
        less = notebook.state(1)
        page.locator(".wb-study summary").scroll_into_view_if_needed()
        notebook.screenshot("when-where-light")
        page.get_by_label("Length of a bar").select_option("year")
        page.wait_for_function("document.querySelectorAll('.wb-when-axis span').length <= 6")

        page.get_by_role("button", name="without a time").click()
        page.wait_for_timeout(500)
        untimed = notebook.state(1)
        circle(notebook, 12.5, 41.9)
        rome = notebook.state(1)
        oslo = circle(notebook, 10.75, 59.91, "Shift")
        two = notebook.state(1)
        page.mouse.move(oslo[0] + 3, oslo[1])
        page.mouse.move(*oslo, steps=3)
        page.wait_for_selector(".wb-where-card b")
        hovered = page.locator(".wb-where-card b").inner_text()
        page.mouse.click(*oslo)
        page.wait_for_timeout(500)
        looked = notebook.state(1)
        page.get_by_role("button", name="Zoom to selection").click()
        notebook.theme("dark")
        page.locator(".wb-where summary").scroll_into_view_if_needed()
        page.wait_for_timeout(500)
        notebook.screenshot("when-where-dark")

        page.locator(".wb-when-plot").focus()
        page.keyboard.press("Home")
        page.keyboard.press("Shift+ArrowRight")
        page.keyboard.press("Enter")
        page.wait_for_timeout(500)
        keyed = notebook.state(1)
        page.locator(".wb-where canvas").focus()
        page.keyboard.press("Escape")
        page.wait_for_timeout(300)
        page.keyboard.press("Enter")
        page.wait_for_timeout(500)
        view = notebook.state(1)
        over = page.evaluate(OVERFLOW)
        notebook.theme("light")

    assert half["error"] == view["error"] == ""
    assert 0 < len(half["rows"]) < PHOTOS
    assert max(half["times"]) < "2017-10"
    assert set(half["rows"]) < set(more["rows"])
    assert min(less["times"]) > "2016-01"
    assert set(less["rows"]) < set(more["rows"])
    assert untimed["times"] == [""] * 18
    assert rome["towns"] == ["rome"]
    assert len(rome["rows"]) > 50
    assert two["towns"] == ["oslo", "rome"]
    assert hovered.endswith("oslo.jpg")
    assert looked["focus"] is not None
    assert len(keyed["rows"]) == sum(keyed["bars"][:2]) > 0
    assert len(view["rows"]) == PHOTOS - 15
    assert all(url.startswith((address, "blob:", "data:")) for url in requests)
    assert [(what, by) for what, by in over if by > 1] == []


def test_tiles_of_a_server_lie_over_the_outline(root: Path, address: str) -> None:
    cells = [
        SHOW,
        TILES.format(address=address, folder="nowhere"),
        TILES.format(address=address, folder="tiles"),
    ]
    lab.write_notebook(root / "tiles.ipynb", cells)
    with lab.chromium() as browser, lab.browser_page(browser, 1280, 1400) as page:
        notebook = lab.Notebook(page, address, "tiles.ipynb")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url) if ".png" in request.url else None)
        notebook.show_desk()
        page.locator(".wb-where summary").click()
        page.wait_for_selector(".wb-where canvas[data-view]")
        outline = colours(page)
        notebook.run(1)
        page.wait_for_function("document.querySelector('.wb-where-credit').innerText.startsWith('No tile')")
        nothing = colours(page)
        notebook.run(2)
        page.wait_for_function("document.querySelector('.wb-where-credit').innerText == 'Ours'")
        page.wait_for_timeout(1000)
        tiled = colours(page)
        notebook.screenshot("where-tiles")

    ends = {url.removeprefix(f"{address}/files/").split("/", 1)[0] for url in asked}
    assert ends == {"nowhere", "tiles"}
    assert TILE not in outline
    sea, land = sorted(outline, key=lambda colour: outline[colour])[-2:]
    for colour in (sea, land):  # the words about the server lie over the rest
        assert nothing[colour] == pytest.approx(outline[colour], rel=0.05)
    assert tiled[TILE] > 0.5


def colours(page: Page) -> dict[tuple[int, int, int], float]:
    """Return the share of each colour of the map of the world."""
    picture = Image.open(BytesIO(page.locator(".wb-where canvas").screenshot())).convert("RGB")
    counts = picture.getcolors(picture.width * picture.height)
    assert counts is not None
    return {colour: count / (picture.width * picture.height) for count, colour in counts}  # type: ignore[misc]
