"""Checks of what a user passes, at the door of a case: a clear QueryError instead of an error from inside."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from workbench.errors import CaseError, QueryError


def text(value: Any, name: str, example: str) -> str:
    """Return a text without blanks at its ends; raise QueryError for another type or an empty one."""
    if not isinstance(value, str):
        raise QueryError(f"{name} must be a text, not {type(value).__name__}.", f"For example {example!r}.")
    if not value.strip():
        raise QueryError(f"{name} is empty.", f"For example {example!r}.")
    return value.strip()


def texts(values: Any, name: str, example: str) -> list[str]:
    """Return several texts as a list; a single text is refused, because it would be split into letters."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise QueryError(f"{name} must be a list of texts.", f"For example [{example!r}].")
    return [text(value, name, example) for value in values if not isinstance(value, str) or value.strip()]


def folder(value: Any, name: str) -> Path:
    """Return the path of a folder; raise CaseError for what is no path."""
    if not isinstance(value, str | Path) or not str(value).strip():
        what = f"{name} must be the path of a folder, not {value!r}."
        raise CaseError(what, "For example wb.open('photos/', case='cases/mine').")
    return Path(value).expanduser()
