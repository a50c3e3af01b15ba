"""The notebook about search and map runs from start to end on part of the demo album, with the real model."""

import shutil
from pathlib import Path

import nbformat
import pytest

import workbench as wb
from workbench.cli import demo

ROOT = Path(__file__).parents[2]
PARTS = ("sea", "food", "sky", "work")
"""Folders of the demo album that the notebook asks about, and two others; all would only take longer."""


@pytest.mark.notebook
@pytest.mark.weights
def test_the_notebook_about_search_runs_and_leaves_selections_and_runs(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    shutil.copy(ROOT / "notebooks/02_search_and_map.ipynb", tmp_path / "notebooks")
    for part in PARTS:
        shutil.copytree(ROOT / "data/photos" / part, tmp_path / "data/photos" / part)
    demo.execute(tmp_path / "notebooks/02_search_and_map.ipynb")
    case = wb.open(case=tmp_path / "cases/demo")
    sea = case.images["path"].iloc[case.selections.open("the sea")]

    assert case.selections.names == ["the sea", "food"]
    assert sea.str.startswith("sea/").mean() > 0.5
    assert case.cluster_runs.names == ["by density", "by likeness", "where the curve bends"]
    assert (case.cluster_runs.compare("folder")["purity"] > 0.5).all()


def test_the_notebook_ends_with_the_code_of_the_desk() -> None:
    cells = nbformat.read(ROOT / "notebooks/02_search_and_map.ipynb", as_version=4).cells

    assert cells[-1].source == "print(desk.to_code())"
