"""The shape of the house, as docs/architecture.md states it: who imports whom, how large things may be.

Sizes are in lines without docstrings, so that nobody saves on those.
"""

import ast
import importlib
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

import pytest

PACKAGE = Path(__file__).parents[2] / "workbench"
MODULES = sorted(PACKAGE.rglob("*.py"))
Documented: TypeAlias = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef

ANY = {"csv_cells", "errors", "image_id", "spelling", "vectors"}
MAY_IMPORT = {
    "csv_cells": set(),
    "errors": set(),
    "image_id": set(),
    "spelling": set(),
    "vectors": set(),
    "analysis": set(),
    "learn": {"analysis"},
    "store": set(),
    "media": set(),
    "models": {"media"},
    "testing": {"media", "models"},
    "samples": {"store", "media"},
    "ingest": {"samples", "store", "media"},
    "index": set(),
    "search": {"analysis", "index", "ingest", "media"},
    "case": {"analysis", "index", "ingest", "learn", "media", "models", "samples", "search", "store"},
    "selection": {"analysis", "search"},
    "panels": {"analysis", "search", "selection"},
    "workspace": {"case", "panels", "selection"},
    "cli": {"case", "models", "workspace"},
    "__init__": {"case", "search", "selection", "workspace"},
}

ONLY_IN = {
    "torch": {"models"},
    "open_clip": {"models"},
    "transformers": {"models"},
    "timm": {"models"},
    "openvino": {"models"},
    "pyarrow": {"store", "ingest", "index"},
    "plotly": {"panels"},
    "anywidget": {"panels"},
    "umap": {"analysis"},
    "hdbscan": {"analysis"},
    "openTSNE": {"analysis"},
    "rapidocr": {"models"},
    "rapidfuzz": {"analysis"},
    "sklearn": {"analysis", "learn"},
}

LAZY = (
    "torch",
    "openvino",
    "plotly",
    "umap",
    "sklearn",
    "ipywidgets",
    "anywidget",
    "pyarrow",
    "pandas",
    "numpy",
    "PIL",
)


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imports(path: Path) -> Iterator[str]:
    """Yield every imported module of a file, those inside functions and for type checking too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively, which hides the room it imports from"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def lines(node: ast.AST, last: int) -> int:
    """Count the lines from a node's first to ``last``, without its docstring and those of what it holds."""
    documented = [n for n in ast.walk(node) if isinstance(n, Documented)]
    nodes = [n for n in documented if ast.get_docstring(n)]
    return (
        last
        - getattr(node, "lineno", 1)
        + 1
        - sum((n.body[0].end_lineno or 0) - n.body[0].lineno + 1 for n in nodes)
    )


def module_lines(path: Path) -> int:
    text = path.read_text(encoding="utf-8")
    return lines(ast.parse(text), len(text.splitlines()))


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Yield each function with its number of lines."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path.relative_to(PACKAGE)}:{node.name}", lines(node, node.end_lineno or 0)


