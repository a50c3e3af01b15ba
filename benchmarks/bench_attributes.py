"""Measure the search for persons by words: average precision of a text query for each attribute.

    python -m benchmarks.bench_attributes FOLDER [--model mini] [--photos 1000] [--every 4]

FOLDER holds crops of persons and ``people.csv`` (file, identity, and the attributes of Market-1501: Lin et
al., "Improving person re-identification by attribute and identity learning", 2019). Of the identities only
every fourth is taken, by name: ``mini`` was trained on the others. Each crop is embedded twice, as it is and
cut out of what is behind it, as an ingest does it. Chance is the share of crops that have the attribute.
"""

import argparse
import csv
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workbench.ingest.pipeline import Batcher
from workbench.media.crops import FoundRegion, cut_out
from workbench.models import load
from workbench.models.joint import JointModel
from workbench.models.regions.model import load_foreground, outline
from workbench.samples.kind import Sample
from workbench.samples.regions import region_finder

Row = Mapping[str, str]
Test = Callable[[Row], bool]

UPPER = ("black", "white", "red", "purple", "yellow", "gray", "blue", "green")
LOWER = ("black", "white", "pink", "gray", "blue", "green", "brown")


def main() -> None:
    options = arguments()
    rows = people(options.folder, options.every, options.photos)
    photos = [Image.open(options.folder / row["file"]).convert("RGB") for row in rows]
    model = load(options.model)
    started = time.perf_counter()
    whole = [person(photo, None) for photo in photos]
    masked = [person(photo, mask) for photo, mask in zip(photos, outlines(photos), strict=True)]
    seconds = time.perf_counter() - started
    found = sum(region.mask is not None for region in masked)
    vectors = [embed(model, photos, regions) for regions in (whole, masked)]
    print(f"{len(rows)} persons of {len({row['identity'] for row in rows})} identities, {model.key}")
    print(f"{found} have an outline; {seconds / len(rows) * 1e3:.0f} ms each\n")
    print("| query | chance | as it is | cut out |\n|---|---:|---:|---:|")
    table = {query: measure(model, query, test, rows, vectors) for query, test in queries().items()}
    table = {query: figures for query, figures in table.items() if 0.005 < figures[0] < 0.995}
    table["mean"] = np.mean(list(table.values()), axis=0).tolist()
    for query, figures in table.items():
        print(f"| {query} | " + " | ".join(f"{figure:.2f}" for figure in figures) + " |")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default="mini")
    parser.add_argument("--photos", type=int, default=1000)
    parser.add_argument("--every", type=int, default=4, help="take every n-th identity (default: 4)")
    return parser.parse_args()


def people(folder: Path, every: int, most: int) -> list[Row]:
    """Read the rows of the identities that are taken, evenly thinned to ``most``."""
    with (folder / "people.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    taken = set(sorted({row["identity"] for row in rows})[::every])
    rows = [row for row in rows if row["identity"] in taken]
    return [rows[place] for place in np.linspace(0, len(rows) - 1, min(most, len(rows))).astype(int)]


def queries() -> dict[str, Test]:
    """Return each query with what says whether a person has it."""

    def has(column: str, value: str = "yes") -> Test:
        return lambda row: row[column] == value

    asked = {
        "a person wearing a hat": has("hat"),
        "a person carrying a backpack": has("backpack"),
        "a person carrying a bag": has("bag"),
        "a person carrying a handbag": has("handbag"),
        "a person in a shirt with long sleeves": has("sleeve", "long"),
        "a person in a shirt with short sleeves": has("sleeve", "short"),
        "a person wearing trousers": has("lower_type", "pants"),
        "a person wearing a dress": has("lower_type", "dress"),
        "a person with long hair": has("hair", "long"),
        "a person with short hair": has("hair", "short"),
        "a woman": has("gender", "female"),
        "a man": has("gender", "male"),
    }
    asked |= {f"a person wearing a {colour} top": has(f"upper_{colour}") for colour in UPPER}
    return asked | {f"a person wearing {colour} trousers": has(f"lower_{colour}") for colour in LOWER}


def outlines(photos: list[Image.Image]) -> list[NDArray[np.bool_] | None]:
    foreground = load_foreground("float32")
    return [outline(photo, (0, 0, photo.width, photo.height), foreground) for photo in photos]


def person(photo: Image.Image, mask: NDArray[np.bool_] | None) -> FoundRegion:
    return FoundRegion("persons", (0, 0, photo.width, photo.height), "person", 1.0, mask)


def embed(model: JointModel, photos: list[Image.Image], regions: list[FoundRegion]) -> NDArray[np.float32]:
    """Embed regions as the ingest does."""
    pairs = zip(photos, regions, strict=True)
    samples = [Sample({}, cut_out(photo, region)) for photo, region in pairs]
    batches = Batcher(region_finder({"regions": "measured"}, "regions", lambda *_: {}, model, 0))
    batches.add(samples)
    batches.finish()
    return np.stack([sample.vector for sample in samples if sample.vector is not None])


def measure(
    model: JointModel, query: str, test: Test, rows: list[Row], vectors: list[NDArray[np.float32]]
) -> list[float]:
    """Return chance, and the average precision with each of the vectors."""
    truth = np.array([test(row) for row in rows])
    text = model.embed_texts([query])[0]
    return [float(truth.mean()), *(average_precision(some @ text, truth) for some in vectors)]


def average_precision(scores: NDArray[np.float32], truth: NDArray[np.bool_]) -> float:
    """Return the mean precision at each right answer, [0, 1]; 0 where there is none."""
    right = truth[np.argsort(-scores, kind="stable")]
    precision = np.cumsum(right) / np.arange(1, len(right) + 1)
    return float(precision[right].mean()) if right.any() else 0.0


if __name__ == "__main__":
    main()
