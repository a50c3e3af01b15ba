"""Measure a lasso in a real JupyterLab: our map beside other scatter plots, on the same points.

    pip install "workbench-images[bench]"
    python -m benchmarks.bench_lasso [--rows 100000 1000000] [--rounds 3] [--tools Workbench plotly]

Each round of each tool is a notebook of its own in a fresh page and kernel. Points are random and normal in
two dimensions. What is painted is seen on pictures of the page, taken one after the other: a time is that of
the first picture that shows it, late by one picture at most, and the table says how long one took. Where
Chromium has no GPU it draws WebGL in software, for all of them. Embedding Atlas is 0.22, the last that draws
with WebGL: later ones need WebGPU with 16-bit shaders, which that software has not. Its plot is smaller, as
tables and filters stand beside it, and it tells Python of the rows while the mouse moves.

- *drawn*: from the start of the cell until points are seen
- *drag*: forty moves of the mouse around half of the plot; what is above 0.6 s is waiting for the plot
- *Python knows*: from mouse-up until a callback holds the selected rows
- *screen shows*: from mouse-up until the picture no longer changes
"""

import argparse
import math
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page
from playwright.sync_api import Error as PlaywrightError

from benchmarks.lasso_tools import TOOLS, Tool
from benchmarks.screen import Screen
from tests.helpers import jupyterlab as lab

MOVES, PAUSE = 40, 0.015
PATIENCE = 240.0
"""Seconds that a tool has for each step."""


@dataclass
class Measured:
    """Seconds and bytes of one round; None for what did not come."""

    drawn: float | None = None
    drag: float | None = None
    knows: float | None = None
    shows: float | None = None
    sent: float | None = None
    message: float | None = None
    heap: float | None = None
    selected: float | None = None
    picture: float | None = None
    failed: str = ""


COLUMNS = {
    "drawn": ("drawn", "s"),
    "drag": ("drag", "s"),
    "knows": ("Python knows", "s"),
    "shows": ("screen shows", "s"),
    "sent": ("to the browser", "MB"),
    "message": ("largest message to the kernel", "kB"),
    "heap": ("JavaScript heap", "MB"),
}


def main() -> None:
    """Measure all tools and print a table for each number of points."""
    options = arguments()
    tools = [tool for tool in TOOLS if not options.tools or tool.name.split()[0] in options.tools]
    for rows in options.rows:
        rounds: dict[str, list[Measured]] = {tool.name: [] for tool in tools}
        for number in range(options.rounds):
            for tool in tools:
                rounds[tool.name].append(one_round(tool, rows, options.pictures, number))
        print(f"\n{rows:,} points, the median of {options.rounds}\n")
        print(table(tools, rounds), flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tools", nargs="*", help="first words of their names; all where none is given")
    parser.add_argument("--pictures", type=Path, help="a folder to keep a picture of each result in")
    return parser.parse_args()


def one_round(tool: Tool, rows: int, pictures: Path | None, number: int) -> Measured:
    """Measure one tool once; what goes wrong is said in the table."""
    if not tool.installed():
        return Measured(failed="not installed")
    with tempfile.TemporaryDirectory() as folder:
        root, private = Path(folder, "root"), Path(folder, "private")
        root.mkdir()
        private.mkdir()
        lab.write_notebook(root / "plot.ipynb", tool.cells(rows))
        with lab.chromium() as browser, lab.server(root, private) as address:
            picture = pictures and pictures / f"{tool.package}-{rows}-{number}.png"
            return measure(tool, browser, address, picture)


def measure(tool: Tool, browser: Browser, address: str, picture: Path | None) -> Measured:
    """Show a plot, lasso half of it, and take the times."""
    measured = Measured()
    with lab.browser_page(browser, 1280, 900) as page:
        page.set_default_timeout(PATIENCE * 1000)
        sizes = messages(page)
        notebook = lab.Notebook(page, address, "plot.ipynb")
        session = page.context.new_cdp_session(page)
        notebook.run(0)
        before, earlier = heap(session), sum(sizes["received"])
        try:
            drawn, screen = draw(tool, page, session)
            measured.sent = (sum(sizes["received"]) - earlier) / 1e6
            sizes["sent"].clear()
            released = lasso(tool, page, screen, measured)
            measured.shows, measured.picture = screen.still(PATIENCE) - released, screen.seconds
            keep(page, picture)
            state = notebook.state(2)
            measured.drawn = drawn - state["began"]
            measured.message = max(sizes["sent"]) / 1e3
            measured.heap = (heap(session) - before) / 1e6
            after = [(when, count) for when, count in state["knew"] if when > released - 1 and count]
            if after:
                measured.knows, measured.selected = max(0.0, after[-1][0] - released), after[-1][1]
            else:
                measured.failed = "Python heard of no rows"
        except (PlaywrightError, TimeoutError) as error:
            measured.failed = str(error).splitlines()[0][:90]
            keep(page, picture)
    return measured


def keep(page: Page, picture: Path | None) -> None:
    """Keep a picture of the page, where one is wanted."""
    if picture:
        picture.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=picture)


