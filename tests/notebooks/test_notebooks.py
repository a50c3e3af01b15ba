"""The notebooks tell a story without logic, run from start to end, and the demo around them works."""

import ast
import re
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

import workbench as wb
from tests.helpers.distribution import build, clean_environment, install, python_says
from workbench.cli import demo
from workbench.errors import SourceError, WorkbenchError
from workbench.testing import write_photos

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LOGIC = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.If, ast.Try, ast.Lambda)


@pytest.fixture
def project(tmp_path):
    """Copy what the demo reads, so that its case is a new one."""
    for name in ("data", "notebooks"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    return tmp_path


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_are_valid_clean_and_name_their_kernel(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3"
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in code)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_hold_a_story_and_no_logic(path):
    cells = nbformat.read(path, as_version=4).cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    assert not [part for source in code for part in ast.walk(ast.parse(source)) if isinstance(part, LOGIC)]
    assert sum(cell.cell_type == "markdown" for cell in cells) >= len(code) / 2


def test_the_notebook_counts_the_album_right():
    photos = [path for path in (ROOT / demo.PHOTOS).rglob("*") if path.is_file()]
    assert f"{len(photos)} photos" in (ROOT / demo.NOTEBOOK).read_text()


def test_what_the_demo_expects_is_in_the_album():
    names = "\n".join(str(path.relative_to(ROOT)) for path in (ROOT / demo.PHOTOS).rglob("*.*"))
    for pattern in demo.EXPECTED.values():
        assert re.search(pattern, names), pattern


def test_the_demo_finds_the_project_where_it_stands_or_where_the_package_lies(tmp_path, monkeypatch):
    assert demo.find_root(ROOT) == demo.find_root(tmp_path) == ROOT
    monkeypatch.setattr(demo, "__file__", str(tmp_path / "workbench" / "cli/demo.py"))
    with pytest.raises(SourceError, match="clone of the project"):
        demo.find_root(tmp_path)


def test_a_query_whose_best_hit_is_another_is_wrong(tmp_path, capsys):
    write_photos(tmp_path / "photos", {"sea.png": "blue", "rose.png": "red"})
    case = wb.open(tmp_path / "photos", case=tmp_path / "case", model="fake")
    case.ingest(progress=False)
    assert demo.wrong_queries(case, {"blue": "sea", "red": "sea"}) == ["red"]
    shown = capsys.readouterr().out.splitlines()
    assert [line.endswith("WRONG") for line in shown] == [False, True]


@pytest.mark.parametrize("user", [0, 1000])
def test_jupyter_is_told_to_allow_root_only_for_root(user, monkeypatch):
    monkeypatch.setattr(demo.os, "geteuid", lambda: user, raising=False)  # type: ignore[attr-defined]
    command = demo.jupyter_command(ROOT, port=9999, browser=False)
    assert ("--allow-root" in command) == (user == 0)
    assert {"--no-browser", "--ServerApp.port=9999", f"--ServerApp.root_dir={ROOT}"} <= set(command)
    assert "--no-browser" not in demo.jupyter_command(ROOT, port=9999, browser=True)


def test_a_linux_machine_without_a_display_has_no_screen(monkeypatch):
    monkeypatch.setattr(demo.sys, "platform", "linux")  # type: ignore[attr-defined]
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("DISPLAY", raising=False)
    assert not demo.has_screen()
    monkeypatch.setenv("DISPLAY", ":0")
    assert demo.has_screen()


@pytest.mark.notebook
def test_a_notebook_that_fails_names_its_error(tmp_path):
    path = tmp_path / "bad.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("1 / 0")]), path)
    with pytest.raises(WorkbenchError, match=r"bad.ipynb failed: ZeroDivisionError: division by zero"):
        demo.execute(path)


@pytest.mark.notebook
def test_the_demo_notebook_runs_and_stays_as_it_was(project, capsys):
    before = (project / demo.NOTEBOOK).read_bytes()
    assert demo.check(project, "fake", faces=False, expected={})
    assert "All checks passed." in capsys.readouterr().out
    assert (project / demo.NOTEBOOK).read_bytes() == before
    assert wb.open(case=project / demo.CASE).tags.empty


@pytest.mark.notebook
def test_a_photo_that_cannot_be_read_fails_the_check(project, monkeypatch, capsys):
    monkeypatch.setattr(demo, "execute", lambda path: 0)
    (project / "data/photos/broken.jpg").write_bytes(b"\xff\xd8 no picture")
    assert not demo.check(project, "fake", faces=False, expected={})
    assert "broken.jpg" in capsys.readouterr().out


@pytest.mark.notebook
@pytest.mark.weights
def test_the_demo_of_an_installed_wheel_finds_what_it_promises_with_the_real_model(project, tmp_path_factory):
    """The wheel, installed into an empty environment, is all of Workbench that ``demo --check`` needs.

    Proves: the wheel holds every file that ingest, search, faces and the desk read; its entry point works;
    the kernels of the notebooks are of that environment and import Workbench from it (the first assertion
    says where from). The packages it depends on are those of this Python (see `tests.helpers.distribution`):
    that a package index has them, and that their bounds in pyproject.toml suffice, is not proved here.
    """
    folder = tmp_path_factory.mktemp("installed")
    programs = install(build(folder / "dist")[0], folder / "env")
    home = Path(python_says(programs / "python", "import workbench; print(workbench.__file__)"))
    assert home.is_relative_to(folder / "env")

    command = [str(programs / "workbench"), "demo", "--check"]
    done = subprocess.run(
        command, cwd=project, env=clean_environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "03_faces" in done.stdout
    assert "All checks passed." in done.stdout
    assert wb.open(case=project / demo.CASE).faces.history.empty
