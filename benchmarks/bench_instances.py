"""Does instance search find the thing, and where? ``python -m benchmarks.bench_instances FOLDER``.

FOLDER holds objects/ with objects.csv, scenes/ and classes/grocery/. A question is a box on a photo; the
answers are the other photos that hold the same thing (objects: the same kind of thing). Questions about
photos at even places are for choosing (``--half first``), the table of the docs is of the others. The part
``scenes`` needs OpenCV, which finds out where a detail is in the other photos.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from benchmarks import instance_parts
from benchmarks.dasr import SIDE, Salient
from benchmarks.instance_parts import Part, Question
from workbench import models
from workbench.analysis.instances import boxes, pooling, proposals, search
from workbench.case.instances.model import SCALES
from workbench.models.instances import dense
from workbench.models.instances.dense import CELLS, DenseModel, last_maps, patch_tokens
from workbench.models.mini.build import published_towers
from workbench.vectors import unit_rows

HEAD = "| method | mAP | small | IoU | IoU >= 0.5 | a photo |\n|---|---:|---:|---:|---:|---:|"
KINDS = (0.5, 1.0, 1.25, 1.5)
Rows = NDArray[np.float32]
Answer = tuple[Rows, Rows | None]
"""Scores (Q, N) and, where the method says where, boxes (Q, N, 4)."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--part", choices=("objects", "planted", "scenes", "grocery"), default="objects")
    parser.add_argument("--half", choices=("first", "second"), default="second")
    parser.add_argument("--patches", type=int, nargs="+", default=[576])
    parser.add_argument("--dasr", action="store_true", help="also DASR and DASR*, seconds a photo")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as workshop:
        part = read_part(options.part, options.folder, Path(workshop))
        asked = part.half(options.half == "first")
        pictures = [upright(photo) for photo in part.photos]
        print(
            f"{part.name}: {len(pictures)} photos, {len(asked)} questions, {options.half} half\n\n{HEAD}",
            flush=True,
        )
        for name, seconds, (scores, places) in methods(pictures, asked, options):
            print(line(name, seconds, asked, scores, places), flush=True)


def read_part(name: str, folder: Path, workshop: Path) -> Part:
    """Read a collection with its questions."""
    match name:
        case "objects":
            return instance_parts.objects(folder)
        case "planted":
            return instance_parts.planted(folder, workshop)
        case "scenes":
            return instance_parts.scenes(folder)
    return instance_parts.groceries(folder)


def methods(
    pictures: Sequence[Image.Image], asked: Sequence[Question], options: argparse.Namespace
) -> Iterator[tuple[str, float, Answer]]:
    """Yield name, seconds a photo, and answer of each method."""
    crops = [crop(pictures[question.photo], question.box) for question in asked]
    mini = models.load()
    vectors, seconds = looked(pictures, lambda p: mini.embed_images(np.stack([mini.prepare(p)]))[0])
    queries = np.stack([mini.embed_images(np.stack([mini.prepare(p)]))[0] for p in crops])
    alike = queries @ np.stack(vectors).T
    yield "global vector of `mini`, of the cut-out", seconds, (alike, None)
    maps = last_maps()
    yield from on_backbone("lite0", maps.look, pictures, crops)
    if options.dasr:
        yield from traced(pictures, asked)
    for patches in options.patches:
        network = patch_tokens(patches=patches)
        yield from on_backbone(f"patches {patches}", network.look, pictures, crops)
        yield from regions(f"patches {patches}", network, pictures, asked, alike)


def on_backbone(
    name: str,
    look: Callable[[Image.Image], Rows],
    pictures: Sequence[Image.Image],
    crops: Sequence[Image.Image],
) -> Iterator[tuple[str, float, Answer]]:
    """Yield the whole-image vectors that one backbone gives: mean, R-MAC and CroW."""
    dense, seconds = looked(pictures, look)
    queries = [look(crop) for crop in crops]
    pools: dict[str, Callable[[Rows], Rows]] = {
        "mean": lambda d: unit_rows(d.mean(axis=(0, 1))),
        "R-MAC": pooling.rmac,
        "CroW": pooling.crow,
    }
    for kind, pool in pools.items():
        scores = np.stack([pool(query) for query in queries]) @ np.stack([pool(one) for one in dense]).T
        yield f"{name}, {kind} of the cut-out", seconds, (scores, None)


