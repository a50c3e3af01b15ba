"""What README, guide and notebooks say is true of the code."""

import re
import shlex
from pathlib import Path

import pytest

import workbench as wb
from tests.helpers.pages import FENCE, blocks
from workbench.case import Case
from workbench.cli.parser import parser
from workbench.testing import colour_folder, write_photos

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "CHANGELOG.md",
    ROOT / "data/README.md",
]
FOR_USERS = [
    ROOT / "README.md",
    ROOT / "docs/guide.md",
    ROOT / "docs/faces.md",
    ROOT / "CHANGELOG.md",
    ROOT / "notebooks/01_explore.ipynb",
    ROOT / "notebooks/03_faces.ipynb",
]


def commands(path: Path) -> list[str]:
    lines = [line.split("  #")[0].split(" > ")[0] for text in blocks(path, "") for line in text.splitlines()]
    return [line.strip() for line in lines if line.startswith("workbench ")]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.fixture
def in_a_folder_with_photos(tmp_path, monkeypatch):
    """Stand where `photos/` lies, with a case of it that uses the embedder that needs no weights."""
    colour_folder(tmp_path / "photos", 24)
    write_photos(tmp_path / "photos", {"cat.png": "orange"})
    wb.open(tmp_path / "photos", case=tmp_path / "cases/mine", model="fake").ingest(progress=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("in_a_folder_with_photos")
@pytest.mark.parametrize("page", ["README.md", "docs/guide.md", "docs/teaching.md"])
def test_the_python_of_a_page_runs_from_top_to_bottom(page):
    code = "\n".join(blocks(ROOT / page, "python"))
    assert code.count("\n") > 10
    exec(compile(code, page, "exec"), {})  # our own documentation


def test_the_readme_needs_ten_lines_of_python():
    (code,) = blocks(ROOT / "README.md", "python")
    statements = [line for line in code.splitlines() if line and not line.startswith("import")]
    assert len(statements) == 10


@pytest.mark.parametrize(("page", "least"), [("README.md", 5), ("docs/guide.md", 5), ("docs/faces.md", 4)])
def test_the_commands_of_a_page_are_understood(page, least):
    written = commands(ROOT / page)
    assert len(written) >= least
    for command in written:
        parser().parse_args(shlex.split(command)[1:])


@pytest.mark.parametrize("page", ["README.md", "docs/guide.md"])
def test_every_verb_is_shown(page):
    verbs = {shlex.split(command)[1] for command in commands(ROOT / page)}
    assert verbs == {"ingest", "search", "faces", "share", "info", "problems", "models", "demo"}


@pytest.mark.parametrize("page", FOR_USERS, ids=name_of)
def test_every_name_a_page_uses_exists(page, in_a_folder_with_photos):
    homes = {"wb": wb, "case": Case, "desk": wb.Workspace(wb.open(case="cases/mine"))}
    used = set(re.findall(r"(?<!/)\b(wb|case|desk)\.([a-z_]+|[A-Z]\w+)", page.read_text(encoding="utf-8")))
    assert used
    assert not [f"{home}.{name}" for home, name in used if not hasattr(homes[home], name)]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_to_files(page):
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    targets = [target for target in re.findall(r"\]\(([^)#]+)", text) if "://" not in target]
    assert not [target for target in targets if not (page.parent / target).exists()]


def test_every_make_target_a_page_names_exists():
    targets = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    named = {name for page in PAGES for name in re.findall(r"`make (\w+)", page.read_text(encoding="utf-8"))}
    assert {"demo", "test", "bench"} <= named <= targets


def test_the_readme_shows_the_benchmarks_between_marks_that_a_program_can_find():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.search(r"<!-- benchmarks -->\n.+\n<!-- /benchmarks -->", text, flags=re.DOTALL)


def test_the_changelog_keeps_its_form():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## (.+)$", text, flags=re.MULTILINE)
    assert versions[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", version) for version in versions[1:])
    kinds = set(re.findall(r"^### (.+)$", text, flags=re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
