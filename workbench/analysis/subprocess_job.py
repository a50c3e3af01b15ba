"""Subprocess job: work in C that holds all other threads up, done by a process that can be ended."""

from collections.abc import Callable
from typing import Any, TypeVar

from workbench.analysis.progress import Watch

T = TypeVar("T")

LOOK_EVERY = 0.1
"""Seconds, after which the watcher is told again."""


def run_in_subprocess(work: Callable[..., T], *given: Any, watch: Watch) -> T:
    """Return ``work(*given)``, computed by another process; ``work`` is a function of a module.

    ``watch`` is told 1.0, a share that nobody knows, again and again; what it raises, like an interrupt of
    the kernel, ends that process. What ``work`` raises is raised here. Processes of joblib, because those of
    the standard library would run the script again that the user has started.
    """
    from joblib.externals.loky import ProcessPoolExecutor

    executor = ProcessPoolExecutor(1)
    try:
        found = executor.submit(work, *given)
        while True:
            try:
                return found.result(LOOK_EVERY)  # type: ignore[no-any-return]
            except TimeoutError:
                watch(1.0)
    finally:
        executor.shutdown(wait=False, kill_workers=True)
