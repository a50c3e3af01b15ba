"""LatestJob: work on another thread where only the last question still matters; the loop of the kernel."""

import asyncio
import threading
from collections.abc import Callable, Iterator

END = object()
"""What a job that is done gives."""


class LatestJob:
    """Runs steps on another thread, so that the kernel can answer meanwhile; one job at a time.

    A new job takes the place of the one before, which ends at its next step. A job shows its own errors.
    """

    def __init__(self) -> None:
        self._latest, self._turn = 0, threading.Lock()
        self._thread: threading.Thread | None = None

    def run(self, steps: Callable[[Callable[[], bool]], Iterator[None]]) -> None:
        """Start a job; ``steps(going)`` does some work before each ``yield``.

        ``going()`` says whether the job still is the newest: a long step may ask, and end early.
        """
        self.stop()
        mine = self._latest

        def going() -> bool:
            return mine == self._latest

        def work() -> None:
            with self._turn:
                job = steps(going)
                while going() and next(job, END) is not END:
                    pass

        self._thread = threading.Thread(target=work, name="workbench-panel", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Let the job now running end at its next step."""
        self._latest += 1

    def wait(self, seconds: float | None = None) -> None:
        """Wait until the last job is done."""
        if self._thread is not None:
            self._thread.join(seconds)


def kernel_loop() -> asyncio.AbstractEventLoop | None:
    """Return the loop on which this kernel answers, or None in a script or on another thread.

    Work handed to it never meets another callback halfway.
    """
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
