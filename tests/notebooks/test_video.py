"""The notebook about videos runs from start to end on the video that comes with the project."""

import shutil
from pathlib import Path

import pytest

import workbench as wb
from workbench.cli import demo

ROOT = Path(__file__).parents[2]


@pytest.mark.notebook
@pytest.mark.weights
def test_the_notebook_about_videos_runs_and_finds_events(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    shutil.copy(ROOT / "notebooks/05_video.ipynb", tmp_path / "notebooks")
    shutil.copytree(ROOT / "data/videos", tmp_path / "data/videos")
    demo.execute(tmp_path / "notebooks/05_video.ipynb")

    case = wb.open(case=tmp_path / "cases/videos")
    ranges = case.search("a man standing at a table", k=20).ranges
    assert len(case.videos) == 1
    assert 0 < len(ranges) < ranges["frames"].sum() <= len(case.images)
    assert (ranges["end"] > ranges["start"]).all()
