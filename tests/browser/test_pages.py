"""Pages of documents in a real JupyterLab: one is found by what is written on it, and leafed from by keys."""

from pathlib import Path

import pytest

import workbench as wb
from tests.helpers import jupyterlab as lab
from tests.helpers.desk_page import OVERFLOW
from tests.helpers.documents import pdf, tiff
from workbench.models.regions import load_regions
from workbench.models.registry import register_model
from workbench.testing import ColourEmbedder, colour_folder, register

pytestmark = lab.MARKS

SHOW = """import workbench as wb
desk = wb.Workspace(wb.open(case='case'))
desk"""
PROBE = """import json
print(json.dumps({"rows": desk.selection.rows.tolist(), "focus": desk.selection.focus,
    "query": desk.selection.hits.query if desk.selection.hits else "",
    "found": [desk.selection.title(row) for row in desk.selection.found]}))"""
TILE = ":is([aria-label*='report.pdf, page 2'], [title*='report.pdf, page 2'])"
PLACE = "document.querySelector('.wb-pages .wb-quiet').textContent"
SIZES = [(400, 500), (500, 400), (300, 500)]
WRITTEN = ["MINUTES OF JUNE", "HARBOUR FEES PAID", "LIST OF SHIPS", "END OF REPORT"]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("root")
    colour_folder(root / "photos", 6)
    (root / "photos/docs").mkdir()
    (root / "photos/docs/report.pdf").write_bytes(
        pdf(["white", "lightyellow", "white", "lightblue"], texts=WRITTEN)
    )
    (root / "photos/docs/scan.tif").write_bytes(
        tiff(["red", "lime", "blue"], [(400, 500), (500, 400), (300, 500)])
    )
    (root / "photos/docs/locked.pdf").write_bytes(pdf(["red"], password="secret"))
    register_model("fake", lambda _: ColourEmbedder(), regions=load_regions)  # which really reads
    try:
        case = wb.open(root / "photos", case=root / "case", model="fake")
        case.ingest(regions=["text"], progress=False)
    finally:
        register()
    lab.prepare(case)
    return root


def test_a_page_is_found_by_its_text_and_leafed_from(root: Path, address: str) -> None:
    lab.write_notebook(root / "pages.ipynb", [SHOW, PROBE])
    with lab.chromium() as browser, lab.browser_page(browser, 1280, 1400) as page:
        notebook = lab.Notebook(page, address, "pages.ipynb")
        notebook.show_desk()
        page.locator(".wb-text").fill("text:harbour in:report.pdf kind:document")
        page.keyboard.press("Enter")
        page.wait_for_selector(".wb-chip")
        page.locator(
            ".wb-gallery [aria-label*='report.pdf, page 2'], .wb-gallery [title*='report.pdf, page 2']"
        ).first.click()
        page.wait_for_function(f"{PLACE} === '2 of 4'")
        notebook.screenshot("pages-found")
        first = page.locator(".wb-details .wb-title").first.inner_text()
        page.get_by_role("button", name="Next page").focus()
        page.keyboard.press("Enter")
        page.wait_for_function(f"{PLACE} === '3 of 4'")
        page.keyboard.press("PageDown")
        page.wait_for_function(f"{PLACE} === '4 of 4'")
        page.keyboard.press("PageUp")
        page.wait_for_function(f"{PLACE} === '3 of 4'")
        page.get_by_role("button", name="all pages").click()
        page.locator(".wb-details").scroll_into_view_if_needed()
        notebook.screenshot("pages-leafed")
        over = page.evaluate(OVERFLOW)
        state = notebook.state(1)

    assert first.endswith("docs/report.pdf, page 2")
    assert state["found"] == ["docs/report.pdf, page 2"]
    assert len(state["rows"]) == 4
    assert [(what, by) for what, by in over if by > 1] == []
