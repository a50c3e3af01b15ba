"""Checks of what a user passes, at the door of a case: a clear error instead of one from inside.

``@checked(k=whole(), tag=is_text("keep"))`` checks arguments of a public method by their names before it
runs, and gives it what the checks return. A check takes a value and what to call it; it raises QueryError,
which says what is wrong and what to pass.
"""

import inspect
import math
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from numbers import Integral, Real
from pathlib import Path
from typing import Any, TypeAlias, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from workbench.errors import CaseError, QueryError

Check: TypeAlias = Callable[[Any, str], Any]
F = TypeVar("F", bound=Callable[..., Any])


def checked(**checks: Check) -> Callable[[F], F]:
    """Return a decorator that checks arguments by their names; those that are left out keep their default."""

    def decorate(function: F) -> F:
        signature = inspect.signature(function)
        if unknown := checks.keys() - signature.parameters.keys():
            raise TypeError(f"{function.__qualname__} has no argument {', '.join(sorted(unknown))}")

        @wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            try:
                given = signature.bind(*args, **kwargs)
            except TypeError:
                return function(*args, **kwargs)  # Python's own error names the method
            for name in given.arguments.keys() & checks.keys():
                given.arguments[name] = checks[name](given.arguments[name], name)
            return function(*given.args, **given.kwargs)

        return cast(F, call)

    return decorate


def text(value: Any, name: str, example: str) -> str:
    """Return a text without blanks at its ends; raise QueryError for another type or an empty one."""
    if not isinstance(value, str):
        raise QueryError(
            f"{name} must be a text, not {type(value).__name__}.", f"Pass for example {example!r}."
        )
    if not value.strip():
        raise QueryError(f"{name} is empty.", f"Pass for example {example!r}.")
    return value.strip()


def texts(values: Any, name: str, example: str) -> list[str]:
    """Return several texts as a list; a single text is refused, because it would be split into letters."""
    if not _is_list(values):
        raise QueryError(f"{name} must be a list of texts.", f"Pass for example [{example!r}].")
    return [text(value, name, example) for value in values if not isinstance(value, str) or value.strip()]


def is_rows(values: Any, name: str) -> list[int]:
    """Return rows as a list, in their order and as often as they come; raise QueryError for what is none."""
    given = [values] if isinstance(values, Integral) else getattr(values, "rows", values)
    if not _is_list(given):
        raise _refused(values, name, "rows", [0, 1])
    check = whole(example=0)
    return [check(value, name) for value in given]


def are_numbers(values: Mapping[str, Any], _: str) -> dict[str, Any]:
    """Return settings, each of which must be a finite number or None; raise QueryError for another."""
    for name, value in values.items():
        if name == "watch" and callable(value):  # what is told how far the work is
            continue
        if value is not None and not (isinstance(value, Real) and math.isfinite(value)):
            raise _refused(value, name, "a number or None", 5)
    return dict(values)


def is_labels(values: Any, name: str) -> NDArray[np.int32]:
    """Return the cluster of each image (N,); raise QueryError for what is none."""
    try:
        given = np.asarray(values)
    except ValueError:
        given = np.zeros((0, 0))
    if given.ndim != 1 or not np.issubdtype(given.dtype, np.integer):
        raise QueryError(
            f"Invalid {name}: {_shown(values)}.", f"Use an array of clusters: {name}=case.clusters()."
        )
    return given.astype(np.int32)


def folder(value: Any, name: str) -> Path:
    """Return the path of a folder; raise CaseError for what is no path."""
    if not isinstance(value, str | Path) or not str(value).strip() or "\0" in str(value):
        what = f"{name} must be the path of a folder, not {_shown(value)}."
        raise CaseError(what, "Call for example wb.open('photos/', case='cases/mine').")
    return Path(value).expanduser()


# -- checks for `checked` ------------------------------------------------------------------------------------


