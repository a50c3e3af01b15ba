"""The errors a user can meet. Every message says what is wrong and what to do next."""


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


class ModelError(WorkbenchError):
    """A model or its weights cannot be had or do not fit."""


class QueryError(WorkbenchError):
    """A query or another argument of the analyst cannot be understood."""
