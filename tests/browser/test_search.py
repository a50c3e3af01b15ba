"""Query grammar, shelf, recall and study in a real JupyterLab, moved by mouse and keyboard."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

import workbench as wb
from tests.helpers import jupyterlab as lab
from tests.helpers.desk_page import OVERFLOW
from workbench.testing import colour_folder

pytestmark = lab.MARKS

SHOW = """import workbench as wb
desk = wb.Workspace(wb.open(case='case'))
desk"""
PROBE = """import json
print(json.dumps({"rows": desk.selection.rows.tolist(), "names": desk.case.selections.names,
    "query": desk.selection.hits.query if desk.selection.hits else "",
    "judged": len(desk.recall.frame["right"].dropna())}))"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("root")
    colour_folder(root / "photos", 40)
    case = wb.open(root / "photos", case=root / "case", model="fake")
    case.ingest(progress=False)
    lab.prepare(case)
    return root


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (900, "dark")])
def test_a_search_is_asked_judged_saved_and_studied(root: Path, address: str, width: int, theme: str) -> None:
    name = f"search-{width}-{theme}"
    lab.write_notebook(root / f"{name}.ipynb", [SHOW, PROBE])
    with lab.chromium() as browser:
        _walk(browser, address, name, width, theme)


def _walk(browser: Browser, address: str, name: str, width: int, theme: str) -> None:
    with lab.browser_page(browser, width, 1400) as page:
        notebook = lab.Notebook(page, address, f"{name}.ipynb")
        notebook.theme(theme)
        notebook.show_desk()
        page.locator(".wb-query input[type=number]").first.fill("6")
        page.locator(".wb-text").fill("red -blue^0.5 like:000-red")
        page.keyboard.press("Enter")
        page.wait_for_selector(".wb-chip.wb-minus")
        page.get_by_role("button", name="Did I miss any?").click()
        page.wait_for_selector(".wb-verdict img[src^=blob]")
        page.locator(".wb-verdict").first.focus()
        page.keyboard.press("n")
        page.keyboard.press("y")
        page.wait_for_selector(".wb-recall strong")
        page.get_by_role("button", name="Select what was missed").click()
        page.wait_for_function("document.querySelector('.wb-shelf strong').textContent.startsWith('1 ')")
        page.get_by_label("Name for the selection").fill(f"missed {theme}")
        page.keyboard.press("Enter")
        page.wait_for_selector(f".wb-shelf option[value='missed {theme}']", state="attached")
        page.get_by_role("button", name="In words").click()
        page.wait_for_selector(".wb-words .wb-word")
        page.locator(".wb-study summary").click()
        page.get_by_role("button", name="Compare").first.click()
        page.wait_for_selector(".wb-study svg .wb-inner, .wb-study .wb-error:not([hidden])", state="attached")
        page.locator(".wb-query").scroll_into_view_if_needed()
        notebook.screenshot(f"{name}-top")
        page.locator(".wb-study summary").scroll_into_view_if_needed()
        page.wait_for_timeout(400)
        notebook.screenshot(f"{name}-study")
        over = page.evaluate(OVERFLOW)
        state = notebook.state(1)
        notebook.theme("light")

    assert state["query"] == "red -blue^0.5 like:000-red"
    assert state["judged"] == 2
    assert len(state["rows"]) == 1
    assert f"missed {theme}" in state["names"]
    assert [(what, by) for what, by in over if by > 1] == []
