"""Layout form, two maps side by side and cluster runs in a real JupyterLab, moved by mouse and keyboard."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

import workbench as wb
from tests.helpers import jupyterlab as lab
from tests.helpers.desk_page import OVERFLOW
from workbench.testing import colour_folder

pytestmark = lab.MARKS

SHOW = "import workbench as wb\ndesk = wb.Workspace(wb.open(case='case'))\ndesk"
PROBE = """import json
second = desk.second_map
second and second.wait()
print(json.dumps({"rows": desk.selection.rows.tolist(), "settings": desk.map.bar.settings,
    "working": desk.map.bar.working, "points": desk.map.points.tolist(), "method": desk.map.bar.method,
    "second": second.bar.method if second else "", "column": desk.map.bar.column,
    "runs": desk.case.cluster_runs.names, "level": desk.map.level, "names": desk.map.names,
    "clusters": desk.map.frame["cluster"].tolist(), "troubles": [p.error + getattr(p, "trouble", "")
    for p in (desk.map.bar, desk.runs, desk.query)], "code": desk.to_code()}))"""
COLOURS = "plot => [...document.querySelector(plot)._fullData[0].marker.color]"
SECOND = ".wb-secondmap .js-plotly-plot"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("root")
    colour_folder(root / "photos", 60)
    case = wb.open(root / "photos", case=root / "case", model="fake")
    case.ingest(progress=False)
    case.layout()  # kept in the case, so that the desk opens without computing it
    lab.write_notebook(root / "map.ipynb", [SHOW, PROBE])
    return root


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with lab.chromium() as browser, lab.browser_page(browser, 1280, 1300) as page:
        yield page


@pytest.fixture(scope="module")
def desk(page: Page, address: str) -> lab.Notebook:
    notebook = lab.Notebook(page, address, "map.ipynb")
    notebook.show_desk()
    return notebook


def test_a_layout_is_set_cancelled_and_computed(desk: lab.Notebook) -> None:
    """The first UMAP of a kernel compiles for seconds: cancelled meanwhile, the map stays as it was."""
    page = desk.page
    before = desk.state(1)
    page.get_by_role("button", name="Settings of the layout").click()
    page.locator(".wb-form [name=n_neighbors]").fill("5")
    page.get_by_role("button", name="Compute").click()
    page.wait_for_selector(".wb-mapbar .wb-working:not([hidden])")
    desk.screenshot("map-working")
    page.get_by_role("button", name="Cancel").click()
    page.wait_for_selector(".wb-mapbar .wb-working", state="hidden")
    cancelled = desk.state(1)
    page.get_by_role("button", name="Compute").click()
    page.wait_for_function("document.querySelector('.wb-mapbar select').title.includes('Neighbours 5')")
    computed = desk.state(1)
    page.get_by_role("button", name="Settings of the layout").click()

    assert cancelled["points"] == before["points"] != computed["points"]
    assert (cancelled["settings"], cancelled["working"]) == ({}, "")
    assert computed["settings"] == {"n_neighbors": 5}
    assert "desk.map.show('umap', n_neighbors=5)" in computed["code"]
    assert computed["troubles"] == ["", "", ""]


def test_a_slider_makes_the_clusters_coarser_and_finer(desk: lab.Notebook) -> None:
    """The points, the legend and the names on the map are those of the level; the kernel knows it."""
    page = desk.page
    slider = page.get_by_label("Clusters, coarse to fine")
    slider.focus()
    keys = page.locator(".wb-key").count()
    page.keyboard.press("Home")
    page.wait_for_function("document.querySelectorAll('.wb-key').length === 1")
    coarse = desk.state(1)
    one_colour = page.evaluate(COLOURS, desk.plot)
    page.locator(".wb-marks span").first.wait_for(state="attached")
    desk.screenshot("map-coarse")
    slider.focus()
    page.keyboard.press("End")
    page.wait_for_function("document.querySelectorAll('.wb-key').length > 8")
    fine = desk.state(1)
    colours = page.evaluate(COLOURS, desk.plot)
    named = page.locator(".wb-marks span").all_inner_texts()
    desk.screenshot("map-fine")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("document.querySelector('.wb-level').title.includes('level 3 of 5')")
    page.wait_for_function(
        f"document.querySelectorAll('.wb-key').length === {keys}"
    )  # the kernel has answered

    assert keys != len(fine["names"])
    assert (coarse["level"], fine["level"]) == (0, 4)
    assert "desk.map.level = 0" in coarse["code"]
    assert len(set(one_colour)) == len(set(coarse["clusters"])) == 1
    assert len(set(colours)) == len(set(fine["clusters"])) == len(fine["names"]) > 8
    assert named
    assert set(named) <= set(fine["names"])
    assert desk.state(1)["level"] == 2
    assert "desk.map.level" not in desk.state(1)["code"]
    assert fine["troubles"] == ["", "", ""]


def test_a_lasso_in_the_second_map_shows_in_the_first(desk: lab.Notebook) -> None:
    page = desk.page
    page.locator(".wb-mapbar button", has_text="◫").click()
    page.wait_for_selector(f"{SECOND}[data-workbench] .nsewdrag")
    page.wait_for_function("document.querySelector('.wb-secondmap [aria-label=Layout]').value === 'tsne'")
    page.wait_for_timeout(800)
    first, desk.plot = desk.plot, SECOND
    desk.circle(0.6)
    page.wait_for_function("/selected/.test(document.querySelectorAll('.wb-summary')[1].textContent)")
    in_second = desk.selected()
    desk.plot = first
    in_first = desk.selected()
    desk.screenshot("map-side-by-side")
    state = desk.state(1)
    over = page.evaluate(OVERFLOW)
    page.locator(".wb-secondmap button", has_text="✕").click()
    page.wait_for_selector(SECOND, state="detached")

    assert state["second"] == "tsne"
    assert 0 < len(in_second) < 60
    assert in_first == in_second == state["rows"]
    assert state["troubles"] == ["", "", ""]
    assert [(what, by) for what, by in over if by > 1] == []


def test_a_clustering_is_run_compared_and_colours_the_map(desk: lab.Notebook) -> None:
    page, runs = desk.page, desk.page.locator(".wb-runs")
    runs.locator("summary").click()
    runs.get_by_label("Space").select_option("vectors")
    runs.get_by_role("button", name="Agglomerative").click()
    runs.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_selector(".wb-runs tr[data-run]")
    runs.get_by_role("button", name="DBSCAN", exact=True).click()
    runs.get_by_role("button", name="Choose eps").click()
    page.wait_for_selector(".wb-curve path")
    page.locator(".wb-curve").click(position={"x": 300, "y": 60})
    page.wait_for_selector(".wb-curve text.wb-eps")
    runs.get_by_label("Name of the run").fill("by eps")
    page.keyboard.press("Enter")
    page.wait_for_selector(".wb-runs tr[data-run='by eps'][aria-selected=true]")
    page.wait_for_selector(".wb-strip img[src^=blob]")
    runs.locator("tr[data-run='by eps']").get_by_role("button", name="Colour").click()
    page.wait_for_function("document.querySelector('[aria-label=\"Colour by\"]').value === 'run: by eps'")
    runs.locator("summary").scroll_into_view_if_needed()
    desk.screenshot("runs")
    desk.theme("dark")
    page.wait_for_timeout(500)
    desk.screenshot("runs-dark")
    desk.theme("light")
    runs.get_by_role("button", name="Rename by eps").click()
    runs.get_by_label("New name").fill("by hand")
    page.keyboard.press("Enter")
    page.wait_for_selector(".wb-runs tr[data-run='by hand']")
    runs.get_by_role("button", name="Select what is in no cluster").click()
    state = desk.state(1)
    over = page.evaluate(OVERFLOW)

    assert state["runs"][-1] == "by hand"
    assert len(state["runs"]) == 2
    assert state["column"] == "run: by hand"  # the code shown must run
    assert "desk.runs.look_into('by hand')" in state["code"]
    assert state["troubles"] == ["", "", ""]
    assert [(what, by) for what, by in over if by > 1] == []


def test_eps_of_nothing_is_told_in_the_panel(desk: lab.Notebook) -> None:
    runs = desk.page.locator(".wb-runs")
    runs.locator("input[name=eps]").fill("0")
    runs.get_by_role("button", name="Run", exact=True).click()
    desk.page.wait_for_selector(".wb-runs .wb-error:not([hidden])")

    assert "Use an eps above 0" in runs.locator(".wb-error:not([hidden])").inner_text()
