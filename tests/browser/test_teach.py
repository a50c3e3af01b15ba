"""Teach a classifier by keys in a real JupyterLab, and see its scores as colours of the map."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.helpers import jupyterlab as lab
from tests.helpers.desk_page import OVERFLOW
from tests.helpers.taught import taught_case

pytestmark = lab.MARKS

SHOW = """import workbench as wb
desk = wb.Workspace(wb.open(case='case'))
desk"""
PROBE = """import json
red = desk.case.classifiers["red"]
print(json.dumps({"labels": len(red.yes) + len(red.no), "column": desk.map.bar.column,
    "rows": len(desk.selection),
    "right": sorted({path.split("/")[0] for path in red.frame.query("score >= 0.5")["path"]}),
    "code": desk.teach.to_code()}))"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("root")
    taught_case(root, 14)
    lab.write_notebook(root / "teach.ipynb", [SHOW, PROBE])
    return root


def answer_all(page: Page) -> None:
    """Answer every question that is shown by its key, and wait for the next ones."""
    first = page.locator(".wb-ask").first
    before = first.get_attribute("data-key")
    first.focus()
    for _ in range(page.locator(".wb-ask").count()):
        name = page.evaluate("document.activeElement.getAttribute('aria-label')")
        page.keyboard.press("y" if name.startswith("red/") else "n")
    page.wait_for_function(f"document.querySelector('.wb-ask')?.dataset.key !== '{before}'")
    page.wait_for_selector(".wb-ask img[src^=blob]")


def test_twenty_four_answers_teach_a_classifier_whose_scores_colour_the_map(root: Path, address: str) -> None:
    with lab.chromium() as browser, lab.browser_page(browser, 1000, 1100) as page:
        notebook = lab.Notebook(page, address, "teach.ipynb")
        notebook.show_desk()
        page.locator(".wb-teach summary").click()
        page.get_by_label("Name of the classifier").fill("red")
        page.keyboard.press("Enter")
        page.wait_for_selector(".wb-ask img[src^=blob]")
        page.locator(".wb-ask").first.focus()
        page.keyboard.press(" ")
        page.wait_for_selector(".wb-ask[data-answer=skip]")
        page.keyboard.press("u")
        page.wait_for_selector(".wb-ask[data-answer=skip]", state="detached")
        for _ in range(3):
            answer_all(page)
        page.wait_for_selector(".wb-learnt svg polyline")
        page.locator(".wb-teach summary").scroll_into_view_if_needed()
        notebook.screenshot("teach-light")
        page.get_by_role("button", name="Select its yes").click()
        page.get_by_role("button", name="Colour the map", exact=True).click()
        page.wait_for_function("document.querySelector('.wb-teach .wb-error:not([hidden])') === null")
        found = notebook.state(1)
        page.set_viewport_size({"width": 400, "height": 1200})
        notebook.theme("dark")
        page.locator(".wb-teach summary").scroll_into_view_if_needed()
        page.wait_for_timeout(400)
        notebook.screenshot("teach-narrow-dark")
        assert all(extra <= 1 for name, extra in page.evaluate(OVERFLOW) if "wb-teach" in name)
    assert found["labels"] == 24
    assert found["right"] == ["red"]
    assert found["column"] == "is: red"
    assert found["rows"] == 14
    assert "desk.teach.begin('red')" in found["code"]
