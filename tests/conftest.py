"""Fixtures that all tests share; every test has its own caches unless it asks for the real ones."""

from pathlib import Path

import pytest

from workbench.store.case_folder import CaseFolder
from workbench.testing import ColourEmbedder, colour_folder


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
