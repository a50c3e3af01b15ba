"""Telling: how far a computation is that a cell must wait for."""

from collections.abc import Callable
from typing import Any, TypeVar

from tqdm.auto import tqdm

T = TypeVar("T")

BRIEF = 5_000
"""Up to so many samples take some seconds: a bar comes only where they become more than `PATIENCE`."""

PATIENCE = 3.0


def told(make: Callable[..., T], doing: str, samples: int) -> Callable[..., T]:
    """Return ``make``, which takes a ``watch``, with a bar for its calls that nobody else watches.

    The bar comes when the watcher is first told, and goes with the call; what is cached shows none.
    """

    def made(*given: Any, **settings: Any) -> T:
        if "watch" in settings:
            return make(*given, **settings)
        bars: list[tqdm[None]] = []

        def watch(share: float) -> None:
            if not bars:
                delay, first = 0 if samples > BRIEF else PATIENCE, "finding neighbours"
                bars.append(tqdm(total=100, desc=doing, unit="%", delay=delay, leave=False, postfix=first))
            if 0 < share < 1:
                bars[0].set_postfix_str("", refresh=False)
            bars[0].update(max(0, round(100 * share) - bars[0].n))

        try:
            return make(*given, watch=watch, **settings)
        finally:
            for bar in bars:
                bar.close()

    return made