def public_nodes(path: Path) -> Iterator[tuple[str, Documented]]:
    """Yield the module, its public functions and classes, and their public methods."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    yield str(path.relative_to(PACKAGE)), tree
    owners = [node for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")]
    holders: list[ast.Module | ast.ClassDef] = [tree, *owners]
    for node in [node for holder in holders for node in holder.body]:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        if not node.name.startswith("_") and not is_setter(node):
            yield f"{path.relative_to(PACKAGE)}:{node.name}", node


def is_setter(node: ast.AST) -> bool:
    """Say whether a function is the setter of a property, which the getter documents."""
    decorators = getattr(node, "decorator_list", [])
    return any(getattr(decorator, "attr", "") == "setter" for decorator in decorators)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_downwards(path):
    here = room(path)
    ours = {name.split(".")[1] for name in imports(path) if name.startswith("workbench.")}
    assert ours - ANY - {here, "__version__"} <= MAY_IMPORT[here]


def test_the_table_of_imports_has_no_circle():
    """A room whose every import is already placed can be placed next; a circle would leave rooms over."""
    placed: set[str] = set()
    while ready := {name for name, below in MAY_IMPORT.items() if below <= placed} - placed:
        placed |= ready
    assert placed == set(MAY_IMPORT)


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


TREES = {module_name(path): ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}


def home_of(module: str, name: str, seen: frozenset[tuple[str, str]] = frozenset()) -> str:
    """Return the module of ours that ``from module import name`` takes the name from, through re-exports."""
    if f"{module}.{name}" in TREES:
        return f"{module}.{name}"
    if (module, name) in seen:
        return module
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.ImportFrom) and node.module in TREES:
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    return home_of(node.module, alias.name, seen | {(module, name)})
    return module


def module_imports(module: str) -> set[str]:
    """Return the modules of ours that one imports; those inside functions and for type checking too."""
    found = set()
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name in TREES}
        elif isinstance(node, ast.ImportFrom) and node.module in TREES:
            found |= {home_of(node.module, alias.name) for alias in node.names}
    return found - {module}


def circles(graph: Mapping[str, set[str]]) -> set[frozenset[str]]:
    """Return the strongly connected components of several nodes: each node reaches each other (Kosaraju)."""

    def visit(start: str, edges: Mapping[str, set[str]], seen: set[str]) -> list[str]:
        """Return what is reached from ``start`` and was not seen, each after all that it leads to."""
        seen.add(start)
        reached, stack = [], [(start, iter(sorted(edges[start])))]
        while stack:
            rest = stack[-1][1]
            following = next((other for other in rest if other not in seen), None)
            if following is None:
                reached.append(stack.pop()[0])
            else:
                seen.add(following)
                stack.append((following, iter(sorted(edges[following]))))
        return reached

    seen: set[str] = set()
    order = [node for start in sorted(graph) if start not in seen for node in visit(start, graph, seen)]
    backwards: dict[str, set[str]] = {node: set() for node in graph}
    for node, others in graph.items():
        for other in others:
            backwards[other].add(node)
    seen = set()
    parts = [visit(node, backwards, seen) for node in reversed(order) if node not in seen]
    return {frozenset(part) for part in parts if len(part) > 1}


KNOWN_CIRCLES: set[frozenset[str]] = set()
"""Circles of modules that are still there; this may only shrink."""


def test_no_modules_import_each_other_in_a_circle():
    assert circles({module: module_imports(module) for module in TREES}) == KNOWN_CIRCLES


def test_circles_are_found_however_long_they_are():
    graph = {"a": {"b"}, "b": {"c"}, "c": {"a", "d"}, "d": {"e"}, "e": {"d"}, "f": {"a"}, "g": set()}
    assert circles(graph) == {frozenset("abc"), frozenset("de")}
    assert circles({"a": {"b"}, "b": {"c"}, "c": set()}) == set()


def test_an_import_leads_to_the_module_that_defines_the_name():
    assert home_of("workbench.workspace", "Workspace") == "workbench.workspace.desk"
    assert home_of("workbench", "Case") == "workbench.case.case"
    assert home_of("workbench.analysis", "geometry") == "workbench.analysis.geometry"


@pytest.mark.parametrize(("library", "rooms"), ONLY_IN.items())
def test_a_heavy_library_lives_in_its_rooms_only(library, rooms):
    users = {room(path) for path in MODULES if library in {name.split(".")[0] for name in imports(path)}}
    assert users <= rooms


def test_importing_workbench_loads_nothing_heavy():
    loaded = "import sys, workbench; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & set(LAZY)


def test_importing_the_room_of_analysis_loads_no_slow_library():
    modules = [
        path.relative_to(PACKAGE).with_suffix("").parts for path in MODULES if room(path) == "analysis"
    ]
    loaded = "".join(f"import workbench.{'.'.join(parts)}; " for parts in modules if parts[-1] != "__init__")
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; {loaded}print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert not set(done.stdout.split()) & {"umap", "hdbscan", "sklearn", "scipy", "numba", "pandas"}


def test_opening_a_case_imports_no_progress_bars():
    code = "import sys, workbench.case.case; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & {"tqdm"}


def test_public_names_exist():
    package = importlib.import_module("workbench")
    assert all(getattr(package, name) is not None for name in package.__all__)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_modules_have_at_most_300_lines(path):
    assert module_lines(path) <= 300


def test_modules_are_small_as_a_rule():
    assert statistics.median(module_lines(path) for path in MODULES) <= 120


def test_functions_have_at_most_60_lines():
    assert {name: size for path in MODULES for name, size in functions(path) if size > 60} == {}


def test_functions_are_small_as_a_rule():
    lengths = sorted(size for path in MODULES for _, size in functions(path))
    assert statistics.median(lengths) <= 8
    assert lengths[int(0.95 * len(lengths))] <= 35


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_public_name_is_documented(path):
    assert [name for name, node in public_nodes(path) if not ast.get_docstring(node)] == []