def regions(
    name: str,
    network: DenseModel,
    pictures: Sequence[Image.Image],
    asked: Sequence[Question],
    alike: Rows,
) -> Iterator[tuple[str, float, Answer]]:
    """Yield what the candidates of patch tokens find; the box is seen in its photo.

    ``alike`` (Q, N): how like the cut-out each whole photo is, for the answers that count that too.
    """
    dense, seconds = looked(pictures, network.look)
    whole = [pooling.means(dense[q.photo], np.array([q.box], np.float32))[0] for q in asked]
    queries = np.stack(whole) @ network.whitening
    standing, more = looked(dense, proposals.alike)
    grids = [pooling.windows((d.shape[0], d.shape[1]), SCALES) for d in dense]
    both = [np.concatenate([proposals.WHOLE, a, g]) for a, g in zip(standing, grids, strict=True)]
    for kind, places in (
        ("what is alike", standing),
        ("windows", grids),
        ("what is alike and windows", both),
    ):
        means = [pooling.means(d, b) for d, b in zip(dense, places, strict=True)]
        rows = [m @ network.whitening for m in means]
        count = np.mean([len(b) for b in places])
        answer = best(queries, [unit_rows(r) for r in rows], places)
        yield f"{name}, {kind} ({count:.0f})", seconds + more, answer
    plain = best(np.stack(whole), [unit_rows(m) for m in means], both)
    yield "... without whitening", seconds + more, plain
    short = [unit_rows(pooling.to_int8(r)) for r in rows]
    answer = best(queries, short, both)
    yield "... numbers of 8 bits", seconds + more, answer
    yield (
        "... and the box sharpened",
        seconds + more,
        (answer[0], sharpened(asked, dense, whole, answer[1])),
    )
    for weight in KINDS:
        yield f"... and `kind={weight}`", seconds + more, (answer[0] + weight * alike, answer[1])
    words = pooling.words(np.concatenate([unit_rows(m) for m in means]))
    image_rows = np.stack([pooling.vlad(unit_rows(m), words) for m in means])
    yield (
        "... VLAD of a photo, whole photos compared",
        seconds + more,
        (image_rows[[q.photo for q in asked]] @ image_rows.T, None),
    )


def traced(pictures: Sequence[Image.Image], asked: Sequence[Question]) -> Iterator[tuple[str, float, Answer]]:
    """Yield the method of the paper on the last map of EfficientNet-Lite0."""
    network = Salient(published_towers().teacher)

    def look(picture: Image.Image, star: bool) -> tuple[Rows, Rows]:
        responses = network.respond(dense.pixels(picture, dense.grid_of(picture.size, CELLS), SIDE))
        last = responses.last
        places = proposals.strongest(last, 64) if star else proposals.peaks(last)
        scores = last.mean(axis=2)[places[:, 0], places[:, 1]]
        found = proposals.salient(responses.trace(places), scores, count=64, overlap=0.5 if star else 0.99)
        return last, found

    for name, star in (("DASR", False), ("DASR*", True)):
        seen, seconds = looked(pictures, lambda p, star=star: look(p, star))  # type: ignore[misc]
        whole = np.stack([pooling.means(seen[q.photo][0], np.array([q.box], np.float32))[0] for q in asked])
        rows = [unit_rows(pooling.means(last, found)) for last, found in seen]
        count = np.mean([len(found) for _, found in seen])
        yield f"lite0, {name} ({count:.0f})", seconds, best(whole, rows, [found for _, found in seen])


def best(queries: Rows, rows: Sequence[Rows], places: Sequence[Rows]) -> Answer:
    """Return the highest cosine of each photo's candidates, and the candidate that has it."""
    cosines = [unit_rows(queries) @ r.T for r in rows]
    at = [c.argmax(axis=1) for c in cosines]
    return np.stack([c.max(axis=1) for c in cosines], axis=1), np.stack(
        [p[i] for p, i in zip(places, at, strict=True)], axis=1
    )


def sharpened(
    asked: Sequence[Question], dense: Sequence[Rows], whole: Sequence[Rows], places: Rows | None
) -> Rows:
    """Return the boxes after a look at the tokens, of the photos that hold the thing."""
    assert places is not None
    found = places.copy()
    for number, question in enumerate(asked):
        for photo in question.found_in:
            heat = search.likeness(dense[photo], whole[number])
            found[number, photo] = search.refined(heat, places[number, photo])
    return found


def line(name: str, seconds: float, asked: Sequence[Question], scores: Rows, places: Rows | None) -> str:
    """Return a line of the table."""
    precision = np.array([instance_parts.average_precision(s, q) for s, q in zip(scores, asked, strict=True)])
    small = np.array([question.small for question in asked])
    cells = [f"{precision.mean():.1%}", f"{precision[small].mean():.1%}" if small.any() else "", "", ""]
    shares = (
        []
        if places is None
        else [
            float(boxes.overlaps(places[number, photo], given).max())
            for number, question in enumerate(asked)
            for photo, given in question.found_in.items()
            if given
        ]
    )
    if shares:
        cells[2:] = [f"{np.mean(shares):.2f}", f"{np.mean(np.array(shares) >= 0.5):.1%}"]
    return f"| {name} | " + " | ".join(cells) + f" | {seconds * 1e3:.0f} ms |"


def looked(pictures: Sequence, look: Callable) -> tuple[list, float]:  # type: ignore[type-arg]
    """Return what looking at each gives, and the median seconds it took."""
    found, taken = [], []
    for picture in pictures:
        started = time.perf_counter()
        found.append(look(picture))
        taken.append(time.perf_counter() - started)
    return found, float(np.median(taken))


def upright(photo: Path) -> Image.Image:
    with Image.open(photo) as image:
        return ImageOps.exif_transpose(image).convert("RGB")


def crop(picture: Image.Image, box: Sequence[float]) -> Image.Image:
    x, y, width, height = np.array(box) * (*picture.size, *picture.size)
    return picture.crop(
        (int(x), int(y), max(int(x) + 1, round(x + width)), max(int(y) + 1, round(y + height)))
    )


if __name__ == "__main__":
    main()
