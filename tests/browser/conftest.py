"""Fixtures of the browser tests: a JupyterLab for each module and one Chromium."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.helpers import jupyterlab as lab


@pytest.fixture(scope="module")
def address(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Run a JupyterLab on the ``root`` of a browser test; its address."""
    with lab.server(root, tmp_path_factory.mktemp("private")) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with lab.chromium() as browser:
        yield browser
