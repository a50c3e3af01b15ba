"""Layout and clusters of many vectors beside the bare libraries: ``python -m benchmarks.bench_layout``.

    python -m benchmarks.bench_layout [--rows 100000] [--dim 64] [--skip-umap]

The vectors are made up: some hundred groups of unit vectors. "The library, reproducible" is umap-learn with
the same settings and a seed; "as it comes" is what somebody types who does not think about it: all cores,
another result each time. HDBSCAN is given five dimensions, as UMAP gives them. Each is called once, after a
warm-up that compiles.
"""

import argparse
import subprocess
import sys
import warnings
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from benchmarks.table import Row, seconds, show
from workbench.analysis import projection
from workbench.analysis.clusters import HDBSCAN_SMALLEST, cluster

Vectors = NDArray[np.float32]
GROUPS = 120
COMPILES = 5000  # vectors from which on umap-learn looks for neighbours approximately, by code compiled then
FIRST = 20_000  # vectors of the first layout of a process


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--dim", type=int, default=64)
    parser.add_argument("--skip-umap", action="store_true", help="only HDBSCAN, a few minutes less")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    vectors = grouped(options.rows, options.dim)
    rows = [] if options.skip_umap else [first_layout(), *layouts(vectors), groups(vectors)]
    print(f"{options.rows:,} vectors of {options.dim} numbers\n\n{show([*rows, *clusters(options.rows)])}")


def grouped(rows: int, dim: int, spread: float = 0.6) -> Vectors:
    """Return unit vectors (rows, dim) in `GROUPS` groups of unequal size."""
    random = np.random.default_rng(0)
    middles = random.standard_normal((GROUPS, dim), np.float32)
    group = np.minimum(random.geometric(4 / GROUPS, rows), GROUPS) - 1
    vectors = middles[group] + spread * random.standard_normal((rows, dim), np.float32)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def first_layout() -> Row:
    """Measure the first UMAP in a new process, imports and compilation included, of `FIRST` x 512 vectors."""
    library = "import umap; umap.UMAP(metric='cosine').fit_transform(vectors)"
    ours = "from workbench.analysis import projection; projection.project(vectors)"
    begin = f"from benchmarks.bench_layout import grouped; vectors = grouped({FIRST}, 512)"
    works = [partial(_fresh, f"{begin}; {work}") for work in (ours, library)]
    base = seconds([partial(_fresh, begin)], 1)[0]
    mine, theirs = (taken - base for taken in seconds(works, 1))
    measured = f"{mine:.0f} s, {FIRST:,} x 512"
    return Row("first UMAP of a process", measured, f"{theirs:.0f} s the library as it comes", mine / theirs)


def _fresh(code: str) -> None:
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True)


def layouts(vectors: Vectors) -> list[Row]:
    """Measure UMAP: ours, watched, beside the library with the same settings and as it comes."""
    import umap

    settings = {"metric": "cosine", "init": "pca", "random_state": 0, "n_jobs": 1}
    told: list[float] = []
    works: dict[str, Callable[[Vectors], object]] = {
        "ours": lambda rows: projection.project(rows, watch=told.append),
        "same": lambda rows: umap.UMAP(**settings).fit_transform(rows),
        "plain": lambda rows: umap.UMAP(metric="cosine").fit_transform(rows),
    }
    for work in works.values():
        work(vectors[:COMPILES])
    told.clear()
    taken = dict(zip(works, seconds([partial(work, vectors) for work in works.values()], 1), strict=True))
    ours = f"{taken['ours']:.0f} s, told {len(told)} times"
    return [
        Row("UMAP", ours, f"{taken['same']:.0f} s the library, reproducible", taken["ours"] / taken["same"]),
        Row("UMAP", ours, f"{taken['plain']:.0f} s the library as it comes", taken["ours"] / taken["plain"]),
    ]


def groups(vectors: Vectors) -> Row:
    """Measure clusters by UMAP to five and HDBSCAN, once the map has its neighbours."""
    import hdbscan
    import umap

    settings = {"n_components": 5, "min_dist": 0.0, "metric": "cosine", "init": "pca", "random_state": 0}

    def library() -> object:
        reduced = umap.UMAP(**settings).fit_transform(vectors)
        return hdbscan.HDBSCAN(min_cluster_size=HDBSCAN_SMALLEST, min_samples=3).fit_predict(reduced)

    ours, theirs = seconds([lambda: cluster(vectors), library], 1)
    return Row("UMAP to five, HDBSCAN", f"{ours:.0f} s", f"{theirs:.0f} s the libraries", ours / theirs)


def clusters(rows: int) -> list[Row]:
    """Measure HDBSCAN on points as UMAP gives them; the library keeps the processes it starts at first."""
    import hdbscan

    points = np.random.default_rng(0).standard_normal((rows, 5)).astype(np.float32)
    points += 12 * grouped(rows, 5)
    library = hdbscan.HDBSCAN(min_cluster_size=HDBSCAN_SMALLEST, min_samples=3)
    cluster(points[:2000]), library.fit_predict(points[:2000])
    first = seconds([lambda: library.fit_predict(points)], 1)[0]
    ours, again = seconds([lambda: cluster(points), lambda: library.fit_predict(points)], 1)
    beside = {"the library, called first": first, "the library, called again": again}
    return [
        Row("HDBSCAN", f"{ours:.1f} s", f"{took:.1f} s {name}", ours / took) for name, took in beside.items()
    ]


if __name__ == "__main__":
    main()
