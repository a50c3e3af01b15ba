"""The side of the faces in a real JupyterLab: named, merged, split, undone, lassoed, and read back."""

import shutil
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser

import workbench as wb
from tests.helpers import jupyterlab as lab
from tests.helpers.desk_page import OVERFLOW, clear_circles, inside, outline
from workbench.testing import write_faces

pytestmark = lab.MARKS

PHOTOS = {
    **{f"ann{i}.png": [0] for i in range(6)},
    **{f"bob{i}.png": [3] for i in range(5)},
    **{f"cat{i}.png": [6] for i in range(4)},
    "ann and bob.png": [0, 3],
    "bob and cat.png": [3, 6],
    "once.png": [9],
}
"""Photos of squares: Ann has 7 faces, Bob 7, Cat 5, and one person is seen once."""

SHOW = """import workbench as wb
case = wb.open(case={case!r}, model='fake', faces='fake')
desk = wb.Workspace(case)
desk.show('faces')
desk"""
PROBE = """import json
people = case.faces.identities
print(json.dumps({"people": sorted(zip(people["name"], people["faces"].tolist())),
    "faces": desk.face_selection.rows.tolist(), "pane": desk.faces.pane, "error": desk.faces.error,
    "rows": desk.selection.rows.tolist(), "verbs": case.faces.history["op"].tolist(),
    "image_row": case.faces.frame["image_row"].tolist()}))"""
MANY = """import sys
sys.path.insert(0, {tests!r})
from tests.helpers.fake_identity_book import FakeBook
from io import BytesIO
from PIL import Image
from workbench.panels.faces.panel import FacesPanel
from workbench.selection import Selection

def crop(row):
    data = BytesIO()
    Image.new('RGB', (112, 112), (row * 7 % 256, row * 3 % 256, 120)).save(data, 'JPEG')
    return data.getvalue()

book = FakeBook([f'p{{i // 4}}' for i in range(20_000)])
asked = []
crops = lambda rows: asked.extend(rows) or [crop(row) for row in rows]
panel = FacesPanel(Selection(book.frame), book, crops)
panel.layout.height = '560px'
panel"""
CARDS, TILES = ".wb-person", ".wb-face"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with photos of squares and an ingested case that every test copies."""
    root = tmp_path_factory.mktemp("faces")
    write_faces(root / "photos", PHOTOS)
    case = wb.open(root / "photos", case=root / "case", model="fake", faces="fake")
    case.ingest(faces=True, progress=False)
    lab.prepare(case)
    return root


Desk = Callable[..., lab.Notebook]


@pytest.fixture
def desk(browser: Browser, address: str, root: Path, request: pytest.FixtureRequest) -> Desk:
    """Open a desk on a case of the test's own, on the side of the faces."""
    name = "".join(c if c.isalnum() else "-" for c in request.node.name)
    shutil.copytree(root / "case", root / name)
    lab.write_notebook(root / f"{name}.ipynb", [SHOW.format(case=name), PROBE])

    def open_desk(width: int = 1280, theme: str = "light") -> lab.Notebook:
        page = browser.new_page(viewport={"width": width, "height": 1150})
        page.set_default_timeout(60_000)
        request.addfinalizer(page.close)
        notebook = lab.Notebook(page, address, f"{name}.ipynb")
        notebook.plot = ".wb-facemap .js-plotly-plot"
        if theme != "light":
            notebook.theme(theme)
            request.addfinalizer(lambda: notebook.theme("light"))
        notebook.run(0)
        page.wait_for_selector(f"{CARDS} img[src]")
        page.wait_for_selector(f"{notebook.plot} .nsewdrag")
        page.wait_for_function(
            "plot => document.querySelector(plot).dataset.workbench != null", arg=notebook.plot
        )
        page.wait_for_timeout(800)
        return notebook

    return open_desk


def names(notebook: lab.Notebook) -> list[str]:
    return notebook.page.locator(f"{CARDS} .wb-who").all_inner_texts()


def wait_for_cards(notebook: lab.Notebook, count: int) -> None:
    notebook.page.wait_for_function(f"document.querySelectorAll('{CARDS}').length === {count}")
    notebook.page.wait_for_timeout(300)


def type_name(notebook: lab.Notebook, card: int, name: str) -> None:
    notebook.page.locator(f"{CARDS} .wb-who").nth(card).click()
    notebook.page.locator("input.wb-rename").fill(name)
    notebook.page.keyboard.press("Enter")
    notebook.page.wait_for_function("() => document.querySelector('.wb-note').textContent.includes('Named')")
    notebook.page.wait_for_timeout(300)


