"""The Why panel in a real JupyterLab with the embedded model: mouse and keyboard, and read back."""

import os
import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser

import workbench as wb
from tests import lab
from tests.test_browser import OVERFLOW

pytestmark = [
    pytest.mark.browser,
    pytest.mark.weights,
    pytest.mark.skipif("WORKBENCH_SLOW" not in os.environ, reason="takes minutes: set WORKBENCH_SLOW=1"),
    pytest.mark.skipif(lab.CHROMIUM is None, reason="no Chromium: install Debian's package chromium"),
]

ALBUM = Path(__file__).parent.parent / "data/photos"
SHOW = """import workbench as wb
case = wb.open(case='case')
desk = wb.Workspace(case)
desk.query.ask('a cup of coffee on a table')
desk.selection.focus = case.row('cappuccino-beside-a-laptop.jpg')
desk"""
PROBE = """import json
why = desk.why
print(json.dumps({"about": why.about, "verdict": why.verdict, "trouble": why.trouble, "error": why.error,
    "opacity": why.opacity, "block": why.block, "word": why.word, "focus": desk.selection.focus,
    "code": desk.to_code(), "maps": len(why.frame)}))"""
WHY = ".wb-why"
SECONDS = 240
"""How long a page may take: the first map builds the model's torch module, and machines may be busy."""

PIXELS = """(image) => {
    const canvas = document.createElement('canvas');
    canvas.width = 64; canvas.height = 64;
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0, 64, 64);
    return Array.from(context.getImageData(0, 0, 64, 64).data).filter((_, i) => i % 4 === 3);
}"""
"""How far each of 64 x 64 places of the map covers the photo, 0 to 255."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with some photos of the album, an ingested case, and a notebook that shows its desk."""
    root = tmp_path_factory.mktemp("root")
    (root / "photos").mkdir()
    for path in [*(ALBUM / "food").iterdir(), *(ALBUM / "animals").iterdir()]:
        shutil.copy(path, root / "photos")
    case = wb.open(root / "photos", case=root / "case")
    case.ingest(progress=False)
    case.layout()  # kept in the case, so that the desk opens without computing it
    case.clusters()
    lab.write_notebook(root / "why.ipynb", [SHOW, PROBE, "print(desk.to_code())"])
    return root


@pytest.fixture(scope="module")
def desk(browser: Browser, address: str) -> Iterator[lab.Notebook]:
    """The desk with the Why panel opened by a click, its first map and verdict there."""
    with lab.browser_page(browser) as page:
        page.set_default_timeout(SECONDS * 1000)
        notebook = lab.Notebook(page, address, "why.ipynb")
        notebook.run(0)
        page.wait_for_selector(f"{WHY} .wb-why-fold")
        assert page.locator(f"{WHY} .wb-why-inside").is_hidden()
        page.get_by_role("button", name="Why did it match?").click()
        settled(notebook)
        yield notebook


def settled(notebook: lab.Notebook) -> None:
    """Wait until the map, the verdict and the maps of the best hits are there."""
    page = notebook.page
    page.wait_for_timeout(300)  # until Python has heard of it
    page.wait_for_selector(f"{WHY} .wb-why-figure .wb-why-layer[src^=blob]")
    page.locator(f"{WHY} .wb-why-verdict", has_text="chance").wait_for()
    page.wait_for_function(
        "() => [...document.querySelectorAll('.wb-why-tile .wb-why-layer')].every((one) => one.src)"
    )
    page.locator(f"{WHY} .wb-busy").first.wait_for(state="hidden")


def cover(notebook: lab.Notebook) -> np.ndarray:
    """Return (64, 64) how far the map shown covers the photo."""
    image = notebook.page.locator(f"{WHY} .wb-why-figure .wb-why-layer")
    return np.array(image.evaluate(PIXELS), float).reshape(64, 64)


def at_side(notebook: lab.Notebook) -> np.ndarray:
    notebook.page.locator(WHY).scroll_into_view_if_needed()
    return cover(notebook)


def test_the_map_shown_lies_on_the_cup(desk: lab.Notebook) -> None:
    covered = at_side(desk)
    assert covered[13:42, 30:58].mean() > 1.3 * covered.mean()
    state = desk.state(1)
    assert state["about"]["query"] == "a cup of coffee on a table"
    assert state["maps"] == 9
    assert (state["trouble"], state["error"]) == ("", "")


