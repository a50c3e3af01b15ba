"""The demo: prepare the case of the demo album, then open JupyterLab on it or check that all of it works."""

import os
import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from workbench.errors import SourceError, WorkbenchError, required_by

if TYPE_CHECKING:
    from workbench.case import Case

PHOTOS = Path("data/photos")
CASE = Path("cases/demo")
NOTEBOOK = Path("notebooks/01_explore.ipynb")
FACES_NOTEBOOK = Path("notebooks/03_faces.ipynb")
FACES = "faces-facenet"
EXPECTED = {
    "a cup of coffee": "coffee|espresso|cappuccino",
    "a cat": r"\bcat\b",
    "people drinking wine at a restaurant": "restaurant|drinks|banquet",
    "a beach at sunset": "sunset|beach|coast",
    "a deer in the forest": "deer|fawn",
    "a rocket launch": "rocket",
    "a bridge": "bridge",
    "snowy mountains": "snow|alpine|glacier|mountain",
    "a desk with a computer": "desk|imac|laptop",
}
"""Queries of the demo, and what the name of the best hit must match; docs/models.md names some that fail."""
NOTEBOOK_SECONDS = 600
"""The longest a cell of the notebook may take; the first one on a slow machine computes the layout."""


def find_root(start: Path) -> Path:
    """Return the folder of the project: ``start``, or where this package lies. Raises SourceError."""
    for root in (start, Path(__file__).parents[2]):
        if (root / PHOTOS).is_dir() and (root / NOTEBOOK).is_file():
            return root.absolute()
    raise SourceError(
        f"The folder {PHOTOS} was not found in {start} or above.", "Run the demo in a clone of the project."
    )


def prepare(root: Path, model: str, *, faces: bool = True) -> "Case":
    """Fetch what the models need, ingest the album and compute the layout; quick where that was done before.

    ``faces`` also looks for faces. Raises ModelError, SourceError or CaseError.
    """
    from workbench.case import open_case
    from workbench.models import weights

    for name in (model, FACES) if faces else (model,):
        if name in weights.MODELS:
            weights.fetch(name)
    case = open_case(root / PHOTOS, case=root / CASE, model=model)
    report = case.ingest(faces=faces)
    print(f"Ingested  {len(case.images)} images, {report.embedded} of them now, in {report.seconds:.1f} s")
    if faces:
        print(f"Faces     {len(case.faces)} in {len(case.faces.identities)} identities")
    case.layout()
    print(f"Clusters  {len(set(case.clusters()) - {-1})}")
    return case


def check(
    root: Path, model: str = "mini", *, faces: bool = True, expected: Mapping[str, str] = EXPECTED
) -> bool:
    """Prepare the demo, try its queries, execute its notebooks; say what was found and if all is well.

    ``expected``: queries, and what the name of the best hit must match. Raises what ``prepare`` raises.
    """
    wrong = _wrong_in_case(prepare(root, model, faces=faces), expected)
    for notebook in (NOTEBOOK, FACES_NOTEBOOK) if faces else (NOTEBOOK,):
        try:
            with copied(root, notebook) as copy:
                print(f"Notebook  {notebook.stem}: {execute(copy)} cells ran")
        except WorkbenchError as error:
            print(f"Notebook  {error}")
            wrong.append(str(error))
    print("All checks passed." if not wrong else f"{len(wrong)} of these checks failed.")
    return not wrong


@contextmanager
def copied(root: Path, notebook: Path) -> Iterator[Path]:
    """Yield a copy of a notebook beside a copy of the case: what it names or tags stays there.

    The photos are only linked to: they are never written, and a case is about one folder of photos.
    """
    with TemporaryDirectory(prefix="workbench-demo-") as folder:
        shutil.copytree(root / CASE, Path(folder) / CASE)
        photos = Path(folder) / PHOTOS
        photos.parent.mkdir(parents=True)
        photos.symlink_to(root / PHOTOS, target_is_directory=True)
        copy = Path(folder) / notebook
        copy.parent.mkdir()
        yield Path(shutil.copy2(root / notebook, copy))


def _wrong_in_case(case: "Case", expected: Mapping[str, str]) -> list[str]:
    """Print and return the problems of the case and the queries that find something else."""
    problems = list(case.problems["path"])
    for path in problems:
        print(f"Problem   {path!r}")
    return problems + wrong_queries(case, expected)


def wrong_queries(case: "Case", expected: Mapping[str, str]) -> list[str]:
    """Print the best hit of each query; return the queries whose best hit does not match what is expected."""
    wrong = []
    for query, pattern in expected.items():
        best = case.search(query, k=1).frame.iloc[0]
        right = re.search(pattern, best["path"]) is not None
        print(f"Search    {query!r}: {best['path']} ({best['score']:.2f}){'' if right else '  WRONG'}")
        wrong += [] if right else [query]
    return wrong


def execute(notebook: Path) -> int:
    """Execute a notebook in its own folder without changing it; return how many cells ran.

    Raises WorkbenchError with the error of the cell that failed.
    """
    with required_by("Running a notebook"):
        import nbformat
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    content = nbformat.read(notebook, as_version=4)  # type: ignore[no-untyped-call]
    client = NotebookClient(
        content,
        timeout=NOTEBOOK_SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(notebook.parent)}},
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
    )
    try:
        client.execute()
    except CellExecutionError as error:
        what = f"{notebook.name} failed: {error.ename}: {error.evalue.rstrip('.')}."
        raise WorkbenchError(what, "Open it in JupyterLab and run it.") from error
    except (CellTimeoutError, DeadKernelError) as error:
        what = f"{notebook.name} came to no end: {error}."
        raise WorkbenchError(what, "Check that there is enough free memory.") from error
    return sum(cell.cell_type == "code" for cell in content.cells)


def launch(root: Path, model: str = "mini", *, port: int = 8888, browser: bool = True) -> int:
    """Prepare the demo and become JupyterLab on its notebook, so that Ctrl-C is JupyterLab's own.

    Raises MissingPackageError and what ``prepare`` raises; does not return where that went well.
    """
    with required_by("The demo"):  # looked for, not imported: that takes seconds, and another process does it
        if find_spec("jupyterlab") is None:
            raise ModuleNotFoundError(name="jupyterlab")
    prepare(root, model)
    print("Starting JupyterLab; its URL follows. Press Ctrl-C twice to stop it.", flush=True)
    command = jupyter_command(root, port=port, browser=browser and has_screen())
    os.execv(sys.executable, command)  # noqa: S606 our own interpreter and arguments
    return 0


def jupyter_command(root: Path, *, port: int, browser: bool) -> list[str]:
    """Return the command that serves ``root`` and shows the notebook of the demo."""
    options = [
        f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url=/lab/tree/{NOTEBOOK.as_posix()}",
        f"--ServerApp.port={port}",
        "--log-level=WARN",
    ]
    options += [] if browser else ["--no-browser"]
    options += ["--allow-root"] if _is_root() else []
    return [sys.executable, "-m", "jupyterlab", *options]


def has_screen() -> bool:
    """Return whether a browser could open a window here."""
    if sys.platform.startswith("linux"):
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return not os.environ.get("SSH_CONNECTION")


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
