"""What travels in the wheel and the sdist, and that the wheel is whole."""

import ast
import re
import tarfile
import zipfile
from email.parser import Parser
from pathlib import Path, PurePosixPath

import pytest

import workbench
from tests.helpers.distribution import ROOT, build, install, python_says

TRAINING = {
    "batches",
    "evaluate",
    "features",
    "fit",
    "photos",
    "sentences",
    "splits",
    "train",
    "make_outline",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> tuple[Path, Path]:
    return build(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def in_wheel(built) -> list[str]:
    with zipfile.ZipFile(built[0]) as wheel:
        return [name for name in wheel.namelist() if ".dist-info/" not in name]


@pytest.fixture(scope="module")
def in_sdist(built) -> set[str]:
    with tarfile.open(built[1]) as sdist:
        return {name.partition("/")[2] for name in sdist.getnames()}


@pytest.fixture(scope="module")
def modules(built) -> dict[str, ast.Module]:
    """Parse the modules of the wheel: dotted name -> syntax tree."""
    with zipfile.ZipFile(built[0]) as wheel:
        names = [name for name in wheel.namelist() if name.endswith(".py")]
        return {dotted(name): ast.parse(wheel.read(name)) for name in names}


def dotted(name: str) -> str:
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def test_the_wheel_holds_the_package_and_nothing_beside_it(in_wheel):
    assert {name.partition("/")[0] for name in in_wheel} == {"workbench"}
    kinds = {PurePosixPath(name).suffix for name in in_wheel}
    assert kinds <= {".py", ".typed", ".txt", ".css", ".js", ".npz", ".safetensors"}
    assert not [name for name in in_wheel if re.search(r"node_modules|package\.json|\.test\.|/tests?/", name)]


def test_the_wheel_holds_what_the_code_reads(in_wheel):
    assert "workbench/py.typed" in in_wheel
    data = {
        path
        for path in (ROOT / "workbench").rglob("*")
        if path.suffix in (".npz", ".safetensors", ".txt") and "node_modules" not in path.parts
    }
    assert len(data) >= 4
    assert {path.relative_to(ROOT).as_posix() for path in data} <= set(in_wheel)
    assert {PurePosixPath(name).suffix for name in in_wheel if "/panels/static/" in name} == {".css", ".js"}


def test_scripts_of_training_and_of_map_making_stay_out_of_the_wheel(in_wheel):
    names = {PurePosixPath(name).stem for name in in_wheel if "/mini/" in name or "/where/" in name}
    assert names
    assert not names & TRAINING


def test_no_module_of_the_wheel_imports_one_that_stays_out(modules):
    missing = {
        f"{name} imports {wanted}"
        for name, tree in modules.items()
        for wanted in ours(tree)
        if wanted not in modules
    }
    assert not missing


def ours(tree: ast.Module) -> set[str]:
    """Return the modules of ours that a module imports, inside functions and for type checking too."""
    nodes = list(ast.walk(tree))
    direct = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    direct |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name for name in direct if name.partition(".")[0] == "workbench"}


def test_an_environment_with_the_wheel_alone_imports_every_module_and_the_desk(built, modules, tmp_path):
    """Panels read their scripts and styles when they are imported: a missing file fails here."""
    python = install(built[0], tmp_path / "env") / "python"
    names = sorted(name for name in modules if not name.endswith("__main__"))
    home = python_says(python, f"import {', '.join(names)}; print(workbench.__file__)")
    assert Path(home).is_relative_to(tmp_path)


def test_the_sdist_holds_what_tests_and_training_need(in_sdist):
    needed = {
        "Makefile",
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "LICENSE",
        "environment.yml",
        ".pre-commit-config.yaml",
    }
    needed |= {
        "data/CREDITS.csv",
        "docs/architecture.md",
        "notebooks/01_explore.ipynb",
        "benchmarks/__main__.py",
    }
    here = [path for folder in ("workbench", "tests") for path in (ROOT / folder).rglob("*.py")]
    needed |= {path.relative_to(ROOT).as_posix() for path in here}
    assert needed <= in_sdist
    assert not [name for name in in_sdist if re.search(r"node_modules|\.venv|__pycache__|^cases/", name)]


def test_the_wheel_says_the_one_version_there_is(built):
    with zipfile.ZipFile(built[0]) as wheel:
        (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        told = Parser().parsestr(wheel.read(name).decode())
    assert told["Version"] == workbench.__version__
    written = [
        path
        for path in [ROOT / "pyproject.toml", *(ROOT / "workbench").rglob("*.py")]
        if re.search(rf'version.*"{re.escape(workbench.__version__)}"', path.read_text(encoding="utf-8"))
    ]
    assert written == [ROOT / "workbench/__init__.py"]


def test_the_metadata_help_to_find_and_to_judge_the_package(built):
    with zipfile.ZipFile(built[0]) as wheel:
        (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        told = Parser().parsestr(wheel.read(name).decode())
    assert told["License-Expression"] == "MIT"
    assert "image-search" in told["Keywords"]
    assert "Typing :: Typed" in told.get_all("Classifier", [])
    assert {"desk", "explain", "layouts", "ocr", "quality", "index"} <= set(
        told.get_all("Provides-Extra", [])
    )
