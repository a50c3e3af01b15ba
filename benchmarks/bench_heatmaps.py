"""Do heatmaps point at what was asked for? ``python -m benchmarks.bench_heatmaps FOLDER [--half first]``.

FOLDER holds photos and ``objects.csv`` (file, label, x, y, w, h: boxes in pixels of the photo, upper left
corner). For every label of a photo the query is "a photo of a LABEL". Details were chosen on the photos at
even places of the sorted list (``--half first``); the table of the docs is of the others.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workbench import models
from workbench.analysis import heatmaps
from workbench.analysis.heatmaps import resized
from workbench.models.relevance import Explainer, Method

SMALL = 0.25
SIDE = 224
HEAD = "| map | pointing | energy | pointing, hard | energy, hard | seconds |\n|---|---:|---:|---:|---:|---:|"
Map = Callable[[Image.Image, str], NDArray[np.float32]]


@dataclass(frozen=True)
class Thing:
    """All boxes (B, 4) of one label in one photo; hard: small, and other things are in the photo too."""

    file: Path
    label: str
    boxes: NDArray[np.float64]
    hard: bool


@dataclass
class Tally:
    """What one method has earned so far."""

    points: list[float] = field(default_factory=list)
    energies: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def add(self, thing: Thing, make: Map) -> None:
        """Make the map of one thing and measure it."""
        image = Image.open(thing.file).convert("RGB")
        start = time.perf_counter()
        values = make(image, thing.label)
        self.seconds.append(time.perf_counter() - start)
        mask = heatmaps.box_mask(thing.boxes, image.size, (values.shape[0], values.shape[1]))
        self.points.append(heatmaps.points_inside(values, mask))
        self.energies.append(heatmaps.energy_inside(values, mask))

    def row(self, name: str, hard: NDArray[np.bool_]) -> str:
        """Line of the table."""
        shares = [np.array(values) for values in (self.points, self.energies)]
        cells = [f"{part.mean():.1%}" for part in (*shares, *(share[hard] for share in shares))]
        return f"| {name} | " + " | ".join(cells) + f" | {np.median(self.seconds):.2f} |"


def ways(explainer: Explainer, methods: Sequence[Method]) -> Iterator[tuple[str, Map]]:
    """Yield each way to make a map of a photo for a label, the two that look at nothing first."""
    yield "random", lambda image, label: resized(heatmaps.random_map((16, 16), seed_of(label)), (SIDE, SIDE))
    yield "centre prior", lambda image, label: heatmaps.centre_prior((SIDE, SIDE))
    for method in methods:
        yield method, made_by(explainer, method)
    if "relevance" in methods:
        yield "relevance of the plain cosine", made_by(explainer, "relevance", plain=True)


def made_by(explainer: Explainer, method: Method, plain: bool = False) -> Map:
    """Make maps by one method."""

    def make(image: Image.Image, label: str) -> NDArray[np.float32]:
        row = explainer.model.embed_texts([f"a photo of a {label}"])[0]
        return explainer.heatmap(image, row, method=method, against=None if plain else "everyday").values

    return make


def seed_of(label: str) -> int:
    """Give each label its own random map."""
    return int.from_bytes(label.encode(), "big")


def read_things(folder: Path, half: str) -> list[Thing]:
    """Read one half of the photos, by their place in the sorted list."""
    boxes: dict[str, dict[str, list[list[float]]]] = defaultdict(lambda: defaultdict(list))
    with (folder / "objects.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["label"]:
                boxes[row["file"]][row["label"]].append([float(row[side]) for side in "xywh"])
    things = []
    for name in sorted(boxes)[("first", "second").index(half) :: 2]:
        with Image.open(folder / name) as photo:
            size = photo.size
        for label, given in sorted(boxes[name].items()):
            small = heatmaps.box_mask(given, size, (SIDE, SIDE)).mean() < SMALL
            things.append(Thing(folder / name, label, np.array(given), bool(small and len(boxes[name]) > 1)))
    return things


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--half", choices=("first", "second"), default="second")
    parser.add_argument("--methods", nargs="+", choices=get_args(Method), default=get_args(Method))
    parser.add_argument("--every", type=int, default=1, help="take only every n-th thing, for a quick look")
    options = parser.parse_args()
    things = read_things(options.folder, options.half)[:: options.every]
    hard = np.array([thing.hard for thing in things])
    print(
        f"mini, {len(things)} things of the {options.half} half, {hard.sum()} of them hard\n\n{HEAD}",
        flush=True,
    )
    for name, make in ways(Explainer(models.load()), options.methods):
        tally = Tally()
        for thing in things:
            tally.add(thing, make)
        print(tally.row(name, hard), flush=True)


if __name__ == "__main__":
    main()
