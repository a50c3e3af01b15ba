"""Kills: around each step of writing, and at random moments; nothing that was finished may be lost."""

import random
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.faults import children, session


@dataclass(frozen=True)
class Kill:
    """One kill: when it was, and what was wrong then or after the work was done again; "" for nothing."""

    when: str
    wrong: str


def kills(folder: Path, around: int | None, at_random: int, seed: int = 0) -> Iterator[Kill]:
    """Kill the work of `session.work`, each time on a new case; look at it then, and when it is done.

    ``around``: how many of the steps of writing to kill at, before and after in turn; None for before and
    after each of them.
    """
    source = folder / "photos"
    session.photos(source)
    before = session.tree(source)
    began = time.monotonic()
    session.work(folder / "whole", source)
    seconds = time.monotonic() - began
    right, _ = session.answers(folder / "whole")
    steps = _count(folder / "counted", source)
    chosen = [(step, after) for step in range(1, steps + 1) for after in (False, True)]
    chance = random.Random(seed)
    if around is not None:
        chosen = sorted(chance.sample(chosen, min(around, len(chosen))))
    for step, after in chosen:
        root = folder / "killed"
        ended = children.run(children.at_step, step, after, children.die, session.work, root, source)
        when = f"{'after' if after else 'before'} step {step} of {steps}"
        yield Kill(when, _wrong(ended, root, source, right))
    for _ in range(at_random):
        root, wait = folder / "killed", chance.uniform(0, 1.2 * seconds)
        process, answers = children.started(session.work, root, source)
        process.join(wait)
        process.kill()
        yield Kill(f"after {wait:.2f} s", _wrong(children.result(process, answers), root, source, right))
    if session.tree(source) != before:
        yield Kill("all", "the source has changed")


def _count(root: Path, source: Path) -> int:
    """Return how many steps of writing the work takes."""
    register = root.with_name("steps")
    children.run(_counting, register, root, source)
    return int(register.read_text())


def _counting(register: Path, root: Path, source: Path) -> None:
    count = children.at_step(0, False, children.die, session.work, root, source)
    register.write_text(str(count))


def _wrong(ended: str, root: Path, source: Path, right: dict[str, str]) -> str:
    """Say what is wrong with a case whose work was killed; it is removed then."""
    try:
        if not ended.startswith(("killed", "done")):
            return f"it ended with {ended}"
        return session.after_a_fault(root, source, right)
    except Exception as error:  # whatever it is, it is the finding
        return f"{type(error).__name__}: {error}"[:300]
    finally:
        shutil.rmtree(root, ignore_errors=True)
