"""Every text a user can read, as one list with file and line: ``python -m benchmarks.messages [FOLDER ...]``.

Listed are the arguments of errors and warnings, the help of the command line and what it prints, and every
string of ``panels/`` and ``workspace/`` that reads like a text. Values that are put in at run time appear as
``{...}`` with the code that computes them.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "workbench"
PRINTS = {"print", "warn", "secho", "echo", "add_argument", "add_parser", "ArgumentParser", "problem", "say"}
NOT_SEEN = {"action", "choices", "default", "dest", "metavar", "nargs", "type"}


def main(folders: list[str]) -> None:
    """Print ``path:line<TAB>kind<TAB>text`` for all Python files below the folders, or of the package."""
    for folder in map(Path, folders or [str(PACKAGE)]):
        for path in sorted(folder.rglob("*.py")):
            for line, kind, text in sorted(set(messages(path))):
                print(f"{_shown(path)}:{line}\t{kind}\t{text}")


def messages(path: Path) -> Iterator[tuple[int, str, str]]:
    """Yield (line, kind, text) of each text in a file that a user can read; f-strings keep their fields."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _of_call(node)
    if {"panels", "workspace"} & set(path.parts):
        yield from _of_panel(tree)


def _of_call(node: ast.Call) -> Iterator[tuple[int, str, str]]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name.endswith(("Error", "Exception", "Warning")):
        kind = "error"
    elif name in PRINTS:
        kind = "print"
    else:
        return
    for value in [*node.args, *(word.value for word in node.keywords if word.arg not in NOT_SEEN)]:
        yield from _texts(value, kind)


def _of_panel(tree: ast.AST) -> Iterator[tuple[int, str, str]]:
    """Yield strings with a space or a capital that are neither documentation, markup alone nor code."""
    fields = [part for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values]
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield from ((*found[:1], "panel", found[2]) for found in _texts(node, "panel"))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            seen = " " in node.value.strip() or node.value[:1].isupper()
            if seen and id(node) not in alone and node not in fields:
                yield from _texts(node, "panel")


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


def _shown(path: Path) -> Path:
    return path.relative_to(PACKAGE.parent) if path.is_relative_to(PACKAGE.parent) else path


if __name__ == "__main__":
    main(sys.argv[1:])
