"""CONTRIBUTING.md is true: its Python runs, its tiers are those of the Makefile, its links lead somewhere."""

import re
from pathlib import Path

import pytest

from workbench.models import registry
from workbench.samples import kind
from workbench.testing import write_photos

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, flags=re.MULTILINE | re.DOTALL))
PYTHON = {
    title: "\n".join(re.findall(r"^```python\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL))
    for title, text in SECTIONS.items()
}


@pytest.fixture
def in_a_folder_with_photos(tmp_path, monkeypatch):
    """Stand where `photos/` lies; a model or kind that an example registers is forgotten afterwards."""
    write_photos(tmp_path / "photos", {"black.png": "black", "white.png": "white", "grey.png": "grey"})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(registry, "_registered", dict(registry._registered))
    monkeypatch.setattr(kind, "_registered", kind.kinds())


@pytest.mark.usefixtures("in_a_folder_with_photos")
@pytest.mark.parametrize("title", [title for title, code in PYTHON.items() if code])
def test_the_worked_example_of_a_section_runs_and_its_assertions_hold(title):
    code = PYTHON[title]
    assert re.search(r"^assert ", code, flags=re.MULTILINE), "an example that asserts nothing proves nothing"
    exec(compile("from __future__ import annotations\n" + code, f"CONTRIBUTING.md, {title}", "exec"), {})


def test_the_page_says_how_to_set_up_to_test_and_to_add_things():
    added = {"How to add a panel", "How to add a sample kind", "How to add a model"}
    assert {"Set up", "Tests", *added} <= set(SECTIONS)


def test_the_table_of_tiers_is_what_make_test_runs():
    named = re.findall(r"pytest (?:-n 2 )?(?:--dist loadfile )?-m \"?([a-z ]+?)\"?` \|", SECTIONS["Tests"])
    makefile = (ROOT / "Makefile").read_text()
    run = re.findall(
        r'pytest -q (?:-n 2 )?(?:--dist loadfile )?-m "?([a-z ]+?)"?(?:;|$)', makefile, re.MULTILINE
    )
    assert named == run
    assert len(named) == 4


def test_links_lead_to_files():
    targets = re.findall(r"\]\(([^)#]+)", PAGE)
    assert targets
    assert not [target for target in targets if not (ROOT / target).exists()]


def test_the_commit_hooks_are_those_of_make_lint_and_download_nothing():
    yaml = pytest.importorskip("yaml")
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    assert [repo["repo"] for repo in config["repos"]] == ["local"]
    hooks = config["repos"][0]["hooks"]
    assert all(hook["language"] == "system" for hook in hooks)
    lint = (ROOT / "Makefile").read_text().partition("\nlint:")[2].partition("\n\n")[0]
    programs = re.findall(r"\$\(BIN\)/(ruff \w+|mypy)", lint)
    assert [re.sub(r" --\S+", "", hook["entry"]) for hook in hooks] == [
        f".venv/bin/{name}" for name in programs
    ]
