"""The notebook about faces runs from start to end on the demo album, with the real models."""

import shutil
from pathlib import Path

import pytest

import workbench as wb
from workbench.cli import demo

ROOT = Path(__file__).parents[2]


@pytest.mark.notebook
@pytest.mark.weights
def test_the_notebook_about_faces_runs_and_leaves_one_decision(tmp_path: Path) -> None:
    for name in ("data", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    demo.execute(tmp_path / "notebooks/03_faces.ipynb")
    faces = wb.open(case=tmp_path / "cases/demo").faces

    assert faces.identities["name"].isin(["Barack Obama"]).sum() == 1
    assert faces.history["op"][faces.history["stands"]].tolist() == ["name"]
