"""BackgroundPanel: a panel whose answers take seconds, worked out while the kernel goes on answering."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import traitlets

from workbench.panels.base import Panel, message_of
from workbench.panels.latest_job import Newest


class BackgroundPanel(Panel):
    """A panel with a job of its own on another thread.

    ``working`` says what it does and ``trouble`` what went wrong there: areas apart from ``busy`` and
    ``error``, which the questions of the browser clear meanwhile.
    """

    working = traitlets.Unicode("").tag(sync=True)
    trouble = traitlets.Unicode("").tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        self._work = Newest()
        super().__init__(**traits)

    def wait(self, seconds: float | None = None) -> None:
        """Wait until what is computed in the background is there."""
        self._work.wait(seconds)

    def close(self) -> None:
        """Close the panel and end what it computes."""
        self._work.stop()
        super().close()

    @contextmanager
    def _working(self, doing: str) -> Iterator[None]:
        """Show ``doing`` while the block runs, and what it raises."""
        self.working, self.trouble = doing, ""
        try:
            yield
        except Exception as error:
            self.trouble = message_of(error)
        finally:
            self.working = ""