def test_name_merge_split_undo_and_lasso(desk: Desk) -> None:
    """The whole story in one sitting, by mouse."""
    notebook = desk()
    page = notebook.page
    start = notebook.state(1)["people"]
    type_name(notebook, 0, "Ann Lee")
    named = notebook.state(1)["people"]
    page.locator(CARDS).nth(1).drag_to(page.locator(CARDS).nth(0))
    wait_for_cards(notebook, 2)
    merged = notebook.state(1)["people"]
    page.locator(CARDS).nth(0).click()
    page.wait_for_selector(f"{TILES} img[src]")
    page.wait_for_timeout(500)
    notebook.screenshot("faces-open")
    page.get_by_role("button", name="Split …").click()
    page.wait_for_selector(".wb-half .wb-face img[src]")
    page.wait_for_timeout(500)
    halves = [half.locator(TILES).count() for half in page.locator(".wb-half").all()]
    notebook.screenshot("faces-split")
    page.get_by_role("button", name="Split (Enter)").click()
    wait_for_cards(notebook, 3)
    split = notebook.state(1)["people"]
    page.get_by_role("button", name="↶ Undo").click()
    wait_for_cards(notebook, 2)
    page.get_by_role("button", name="↶ Undo").click()
    wait_for_cards(notebook, 3)
    undone = notebook.state(1)["people"]

    assert start == [["", 5], ["", 7], ["", 7]]
    assert named == [["", 5], ["", 7], ["Ann Lee", 7]]
    assert merged == [["", 5], ["Ann Lee", 14]]
    assert sorted(halves) == [7, 7]
    assert split == undone == named


def test_a_lasso_on_the_face_map_shows_the_images(desk: Desk) -> None:
    notebook = desk()
    page = notebook.page
    page.locator(notebook.plot).scroll_into_view_if_needed()
    points, circle = notebook.points(), clear_circles(notebook)[0]
    notebook.drag(outline(circle))
    page.wait_for_timeout(500)
    notebook.screenshot("faces-lasso")
    state = notebook.state(1)
    tiles = [int(node.get_attribute("data-row") or -1) for node in page.locator(".wb-gallery .wb-tile").all()]

    assert state["faces"] == inside(points, circle) != []
    assert state["rows"] == sorted({state["image_row"][row] for row in state["faces"]})
    assert sorted(tiles) == state["rows"]
    assert state["pane"] == "selected"
    assert page.locator(f"{TILES}[aria-selected=true]").count() == len(state["faces"])


def test_everything_goes_by_keyboard(desk: Desk) -> None:
    """Name two people, merge them, undo, open one, tick a face of it and move that to somebody new."""
    notebook = desk()
    page, keys = notebook.page, notebook.page.keyboard
    page.locator(CARDS).first.focus()
    keys.press("r")
    keys.type("Ann")
    keys.press("Tab")
    keys.type("Bob")
    keys.press("Enter")
    page.wait_for_function("document.querySelectorAll('.wb-person[data-name=\"\"]').length === 1")
    page.wait_for_timeout(500)
    named = names(notebook)
    keys.press(" ")
    keys.press("ArrowLeft")
    keys.press(" ")
    page.wait_for_function("document.querySelectorAll('.wb-person[data-picked=true]').length === 2")
    keys.press("m")
    wait_for_cards(notebook, 2)
    keys.press("Control+z")
    wait_for_cards(notebook, 3)
    keys.press("Enter")
    page.wait_for_selector(f"{TILES} img[src]")
    page.locator(TILES).first.focus()
    keys.press("ArrowRight")
    keys.press(" ")
    page.wait_for_function("document.querySelectorAll('.wb-face[aria-selected=true]').length === 1")
    page.wait_for_selector("input.wb-to:not([disabled])")
    keys.press("v")
    keys.type("Dot")
    page.wait_for_selector(".wb-option")
    page.wait_for_timeout(500)
    notebook.screenshot("faces-move")
    keys.press("Enter")
    page.wait_for_function("document.querySelector('.wb-note').textContent.includes('Dot')")
    state = notebook.state(1)

    assert named[:2] == ["Ann", "Bob"]
    assert {name for name, _ in state["people"]} == {"Ann", "Bob", "Dot", ""}
    assert state["verbs"] == ["name", "name", "merge", "undo", "move"]
    assert state["error"] == ""


def test_a_face_dragged_on_a_card_moves_there(desk: Desk) -> None:
    notebook = desk()
    page = notebook.page
    page.locator(CARDS).nth(0).click()
    page.wait_for_selector(f"{TILES} img[src]")
    page.locator(TILES).nth(2).drag_to(page.locator(CARDS).nth(2))
    page.wait_for_function("document.querySelector('.wb-note').textContent.includes('moved')")

    assert notebook.state(1)["people"] == [["", 6], ["", 6], ["", 7]]


