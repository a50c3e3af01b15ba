"""Places to write to: folders of the analyst's choice, never over files that are there."""

import os
from collections.abc import Iterable
from pathlib import Path

from workbench.errors import CaseError


def new_folder(folder: str | Path, never_in: Iterable[Path]) -> Path:
    """Make a folder that is new or empty, outside all of ``never_in``; return its absolute path.

    Raises CaseError where it holds something, is a file, lies in one of these or cannot be made.
    """
    target = Path(folder).expanduser().absolute()
    for other in never_in:
        if target.resolve().is_relative_to(other.resolve()):
            raise CaseError(f"{target} lies in {other}.", "Choose a folder outside the photos and the case.")
    try:
        target.mkdir(parents=True, exist_ok=True)
        with os.scandir(target) as entries:
            held = next(entries, None)
    except OSError as error:
        what = f"The folder {target} cannot be used: {error.strerror or error}."
        raise CaseError(what, "Choose a folder that you may write.") from error
    if held is not None:
        what = f"{target} is not empty (it holds {held.name!r})."
        raise CaseError(what, "Choose a new or empty folder: nothing is ever written over.")
    return target
