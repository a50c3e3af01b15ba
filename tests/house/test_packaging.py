"""pyproject.toml, environment.yml, postBuild, Makefile and CI agree with each other."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
REQUIRED = {r.name: r.specifier for r in map(Requirement, PROJECT["dependencies"])}
CONDA_NAMES = {"torch": "pytorch", "open_clip_torch": "open-clip-torch", "openTSNE": "opentsne"}
IMPORT_NAMES = {
    "PIL": "pillow",
    "sklearn": "scikit-learn",
    "umap": "umap-learn",
    "pillow_jxl": "pillow-jxl-plugin",
    "open_clip": "open_clip_torch",
    "faiss": "faiss-cpu",
    "backports": "backports.zstd",
}
PROMISED = [
    "captum",
    "facenet-pytorch",
    "hdbscan",
    "ipywidgets",
    "jupyterlab",
    "open_clip_torch",
    "pandas",
    "plotly",
    "pyarrow",
    "torch",
    "umap-learn",
]


def conda_environment() -> dict[str, SpecifierSet]:
    entries = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    from_pip = [Requirement(text) for entry in entries if isinstance(entry, dict) for text in entry["pip"]]
    pairs = [(entry + " ").split(" ", 1) for entry in entries if isinstance(entry, str)]
    return {name: SpecifierSet(bounds.strip()) for name, bounds in pairs} | {
        r.name: r.specifier for r in from_pip
    }


def test_conda_has_the_same_packages_with_the_same_bounds():
    expected = {CONDA_NAMES.get(name, name): bounds for name, bounds in REQUIRED.items()}
    expected |= {"python": SpecifierSet(PROJECT["requires-python"]), "pip": SpecifierSet()}
    assert conda_environment() == expected


@pytest.mark.parametrize(
    ("package", "hole"), [("pillow-heif", "1.6.0"), ("hdbscan", "0.8.43"), ("torch", "2.5.1")]
)
def test_no_release_before_the_safe_one_is_accepted(package, hole):
    """A file could run code through libheif, and a checkpoint through torch, ``weights_only=True`` or not."""
    assert hole not in REQUIRED[package]
    assert hole not in conda_environment()[CONDA_NAMES.get(package, package)]


def test_the_extras_ask_for_what_the_default_installation_asks_for():
    for name, extra in PROJECT["optional-dependencies"].items():
        for one in map(Requirement, extra):
            assert one.specifier == REQUIRED.get(one.name, one.specifier), (name, one.name)


def test_the_packages_that_users_were_promised_are_installed():
    assert set(PROMISED) <= set(REQUIRED)


def test_every_package_the_code_imports_is_required():
    known = {IMPORT_NAMES.get(name, name).lower().replace("_", "-") for name in imported_packages()}
    engines = [Requirement(text).name for text in PROJECT["optional-dependencies"]["index"]]
    required = {name.lower().replace("_", "-") for name in (*REQUIRED, *engines)}
    # these come with jupyterlab and transformers, whose own interfaces we use them for
    with_others = {"huggingface-hub", "ipython", "nbclient", "nbformat", "traitlets"}
    assert known <= required | with_others


def imported_packages() -> set[str]:
    names: set[str] = set()
    for path in (ROOT / "workbench").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names.add(str(node.module).split(".")[0])
    return names - set(sys.stdlib_module_names) - {"workbench"}


@pytest.mark.parametrize("script", ["postBuild", ".ci/run"])
def test_scripts_are_executable_bash_that_parses_and_stops_at_the_first_error(script: str):
    path = ROOT / script
    assert os.access(path, os.X_OK)
    assert "set -euo pipefail" in path.read_text()
    subprocess.run(["bash", "-n", path], check=True)


def test_binder_builds_the_package_the_towers_and_the_demo_case():
    commands = (ROOT / "postBuild").read_text().splitlines()
    assert commands[-3:] == [
        "pip install --no-cache-dir .",
        "workbench models fetch mini faces-facenet",
        "workbench demo --check",
    ]


def test_ci_runs_what_people_run():
    assert (ROOT / ".ci/run").read_text().splitlines()[-1] == "exec make test"


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
def test_make_help_names_every_target_for_people():
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.findall(r"make (\w+)", shown) == ["help", "demo", "test", "lint", "js", "bench", "clean"]


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
def test_make_test_runs_every_tier_once_and_the_quick_one_first():
    dry = subprocess.run(["make", "-n", "test"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    options = r"(?:-n 2 )?(?:--dist loadfile )?"
    tiers = re.findall(rf'pytest -q {options}-m "?([a-z ]+?)"?(?:;|$)', dry, flags=re.MULTILINE)
    assert tiers == [
        "not weights and not notebook and not browser",
        "weights and not notebook and not browser",
        "notebook and not browser",
        "browser",
    ]
