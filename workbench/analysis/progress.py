"""Progress: how a long computation says how far it is, and how it is ended from outside.

Every long computation of the analysis takes a ``watch``: layouts, clusters and their levels, cluster runs,
near duplicates, quality. Panels end one by raising in it, a cell by its interrupt.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias, TypeVar

Watch: TypeAlias = Callable[[float], None]
"""A callable that is told the share done, a float in [0, 1], again and again while a computation runs.

0.0 also stands for a first part of unknown length (the search for neighbours) and 1.0 for a last part of
unknown length (work in another process). It is called on the thread that computes, between two steps of well
under a second, but for calls into libraries that cannot be left (see `projection.nearest`). What it raises
ends the computation, comes out of it unchanged, and nothing is kept of what was not finished.
"""


def nobody(share: float) -> None:
    """Watch nothing, and never end anything: the default where no ``watch`` is given."""


def part(watch: Watch, start: float, end: float) -> Watch:
    """Return a watcher of one part of a computation, that takes the whole from ``start`` to ``end``."""
    return lambda share: watch(start + (end - start) * share)


@contextmanager
def watched_epochs(watch: Watch) -> Iterator[None]:
    """Tell ``watch`` the share [0, 1] of UMAP's epochs done on this thread, while inside.

    What ``watch`` raises comes out of UMAP's ``fit``. One thread at a time may be inside.

    UMAP has no callback and walks its epochs in a bar of tqdm. That bar cannot be ended from its output: on
    a console it keeps the lock of all bars, in a notebook it has none. So what walks is ours meanwhile.
    """
    from umap import layouts

    before, mine = layouts.tqdm, threading.get_ident()

    def walk(epochs: Any, **options: Any) -> Any:
        return _told(epochs, watch) if threading.get_ident() == mine else before(epochs, **options)

    layouts.tqdm = walk
    try:
        yield
    finally:
        layouts.tqdm = before


def _told(epochs: range, watch: Watch) -> Iterator[int]:
    for epoch in epochs:
        watch(epoch / len(epochs))
        yield epoch
    watch(1.0)


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
