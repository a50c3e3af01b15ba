"""Find this thing in a real JupyterLab: a box drawn with the mouse, boxes of hits seen, keys and words."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

import workbench as wb
from tests.helpers import jupyterlab as lab
from tests.helpers.desk_page import OVERFLOW
from tests.helpers.painted_squares import SIDE, SQUARES, paint

pytestmark = lab.MARKS

SHOW = """import workbench as wb
case = wb.open(case='case')
desk = wb.Workspace(case)
desk.selection.focus = case.row('a.png')
desk"""
PROBE = """import json
things, hits = desk.things, desk.selection.hits
print(json.dumps({"box": list(things.box), "trouble": things.trouble, "error": things.error,
    "hits": [] if hits is None else hits.frame["path"].tolist(), "code": things.to_code(),
    "focus": case.images["path"][desk.selection.focus]}))"""
PHOTO, BOX = ".wb-thing-photo", ".wb-thing-frame .wb-over .wb-bright"
WIDTH = 320
"""Pixels of the painted photos from left to right."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with painted squares, a case with candidates, and a notebook that shows its desk."""
    root = tmp_path_factory.mktemp("root")
    paint(root / "photos")
    case = wb.open(root / "photos", case=root / "case", model="fake")
    case.ingest(regions=["objects"], instances=True, progress=False)
    case.layout()
    case.clusters()
    lab.write_notebook(root / "things.ipynb", [SHOW, PROBE])
    return root


@pytest.fixture(scope="module")
def desk(browser: Browser, address: str) -> Iterator[lab.Notebook]:
    with lab.browser_page(browser) as page:
        notebook = lab.Notebook(page, address, "things.ipynb")
        notebook.run(0)
        page.get_by_role("button", name="▸ Find this thing").click()
        page.locator(PHOTO).scroll_into_view_if_needed()
        page.wait_for_function(f"document.querySelector('{PHOTO}').naturalWidth > 0")
        yield notebook


def on_page(page: Page, x: float, y: float) -> tuple[float, float]:
    """Return where on the page a pixel of the photo is."""
    seen = page.locator(PHOTO).bounding_box()
    assert seen is not None
    return seen["x"] + x * seen["width"] / WIDTH, seen["y"] + y * seen["width"] / WIDTH


def lies_on(page: Page, box: str, picture: str, name: str) -> bool:
    """Say whether the middle of a box drawn over a picture lies on the square painted there."""
    a, b = page.locator(box).bounding_box(), page.locator(picture).bounding_box()
    assert a is not None
    assert b is not None
    # a picture in a frame of another shape stands in its middle
    scale = min(b["width"] / WIDTH, b["height"] / (0.75 * WIDTH))
    left, top = b["x"] + (b["width"] - scale * WIDTH) / 2, b["y"] + (b["height"] - scale * 0.75 * WIDTH) / 2
    x, y = SQUARES[name]
    middle = (a["x"] + a["width"] / 2 - left) / scale, (a["y"] + a["height"] / 2 - top) / scale
    return x < middle[0] < x + SIDE and y < middle[1] < y + SIDE


def test_a_box_drawn_with_the_mouse_shows_the_hits_with_their_boxes(desk: lab.Notebook) -> None:
    page = desk.page
    desk.drag([on_page(page, 40, 30), on_page(page, 70, 60), on_page(page, 100, 90)])
    page.wait_for_selector(".wb-thing-tile .wb-over")
    page.wait_for_selector(".wb-gallery .wb-tile .wb-over")
    state = desk.state(1)

    assert state["box"] == pytest.approx([40, 30, SIDE, SIDE], abs=1.5)
    assert set(state["hits"][:2]) == {"b.png", "c.png"}
    assert (state["trouble"], state["error"]) == ("", "")
    assert "desk.things.show(case.find_this('a.png', box=(" in state["code"]
    for place, name in enumerate(state["hits"][:2]):
        strip = f".wb-thing-tiles > :nth-child({place + 1})"
        tile = f".wb-gallery .wb-tile:nth-child({place + 1})"
        assert lies_on(page, f"{strip} .wb-bright", f"{strip} img", name)
        assert lies_on(page, f"{tile} .wb-bright", f"{tile} img", name)


