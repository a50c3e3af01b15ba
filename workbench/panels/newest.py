"""Newest: work in the background where only the last question still matters."""

import threading
from collections.abc import Callable, Iterator


class Newest:
    """Runs steps on another thread, so that the kernel can answer meanwhile; one job at a time.

    A new job takes the place of the one before, which ends at its next step. A job shows its own errors.
    """

    def __init__(self) -> None:
        self._latest, self._turn = 0, threading.Lock()
        self._thread: threading.Thread | None = None

    def run(self, steps: Callable[[], Iterator[None]]) -> None:
        """Start a job; ``steps`` does some work before each ``yield``."""
        self.stop()
        mine = self._latest

        def work() -> None:
            with self._turn:
                going = steps()
                while mine == self._latest:
                    try:
                        next(going)
                    except StopIteration:
                        return

        self._thread = threading.Thread(target=work, name="workbench-panel", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Let the job now running end at its next step."""
        self._latest += 1

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the last job is done."""
        if self._thread is not None:
            self._thread.join(seconds)
