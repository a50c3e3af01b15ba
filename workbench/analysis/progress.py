"""Watching: how a long computation tells how far it is, and how it is ended from outside."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

Watch: TypeAlias = Callable[[float], None]
"""Is told the share done, [0, 1], again and again; what it raises ends the computation."""


def nobody(share: float) -> None:
    """Watch nothing, and never end anything."""


def part(watch: Watch, start: float, end: float) -> Watch:
    """Return a watcher of one part of a computation, that takes the whole from ``start`` to ``end``."""
    return lambda share: watch(start + (end - start) * share)


@contextmanager
def watched_epochs(watch: Watch) -> Iterator[None]:
    """Tell ``watch`` each epoch that UMAP does on this thread, while inside; one thread at a time.

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