def test_a_hit_clicked_is_looked_at_with_its_box(desk: lab.Notebook) -> None:
    page, name = desk.page, desk.state(1)["hits"][0]
    page.locator(".wb-thing-tile").first.click()
    page.wait_for_selector(f".wb-details .wb-large[alt='{name}']")
    page.wait_for_selector(".wb-hitbox")
    page.wait_for_function(f"document.querySelector('{PHOTO}').alt === '{name}'")
    assert desk.state(1)["focus"] == name
    assert lies_on(page, ".wb-hitbox", ".wb-details .wb-large", name)
    assert lies_on(page, BOX, PHOTO, name)


def test_a_click_proposes_a_candidate_and_keys_move_and_ask(desk: lab.Notebook) -> None:
    page = desk.page
    desk.run(0)  # a desk as it was in the beginning
    page.get_by_role("button", name="▸ Find this thing").click()
    page.locator(PHOTO).scroll_into_view_if_needed()
    page.wait_for_function(f"document.querySelector('{PHOTO}').naturalWidth > 0")
    page.mouse.click(*on_page(page, 70, 60))
    page.wait_for_selector(BOX)
    first = desk.state(1)
    assert first["box"][0] <= 70 <= first["box"][0] + first["box"][2]
    assert first["hits"] == []

    page.locator(".wb-thing-frame").focus()
    page.keyboard.press("c")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_selector(".wb-thing-tile .wb-over")
    asked = desk.state(1)
    assert asked["hits"]
    assert asked["box"] != first["box"]

    page.locator(".wb-thing-frame").focus()
    page.keyboard.press("Escape")
    page.locator(BOX).wait_for(state="detached")
    assert desk.state(1)["hits"] == []


def test_words_find_a_thing_and_what_is_wrong_is_told(desk: lab.Notebook) -> None:
    page = desk.page
    page.get_by_label("An object in words").fill("blue")
    page.keyboard.press("Enter")
    page.wait_for_selector(".wb-thing-tile[title='other.png'] .wb-over")
    assert desk.state(1)["hits"][0] == "other.png"
    page.get_by_label("An object in words").fill("???")
    page.keyboard.press("Enter")
    page.locator(".wb-things .wb-error", has_text="no words").wait_for()


def test_regions_are_compared_by_choice_and_the_best_is_drawn(desk: lab.Notebook) -> None:
    page = desk.page
    page.get_by_label("What are you looking for?").fill("blue")
    page.get_by_label("What the query is compared with").select_option("objects")
    page.wait_for_function("document.querySelector('.wb-query .wb-text').value === 'blue over:objects'")
    page.wait_for_selector(".wb-gallery .wb-tile[title='other.png']:first-child .wb-over")
    state = desk.state(1)
    assert state["hits"][0] == "other.png"
    assert set(state["hits"]) == {"a.png", "b.png", "c.png", "other.png"}
    page.get_by_label("What the query is compared with").select_option("whole images")
    page.wait_for_selector(".wb-gallery .wb-tile[title='long.png']")
    assert page.locator(".wb-gallery .wb-over").count() == 0


@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 900)])
def test_it_fits_and_reads_in_both_themes(desk: lab.Notebook, theme: str, width: int) -> None:
    page = desk.page
    page.set_viewport_size({"width": width, "height": 1000})
    desk.theme(theme)
    page.locator(PHOTO).scroll_into_view_if_needed()
    page.wait_for_timeout(800)
    desk.screenshot(f"things-{theme}-{width}")
    assert [[name, over] for name, over in page.evaluate(OVERFLOW) if over > 1] == []
