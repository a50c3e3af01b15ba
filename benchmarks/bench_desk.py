"""How long a lasso takes on a whole desk: ``python -m benchmarks.bench_desk [--rows 100000 1000000]``.

A real JupyterLab in Chromium, a case as `bench_open` makes it up, five lassos. *Gallery*: from mouse-up until
the picture after the gallery has changed, by the page's own clock. *Drag*: 49 moves of the mouse, beside the
same drag on a desk of 100 images: what points cost while drawing. Without a GPU Chromium draws in software.
"""

import argparse
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page

from benchmarks import bench_open
from benchmarks.table import Row, show
from tests.helpers import jupyterlab as lab

SHOW = "import workbench as wb\ndesk = wb.Workspace(wb.open(case='case'))\ndesk"
FEW = 100
SIZES = (0.3, 0.5, 0.4, 0.6, 0.35)
WATCH = """() => addEventListener('pointerup', () => {
  const let_go = performance.now(), gallery = document.querySelector('.wb-gallery');
  const before = gallery.textContent;
  window.galleryAfter = null;
  const look = () => {
    if (gallery.textContent === before) requestAnimationFrame(look);
    else requestAnimationFrame(() => { window.galleryAfter = (performance.now() - let_go) / 1000; });
  };
  look();
}, true)"""


@dataclass(frozen=True)
class Felt:
    """Medians in seconds."""

    gallery: float
    drag: float


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    options = parser.parse_args()
    few, table = measure(FEW), []
    for rows in options.rows:
        felt, aim = measure(rows), "<= 0.3 s" if rows <= 100_000 else "<= 0.5 s"
        table.append(Row(f"{rows:,} images: mouse-up to gallery", f"{felt.gallery:.2f} s", aim=aim))
        table.append(
            Row(
                f"{rows:,} images: drag",
                f"{felt.drag:.2f} s",
                f"{few.drag:.2f} s with {FEW}",
                felt.drag / few.drag,
            )
        )
    print(show(table))


def measure(rows: int) -> Felt:
    """Lasso on a desk of so many images; returns what it felt like."""
    with tempfile.TemporaryDirectory() as temporary:
        root, private = Path(temporary, "root"), Path(temporary, "private")
        root.mkdir()
        private.mkdir()
        bench_open.prepare(bench_open.make_case(root, rows, 16), 16)
        lab.write_notebook(root / "desk.ipynb", [SHOW])
        with (
            lab.server(root, private) as address,
            lab.chromium() as browser,
            lab.browser_page(browser) as page,
        ):
            return lassos(page, address)


def lassos(page: Page, address: str) -> Felt:
    notebook = lab.Notebook(page, address, "desk.ipynb")
    notebook.run(0)
    page.wait_for_selector(".wb-map .js-plotly-plot[data-workbench] .nsewdrag", timeout=120_000)
    page.wait_for_timeout(6000)  # until everything is drawn, or it would be measured too
    page.evaluate(WATCH)
    page.locator(notebook.plot).scroll_into_view_if_needed()
    gallery, drags = [], []
    for size in SIZES:
        began = time.perf_counter()
        notebook.circle(size)
        drags.append(time.perf_counter() - began - lab.PAUSE)
        page.wait_for_timeout(4000)
        gallery.append(float(page.evaluate("window.galleryAfter")))
    return Felt(statistics.median(gallery), statistics.median(drags))


if __name__ == "__main__":
    main()
