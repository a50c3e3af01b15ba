"""A progress bar for computations that a cell must wait for."""

from collections.abc import Callable
from typing import Any, TypeVar

from tqdm.auto import tqdm

T = TypeVar("T")

BRIEF = 5_000
"""Up to so many samples usually take some seconds: the bar appears only after `PATIENCE` seconds."""

PATIENCE = 3.0


def with_progress_bar(make: Callable[..., T], doing: str, samples: int) -> Callable[..., T]:
    """Return ``make``, which takes a ``watch``, with a progress bar for calls that give it none.

    The bar appears with the first progress and goes when the call ends; a cached result shows none.
    ``doing`` is what it says, ``samples`` how many are worked on.
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
