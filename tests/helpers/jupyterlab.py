"""A real JupyterLab in a real Chromium, for the browser tests. Nothing here asserts anything."""

import json
import math
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

import workbench as wb

ARTIFACTS = Path(__file__).parents[2] / "artifacts"
"""Where screenshots are kept, to be looked at."""

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
MARKS = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium: install Debian's package chromium"),
]
"""What marks a module of browser tests."""
PAUSE = 0.7
"""Seconds that a drag is given to arrive."""

_FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]


def write_notebook(path: Path, cells: Sequence[str]) -> None:
    """Write a notebook with its kernel named, or JupyterLab would ask for one."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    sources: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "id": f"c{i}",
            "metadata": {},
            "source": cell,
            "outputs": [],
            "execution_count": None,
        }
        for i, cell in enumerate(cells)
    ]
    path.write_text(
        json.dumps({"cells": sources, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5})
    )


def prepare(case: wb.Case) -> None:
    """Compute what a desk shows when it opens, so that no kernel waits until UMAP is compiled."""
    desk = wb.Workspace(case)
    if len(case.faces):
        desk.show("faces")
    desk.close()


@contextmanager
def server(root: Path, private: Path, app: str = "jupyterlab") -> Iterator[str]:
    """Run a JupyterLab, or Notebook 7 as ``app="notebook"``, on ``root`` with settings of its own.

    Yields its address.
    """
    quiet = (
        private
        / "lab_settings_dir"
        / "@jupyterlab"
        / "apputils-extension"
        / "notification.jupyterlab-settings"
    )
    quiet.parent.mkdir(parents=True)
    quiet.write_text('{"fetchNews": "false"}')
    options = ["--allow-root", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={root}"]
    options.append("--IdentityProvider.token=")
    if app == "jupyterlab":
        options.append("--LabApp.news_url=")
        options.append("--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate")
    with _served(app, options, private, "/api") as address:
        yield address


@contextmanager
def voila(notebook: Path, private: Path) -> Iterator[str]:
    """Run Voila on a notebook with settings of its own; yield the address of the page."""
    with _served("voila", [str(notebook)], private, "/voila/static/") as address:
        yield address


@contextmanager
def _served(app: str, options: Sequence[str], private: Path, asked: str) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    own = {
        f"JUPYTER{name}": str(private / name.lower().strip("_"))
        for name in ("_CONFIG_DIR", "LAB_SETTINGS_DIR", "LAB_WORKSPACES_DIR")
    }
    command = [sys.executable, "-m", app, *options, "--no-browser", f"--port={port}"]
    with (private / f"{app}.log").open("w") as log:
        process = subprocess.Popen(command, env={**os.environ, **own}, stdout=log, stderr=log)
        try:
            _wait_for(f"http://127.0.0.1:{port}{asked}")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


def _wait_for(address: str, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(address, timeout=2).close()
        except urllib.error.HTTPError:
            return  # there is nothing there, but somebody answers
        except (urllib.error.URLError, OSError):
            time.sleep(0.3)
        else:
            return
    raise TimeoutError(f"Nothing answered at {address} within {seconds:.0f} s")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run a Chromium that draws WebGL in software."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        yield browser
        browser.close()


@contextmanager
def browser_page(browser: Browser, width: int = 1280, height: int = 1000) -> Iterator[Page]:
    """Open a page of its own in ``browser``."""
    page = browser.new_page(viewport={"width": width, "height": height})
    page.set_default_timeout(60_000)
    yield page
    page.close()


class Notebook:
    """A notebook open in JupyterLab, with the gestures of a person; ``plot`` is the map they are made on."""

    plot = ".wb-middle > .wb-map .js-plotly-plot"

    def __init__(self, page: Page, address: str, name: str) -> None:
        self.page = page
        page.goto(f"{address}/lab/tree/{name}?reset")
        page.wait_for_selector(".jp-Notebook .jp-Cell")
        page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status='idle']", state="attached")
        if page.locator(".jp-FileBrowser").is_visible():
            page.keyboard.press("Control+b")

    def run(self, cell: int) -> str:
        """Run a cell, wait until it is done, and return the text it printed."""
        node = self.page.locator(".jp-Notebook .jp-CodeCell").nth(cell)

        def count() -> str:
            return node.locator(".jp-InputPrompt").inner_text().strip("[]: ")

        before = count()
        for _ in range(10):  # the page can swallow the first keys while it is still being built
            self._answer_dialog()
            node.locator(".jp-InputArea-editor").click()
            self.page.keyboard.press("Control+Enter")
            if self._poll(lambda: count() not in ("", before), 5):
                break
        if not self._poll(lambda: count().isdigit(), 180):
            raise TimeoutError(f"Cell {cell} did not finish: {node.inner_text()[-500:]}")
        return "\n".join(node.locator(".jp-OutputArea-output").all_inner_texts())

    def _answer_dialog(self) -> None:
        """Accept what JupyterLab may ask while it starts on a busy machine, and say what it was."""
        dialog = self.page.locator(".jp-Dialog")
        if dialog.count():
            print("JupyterLab asked:", dialog.first.inner_text())
            dialog.first.locator(".jp-mod-accept").click()

    def _poll(self, happened: Callable[[], bool], seconds: float) -> bool:
        end = time.monotonic() + seconds
        while not happened():
            if time.monotonic() > end:
                return False
            self.page.wait_for_timeout(100)
        return True

    def state(self, cell: int) -> dict[str, Any]:
        """Run a cell that prints JSON, and return it."""
        text = self.run(cell)
        state: dict[str, Any] = json.loads(text[text.index("{") :])
        return state

    def show_desk(self, cell: int = 0) -> None:
        """Run the cell that shows the desk and wait until the map is drawn and the thumbnails are there."""
        self.run(cell)
        self.page.wait_for_selector(".wb-map .js-plotly-plot .nsewdrag")
        self.page.wait_for_selector(".wb-gallery .wb-tile img")
        self.page.wait_for_function(
            "document.querySelector('.wb-map .js-plotly-plot').dataset.workbench != null"
        )
        self.page.wait_for_function(f"document.querySelector('{self.plot}')._fullData?.length")
        self.page.wait_for_timeout(600)

    def selected(self) -> list[int]:
        """Return the rows that the map draws as selected, once they no longer change; asks no kernel."""
        seen: list[list[int]] = []
        while len(seen) < 3 or seen[-1] != seen[-3]:
            self.page.wait_for_timeout(250)
            seen.append(self.page.evaluate("map => [...document.querySelector(map).bright]", self.highlights))
        return seen[-1]

    def theme(self, name: str) -> None:
        """Switch JupyterLab to its light or dark theme by the menu."""
        self.page.get_by_role("menuitem", name="Settings").click()
        self.page.locator(".lm-Menu-item", has_text="Theme").first.hover()
        self.page.get_by_text(f"JupyterLab {name.title()}", exact=True).click()
        self.page.wait_for_selector(
            f"body[data-jp-theme-light={str(name == 'light').lower()}]", state="attached"
        )

    def screenshot(self, name: str) -> Path:
        """Keep a picture of the page as ``artifacts/NAME.png``."""
        ARTIFACTS.mkdir(exist_ok=True)
        path = ARTIFACTS / f"{name}.png"
        self.page.screenshot(path=path)
        return path

    def points(self) -> list[list[float]]:
        """Return where the points of the map are on the page, in pixels, in the order of the rows."""
        script = """(map) => {
            const plot = document.querySelector(map);
            const {xaxis, yaxis} = plot._fullLayout, {x, y} = plot._fullData[0];
            const box = plot.querySelector('.nsewdrag').getBoundingClientRect();
            return Array.from(x, (_, i) => [box.x + xaxis.d2p(x[i]), box.y + yaxis.d2p(y[i])]);
        }"""
        places: list[list[float]] = self.page.evaluate(script, self.plot)
        return places

    @property
    def highlights(self) -> str:
        """Return the selector of the canvas over the map that shows what is selected, found and looked at."""
        return f"{self.plot} ~ .wb-highlights"

    def lit_up(self, right: float = 0) -> list[str]:
        """Return the colour painted over each point, or so many pixels right of it; "" for nothing."""
        script = """([map, places]) => {
            const layer = document.querySelector(map), shown = layer.getBoundingClientRect();
            const pixels = layer.getContext('2d'), ratio = layer.width / shown.width;
            return places.map((place) => {
                const at = [place[0] - shown.x, place[1] - shown.y].map((n) => Math.floor(n * ratio));
                const [r, g, b, a] = pixels.getImageData(...at, 1, 1).data;
                return a < 128 ? '' : '#' + [r, g, b].map((n) => n.toString(16).padStart(2, '0')).join('');
            });
        }"""
        painted: list[str] = self.page.evaluate(
            script, [self.highlights, [(x + right, y) for x, y in self.points()]]
        )
        return painted

    def plot_box(self) -> tuple[float, float, float, float]:
        """Return left, top, right and bottom of the map on the page, in pixels."""
        box = self.page.locator(f"{self.plot} .nsewdrag").bounding_box()
        assert box is not None, "the map is not on the page"
        return box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"]

    def circle(self, size: float) -> None:
        """Lasso a circle in the middle of the map that takes this share of its height."""
        self.page.locator(self.plot).scroll_into_view_if_needed()
        left, top, right, bottom = self.plot_box()
        x, y, radius = (left + right) / 2, (top + bottom) / 2, (bottom - top) * size / 2
        turns = [2 * math.pi * step / 48 for step in range(49)]
        self.drag([(x + radius * math.cos(turn), y + radius * math.sin(turn)) for turn in turns])

    def drag(self, path: Sequence[tuple[float, float]], key: str | None = None) -> None:
        """Drag the mouse along a path of page pixels, holding a key."""
        mouse, keyboard = self.page.mouse, self.page.keyboard
        mouse.move(*path[0])
        if key:
            keyboard.down(key)
        mouse.down()
        for x, y in path[1:]:
            mouse.move(x, y)
        mouse.up()
        if key:
            keyboard.up(key)
        self.page.wait_for_timeout(PAUSE * 1000)