def test_a_saved_notebook_shows_the_people_without_a_kernel(desk: Desk, browser: Browser, root: Path) -> None:
    """As they were when the side was turned; while the desk lives the still picture is hidden."""
    notebook = desk()
    page = notebook.page
    type_name(notebook, 0, "Ann Lee")
    page.get_by_role("tab", name="Images 18").click()
    page.wait_for_function("!document.querySelector('.wb-still').textContent.includes('no name')")
    page.get_by_role("tab", name="Faces 20").click()
    page.wait_for_function("document.querySelector('.wb-still').textContent.includes('Ann Lee')")
    live = [still.is_visible() for still in page.locator(".wb-still").all()]
    page.keyboard.press("Control+s")
    page.wait_for_timeout(2500)
    path = root / unquote(page.url.split("/tree/")[1].split("?")[0])
    (root / "people.ipynb").write_text(path.read_text())
    with lab.browser_page(browser) as page:
        page.goto(f"{notebook.page.url.split('/lab/')[0]}/lab/tree/people.ipynb?reset&kernel=none")
        page.wait_for_selector(".wb-still img")
        page.wait_for_timeout(1000)
        page.screenshot(path=lab.ARTIFACTS / "faces-without-a-kernel.png")
        shown = page.locator(".wb-still").inner_text()
        pictures = page.locator(".wb-still img").count()

    assert live == [False]
    assert "Ann Lee (7)" in shown
    assert pictures > 20


def test_names_are_text_and_never_markup(desk: Desk) -> None:
    notebook = desk()
    type_name(notebook, 0, "<img src=x onerror=alert(1)> & 'Bob'")

    assert "<img src=x onerror=alert(1)> & 'Bob'" in names(notebook)
    assert notebook.page.locator("img[src=x]").count() == 0


def test_a_face_in_the_photo_leads_to_its_person(desk: Desk) -> None:
    notebook = desk()
    page = notebook.page
    page.locator(CARDS).nth(0).click()
    page.wait_for_selector(f"{TILES} img[src]")
    page.locator(TILES).nth(1).click()
    page.wait_for_selector(".wb-box[aria-current=true]")
    page.locator(".wb-details").scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    notebook.screenshot("faces-photo")
    picture, box = (page.locator(name).bounding_box() for name in (".wb-large", ".wb-box[aria-current=true]"))
    page.get_by_role("button", name="Close").click()
    page.wait_for_function("document.querySelectorAll('.wb-facespanel.wb-with-pane').length === 0")
    page.locator(".wb-box").first.click()
    page.wait_for_selector(f"{TILES} img[src]")

    assert picture is not None
    assert box is not None
    assert min(abs(box["width"] / picture["width"] - 64 / side) for side in (96, 176)) < 0.02
    assert picture["x"] <= box["x"]
    assert box["y"] + box["height"] <= picture["y"] + picture["height"] + 1
    assert notebook.state(1)["pane"] == "identity"


def test_five_thousand_identities_come_as_one_scrolls(browser: Browser, address: str, root: Path) -> None:
    lab.write_notebook(
        root / "many.ipynb", [MANY.format(tests=str(Path(__file__).parents[2])), "print(len(asked))"]
    )
    with lab.browser_page(browser) as page:
        notebook = lab.Notebook(page, address, "many.ipynb")
        notebook.run(0)
        page.wait_for_selector(f"{CARDS} img[src]")
        page.wait_for_timeout(800)
        first = page.locator(CARDS).count()
        crops = int(notebook.run(1).split()[-1])
        page.evaluate("document.querySelector('.wb-left .wb-scroll').scrollTop = 1e6")
        page.wait_for_function(f"document.querySelectorAll('{CARDS}').length > {first}")

    assert 0 < first < 200
    assert 0 < crops <= 4 * first


LOOKS = [(1280, "light"), (1280, "dark"), (900, "light"), (900, "dark")]


def test_it_fits_wide_and_narrow_in_both_themes(desk: Desk) -> None:
    notebook = desk()
    page = notebook.page
    page.locator(CARDS).nth(1).click()
    page.wait_for_selector(f"{TILES} img[src]")
    for width, theme in LOOKS:
        page.set_viewport_size({"width": width, "height": 1150})
        notebook.theme(theme)
        page.wait_for_timeout(1200)
        notebook.screenshot(f"faces-{width}-{theme}")
        sizes = page.evaluate(OVERFLOW)
        left, top, right, bottom = notebook.plot_box()
        panel = page.locator(".wb-facespanel").bounding_box()
        middle = page.locator(".wb-middle").bounding_box()

        assert [(name, over) for name, over in sizes if over > 1] == []
        assert min(right - left, bottom - top) > 200
        assert panel is not None
        assert middle is not None
        assert panel["y"] + panel["height"] <= middle["y"] + 1
