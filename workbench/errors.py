"""The errors a user can meet. Every message says what is wrong and what to do next."""

from collections.abc import Iterator
from contextlib import contextmanager

_NAMES_TO_INSTALL = {"sklearn": "scikit-learn", "umap": "umap-learn", "IPython": "ipython"}
"""Where the name to import is not the name to install."""


class WorkbenchError(Exception):
    """Base of all our errors: ``WorkbenchError(what, do)`` reads "what do" in one line."""

    def __init__(self, what: str, do: str) -> None:
        super().__init__(f"{what} {do}")
        self._said = what, do

    def __reduce__(self) -> tuple[type["WorkbenchError"], tuple[str, str]]:
        """Let an error come back from another process; an exception is remade from what it was given."""
        return type(self), self._said


class SourceError(WorkbenchError):
    """The folder of photos cannot be used."""


class CaseError(WorkbenchError):
    """The case folder cannot be created, opened or written."""


class DiskError(CaseError, OSError):
    """The disk refuses what is to be written: it is full, read-only or broken. ``errno`` says which."""

    def __init__(self, what: str, do: str, errno: int | None = None) -> None:
        super().__init__(what, do)
        self.errno = errno


class ModelError(WorkbenchError):
    """A model or its weights cannot be had or do not fit."""


class QueryError(WorkbenchError):
    """A query or another argument of the analyst cannot be understood."""


class MissingPackageError(WorkbenchError, ImportError):
    """A feature needs a package that is not installed; the message names both."""


@contextmanager
def required_by(feature: str) -> Iterator[None]:
    """Import optional packages inside: a missing one raises MissingPackageError, which says how to get it.

    ``feature`` begins the message and takes "needs", such as "Reading text". An import that fails for another
    reason, or for want of a module of our own, is passed on as it is.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        package = str(error.name or "").partition(".")[0]
        if package in ("", "workbench"):
            raise
        name = _NAMES_TO_INSTALL.get(package, package)
        raise MissingPackageError(
            f"{feature} needs the package {name}, which is not installed.", f"Run `pip install {name}`."
        ) from error
