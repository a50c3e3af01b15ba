"""The tests keep house too: folders mirror the rooms, helpers are imported one way, browsers stay apart."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
ROOMS = {path.stem for path in (ROOT / "workbench").iterdir() if path.suffix == ".py" or path.is_dir()}
WITHOUT_A_ROOM = {"browser", "helpers", "house", "notebooks", "search"}
"""search/ is the room that grammar.py, terms.py and hits.py move into."""

NO_PLAYWRIGHT = """
import sys
sys.modules["playwright"] = sys.modules["playwright.sync_api"] = None
import pytest
sys.exit(pytest.main(["--collect-only", "-q", "-p", "no:cacheprovider", "--ignore=tests/browser"]))
"""


def test_folders_of_tests_mirror_the_rooms():
    folders = {path.name for path in (ROOT / "tests").iterdir() if (path / "__init__.py").exists()}
    assert folders - WITHOUT_A_ROOM <= ROOMS
    assert {path.name for path in (ROOT / "tests").glob("*.py")} == {"__init__.py", "conftest.py"}


@pytest.mark.parametrize("path", TESTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_helpers_are_imported_one_way_and_tests_import_no_other_test(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            name = node.module or ""
            assert (
                name == "tests.helpers"
                or name.startswith("tests.helpers.")
                or name.partition(".")[0]
                not in (
                    "tests",
                    "helpers",
                    "conftest",
                )
            )


def test_unit_tests_need_no_browser():
    """Without playwright all tests but those of the browser are found, and none fails to import."""
    done = subprocess.run(
        [sys.executable, "-c", NO_PLAYWRIGHT],
        cwd=ROOT,
        env=os.environ | {"PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert "tests/store/test_store.py::" in done.stdout
    assert "tests/browser/test_desk.py::" not in done.stdout
