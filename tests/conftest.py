"""Fixtures that all tests share; every test has its own caches unless it asks for the real ones."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import workbench as wb
from workbench.store.case_folder import CaseFolder
from workbench.testing import ColourEmbedder, colour_folder

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # run in the background; children would ignore it too
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A package that names the fakes by an entry point, as any installed one may: processes and kernels that tests
# start know the models named "fake" by it too.
PLUGIN = str(Path(__file__).parent / "helpers/plugin")
sys.path.append(PLUGIN)
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), PLUGIN]))


@pytest.fixture(autouse=True)
def _own_cache(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep tests from reading or filling the user's cache of models."""
    if not any(request.node.get_closest_marker(name) for name in ("weights", "browser", "notebook")):
        monkeypatch.setenv("WORKBENCH_CACHE", str(tmp_path / "cache-of-models"))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Make a folder of twelve different pictures, one of each colour of the palette."""
    colour_folder(tmp_path / "photos", 12)
    return tmp_path / "photos"


@pytest.fixture
def embedder() -> ColourEmbedder:
    return ColourEmbedder()


@pytest.fixture
def folder(tmp_path: Path, source: Path) -> CaseFolder:
    """Make a case about ``source``, not yet ingested."""
    return CaseFolder.create_or_open(tmp_path / "case", source, None)


@pytest.fixture
def desk_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., wb.Workspace]]:
    """Make the desk of a folder by fake models; PCA in place of UMAP, because what is tested is not that."""
    desks: list[wb.Workspace] = []

    def make(photos: Path, **models: str) -> wb.Workspace:
        case = wb.open(photos, case=tmp_path / "case", model="fake", **models)
        case.ingest(faces="faces" in models, progress=False)
        for home in (case, case.faces):
            plain = home.layout

            def layout(method: str = "umap", plain: Any = plain, **settings: Any) -> Any:
                return plain("pca") if method == "umap" else plain(method, **settings)

            monkeypatch.setattr(home, "layout", layout)
        desks.append(wb.Workspace(case))
        return desks[-1]

    yield make
    for desk in desks:
        desk.close()
