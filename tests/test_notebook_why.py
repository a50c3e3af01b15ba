"""The notebook about why and where runs from start to end on the demo album, with the real model."""

import os
import shutil
from pathlib import Path

import pytest
from PIL import Image

import workbench as wb
from workbench import demo

ROOT = Path(__file__).parent.parent


@pytest.mark.notebook
@pytest.mark.weights
@pytest.mark.skipif("WORKBENCH_SLOW" not in os.environ, reason="takes minutes: set WORKBENCH_SLOW=1")
def test_the_notebook_about_why_runs_and_leaves_maps_and_a_picture(tmp_path: Path) -> None:
    for name in ("data", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    demo.execute(tmp_path / "notebooks/04_why_and_where.ipynb")

    assert Image.open(tmp_path / "cases/why-coffee.png").size == (1024, 682)
    maps = list((tmp_path / "cases/demo/cache/heatmaps").rglob("*.npz"))
    case = wb.open(case=tmp_path / "cases/demo")
    heatmap = case.why("food/cappuccino-beside-a-laptop.jpg", "a cup of coffee on a table")
    assert heatmap.verdict.startswith("Better than chance")
    assert heatmap.frame.set_index("word")["relevance"].idxmax() in ("cup", "coffee")
    assert len(list((tmp_path / "cases/demo/cache/heatmaps").rglob("*.npz"))) == len(maps) >= 7
