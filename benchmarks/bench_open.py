"""Measure opening a large case: ``python -m benchmarks.bench_open [--rows 1000000] [--dim 512]``.

The case is made up (random unit vectors, one path an image) but lies on disk exactly as an ingest writes it.
Each opening is a new process with the files in the page cache; the yardstick, in the same run, is reading the
bytes of the vectors once. `first drawn map` ends when the figure is ready to be sent to a browser: layout and
clusters are taken from the cache, as they are in every opening but the very first.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from workbench.store.case_folder import CaseFolder
from workbench.store.sample_parts import remember_key
from workbench.store.schemas import FILES, IMAGES

PART = 16_384
KEY = "colour-64"

OPEN = """
import sys, time
start = time.perf_counter()
import workbench as wb
case = wb.open(case=sys.argv[1])
images = len(case.images)
table = time.perf_counter()
case.vectors
vectors = time.perf_counter()
desk = wb.Workspace(case)
drawn = time.perf_counter()
from resource import RUSAGE_SELF, getrusage
print(images, table - start, vectors - start, drawn - start, getrusage(RUSAGE_SELF).ru_maxrss / 1024)
"""


def main() -> None:
    """Make a case, prepare its layout and clusters, open it three times, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--dim", type=int, default=512)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = make_case(Path(temporary), options.rows, options.dim)
        prepare(folder, options.dim)
        yardstick = read_once(folder)
        rounds = [open_once(folder.root) for _ in range(3)]
    first, *others = rounds
    table, vectors, drawn, memory = np.median(others, axis=0)
    print(f"{options.rows:,} images, {options.dim} numbers each")
    print(f"bytes of the vectors read once   {yardstick:6.2f} s")
    print(f"table of images                  {table:6.2f} s")
    print(f"and vectors                      {vectors:6.2f} s")
    print(f"and the first drawn map          {drawn:6.2f} s   (the first opening ever: {first[2]:.2f} s)")
    print(f"peak memory                      {memory:6.0f} MiB")


def make_case(root: Path, rows: int, dim: int) -> CaseFolder:
    """Write ``rows`` images with paths and vectors, in parts of the size an ingest writes."""
    (root / "source").mkdir()
    folder = CaseFolder.create_or_open(root / "case", root / "source", "fake")
    random = np.random.default_rng(0)
    when = datetime.now(UTC)
    for start in range(0, rows, PART):
        numbers = np.arange(start, min(start + PART, rows))
        ids = [f"{number * 0x9E3779B97F4A7C15 % 2**64:016x}" * 4 for number in numbers.tolist()]
        names = [f"{number // 1000:04d}/IMG_{number:07d}.jpg" for number in numbers]
        folder.files.append(files(names, ids, when))
        folder.images.append(images(ids))
        folder.vectors(KEY, dim).append(vectors(ids, random, dim))
    remember_key(folder.cache, "fake", KEY)
    return folder


def files(names: list[str], ids: list[str], when: datetime) -> pa.Table:
    """Return rows of the table of files."""
    count = len(ids)
    columns = {
        "path": names,
        "raw_path": [name.encode() for name in names],
        "size": np.full(count, 2_000_000),
        "mtime_ns": np.full(count, 1_700_000_000_000_000_000),
        "image_id": ids,
        "status": ["ok"] * count,
        "when": [when] * count,
    }
    return _filled(columns, FILES)


def _filled(columns: dict[str, Any], schema: pa.Schema) -> pa.Table:
    """Return a table with all columns of a schema; those that are not given are null."""
    count = len(next(iter(columns.values())))
    return pa.table({name: columns.get(name, [None] * count) for name in schema.names}).cast(schema)


def images(ids: list[str]) -> pa.Table:
    """Return rows of the table of images; most metadata is missing, as on the web."""
    known = {"image_id": ids, "width": [4000] * len(ids), "height": [3000] * len(ids)}
    known |= {"format": ["JPEG"] * len(ids), "mode": ["RGB"] * len(ids), "camera": ["a camera"] * len(ids)}
    known |= {"orientation": [1] * len(ids)}
    return _filled(known, IMAGES)


def vectors(ids: list[str], random: np.random.Generator, dim: int) -> pa.Table:
    """Return random unit rows."""
    rows = random.standard_normal((len(ids), dim), np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return pa.table(
        {"sample_id": ids, "vector": pa.FixedSizeListArray.from_arrays(pa.array(rows.reshape(-1)), dim)}
    )


def prepare(folder: CaseFolder, dim: int) -> None:
    """Put a layout, clusters and phrases into the cache, where the first opening would compute them."""
    from workbench.analysis import clusters, projection
    from workbench.case.collection import load_vocabulary
    from workbench.store.arrays import ArrayCache
    from workbench.store.snapshot import read_snapshot

    ids = read_snapshot(folder, KEY).images["image_id"].tolist()
    random = np.random.default_rng(1)
    labels = random.integers(-1, 12, len(ids)).astype(np.int32)
    levels = {"levels": list(clusters.LEVELS), "key": KEY}
    ArrayCache(folder.cache / "levels").save(levels, ids, np.stack([labels] * len(clusters.LEVELS), axis=1))  # type: ignore[arg-type]
    centres = random.uniform(-1, 1, (13, 2))[labels + 1]
    points = (centres + random.standard_normal((len(ids), 2)) * 0.12).astype(np.float32)
    layout = {**projection.parameters("umap"), "key": KEY}
    ArrayCache(folder.cache / "layouts").save(layout, ids, points)
    vocabulary = load_vocabulary(folder.root / "work")
    phrases = random.standard_normal((len(vocabulary), dim)).astype(np.float32)
    ArrayCache(folder.cache / "phrases").save({"key": KEY}, vocabulary, phrases)


def read_once(folder: CaseFolder) -> float:
    """Return the seconds that reading every byte of the vectors takes."""
    start = time.perf_counter()
    for path in folder.vectors(KEY).paths():
        path.read_bytes()
    return time.perf_counter() - start


def open_once(case: Path) -> tuple[float, ...]:
    """Open the case in a new process; seconds to the table, the vectors and the map, and MiB at most."""
    command = [sys.executable, "-c", OPEN, str(case)]
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    return tuple(map(float, said[1:]))


if __name__ == "__main__":
    main()