def test_a_word_shows_its_own_map_and_the_keyboard_brings_the_whole_back(desk: lab.Notebook) -> None:
    page, whole = desk.page, at_side(desk)
    page.locator(f"{WHY} .wb-why-words button", has_text="table").click()
    page.wait_for_selector(f"{WHY} .wb-why-words button[aria-pressed=true]:has-text('table')")
    settled(desk)
    assert np.abs(cover(desk) - whole).mean() > 5
    assert desk.state(1)["about"]["query"] == "table"

    page.locator(f"{WHY} .wb-why-words button", has_text="whole query").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{WHY} .wb-why-words button[aria-pressed=true]:has-text('whole query')")
    settled(desk)
    np.testing.assert_allclose(cover(desk), whole, atol=2)


def test_rather_than_turns_the_map_to_the_laptop(desk: lab.Notebook) -> None:
    page = desk.page
    page.get_by_label("What to look for in the image").fill("a laptop")
    page.get_by_label("Rather than").fill("a cup of coffee")
    page.keyboard.press("Enter")
    page.locator(f"{WHY} .wb-why-about .wb-quiet", has_text="against a cup of coffee").first.wait_for()
    settled(desk)
    covered = cover(desk)
    state = desk.state(1)
    assert (state["about"]["query"], state["about"]["against"]) == ("a laptop", "a cup of coffee")
    assert "desk.why.ask('a laptop', against='a cup of coffee')" in state["code"]
    assert covered[:42, :32].mean() > 1.3 * covered.mean()
    for label in ("What to look for in the image", "Rather than"):
        page.get_by_label(label).fill("")
        page.keyboard.press("Enter")
    settled(desk)


def test_blocks_and_opacity_move_by_keyboard(desk: lab.Notebook) -> None:
    page, whole = desk.page, at_side(desk)
    page.get_by_label("Block").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(f"{WHY} .wb-why-figure .wb-why-layer[data-block='0']")
    page.wait_for_timeout(500)
    assert np.abs(cover(desk) - whole).mean() > 5
    page.get_by_label("Opacity").focus()
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    shown = page.locator(f"{WHY} .wb-why-figure .wb-why-layer").evaluate(
        "(node) => getComputedStyle(node).opacity"
    )
    state = desk.state(1)
    assert float(shown) == pytest.approx(0.5)
    assert (state["opacity"], state["block"]) == (pytest.approx(0.5), 0)
    page.get_by_label("Block").focus()
    page.keyboard.press("Home")
    page.get_by_label("Opacity").fill("0.7")


def test_another_method_is_chosen_and_told(desk: lab.Notebook) -> None:
    desk.page.get_by_label("Method").select_option("gradcam")
    settled(desk)
    assert desk.state(1)["about"]["method"] == "gradcam"
    desk.page.get_by_label("Method").select_option("relevance")
    settled(desk)


def test_the_map_is_saved_as_a_png(desk: lab.Notebook, tmp_path: Path) -> None:
    with desk.page.expect_download() as download:
        desk.page.get_by_role("button", name="Save PNG").click()
    download.value.save_as(tmp_path / "why.png")
    assert download.value.suggested_filename == "why-cappuccino-beside-a-laptop.png"
    assert Image.open(BytesIO((tmp_path / "why.png").read_bytes())).size == (1024, 682)


def test_a_click_on_a_hit_looks_at_it(desk: lab.Notebook) -> None:
    page = desk.page
    focus = desk.state(1)["focus"]
    page.locator(f"{WHY} .wb-why-tile").nth(1).click()
    page.locator(f"{WHY} .wb-why-about .wb-title").first.wait_for()
    settled(desk)
    state = desk.state(1)
    assert state["about"]["row"] == state["focus"] != focus
    alternatives = page.locator(f"{WHY} img:not(.wb-why-layer)").evaluate_all(
        "(all) => all.map((one) => one.alt)"
    )
    assert all("brightest at the" in one or "nothing in it" in one for one in alternatives)


@pytest.mark.parametrize("width", [1280, 900])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fits_and_reads_in_both_themes(desk: lab.Notebook, theme: str, width: int) -> None:
    page = desk.page
    page.set_viewport_size({"width": width, "height": 1000})
    desk.theme(theme)
    page.locator(f"{WHY} .wb-why-tiles").scroll_into_view_if_needed()
    page.wait_for_timeout(1000)
    desk.screenshot(f"why-{theme}-{width}")
    assert [[name, over] for name, over in page.evaluate(OVERFLOW) if over > 1] == []
