"""The notebook about teaching runs from start to end on part of the demo album, with the real model."""

import shutil
from pathlib import Path

import pytest

import workbench as wb
from workbench.cli import demo

ROOT = Path(__file__).parents[2]
PARTS = ("animals", "food", "work")
"""Folders of the demo album that the notebook asks about, and another; all would only take longer."""


@pytest.mark.notebook
@pytest.mark.weights
def test_the_notebook_about_teaching_runs_and_leaves_classifiers(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    shutil.copy(ROOT / "notebooks/06_teach.ipynb", tmp_path / "notebooks")
    for part in PARTS:
        shutil.copytree(ROOT / "data/photos" / part, tmp_path / "data/photos" / part)
    demo.execute(tmp_path / "notebooks/06_teach.ipynb")
    case = wb.open(case=tmp_path / "cases/demo")

    assert set(case.classifiers.names) == {"drink", "animal", "food"}
    found = case.ask("is:animal", k=None).frame["path"]
    assert found.str.startswith("animals/").mean() > 0.5
    assert len(found) >= 5
