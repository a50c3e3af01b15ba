"""Panels that compute on another thread while the kernel goes on answering; progress and cancel."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import traitlets

from workbench.analysis.progress import Watch
from workbench.panels.base import Panel, message_of

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


T = TypeVar("T")

STEP = 0.01
"""Share done that is worth a message to the browser."""


class EndedError(Exception):
    """Raised in a computation that nobody waits for any more; no panel ever shows it."""


class BackgroundPanel(Panel):
    """A panel with a job of its own on another thread.

    ``working`` says what it does and ``trouble`` what went wrong there: areas apart from ``busy`` and
    ``error``, which the questions of the browser clear meanwhile.
    """

    working = traitlets.Unicode("").tag(sync=True)
    trouble = traitlets.Unicode("").tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        self._work = LatestJob()
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


class WorkingPanel(BackgroundPanel):
    """A panel with one long computation at a time, that shows its progress and can be cancelled.

    ``share`` is how much of it is done: [0, 1], -1 where that is not known.
    """

    share = traitlets.Float(-1).tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        self._give: Callable[[], None] | None = None
        super().__init__(**traits)

    def start(self, doing: str, compute: Callable[[Watch], T], then: Callable[[T], None]) -> None:
        """Compute on another thread, then hand over what was found; ends what was computed before.

        ``compute(watch)`` should tell its watcher now and then, which ends it once nobody waits.
        ``then(found)`` runs where the kernel runs cells, so that it never meets another callback halfway.
        """
        self._leave()
        loop = kernel_loop()
        self.trouble, self.share, self.working = "", -1, doing

        def steps(going: Callable[[], bool]) -> Iterator[None]:
            try:
                found = compute(self._watch(going))
            except EndedError:
                return
            except Exception as error:
                give = _giver(self._fail, message_of(error))
            else:
                give = _giver(self._succeed, then, found)
            yield  # ends here where it is no longer the newest
            self._give = give
            if loop is not None:
                loop.call_soon_threadsafe(self._hand_over)
            else:
                self._hand_over()

        self._work.run(steps)

    def cancel(self) -> None:
        """End what is computed: nothing that is shown changes."""
        self._leave()
        self.share, self.working = -1, ""

    def wait(self, seconds: float | None = None) -> None:
        """Wait until what is computed is there and shown."""
        super().wait(seconds)
        self._hand_over()

    def _answer_cancel(self) -> None:
        self.cancel()

    def _leave(self) -> None:
        """Let what is computed end when it next tells its share; what comes then need not wait for that."""
        self._work.stop()
        self._work, self._give = LatestJob(), None

    def _watch(self, going: Callable[[], bool]) -> Watch:
        def watch(share: float) -> None:
            if not going():
                raise EndedError
            if share >= 1:
                self.share = -1  # what comes after the steps that are told
            elif share > 0 and (share < self.share or share - self.share >= STEP):
                self.share = share

        return watch

    def _hand_over(self) -> None:
        give, self._give = self._give, None
        if give is not None:
            give()

    def _succeed(self, then: Callable[[T], None], found: T) -> None:
        try:
            then(found)
        except Exception as error:
            self.trouble = message_of(error)
        finally:
            self.share, self.working = -1, ""

    def _fail(self, message: str) -> None:
        self.trouble, self.share, self.working = message, -1, ""


def _giver(give: Callable[..., None], *given: Any) -> Callable[[], None]:
    return lambda: give(*given)
