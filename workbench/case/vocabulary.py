"""The vocabulary of a case: the phrases that images are described with, and that an analyst may edit."""

from collections.abc import Sequence
from pathlib import Path

from workbench.analysis.captions import default_vocabulary, read_vocabulary
from workbench.errors import QueryError
from workbench.store.json_lines import file_version
from workbench.store.parts import write_atomically

_FILE = "vocabulary.txt"


def load_vocabulary(work: Path) -> list[str]:
    """Return the phrases kept in the folder ``work``, or those that come with Workbench."""
    path = work / _FILE
    return read_vocabulary(path) if path.exists() else default_vocabulary()


def vocabulary_version(work: Path) -> tuple[int, int]:
    """Return what changes with the phrases kept in ``work``."""
    return file_version(work / _FILE)


def save_vocabulary(work: Path, phrases: Sequence[str]) -> None:
    """Keep phrases in ``work``, one a line; raise QueryError where there is none."""
    lines = [" ".join(phrase.split()) for phrase in phrases if phrase.strip()]
    if not lines:
        raise QueryError(
            "The vocabulary is empty.", "Give at least one phrase, for example 'a street at night'."
        )
    work.mkdir(parents=True, exist_ok=True)
    write_atomically(work / _FILE, "\n".join(lines).encode())
