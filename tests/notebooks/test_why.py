"""The notebook about why and where runs from start to end on part of the demo album, with the real model."""

import shutil
from pathlib import Path

import pytest
from PIL import Image

import workbench as wb
from workbench.cli import demo

ROOT = Path(__file__).parents[2]
PARTS = ("animals", "food", "work")
"""Folders of the demo album that the notebook names photos of; the others would only take longer."""


@pytest.mark.notebook
@pytest.mark.weights
def test_the_notebook_about_why_runs_and_leaves_maps_and_a_picture(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    shutil.copy(ROOT / "notebooks/04_why_and_where.ipynb", tmp_path / "notebooks")
    for part in PARTS:
        shutil.copytree(ROOT / "data/photos" / part, tmp_path / "data/photos" / part)
    demo.execute(tmp_path / "notebooks/04_why_and_where.ipynb")

    assert Image.open(tmp_path / "cases/why-coffee.png").size == (1024, 682)
    maps = list((tmp_path / "cases/demo/cache/heatmaps").rglob("*.npz"))
    case = wb.open(case=tmp_path / "cases/demo")
    heatmap = case.why("food/cappuccino-beside-a-laptop.jpg", "a cup of coffee on a table")
    assert heatmap.verdict.startswith("Better than chance")
    assert heatmap.frame["word"].tolist() == ["a", "cup", "of", "coffee", "on", "a", "table"]
    assert heatmap.frame["relevance"].sum() == pytest.approx(1)
    assert len(list((tmp_path / "cases/demo/cache/heatmaps").rglob("*.npz"))) == len(maps) >= 7
