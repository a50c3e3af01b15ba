"""One table of what Workbench takes: time against a yardstick, and memory.

    python -m benchmarks [--photos FOLDER] [--quick]

``--quick`` leaves out what needs the model. Figures depend on what else the machine does: run it alone.
"""

import argparse
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import bench_search
from benchmarks.table import Row, seconds, show

HERE = Path(__file__).parent


def main() -> None:
    options = arguments()
    rows = [*import_rows(), *bench_search.rows()]
    print(f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}\n")
    print(show(rows), flush=True)
    if options.quick:
        return
    for name in ("bench_ingest", "bench_forward"):
        if (HERE / f"{name}.py").exists():
            print(f"\n{name}\n", flush=True)
            subprocess.run([sys.executable, "-m", f"benchmarks.{name}", str(options.photos)], check=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--photos", type=Path, default=HERE.parent / "data" / "photos")
    parser.add_argument("--quick", action="store_true", help="leave out what needs the model")
    return parser.parse_args()


def import_rows() -> Iterator[Row]:
    """Yield the time of ``import workbench``, less that of starting Python."""
    bare, whole = seconds([lambda: python("pass"), lambda: python("import workbench")], 9)
    taken = whole - bare
    yield Row("import workbench", f"{taken * 1e3:.0f} ms", "200 ms", taken / 0.2, "<= 1")


def python(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True)


if __name__ == "__main__":
    main()
