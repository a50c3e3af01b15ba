"""Fakes stay in workbench/testing: production code neither imports nor names them."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import workbench as wb
from workbench.errors import ModelError
from workbench.models import registry
from workbench.store.sample_parts import known_key
from workbench.testing import ColourEmbedder

PACKAGE = Path(wb.__file__).parent
PRODUCTION = [path for path in sorted(PACKAGE.rglob("*.py")) if "testing" not in path.parts]


def literals(path: Path) -> set[str]:
    """Return the texts in a module, docstrings left out, and the modules that it imports."""
    nodes = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    prose = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    texts = {
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose
    }
    modules = {f"{node.module}" for node in nodes if isinstance(node, ast.ImportFrom)}
    return (
        texts | modules | {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}
    )


@pytest.mark.parametrize("path", PRODUCTION, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_production_code_knows_no_fake(path):
    assert [text for text in literals(path) if "fake" in text or text.startswith("workbench.testing")] == []


def test_a_model_of_ones_own_is_known_by_its_name(source, tmp_path, monkeypatch):
    monkeypatch.setattr(registry, "_registered", dict(registry._registered))
    asked = []

    def load(precision: str) -> ColourEmbedder:
        asked.append(precision)
        return ColourEmbedder(key="ours-fp7")

    registry.register_model("ours", load)
    case = wb.open(source, case=tmp_path / "case", model="ours")
    case.ingest(progress=False)
    assert case.search("red").frame["path"].iloc[0] == "000-red.png"
    assert known_key(case.folder.cache, "ours") == "ours-fp7"
    again = wb.open(case=tmp_path / "case")
    assert len(again.search("red")) == 12
    assert asked == ["auto", "fp7"]


def test_an_installed_package_brings_its_model_to_every_process(source, tmp_path):
    """The package of the tests, tests/helpers/plugin, is found by its entry point alone."""
    code = (
        f"import workbench as wb; c = wb.open({str(source)!r}, case={str(tmp_path / 'c')!r}, model='fake')\n"
    )
    code += "c.ingest(progress=False); print(c.key)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["colour-1"]


def test_a_case_cannot_name_code_to_run(source, tmp_path):
    (tmp_path / "evil.py").write_text("raise SystemExit('ran')")
    case = wb.open(source, case=tmp_path / "case", model="evil:run")
    with pytest.raises(ModelError, match="Unknown model 'evil:run'"):
        case.ingest(progress=False)
