"""Faults that are made on purpose, in real processes, and what must hold after each.

    python -m benchmarks.faults [--kills N] [--around N] [--flips N] [--mutated N] ...

Prints one line a kind of fault, and each finding. The exit status is the number of findings, at most 100.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.faults import damage, disk, kills, mutated, together


def main() -> int:
    """Make all faults and return the number of findings."""
    options = _options()
    found = 0
    found += _told("kills", lambda at: kills.kills(at, options.around, options.kills, options.seed), _wrong)
    found += _told("damage", lambda at: damage.damage(at, options.flips, options.seed), _damaged)
    found += _told("refused writes", disk.refusals, _wrong)
    found += _told("full disks", lambda at: disk.full_disks(at, options.full_every), _wrong)
    found += _told("pairs", lambda at: together.pairs(at, options.together), _wrong)
    found += _told(
        f"mutated files, {mutated.AT_ONCE} each",
        lambda at: mutated.mutated(at, options.mutated, options.seed),
        _wrong,
    )
    return min(found, 100)


def _told(what: str, make: Callable[[Path], Iterable[object]], wrong: Callable[[object], str]) -> int:
    """Make faults in a folder of their own; print findings and a line, and return how many findings."""
    began, count, found = time.monotonic(), 0, 0
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        for one in make(Path(folder)):
            count += 1
            if text := wrong(one):
                found += 1
                print(f"  {one}: {text}", flush=True)
    print(f"{what}: {count} made, {found} findings, {time.monotonic() - began:.0f} s", flush=True)
    return found


def _wrong(one: object) -> str:
    return str(getattr(one, "wrong", ""))


def _damaged(one: object) -> str:
    return one.outcome if isinstance(one, damage.Damaged) and one.failed else ""


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=200, help="kills at random moments")
    parser.add_argument("--around", type=int, help="kills around steps of writing; all of them by default")
    parser.add_argument("--flips", type=int, default=8, help="bits to flip in each file of a case")
    parser.add_argument("--full-every", type=int, default=1, help="a full disk at each N-th step of writing")
    parser.add_argument("--together", type=int, default=5, help="how often two processes work at once")
    parser.add_argument("--mutated", type=int, default=5000, help="mutated files to look at")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
