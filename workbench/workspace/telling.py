"""Telling: how far a computation is that a cell must wait for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm.auto import tqdm

BRIEF = 5_000
"""Up to so many samples take some seconds: a bar comes only where they become more than `PATIENCE`."""

PATIENCE = 3.0


@contextmanager
def told(doing: str, samples: int) -> Iterator[Callable[[float], None]]:
    """Show a bar from when the watcher is first told until the block is left; none where it is never told."""
    bars: list[tqdm[None]] = []

    def watch(share: float) -> None:
        if not bars:
            delay, first = 0 if samples > BRIEF else PATIENCE, "finding neighbours"
            bars.append(tqdm(total=100, desc=doing, unit="%", delay=delay, leave=False, postfix=first))
        if 0 < share < 1:
            bars[0].set_postfix_str("", refresh=False)
        bars[0].update(max(0, round(100 * share) - bars[0].n))

    try:
        yield watch
    finally:
        for bar in bars:
            bar.close()
