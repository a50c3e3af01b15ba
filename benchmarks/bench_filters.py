"""Does saying where to look make a search slower? ``python -m benchmarks.bench_filters [--rows 1000000]``.

The case is made up, as for ``bench_open``; a query is by example, so that no model takes part. Each filter is
compared, in the same run, with the same query without one; all rounds take turns.
"""

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import workbench as wb
from benchmarks.bench_open import make_case
from benchmarks.table import Row, seconds, show

ROUNDS = 9


def main() -> None:
    """Make a case, ask it with each filter, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--dim", type=int, default=512)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = make_case(Path(temporary), options.rows, options.dim)
        print(f"{options.rows:,} images, {options.dim} numbers each\n")
        print(show(list(measured(wb.open(case=folder.root)))))


def measured(case: wb.Case) -> Iterator[Row]:
    """Yield a row for each filter; each keeps a tenth of the images."""
    count = len(case.images)
    tenth = np.sort(np.random.default_rng(0).permutation(count)[: count // 10])
    case.tag(tenth, "evidence")
    days = np.datetime64("2015-01-01", "s") + np.random.default_rng(1).integers(0, 3650, count) * 86_400
    case.images["taken_at"] = days.astype("datetime64[us]")
    asks = {
        "within a tenth, as rows": {"within": tenth},
        "tag:, a tenth": {"tag": "evidence"},
        "taken:, a year of ten": {"taken": "2019"},
    }
    case.search(like=0)  # reads the vectors and what scores are usual
    plain, *filtered = seconds(
        [
            lambda: case.search(like=0),
            *(lambda given=given: case.search(like=0, **given) for given in asks.values()),
        ],
        ROUNDS,
    )
    yield Row("no filter", f"{plain * 1e3:.0f} ms")
    for name, taken in zip(asks, filtered, strict=True):
        yield Row(name, f"{taken * 1e3:.0f} ms", f"{plain * 1e3:.0f} ms without", taken / plain, "1")


if __name__ == "__main__":
    main()
