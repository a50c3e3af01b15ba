"""The scatter plots that bench_lasso compares: the cells that show them, and how a person lassos in them.

Each cell finds ``points`` (N, 2) float32, and calls ``known(count)`` once Python knows the selected rows.
"""

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from playwright.sync_api import Page

PREPARE = """import json, time
import numpy as np
points = np.random.default_rng(0).normal(size=({rows}, 2)).astype(np.float32)
knew = []
def known(count):
    knew.append([time.time(), int(count)])
{imports}"""

SHOW = """began = time.time()
{show}"""

ASK = """print(json.dumps({"began": began, "knew": knew}))"""


@dataclass(frozen=True)
class Tool:
    """A scatter plot: the package it comes from, and Python that imports and shows it.

    ``canvas`` finds its drawing area on the page; ``lasso_button`` the name of what must be pressed before a
    drag is a lasso, "" where a drag already is.
    """

    name: str
    package: str
    imports: str
    show: str
    canvas: str
    lasso_button: str = ""

    def installed(self) -> str:
        """Return the version that is installed, "" for none."""
        try:
            return version(self.package)
        except PackageNotFoundError:
            return ""

    def cells(self, rows: int) -> list[str]:
        """Return the cells of a notebook: prepare, show, ask."""
        return [PREPARE.format(rows=rows, imports=self.imports), SHOW.format(show=self.show), ASK]

    def take_lasso(self, page: Page) -> None:
        """Press what makes a drag a lasso."""
        if self.lasso_button:
            page.locator(f"[title*='{self.lasso_button}']").first.click()


TOOLS = (
    Tool(
        "Workbench",
        "workbench-images",
        "from workbench.panels.map.panel import Map\n"
        "from workbench.selection import Selection\n"
        "import pandas as pd",
        "table = pd.DataFrame({'path': np.arange(len(points)).astype(str)})\n"
        "selection = Selection(table)\n"
        "selection.observe(lambda change: known(len(change['new'])), 'rows')\n"
        "plot = Map(selection, lambda method: points, np.full(len(points), -1, np.int32), [],\n"
        "           lambda rows: [b''] * len(rows), methods=['made up'])\n"
        "plot.layout.height = '560px'\n"
        "plot",
        ".wb-map .js-plotly-plot .nsewdrag",
    ),
    Tool(
        "plotly FigureWidget",
        "plotly",
        "import plotly.graph_objects as go",
        "trace = go.Scattergl(x=points[:, 0], y=points[:, 1], mode='markers', marker={'size': 3})\n"
        "plot = go.FigureWidget([trace], {'dragmode': 'lasso', 'height': 560})\n"
        "plot.data[0].on_selection(lambda trace, points, selector: known(len(points.point_inds)))\n"
        "plot",
        ".js-plotly-plot .nsewdrag",
    ),
    Tool(
        "jupyter-scatter",
        "jupyter-scatter",
        "import jscatter",
        "plot = jscatter.Scatter(x=points[:, 0], y=points[:, 1], height=560)\n"
        "plot.mouse('lasso')\n"
        "plot.widget.observe(lambda change: known(len(plot.selection())), 'selection')\n"
        "plot.show()",
        ".jp-OutputArea-output canvas",
    ),
    Tool(
        "Embedding Atlas",
        "embedding-atlas",
        "import pandas as pd\nfrom embedding_atlas.widget import EmbeddingAtlasWidget",
        "plot = EmbeddingAtlasWidget(pd.DataFrame({'x': points[:, 0], 'y': points[:, 1]}), x='x', y='y')\n"
        "plot.observe(lambda change: known(len(plot.selection())), '_predicate')\n"
        "plot",
        ".jp-OutputArea-output canvas",
        "lasso selection mode",
    ),
)
