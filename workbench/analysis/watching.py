"""Watching: how a long computation tells how far it is, and how it is ended from outside."""

from collections.abc import Callable
from typing import Any, TypeAlias

Watch: TypeAlias = Callable[[float], None]
"""Is told the share done, [0, 1], again and again; what it raises ends the computation."""


def nobody(share: float) -> None:
    """Watch nothing, and never end anything."""


class EpochFile:
    """What UMAP's progress bar writes to: each line is read back as a share, and told to ``watch``.

    UMAP has no callback; its ``tqdm_kwds`` are the documented way to see its epochs.
    """

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    @property
    def tqdm(self) -> dict[str, Any]:
        """What to give UMAP as ``tqdm_kwds``; one line an epoch, and no thread of tqdm's."""
        return {"file": self, "disable": False, "bar_format": "{n}/{total}", "mininterval": 0, "miniters": 1}

    def write(self, text: str) -> None:
        """Read one line of the bar, such as "40/500"."""
        done, _, total = text.strip().partition("/")
        if done.isdigit() and total.isdigit():
            self._watch(int(done) / max(int(total), 1))

    def flush(self) -> None:
        """Do nothing: every line is read at once."""
