"""How faces of a case are grouped: the choice of an analyst, kept in ``work/`` for each pair of models."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, get_args

from workbench.analysis.identities.grouping import DEFAULT_METHOD, Method
from workbench.errors import QueryError
from workbench.store.parts import write_atomically


@dataclass(frozen=True)
class Choice:
    """A method of grouping and its cosine threshold in [-1, 1]; None is the one measured for the pair."""

    method: Method = DEFAULT_METHOD
    threshold: float | None = None

    def __post_init__(self) -> None:
        """Refuse what no grouping understands, with QueryError."""
        if self.method not in get_args(Method):
            raise QueryError(f"Unknown method {self.method!r}.", f"Use one of {', '.join(get_args(Method))}.")
        if self.threshold is not None and not -1 <= self.threshold <= 1:
            raise QueryError(f"{self.threshold} is no cosine.", "Give a threshold from -1 to 1.")


def load_choice(work: Path, pair: str) -> Choice:
    """Return the choice made for a pair of models, or the default; a damaged file counts as none."""
    try:
        return Choice(**_read(work)[pair])
    except (KeyError, TypeError, QueryError):
        return Choice()


def save_choice(work: Path, pair: str, choice: Choice) -> None:
    """Keep the choice for a pair of models."""
    work.mkdir(parents=True, exist_ok=True)
    text = json.dumps(_read(work) | {pair: asdict(choice)}, indent=2)
    write_atomically(work / "grouping.json", text.encode())


def _read(work: Path) -> dict[str, Any]:
    try:
        found = json.loads((work / "grouping.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
