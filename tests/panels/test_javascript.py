"""The panels' JavaScript: its unit tests, and bundles that are what the sources give."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from workbench.panels.static_html import visible

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "workbench/panels/static"
BUNDLES = sorted((STATIC / "dist").glob("*.js"))
SOURCES = sorted(STATIC.glob("*.js"))
UNIT_TESTS = sorted((ROOT / "tests/js").glob("*.test.mjs"))
PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
NODE = shutil.which("node", path=PATH)
PINNED = json.loads((STATIC / "package.json").read_text())["devDependencies"]

# What is private to others, and the one file that may know it.
PRIVATE = {
    "jupyterlab.js": r"\bjp-|jupyter-widgets|data-jp",
    "widgets.js": r"_handle_comm_msg|\b_events\b|widget_manager|get_model",
    "plotly.js": r"_fullLayout|_fullData|js-plotly|nsewdrag|plotly_\w+|gl-container|_py2js",
}

needs_node = pytest.mark.skipif(NODE is None, reason="NO NODE: the JavaScript of the panels was not run")


def name_of(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("bundle", BUNDLES, ids=name_of)
def test_a_bundle_was_made_from_the_sources_as_they_are(bundle):
    first = bundle.read_text("utf-8").partition("\n")[0]
    found = re.fullmatch(r"// Built by esbuild (\S+) from (.+) sha256:(\w{64})", first)
    assert found, f"{bundle.name} does not say what it was made from"
    digest = hashlib.sha256()
    for source in found[2].split():
        digest.update(f"{source}\n".encode() + (STATIC / source).read_bytes())
    assert (found[1], found[3]) == (PINNED["esbuild"], digest.hexdigest()), "run: make js"


def test_every_panel_has_its_bundle_and_every_bundle_its_panel():
    code = "\n".join(path.read_text("utf-8") for path in (ROOT / "workbench").rglob("*.py"))
    assert sorted(re.findall(r'_esm = script\("(\w+)"\)', code)) == [path.stem for path in BUNDLES]


@pytest.mark.parametrize("bundle", BUNDLES, ids=name_of)
def test_a_bundle_stands_alone_as_anywidget_loads_it(bundle):
    text = bundle.read_text("utf-8")
    assert not re.search(r"^\s*import\b|(?<!@type \{)\bimport\(", text, flags=re.MULTILINE)
    assert re.findall(r"^export \{.*?\};", text, flags=re.MULTILINE | re.DOTALL)
    assert " as default" in text


@needs_node
@pytest.mark.skipif(not (STATIC / "node_modules/esbuild").exists(), reason="NO ESBUILD: run make lint first")
def test_bundling_again_gives_the_same_bytes(tmp_path):
    subprocess.run([str(NODE), STATIC / "build.mjs", tmp_path], check=True, env=os.environ | {"PATH": PATH})
    again = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert again == {path.name: path.read_bytes() for path in BUNDLES}


@needs_node
def test_the_logic_of_the_panels():
    command = [str(NODE), "--test", "--test-reporter=tap", *map(str, UNIT_TESTS)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | {"PATH": PATH}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    run = re.search(r"^# pass (\d+)$", done.stdout, flags=re.MULTILINE)
    assert run
    written = sum(path.read_text("utf-8").count("\ntest(") for path in UNIT_TESTS)
    assert int(run[1]) == written > 0


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_types_are_checked_and_lines_fit(source):
    lines = source.read_text("utf-8").splitlines()
    assert lines[0] == "// @ts-check"
    assert [line for line in lines if len(line) > 110] == []


@pytest.mark.parametrize("source", SOURCES, ids=name_of)
def test_what_is_private_to_others_is_known_in_one_file(source):
    text = source.read_text("utf-8")
    assert not [home for home, names in PRIVATE.items() if home != source.name and re.search(names, text)]


@pytest.mark.parametrize("source", [path for path in SOURCES if path.name != "dom.js"], ids=name_of)
def test_texts_are_written_by_the_functions_that_show_hidden_characters(source):
    text = source.read_text("utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|\.textContent\s*=[^=]", text)


def test_python_shows_the_same_characters_as_the_browser():
    (written,) = re.findall(r"/\[(\\u0000.+?)\]/g", (STATIC / "dom.js").read_text("utf-8"))
    told = [chr(code) for code in range(0x10000) if not 0xD800 <= code < 0xE000]
    unseen = re.compile(f"[{written}]")
    assert [c for c in told if visible(c) != c] == [c for c in told if unseen.match(c)] != []
    assert visible("\u202egpj") == "\\u202egpj"


def test_of_the_panels_files_only_what_is_served_travels_in_the_wheel():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    excluded = project["tool"]["hatch"]["build"]["targets"]["wheel"]["exclude"]
    files = [path.relative_to(ROOT) for path in STATIC.iterdir() if path.name != "__pycache__"]
    left = [path for path in files if not any(path.match(pattern) for pattern in excluded)]
    assert {path.suffix for path in left if path.name != "dist"} == {".css"}
    assert not [
        path for path in BUNDLES if any(path.relative_to(ROOT).match(pattern) for pattern in excluded)
    ]


def test_no_registry_is_written_down():
    lock = (STATIC / "package-lock.json").read_text()
    assert "resolved" not in lock
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in PINNED.values())
