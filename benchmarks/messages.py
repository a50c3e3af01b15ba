"""Every text a user can read, as one list with file and line: ``python -m benchmarks.messages [FOLDER ...]``.

Listed are the arguments of errors and warnings, the help of the command line and what it prints, and the
texts of widgets in ``panels/`` and ``workspace/``: titles, labels, tooltips, descriptions. Values put in at
run time appear as ``{...}`` with the code that computes them.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "workbench"
PRINTS = {"print", "warn", "secho", "echo", "add_argument", "add_parser", "ArgumentParser", "problem", "say"}
WIDGETS = {"HTML", "Label", "Button", "ToggleButton", "Checkbox", "Dropdown", "Text", "Combobox", "IntSlider"}
TRAITS = {
    "description",
    "tooltip",
    "placeholder",
    "title",
    "label",
    "help",
    "epilog",
    "value",
    "text",
    "status",
}
NOT_SEEN = {"layout", "style", "type", "name", "metavar", "dest"}


def main(folders: list[str]) -> None:
    """Print path, line, kind and text for the Python files below the folders, by default the package."""
    for folder in map(Path, folders or [str(PACKAGE)]):
        for path in sorted(folder.rglob("*.py")):
            for line, kind, text in sorted(set(messages(path))):
                print(f"{_shown(path)}:{line}\t{kind}\t{text}")


def messages(path: Path) -> Iterator[tuple[int, str, str]]:
    """Yield (line, kind, text) of each text in a file that a user can read; f-strings keep their fields."""
    in_widgets = bool({"panels", "workspace"} & set(path.parts))
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield from _of_call(node, in_widgets)
        elif in_widgets and isinstance(node, ast.Assign) and _names(node.targets) & TRAITS:
            yield from _texts(node.value, "panel")


def _of_call(node: ast.Call, in_widgets: bool) -> Iterator[tuple[int, str, str]]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    every = [*node.args, *(word.value for word in node.keywords if word.arg not in NOT_SEEN)]
    if name.endswith(("Error", "Exception", "Warning")):
        kind, values = "error", every
    elif name in PRINTS:
        kind, values = "print", every
    elif in_widgets and name in WIDGETS:
        kind, values = "panel", every
    elif in_widgets:
        kind, values = "panel", [word.value for word in node.keywords if word.arg in TRAITS]
    else:
        return
    for value in values:
        yield from _texts(value, kind)


def _texts(node: ast.expr, kind: str) -> Iterator[tuple[int, str, str]]:
    """Yield what an expression may become: both branches of a choice, each item of a list."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        if any(letter.isalpha() for letter in node.value):
            yield node.lineno, kind, node.value.replace("\n", "\\n")
    elif isinstance(node, ast.JoinedStr):
        yield node.lineno, kind, ast.unparse(node)[2:-1].replace("\n", "\\n")
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body, kind)
        yield from _texts(node.orelse, kind)
    elif isinstance(node, ast.BinOp):
        yield from _texts(node.left, kind)
        yield from _texts(node.right, kind)
    elif isinstance(node, ast.List | ast.Tuple):
        for item in node.elts:
            yield from _texts(item, kind)


def _names(targets: list[ast.expr]) -> set[str]:
    """Return the names of what is assigned to, attributes by their last part."""
    return {getattr(target, "attr", getattr(target, "id", "")) for target in targets}


def _shown(path: Path) -> Path:
    return path.relative_to(PACKAGE.parent) if path.is_relative_to(PACKAGE.parent) else path


if __name__ == "__main__":
    main(sys.argv[1:])
