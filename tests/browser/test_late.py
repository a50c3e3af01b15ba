"""Panels that start late: anywidget gives a widget two seconds, and a busy browser may need more."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import workbench as wb
from tests.helpers import jupyterlab as lab
from tests.helpers.desk_page import TOO_LATE, check_plot
from workbench.testing import write_faces

pytestmark = lab.MARKS

SHOW = """import workbench as wb
desk = wb.Workspace(wb.open(case='case', model='fake', faces='fake'))
desk"""
SELECT = "desk.selection.rows = [1, 2]; desk.selection.focus = 1"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root: Path = tmp_path_factory.mktemp("root")
    write_faces(root / "photos", {f"{i:03}.png": [3 * (i % 3)] for i in range(24)})
    case = wb.open(root / "photos", case=root / "case", model="fake", faces="fake")
    case.ingest(faces=True, progress=False)
    lab.prepare(case)
    lab.write_notebook(root / "desk.ipynb", [SHOW, SELECT])
    with lab.server(root, tmp_path_factory.mktemp("private")) as address:
        yield address


def test_a_desk_that_started_late_still_hears_from_python_and_draws_both_maps(address: str) -> None:
    with lab.chromium() as browser, lab.browser_page(browser) as page:
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.add_init_script(TOO_LATE)
        notebook = lab.Notebook(page, address, "desk.ipynb")
        notebook.run(0)
        page.wait_for_selector(f"{notebook.plot}[data-workbench] .nsewdrag")
        page.wait_for_selector(".wb-gallery .wb-tile img")
        notebook.run(1)
        page.wait_for_function("document.querySelector('.wb-about .wb-title').textContent.startsWith('001')")
        page.wait_for_function("() => document.querySelector('.wb-map .wb-highlights')?.bright.length === 2")
        check_plot(page, notebook.plot, 24)
        page.get_by_role("tab", name="Faces").click()
        check_plot(page, ".wb-facemap .js-plotly-plot", 24)
        notebook.screenshot("late-faces")

    assert any("Failed to initialize model" in complaint for complaint in complaints)
