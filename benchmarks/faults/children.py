"""Processes that faults happen to: forked from a server that has imported everything, to be quick."""

import multiprocessing
import os
import resource
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from typing import Any

CALLS = ("replace", "rename", "fsync", "link")
"""What is counted as a step of writing: the calls of ``os`` that make something stand."""
IMPORTED = (
    *("benchmarks.faults.session", "workbench.ingest", "workbench.models.regions", "workbench.case.share"),
    *("pandas", "pillow_heif", "scipy.ndimage", "sklearn.decomposition", "sklearn.neighbors"),
)
"""What the server imports, so that its children need not."""
PATIENCE = 120.0
"""Seconds after which a process that does not end is a finding."""


def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(IMPORTED))
    return context


def started(do: Callable[..., object], *given: Any) -> tuple[Any, Connection]:
    """Start a process that calls ``do(*given)``; the connection gives what `result` reads."""
    context = _context()
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_call, args=(theirs, do, given))
    process.start()
    theirs.close()
    return process, ours


def result(process: Any, answers: Connection) -> str:
    """Wait for a process and return how it ended: "done", "killed", or the type and text of its error."""
    process.join(PATIENCE)
    if process.is_alive():
        process.kill()
        process.join()
        return "did not end"
    try:
        return str(answers.recv()) if answers.poll() else f"killed ({process.exitcode})"
    except EOFError:
        return f"killed ({process.exitcode})"
    finally:
        answers.close()
        process.close()


def run(do: Callable[..., object], *given: Any) -> str:
    """Start a process, wait for it, and return how it ended."""
    return result(*started(do, *given))


def at_step(
    step: int, after: bool, happen: Callable[[], None], do: Callable[..., object], *given: Any
) -> int:
    """Call ``do(*given)``; ``happen()`` just before or after the step of writing of that number, from 1.

    Return how many steps there were.
    """
    count = 0

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*arguments: Any, **named: Any) -> Any:
            nonlocal count
            count += 1
            mine = count == step
            if mine and not after:
                happen()
            answer = call(*arguments, **named)
            if mine and after:
                happen()
            return answer

        return wrapper

    for name in CALLS:
        setattr(os, name, counted(getattr(os, name)))
    do(*given)
    return count


def die() -> None:
    """End this process at once, as a loss of power does."""
    os.kill(os.getpid(), signal.SIGKILL)


def fill_the_disk() -> None:
    """Let the system refuse each further byte that this process writes to a file."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))


def _call(answers: Connection, do: Callable[..., object], given: tuple[Any, ...]) -> None:
    try:
        do(*given)
        told = "done"
    except BaseException as error:  # each way to end is an answer
        told = f"{', '.join(kind.__name__ for kind in type(error).__mro__[:-2])}: {error}"
    answers.send(told)
