"""Measure ingest against its ceiling: the bare forward pass of the same model on the same number of images.

    python benchmarks/bench_ingest.py FOLDER [--model mini|fake] [--images 256] [--rounds 3]

The ceiling runs over batches that were decoded and prepared before. Rounds of both alternate, so that a busy
machine is unfair to neither; the table gives the median, and the processor time an image beside it.
"""

import argparse
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from workbench.ingest import Embedder, ingest
from workbench.ingest.examine import decode_side
from workbench.media.decode import read_image
from workbench.media.scan import FoundFile, scan
from workbench.store.case_folder import CaseFolder


@dataclass(frozen=True)
class Round:
    """Images a second of the clock, and seconds of processor time an image."""

    rate: float
    cpu: float


def main() -> None:
    options = arguments()
    embedder = load(options.model)
    with tempfile.TemporaryDirectory() as temporary:
        source, count = gather(options.folder, options.images, Path(temporary) / "source")
        embedder.embed_images(prepare(embedder, source, embedder.batch_size)[0])  # warm up
        bare_memory = peak_memory()
        ingests = [measure(lambda: run_ingest(embedder, source, Path(temporary) / "case-0"), count)]
        memory = peak_memory()
        batches = prepare(embedder, source, count)
        ceilings = [measure(lambda: run_forward(embedder, batches), count)]
        for number in range(1, options.rounds):
            case = Path(temporary) / f"case-{number}"
            ingests.append(measure(lambda case=case: run_ingest(embedder, source, case), count))  # type: ignore[misc]
            ceilings.append(measure(lambda: run_forward(embedder, batches), count))
    report(embedder.key, count, ceilings, ingests)
    print(f"peak memory  {memory:.0f} MiB (model and one batch alone {bare_memory:.0f} MiB)")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="mini", help="a model's name, or fake")
    parser.add_argument("--images", type=int, default=256)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def load(name: str) -> Embedder:
    if name == "fake":
        from workbench.testing import ColourEmbedder

        return ColourEmbedder(batch_size=16)
    from workbench import models

    return models.load(name)


def gather(folder: Path, most: int, source: Path) -> tuple[Path, int]:
    """Copy the first images that decode, each content once, into one folder."""
    source.mkdir()
    seen: set[bytes] = set()
    for item in scan(folder.absolute()):
        if isinstance(item, FoundFile) and item.kind == "image" and len(seen) < most:
            path = CaseFolder(source, folder.absolute(), "").file_path(item.raw_path)
            data = path.read_bytes()
            if data in seen or not decodes(data):
                continue
            seen.add(data)
            (source / f"{len(seen):06d}{path.suffix}").write_bytes(data)
    if not seen:
        sys.exit(f"{folder} holds no image that can be read. Name a folder of photos.")
    return source, len(seen)


def decodes(data: bytes) -> bool:
    try:
        read_image(data, min_side=64)
    except Exception:
        return False
    return True


def prepare(embedder: Embedder, source: Path, count: int) -> list[NDArray[np.float32]]:
    side = decode_side(embedder.prepare)
    paths = sorted(source.iterdir())[:count]
    rows = [embedder.prepare(read_image(path.read_bytes(), min_side=side).image) for path in paths]
    size = embedder.batch_size
    return [np.stack(rows[start : start + size]) for start in range(0, len(rows), size)]


def run_ingest(embedder: Embedder, source: Path, case: Path) -> None:
    folder = CaseFolder.create_or_open(case, source, "bench")
    embedded = ingest(folder, embedder, progress=False).embedded
    assert embedded == len(list(source.iterdir())), f"only {embedded} were embedded"


def run_forward(embedder: Embedder, batches: list[NDArray[np.float32]]) -> None:
    for batch in batches:
        embedder.embed_images(batch)


def measure(work: Callable[[], object], count: int) -> Round:
    started, cpu = time.perf_counter(), time.process_time()
    work()
    return Round(count / (time.perf_counter() - started), (time.process_time() - cpu) / count)


def peak_memory() -> float:
    """Return the most memory this process has held so far, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def report(key: str, count: int, ceilings: list[Round], ingests: list[Round]) -> None:
    print(f"{count} images, {len(ceilings)} rounds, embedder {key}")
    print(f"{'':13}{'images/s':>10}{'spread':>16}{'CPU ms/image':>14}")
    for name, rounds in (("forward pass", ceilings), ("ingest", ingests)):
        rates = [one.rate for one in rounds]
        spread = f"{min(rates):.1f} .. {max(rates):.1f}"
        cpu = statistics.median(one.cpu for one in rounds) * 1000
        print(f"{name:13}{statistics.median(rates):10.1f}{spread:>16}{cpu:14.1f}")
    wall = statistics.median(i.rate / c.rate for i, c in zip(ingests, ceilings, strict=True))
    cpu = statistics.median(c.cpu / i.cpu for i, c in zip(ingests, ceilings, strict=True))
    print(f"{'ratio':13}{wall:10.2f}{'':>16}{cpu:14.2f}")


if __name__ == "__main__":
    main()
