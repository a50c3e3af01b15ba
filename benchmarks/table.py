"""What every benchmark gives: rows of one table."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """What was measured, the figure, how many times the yardstick it is, and the aim for that."""

    what: str
    measured: str
    yardstick: str = ""
    ratio: float | None = None
    aim: str = ""


def seconds(works: Sequence[Callable[[], object]], rounds: int) -> list[float]:
    """Return the best time of each work in seconds.

    The best is what the work takes when nothing else wants the machine; rounds alternate, so that a busy
    machine is unfair to none.
    """
    times: list[list[float]] = [[] for _ in works]
    for _ in range(rounds):
        for work, taken in zip(works, times, strict=True):
            started = time.perf_counter()
            work()
            taken.append(time.perf_counter() - started)
    return [min(taken) for taken in times]


def show(rows: Sequence[Row]) -> str:
    """Write rows as a Markdown table."""
    cells = [("what", "measured", "yardstick", "ratio", "aim"), ("---", "---:", "---:", "---:", "---")]
    cells += [
        (r.what, r.measured, r.yardstick, "" if r.ratio is None else f"{r.ratio:.2f}", r.aim) for r in rows
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in cells)
