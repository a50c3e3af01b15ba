"""The command line and ingest need none of the optional packages; a feature that needs one says which."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from workbench.errors import MissingPackageError, WorkbenchError, required_by
from workbench.testing import colour_folder

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
OPTIONAL = {
    "desk": ["anywidget", "ipywidgets", "jupyterlab", "plotly", "IPython", "nbclient", "nbformat"],
    "explain": ["captum"],
    "layouts": ["hdbscan", "openTSNE", "umap"],
    "ocr": ["rapidocr"],
    "quality": ["cleanvision", "imagehash"],
}
BLOCKED = [name for names in OPTIONAL.values() for name in names]

BLOCKER = """
import os, sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in os.environ["BLOCKED"].split():
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Blocker())
"""
"""Python imports ``sitecustomize`` before anything else, in the processes that a process starts too."""

FEATURES = {
    "ipywidgets": ("The desk", "import workbench; workbench.Workspace"),
    "umap-learn": ("A layout by UMAP", "case.layout()"),
    "openTSNE": ("A layout by t-SNE", "case.layout('tsne')"),
    "hdbscan": (
        "Clustering by HDBSCAN",
        "from workbench.analysis.cluster_methods import run; run(vectors, space='vectors')",
    ),
    "imagehash": ("Finding near-duplicates", "case.study.duplicates()"),
    "cleanvision": ("Checking the quality of images", "case.study.quality()"),
    "captum": (
        "A heatmap by occlusion",
        "from workbench.models.relevance.attribution import occlusion; occlusion(len, vectors)",
    ),
    "rapidocr": ("Reading text", "from workbench.models.regions import load_regions; load_regions(['text'])"),
    "jupyterlab": ("The demo", "from workbench.cli.demo import launch; launch(Path())"),
    "nbformat": ("Running a notebook", "from workbench.cli.demo import execute; execute(Path('a.ipynb'))"),
}
"""The package that is named first -> what needs it, and Python that asks for it."""

ASK = """
import json, sys
from pathlib import Path
import workbench as wb
from workbench.errors import MissingPackageError
case = wb.open(case=sys.argv[1])
vectors = case.vectors
said = {}
for name, code in json.loads(sys.stdin.read()).items():
    try:
        exec(code)
        said[name] = "nothing was missing"
    except MissingPackageError as error:
        said[name] = str(error)
    except Exception as error:
        said[name] = repr(error)
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def python_without(tmp_path_factory):
    """Run Python where some packages cannot be imported."""
    folder = tmp_path_factory.mktemp("blocker")
    (folder / "sitecustomize.py").write_text(BLOCKER)

    def run(
        *arguments: object, blocked: list[str] = BLOCKED, given: str = "", cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        paths = [str(folder), *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "BLOCKED": " ".join(blocked)}
        command = [sys.executable, *map(str, arguments)]
        options: dict[str, Any] = {"env": environment, "input": given, "cwd": cwd, "timeout": 120}
        return subprocess.run(command, capture_output=True, text=True, check=False, **options)

    return run


@pytest.fixture(scope="module")
def case(tmp_path_factory, python_without) -> Path:
    """Ingest a folder of photos from the command line, without the optional packages."""
    folder = tmp_path_factory.mktemp("case")
    colour_folder(folder / "photos", 40)
    (folder / "photos/broken.jpg").write_bytes(b"\xff\xd8 this is no picture")
    arguments = ("ingest", folder / "photos", "--case", folder / "case", "--model", "fake")
    done = python_without("-m", "workbench.cli", *arguments)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("41 files: 40 embedded,")
    return folder / "case"


@pytest.fixture(scope="module")
def said(case, python_without) -> dict[str, str]:
    """Ask for every feature that needs a missing package; package -> the message."""
    given = json.dumps({name: code for name, (_, code) in FEATURES.items()})
    done = python_without("-c", ASK, case, given=given)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_packages_are_really_out_of_reach(python_without):
    for name in BLOCKED:
        done = python_without("-c", f"import {name}")
        assert f"ModuleNotFoundError: No module named '{name}'" in done.stderr
    assert python_without("-c", "import anywidget", blocked=[]).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["search", "red", "-k", "3"], "-red.png"),
        (["info"], "images"),
        (["problems"], "broken.jpg"),
        (["faces"], ""),
    ],
    ids=lambda value: value[0] if value else "",
)
def test_the_command_line_works_without_them(arguments, expected, case, python_without):
    verb, *rest = arguments
    done = python_without("-m", "workbench.cli", verb, case, *rest)
    assert done.returncode == 0, done.stderr
    assert expected in done.stdout


@pytest.mark.parametrize("package", FEATURES)
def test_a_feature_says_which_package_it_needs_and_how_to_get_it(package, said):
    feature, _ = FEATURES[package]
    assert said[package] == (
        f"{feature} needs the package {package}, which is not installed. Run `pip install {package}`."
    )


@pytest.mark.parametrize("package", ["anywidget", "plotly"])
def test_the_desk_names_the_one_package_that_is_missing(package, python_without):
    done = python_without("-c", "import workbench; workbench.Workspace", blocked=[package])
    assert done.stderr.splitlines()[-1].endswith(
        f"The desk needs the package {package}, which is not installed. Run `pip install {package}`."
    )


def test_the_command_line_says_so_in_one_line(case, python_without, tmp_path):
    (tmp_path / "data/photos").mkdir(parents=True)
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks/01_explore.ipynb").touch()
    done = python_without("-m", "workbench.cli", "demo", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == (
        "workbench: The demo needs the package jupyterlab, which is not installed. "
        "Run `pip install jupyterlab`.\n"
    )


def test_a_module_of_ours_that_is_missing_is_not_called_a_missing_package():
    with pytest.raises(ModuleNotFoundError, match=r"workbench\.nowhere") as caught, required_by("This"):
        import workbench.nowhere  # type: ignore[import-not-found,import-untyped]  # noqa: F401
    assert not isinstance(caught.value, WorkbenchError)


def test_an_import_that_fails_for_another_reason_is_passed_on():
    with pytest.raises(ImportError, match="cannot open shared object") as caught, required_by("This"):
        raise ImportError("libcuda.so: cannot open shared object")
    assert not isinstance(caught.value, WorkbenchError)


def test_the_error_is_one_of_ours_and_an_import_error_and_travels_between_processes():
    error = MissingPackageError("Reading text needs it.", "Run this.")
    assert isinstance(error, WorkbenchError)
    assert isinstance(error, ImportError)
    kind, given = error.__reduce__()
    assert str(kind(*given)) == str(error) == "Reading text needs it. Run this."


def test_the_extras_hold_the_optional_packages_with_the_bounds_of_the_default_installation():
    with_others = {"IPython", "nbclient", "nbformat"}  # installed with jupyterlab
    for extra, names in OPTIONAL.items():
        mine = PROJECT["optional-dependencies"][extra]
        assert set(mine) <= set(PROJECT["dependencies"])
        installed_as = {"umap-learn" if name == "umap" else name for name in set(names) - with_others}
        assert {Requirement(text).name for text in mine} == installed_as