def is_text(example: str, *, empty: bool = False) -> Check:
    """Return the check for one text; ``empty`` lets one without a letter pass."""

    def check(value: Any, name: str) -> str:
        return "" if empty and isinstance(value, str) and not value.strip() else text(value, name, example)

    return check


def is_id(table: str) -> Check:
    """Return the check for an id, whose ``table`` says which there are."""

    def check(value: Any, name: str) -> str:
        if not isinstance(value, str) or not value.strip():
            raise QueryError(f"Invalid {name}: {_shown(value)}.", f"Use an id of `{table}`.")
        return value.strip()

    return check


def is_texts(example: str) -> Check:
    """Return the check for a list of texts, which may be empty."""
    return lambda value, name: texts(value, name, example)


def is_text_or_texts(example: str) -> Check:
    """Return the check for one text or a list of texts."""

    def check(value: Any, name: str) -> str | list[str]:
        if isinstance(value, str):
            return text(value, name, example)
        if not _is_list(value):
            what = f"{name} must be a text or a list of texts, not {type(value).__name__}."
            raise QueryError(what, f"Pass for example {example!r}.")
        return texts(value, name, example)

    return check


def whole(least: int = 0, most: int | None = None, example: int = 20) -> Check:
    """Return the check for a whole number within limits; numpy's are taken, True and False are not."""
    to = f"from {least} to {most:,}" if most is not None else f"of {least} or more"

    def check(value: Any, name: str) -> int:
        right = isinstance(value, Integral) and not isinstance(value, bool | np.bool_)
        if not right or not least <= value or (most is not None and value > most):
            raise _refused(value, name, f"a whole number {to}", example)
        return int(value)

    return check


def real(low: float, high: float = math.inf, example: float = 0.5) -> Check:
    """Return the check for a number within limits; one that is not finite never is."""
    to = f"from {low:g} to {high:g}" if high < math.inf else f"of {low:g} or more"

    def check(value: Any, name: str) -> float:
        right = isinstance(value, Real) and not isinstance(value, bool | np.bool_)
        if not right or not low <= value <= high or not math.isfinite(value):
            raise _refused(value, name, f"a number {to}", example)
        return float(value)

    return check


def one_of(*choices: str) -> Check:
    """Return the check for one of some words."""

    def check(value: Any, name: str) -> str:
        if not isinstance(value, str) or value not in choices:
            known = " or ".join(choices) if len(choices) == 2 else f"one of {', '.join(choices)}"
            raise QueryError(f"Invalid {name}: {_shown(value)}.", f"Use {known}.")
        return value

    return check


def flag(value: Any, name: str) -> bool:
    """Return True or False; raise QueryError for anything else, such as a text."""
    if not isinstance(value, bool | np.bool_):
        raise _refused(value, name, "True or False", True)
    return bool(value)


def is_a(kind: type, example: str) -> Check:
    """Return the check for an object of a type, which ``example`` gives."""

    def check(value: Any, name: str) -> Any:
        if not isinstance(value, kind):
            raise QueryError(f"{name} must be {kind.__name__}, not {_shown(value)}.", f"Use {example}.")
        return value

    return check


def or_none(check: Check) -> Check:
    """Return a check that lets None pass too."""
    return lambda value, name: None if value is None else check(value, name)


def _is_list(values: Any) -> bool:
    """Say whether a value holds several of a kind: no text, mapping or table."""
    return isinstance(values, Iterable) and not (
        isinstance(values, str | bytes | Mapping) or hasattr(values, "columns")
    )


def _refused(value: Any, name: str, what: str, example: Any) -> QueryError:
    return QueryError(f"Invalid {name}: {_shown(value)}.", f"Use {what}, for example {name}={example!r}.")


def _shown(value: Any) -> str:
    """Return what was passed, in short."""
    shown = repr(value)
    return shown if len(shown) <= 60 and "\n" not in shown else f"an object of type {type(value).__name__}"
