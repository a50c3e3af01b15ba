"""Measure the ingest of faces against its ceiling: bare detection and recognition of the same photos.

    python -m benchmarks.bench_faces FOLDER [--model facenet|sface] [--images 128] [--rounds 3]

The ceiling looks for faces in pictures that were decoded before, on as many threads as the ingest uses, and
then embeds all crops in batches. Rounds of both alternate, so that a busy machine is unfair to neither; the
table gives the median, and the processor time a photo beside it. The line below is an ingest of images alone,
which faces must not slow down; it embeds with the fake embedder: only reading and decoding count.
"""

import argparse
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.bench_ingest import Round, gather, measure, peak_memory
from workbench.ingest import FaceModel, ingest, ingest_faces
from workbench.ingest.pipeline import default_workers
from workbench.media.decode import read_image
from workbench.models.faces import face_pair
from workbench.store.case_folder import CaseFolder
from workbench.testing import ColourEmbedder


def main() -> None:
    options = arguments()
    model = face_pair(options.model).load()
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        source, count = gather(options.folder, options.images, root / "source")
        pictures = decode(source, model)
        faces = run_bare(model, pictures[: 2 * model.batch_size])  # warm up
        images = [measure(lambda: run_images(source, root / "plain-0"), count)]
        before = peak_memory()
        bare, whole = [], []
        for number in range(options.rounds):
            bare.append(measure(lambda: run_bare(model, pictures), count))
            whole.append(measure(lambda case=root / f"case-{number}": run_ingest(model, source, case), count))  # type: ignore[misc]
            images.append(measure(lambda case=root / f"plain-{number + 1}": run_images(source, case), count))  # type: ignore[misc]
        faces = run_bare(model, pictures)
    report(model.key, count, faces, bare, whole)
    print(
        f"\nimages alone: {middle(images).rate:.0f} photos/s, {middle(images).cpu * 1e3:.1f} ms CPU a photo"
    )
    print(
        f"peak memory: {peak_memory():.0f} MiB ({before:.0f} MiB with all pictures in memory, before faces)"
    )


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="facenet", choices=["facenet", "sface"])
    parser.add_argument("--images", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def decode(source: Path, model: FaceModel) -> list[Image.Image]:
    """Decode as the ingest does."""
    paths = sorted(source.iterdir())
    return [
        read_image(path.read_bytes(), min_side=256, min_long_side=model.decode_side).image for path in paths
    ]


def run_bare(model: FaceModel, pictures: list[Image.Image]) -> int:
    """Detect and embed; return the number of faces."""
    with ThreadPoolExecutor(default_workers()) as pool:
        crops = [face.crop for faces in pool.map(model.detect, pictures) for face in faces]
    for start in range(0, len(crops), model.batch_size):
        model.embed_faces(np.stack(crops[start : start + model.batch_size]))
    return len(crops)


def run_ingest(model: FaceModel, source: Path, case: Path) -> None:
    ingest_faces(CaseFolder.create_or_open(case, source, "bench"), model, progress=False)


def run_images(source: Path, case: Path) -> None:
    folder = CaseFolder.create_or_open(case, source, "bench")
    ingest(folder, ColourEmbedder(batch_size=16), progress=False)


def middle(rounds: list[Round]) -> Round:
    return sorted(rounds, key=lambda one: one.rate)[len(rounds) // 2]


def report(key: str, count: int, faces: int, bare: list[Round], whole: list[Round]) -> None:
    print(f"{count} photos with {faces} faces, {len(bare)} rounds, {key}")
    print(f"{'':12}{'photos/s':>10}{'faces/s':>10}{'CPU ms/photo':>14}")
    for name, one in (("bare passes", middle(bare)), ("ingest", middle(whole))):
        print(f"{name:12}{one.rate:10.1f}{one.rate * faces / count:10.1f}{one.cpu * 1e3:14.1f}")
    ratios = [w.rate / b.rate for b, w in zip(bare, whole, strict=True)]
    cpu = [b.cpu / w.cpu for b, w in zip(bare, whole, strict=True)]
    print(f"{'ratio':12}{np.median(ratios):10.2f}{'':10}{np.median(cpu):14.2f}")


if __name__ == "__main__":
    main()