def messages(page: Page) -> dict[str, list[int]]:
    """Return lists that fill with the bytes of every message between browser and Jupyter, both ways."""
    sizes: dict[str, list[int]] = {"sent": [], "received": []}

    def count(socket) -> None:  # noqa: ANN001
        socket.on("framesent", lambda data: sizes["sent"].append(len(data)))
        socket.on("framereceived", lambda data: sizes["received"].append(len(data)))

    page.on("websocket", count)
    return sizes


def draw(tool: Tool, page: Page, session: CDPSession) -> tuple[float, Screen]:
    """Run the cell that shows the plot; return when points were first seen, and the screen they are on."""
    cell = page.locator(".jp-Notebook .jp-CodeCell").nth(1)
    cell.locator(".jp-InputArea-editor").click()
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(tool.canvas, state="visible")
    page.locator(tool.canvas).first.scroll_into_view_if_needed()
    screen = Screen(session, box(tool, page))
    seen = screen.painted(PATIENCE)
    screen.still(PATIENCE)
    return seen, Screen(session, box(tool, page))


def box(tool: Tool, page: Page) -> dict[str, float]:
    place = page.locator(tool.canvas).first.bounding_box()
    if place is None:
        raise TimeoutError("its plot is not on the page")
    return dict(place)


def lasso(tool: Tool, page: Page, screen: Screen, measured: Measured) -> float:
    """Drag around half of the plot; return when the mouse was let go."""
    tool.take_lasso(page)
    left, top, width, height = (screen.box[name] for name in ("x", "y", "width", "height"))
    x, y, radius = left + width / 2, top + height / 2, min(width, height) * 0.3
    # it ends a little short of its beginning: a drag that comes back to it is a click for some
    turns = [1.9 * math.pi * i / MOVES for i in range(MOVES + 1)]
    path = [(x + radius * math.cos(turn), y + radius * math.sin(turn)) for turn in turns]
    page.mouse.move(*path[0])
    page.mouse.down()
    began = time.time()
    for place in path[1:]:
        page.mouse.move(*place)
        time.sleep(PAUSE)
    measured.drag = time.time() - began
    page.evaluate("window.addEventListener('pointerup', () => { window.letGo = Date.now() / 1000; }, true)")
    page.mouse.up()
    return float(page.evaluate("window.letGo"))


def heap(session: CDPSession) -> float:
    """Return the bytes of the JavaScript heap that are in use, after collecting garbage."""
    session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"])


def table(tools: Sequence[Tool], rounds: dict[str, list[Measured]]) -> str:
    """Write a Markdown table: each figure, and how many times ours it is."""
    names = [title for title, _ in COLUMNS.values()]
    lines = [["", *names, "selected"], ["---", *["---:"] * (len(names) + 1)]]
    figures = {tool.name: medians(rounds[tool.name]) for tool in tools}
    for tool in tools:
        theirs, ours = figures[tool.name], figures[tools[0].name]
        failed = sorted({one.failed for one in rounds[tool.name] if one.failed})
        title = f"{tool.name} {tool.installed()}" + (f" ({'; '.join(failed)})" if failed else "")
        lines.append([title, *cells(theirs, ours), number(theirs.selected)])
    seconds = [one.picture for some in rounds.values() for one in some if one.picture]
    note = f"\nOne picture took {statistics.median(seconds):.2f} s." if seconds else ""
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + note


def medians(some: Sequence[Measured]) -> Measured:
    """Return the median of each figure over the rounds that have it."""
    result = Measured()
    for name in (field.name for field in fields(Measured) if field.name != "failed"):
        values = [value for one in some if (value := getattr(one, name)) is not None]
        setattr(result, name, statistics.median(values) if values else None)
    return result


def cells(theirs: Measured, ours: Measured) -> Iterator[str]:
    for name, (_, unit) in COLUMNS.items():
        mine, own = getattr(theirs, name), getattr(ours, name)
        times = f" ({mine / own:.1f} x)" if mine is not None and own and theirs is not ours else ""
        yield "none" if mine is None else f"{number(mine)} {unit}{times}"


def number(value: float | None) -> str:
    if value is None:
        return "none"
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}" if value < 10 else f"{value:.1f}"


if __name__ == "__main__":
    main()
