"""The desk in Voila and in Notebook 7: each shows every point, in full size."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

import workbench as wb
from tests.helpers import jupyterlab as lab
from tests.helpers.desk_page import check_plot
from workbench.testing import write_faces

pytestmark = lab.MARKS

PEOPLE = {"ann": 0, "bob": 3, "cat": 6}
PHOTOS = {f"{name}{i}.png": [square] for name, square in PEOPLE.items() for i in range(8)}
SHOW = """import workbench as wb
desk = wb.Workspace(wb.open(case='case', model='fake', faces='fake'))
desk"""
IMAGES, FACES = ".wb-middle > .wb-map .js-plotly-plot", ".wb-facemap .js-plotly-plot"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("root")
    write_faces(root / "photos", PHOTOS)
    case = wb.open(root / "photos", case=root / "case", model="fake", faces="fake")
    case.ingest(faces=True, progress=False)
    lab.prepare(case)
    lab.write_notebook(root / "desk.ipynb", [SHOW])
    return root


def both_sides(page: Page, name: str) -> None:
    """Look at the map of the images and at that of the faces."""
    page.wait_for_selector(".wb-gallery .wb-tile img")
    check_plot(page, IMAGES, len(PHOTOS))
    page.screenshot(path=lab.ARTIFACTS / f"{name}-images.png")
    page.get_by_role("tab", name="Faces").click()
    check_plot(page, FACES, len(PHOTOS))
    page.screenshot(path=lab.ARTIFACTS / f"{name}-faces.png")


def run_cell(page: Page) -> None:
    page.wait_for_selector(".jp-Notebook .jp-CodeCell .cm-content")
    page.wait_for_selector("[data-status='idle']", state="attached")
    page.locator(".jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Control+Enter")


def test_voila_shows_all_points(browser: Browser, root: Path, tmp_path: Path) -> None:
    with lab.voila(root / "desk.ipynb", tmp_path) as address, lab.browser_page(browser, 1280, 1100) as page:
        page.goto(address)
        both_sides(page, "voila")


def test_notebook_7_shows_all_points(browser: Browser, root: Path, tmp_path: Path) -> None:
    with lab.server(root, tmp_path, "notebook") as address, lab.browser_page(browser, 1280, 1100) as page:
        page.goto(f"{address}/notebooks/desk.ipynb")
        run_cell(page)
        both_sides(page, "notebook-7")
