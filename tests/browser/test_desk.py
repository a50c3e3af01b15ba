"""The desk in a real JupyterLab, moved by mouse and keyboard, and read back from the next cell."""

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

import workbench as wb
from tests.helpers import jupyterlab as lab
from tests.helpers.desk_page import OVERFLOW, clear_circles, inside, outline
from workbench.testing import colour_folder

pytestmark = lab.MARKS

PROBE = """import json
hits = desk.selection.hits
print(json.dumps({"rows": desk.selection.frame.index.tolist(), "focus": desk.selection.focus,
    "hits": [] if hits is None else hits.rows.tolist(), "query": "" if hits is None else hits.query,
    "code": desk.to_code()}))"""
SHOW = """import workbench as wb
desk = wb.Workspace(wb.open(case='case'))
desk"""
MANY = """import io, pandas as pd
from PIL import Image
from workbench.panels.gallery import Gallery
from workbench.selection import Selection

def jpeg(row):
    data = io.BytesIO()
    Image.new('RGB', (256, 192), (row % 256, 90, 120)).save(data, 'JPEG')
    return data.getvalue()

names = [f'{i}.jpg' for i in range(5000)]
table = pd.DataFrame({'image_id': names, 'path': names})
selection = Selection(table)
gallery = Gallery(selection, lambda rows: [jpeg(row) for row in rows])
gallery.layout.height = '500px'
selection.rows = range(5000)
gallery"""
LONGEST_FRAME = """new Promise((done) => {
    let last = performance.now(), worst = 0, n = 0;
    const tick = (now) => {
        worst = Math.max(worst, now - last); last = now;
        n++ < 30 ? requestAnimationFrame(tick) : done(worst);
    };
    requestAnimationFrame(tick);
})"""
HIT, RING, RADIUS = "#e5383b", "#ffab00", 10  # the crosses and the ring of the map
TILES = ".wb-gallery .wb-tile"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with photos of forty colours, an ingested case, and a notebook that shows its desk."""
    root = tmp_path_factory.mktemp("root")
    colour_folder(root / "photos", 40)
    case = wb.open(root / "photos", case=root / "case", model="fake")
    case.ingest(progress=False)
    lab.prepare(case)
    lab.write_notebook(
        root / "desk.ipynb",
        [SHOW, PROBE],
    )
    return root


@pytest.fixture(scope="module")
def shown_page(browser: Browser) -> Iterator[Page]:
    with lab.browser_page(browser) as page:
        yield page


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with lab.browser_page(browser) as page:
        yield page


@pytest.fixture(scope="module")
def shown(shown_page: Page, address: str) -> lab.Notebook:
    notebook = lab.Notebook(shown_page, address, "desk.ipynb")
    notebook.show_desk()
    return notebook


@pytest.fixture
def desk(shown: lab.Notebook) -> lab.Notebook:
    """The desk as it is when it has just been shown."""
    shown.page.locator(".wb-query button", has_text="Clear").first.evaluate("button => button.click()")
    shown.page.locator(".wb-summary").evaluate("button => button.click()")
    shown.page.get_by_role("button", name="Lasso").click()
    shown.page.wait_for_timeout(500)
    return shown


def test_a_question_typed_changes_crosses_and_gallery(desk: lab.Notebook) -> None:
    page = desk.page
    page.locator(".wb-text").fill("something red")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{TILES} .wb-score")
    state = desk.state(1)
    crosses = desk.lit_up()
    desk.screenshot("question")

    assert state["query"] == "something red"
    assert len(state["hits"]) == len(crosses) == 40
    assert set(crosses) == {HIT}
    assert int(page.locator(TILES).first.get_attribute("data-row") or -1) == state["hits"][0]
    assert "red" in (page.locator(TILES).first.get_attribute("title") or "")


def test_a_lasso_is_read_in_the_next_cell(desk: lab.Notebook) -> None:
    """Exactly the points inside the circle drawn on the screen, whatever else is drawn."""
    points, circle = desk.points(), clear_circles(desk)[0]
    desk.drag(outline(circle))
    desk.screenshot("lasso")
    rows = desk.state(1)["rows"]

    assert rows == inside(points, circle)
    assert desk.page.locator(TILES).count() == len(rows) > 1
    assert desk.page.locator(".wb-summary").inner_text().startswith(f"{len(rows)} of 40 selected")
    assert desk.page.locator(".wb-outline path").first.get_attribute("d") == ""


def test_shift_adds_alt_removes_and_a_double_click_clears(desk: lab.Notebook) -> None:
    points, circles = desk.points(), clear_circles(desk)
    first = circles[0]
    second = next(c for c in circles if set(inside(points, c)) - set(inside(points, first)))
    one, two = set(inside(points, first)), set(inside(points, second))
    desk.drag(outline(first))
    desk.drag(outline(second), key="Shift")
    both = desk.selected()
    desk.drag(outline(first), key="Alt")
    left = desk.selected()
    x, y = desk.plot_box()[:2]
    desk.page.mouse.dblclick(x + 5, y + 5)
    desk.page.wait_for_timeout(700)

    assert both == sorted(one | two)
    assert left == sorted(two - one)
    assert desk.state(1)["rows"] == []


def test_a_box_selects_too(desk: lab.Notebook) -> None:
    points = desk.points()
    desk.page.get_by_role("button", name="Box").click()
    desk.page.wait_for_timeout(500)
    left, top, _, bottom = desk.plot_box()
    middle = sorted(x for x, _ in points)[20] - 0.5
    desk.drag([(left + 3, top + 3), (middle - 40, top + 90), (middle, bottom - 3)])

    assert desk.state(1)["rows"] == [i for i, (x, _) in enumerate(points) if x < middle]


def test_hover_shows_the_thumbnail_and_a_click_sets_the_focus(desk: lab.Notebook) -> None:
    x, y = desk.points()[11]
    desk.page.mouse.move(x - 40, y - 40)
    desk.page.mouse.move(x, y, steps=4)
    desk.page.wait_for_selector(".wb-card img")
    desk.page.wait_for_timeout(300)
    name = desk.page.locator(".wb-card b").inner_text()
    desk.screenshot("hover")
    desk.page.mouse.click(x, y)
    desk.page.wait_for_selector(".wb-details .wb-large")
    desk.page.wait_for_timeout(500)

    painted = desk.lit_up(), desk.lit_up(right=RADIUS)

    assert (painted[0][11], painted[1][11]) == ("", RING)
    assert desk.state(1)["focus"] == 11
    assert name in desk.page.locator(".wb-details .wb-about .wb-title").inner_text()
    assert desk.page.locator(".wb-phrase").count() > 0


def test_like_this_asks_by_example(desk: lab.Notebook) -> None:
    tile = desk.page.locator(TILES).nth(5)
    row = int(tile.get_attribute("data-row") or -1)
    tile.hover()
    tile.get_by_role("button").click()
    desk.page.wait_for_selector(".wb-chip img")
    desk.page.wait_for_selector(f"{TILES} .wb-score")
    desk.screenshot("like-this")
    state = desk.state(1)

    assert state["hits"][0] == row
    assert state["query"].startswith("like:")


def test_a_picture_given_by_upload_is_searched(desk: lab.Notebook, root: Path) -> None:
    picture = sorted((root / "photos").iterdir())[9]
    desk.page.locator(".wb-query input[type=file]").set_input_files(picture)
    desk.page.wait_for_selector(f"{TILES} .wb-score")

    colour = picture.stem.split("-")[1]

    assert colour in (desk.page.locator(TILES).first.get_attribute("title") or "")


def test_an_answer_does_not_undo_what_is_being_typed(desk: lab.Notebook) -> None:
    desk.page.locator(".wb-query input[type=number]").first.fill("7")
    desk.page.locator(".wb-text").fill("red and green")
    desk.page.wait_for_timeout(1500)
    typed = desk.page.locator(".wb-text").input_value()
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_selector(f"{TILES} .wb-score")
    hits = desk.state(1)["hits"]
    desk.page.locator(".wb-query input[type=number]").first.fill("50")

    assert typed == "red and green"
    assert len(hits) == 7


def test_not_this(desk: lab.Notebook) -> None:
    desk.page.locator(".wb-text").fill("magenta")
    desk.page.get_by_role("button", name="not").first.click()
    desk.page.keyboard.type("red^0.5")
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_selector(".wb-chip.wb-minus")
    desk.screenshot("not-this")
    asked = desk.state(1)["query"]
    desk.page.get_by_role("button", name="Excluded: red").click()
    desk.page.wait_for_selector(".wb-chip.wb-minus", state="detached")

    assert asked == "magenta -red^0.5"
    assert desk.page.locator(".wb-text").input_value() == "magenta +red^0.5"


def test_the_gallery_is_walked_with_the_keyboard(desk: lab.Notebook) -> None:
    """And JupyterLab does not take the keys for commands on the cell."""
    tiles = desk.page.locator(TILES)
    tiles.first.focus()
    desk.page.keyboard.press("ArrowRight")
    desk.page.keyboard.press("ArrowRight")
    desk.page.keyboard.press("Enter")
    desk.page.wait_for_selector(".wb-details .wb-large")
    desk.page.keyboard.press("l")
    desk.page.wait_for_selector(".wb-chip")
    row = int(desk.page.locator(".wb-tile[aria-selected=true]").get_attribute("data-row") or -1)
    state = desk.state(1)

    assert state["focus"] == row == state["hits"][0]


def test_the_legend_hides_a_cluster_from_map_and_lasso(desk: lab.Notebook) -> None:
    key = desk.page.locator(".wb-key").first
    key.click()
    desk.page.wait_for_selector(".wb-key[aria-pressed=false]")
    hidden = [i for i, (x, _) in enumerate(desk.points()) if math.isnan(x)]
    left, top, right, bottom = desk.plot_box()
    corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top + 2)]
    desk.drag([(x + math.copysign(4, 500 - x), y + math.copysign(4, 500 - y)) for x, y in corners])
    rows = desk.state(1)["rows"]
    key.click()

    assert hidden
    assert rows == sorted(set(range(40)) - set(hidden))


def test_setting_the_selection_from_python_moves_the_panels(page: Page, address: str, root: Path) -> None:
    cells = [
        "import workbench as wb\ndesk = wb.Workspace(wb.open(case='case'))\ndesk",
        "desk.selection.rows = [4, 2, 9]; desk.selection.focus = 9",
    ]
    lab.write_notebook(root / "python.ipynb", cells)
    notebook = lab.Notebook(page, address, "python.ipynb")
    notebook.show_desk()
    notebook.run(1)
    page.wait_for_selector(".wb-details .wb-large")
    page.wait_for_timeout(500)
    rows = [tile.get_attribute("data-row") for tile in page.locator(TILES).all()]

    assert rows == ["2", "4", "9"]
    assert notebook.selected() == [2, 4, 9]


def test_five_thousand_thumbnails_do_not_freeze_the_page(page: Page, address: str, root: Path) -> None:
    lab.write_notebook(root / "many.ipynb", [MANY])
    notebook = lab.Notebook(page, address, "many.ipynb")
    notebook.run(0)
    page.wait_for_selector(f"{TILES} img")
    page.wait_for_timeout(500)
    first = page.locator(TILES).count()
    page.evaluate("const s = document.querySelector('.wb-scroll'); s.scrollTop = s.scrollHeight")
    page.wait_for_function(f"document.querySelectorAll('{TILES}').length > {first}")
    longest = page.evaluate(LONGEST_FRAME)

    assert 0 < first < 1000
    assert longest < 5000


LOOKS = [(1280, "light"), (1280, "dark"), (900, "light"), (900, "dark")]


def test_it_fits_wide_and_narrow_in_both_themes(browser: Browser, address: str, root: Path) -> None:
    show = SHOW.removesuffix("desk") + "desk.query.ask('red')\ndesk.selection.focus = 3\ndesk"
    lab.write_notebook(root / "look.ipynb", [show])
    with lab.browser_page(browser, LOOKS[0][0]) as page:
        notebook = lab.Notebook(page, address, "look.ipynb")
        notebook.show_desk()
        height = (page.viewport_size or {"height": 1000})["height"]
        for width, theme in LOOKS:
            page.set_viewport_size({"width": width, "height": height})
            notebook.theme(theme)
            page.wait_for_timeout(1500)
            notebook.screenshot(f"desk-{width}-{theme}")
            left, top, right, bottom = notebook.plot_box()

            assert [(name, over) for name, over in page.evaluate(OVERFLOW) if over > 1] == []
            assert right - left > 300
            assert bottom - top > 300
        notebook.theme("light")


def test_a_saved_notebook_shows_a_picture_without_a_kernel(
    browser: Browser, address: str, root: Path
) -> None:
    with lab.browser_page(browser) as page:
        notebook = lab.Notebook(page, address, "desk.ipynb")
        notebook.show_desk()
        live = page.locator(".wb-still").first.is_visible()
        page.keyboard.press("Control+s")
        page.wait_for_timeout(2500)
    text = (root / "desk.ipynb").read_text()
    (root / "read-only.ipynb").write_text(text)
    with lab.browser_page(browser) as page:
        page.goto(f"{address}/lab/tree/read-only.ipynb?reset&kernel=none")
        page.wait_for_selector(".wb-still img")
        page.wait_for_timeout(1000)
        page.screenshot(path=lab.ARTIFACTS / "without-a-kernel.png")
        loaded = page.evaluate("[...document.querySelectorAll('.wb-still img')].map(i => i.naturalWidth > 0)")

    assert not live
    assert len(loaded) > 10
    assert all(loaded)
