"""What an analyst does with a small case and fake models, and all that the case says afterwards."""

import hashlib
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

import workbench as wb
from workbench.store import parts, vocabulary
from workbench.testing import colour_folder
from workbench.testing.faces import write_faces
from workbench.testing.register import register

TAG, NAME, PHRASES = "keep", "reds", ["a red thing", "a blue thing", "a green thing"]


def photos(folder: Path, count: int = 8) -> None:
    """Write pictures of colours and of faces, a copy, and a file that is no picture."""
    colours = colour_folder(folder, count)
    write_faces(folder / "people", {"a.png": [0, 3], "b.png": [0], "c.png": [3, 6]})
    (folder / "copy.png").write_bytes(colours[0].read_bytes())
    (folder / "broken.jpg").write_bytes(b"no picture")


def opened(root: Path, source: Path | None = None) -> wb.Case:
    """Open a case with the fakes."""
    register()
    return wb.open(source, case=root, model="fake", faces="fake")


def work(root: Path, source: Path) -> None:
    """Ingest, and say something of each kind that ``work/`` holds; what was said before is not said again."""
    case = opened(root, source)
    case.ingest(faces=True, regions=["objects"], progress=False)
    tags = case.tags["tag"].tolist()
    for number, row in enumerate((0, 2, 3)):
        if f"{TAG} {number}" not in tags:
            case.tag([row], f"{TAG} {number}")
    if case.vocabulary != PHRASES:
        case.vocabulary = PHRASES
    if NAME not in case.selections.names:
        case.selections.save(NAME, [1, 2, 3])
    if not case.faces.named:
        case.faces.name(case.faces.frame["identity"].iloc[0], "Ann")
    case.layout("pca")
    case.describe(0)


def answers(root: Path) -> tuple[dict[str, str], list[str]]:
    """Return what a case says to each question, and what it warned of; an error is an answer by its name.

    What this process remembers of files is forgotten first, as a new one would not know it.
    """
    parts._reported.clear()
    vocabulary._read.cache_clear()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            case = opened(root)
        except wb.errors.WorkbenchError as error:
            return {"open": _named(error)}, []
        told = {name: _answer(ask, case) for name, ask in QUESTIONS.items()}
    ours = [str(one.message) for one in caught if issubclass(one.category, RuntimeWarning)]
    return told, ours


def after_a_fault(root: Path, source: Path, right: Mapping[str, str]) -> str:
    """Work on after a fault; return a warning or which answers are not the ``right`` ones, "" for nothing."""
    if (root / "case.json").exists() and (said := answers(root)[1]):
        return f"warned: {said[0]}"
    work(root, source)
    now, said = answers(root)
    different = [name for name in right if now[name] != right[name]]
    return f"other answers: {different}" if different else (said or [""])[0]


def _answer(ask: Callable[[wb.Case], Any], case: wb.Case) -> str:
    try:
        return _digest(ask(case))
    except wb.errors.WorkbenchError as error:
        return _named(error)


def _named(error: Exception) -> str:
    return f"{CLEAR}{error}"


CLEAR = "said: "
"""What an answer begins with that is a clear error of ours."""


def _digest(value: Any) -> str:
    if isinstance(value, np.ndarray):
        value = (value.shape, value.tobytes())
    elif hasattr(value, "to_csv"):
        value = value.drop(columns=[name for name in ("when",) if name in value]).to_csv()
    return hashlib.sha256(repr(value).encode()).hexdigest()[:16]


QUESTIONS: Mapping[str, Callable[[wb.Case], Any]] = {
    "images": lambda case: case.images,
    "vectors": lambda case: case.vectors,
    "problems": lambda case: case.problems,
    "thumbnails": lambda case: case.thumbnails(range(len(case.images))),
    "search": lambda case: case.search("red", k=3).frame[["path", "score"]],
    "tags": lambda case: case.tags,
    "vocabulary": lambda case: case.vocabulary,
    "selections": lambda case: case.selections.frame[["name", "images", "gone", "query"]],
    "faces": lambda case: case.faces.frame,
    "names": lambda case: (
        dict(case.faces.decisions.standing().names) if hasattr(case.faces, "decisions") else case.faces.named
    ),
    "crops": lambda case: case.faces.crops(range(len(case.faces))),
    "regions": lambda case: case.regions.frame,
    "layout": lambda case: case.layout("pca"),
    "describe": lambda case: case.describe(0)["phrase"].tolist(),
    "source": lambda case: str(case.folder.source),
}


def tree(folder: Path) -> dict[str, str]:
    """Return the digest of each file below a folder."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def left_over(root: Path) -> list[str]:
    """Return the temporary files below a case."""
    names = (".tmp", ".making-")
    return [str(path) for path in root.rglob("*") if path.suffix in names or path.name.startswith(names[1])]
