"""Does the verdict of a heatmap tell what is there? ``python -m benchmarks.heatmap_verdict FOLDER``.

FOLDER holds photos and ``objects.csv`` (file, label, x, y, w, h), in which a photo has a row for each thing
it shows; without that file, a photo shows the words of its name. For up to three labels of each photo, and as many that it does not show, the query is "a photo of a
LABEL".
``--maps`` also makes each map and checks it on its photo, which takes some seconds each.
"""

from __future__ import annotations

import argparse
import csv
import re
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import workbench as wb
from workbench.analysis.captions import default_vocabulary
from workbench.analysis.heatmaps import presence

EACH = 3
UNSEEN = {
    "with",
    "from",
    "over",
    "under",
    "near",
    "into",
    "between",
    "beside",
    "before",
    "after",
    "above",
    "full",
}
"""Words of file names that nothing in a photo shows."""


def read_labels(folder: Path) -> dict[str, list[str]]:
    """Return the labels of each photo, sorted."""
    found: dict[str, set[str]] = defaultdict(set)
    if not (folder / "objects.csv").exists():
        photos = [path for path in folder.rglob("*") if path.suffix in (".jpg", ".png")]
        names = {str(path.relative_to(folder)): re.findall("[a-z]{4,}", path.stem) for path in photos}
        return {name: sorted(set(words) - UNSEEN) for name, words in sorted(names.items())}
    with (folder / "objects.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["label"]:
                found[row["file"]].add(row["label"])
    return {name: sorted(labels) for name, labels in sorted(found.items())}


def questions(labels: dict[str, list[str]]) -> list[tuple[str, str, bool]]:
    """Return photo, label and whether it is there: as many that are as that are not, the same each time."""
    chance = np.random.default_rng(0)
    every = sorted(set().union(*labels.values()))
    asked = []
    for name, there in labels.items():
        some = chance.permutation(there)[:EACH]
        others = chance.permutation([label for label in every if label not in there])[: len(some)]
        asked += [(name, str(label), True) for label in some]
        asked += [(name, str(label), False) for label in others]
    return asked


def area(scores: NDArray[np.float64], there: NDArray[np.bool_]) -> float:
    """Return the area under the curve: how often what is there scores higher than what is not; ties half."""
    higher = scores[there][:, None] - scores[~there]
    return float((higher > 0).mean() + (higher == 0).mean() / 2)


def report(name: str, scores: list[float], said: list[bool], there: NDArray[np.bool_]) -> None:
    """Print a line: area under the curve, and of how many things the verdict says that they are there."""
    yes, curve = np.array(said), area(np.array(scores), there)
    print(f"| {name} | {curve:.2f} | {yes[there].mean():.0%} | {yes[~there].mean():.0%} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--maps", action="store_true")
    parser.add_argument(
        "--every", type=int, default=1, help="take only every n-th question, for a quick look"
    )
    options = parser.parse_args()
    asked = questions(read_labels(options.folder))[:: options.every]
    there = np.array([shown for _, _, shown in asked])
    with tempfile.TemporaryDirectory() as folder:
        case = wb.open(options.folder, case=Path(folder) / "case")
        case.ingest()
        phrases = case.phrase_vectors(default_vocabulary())
        shares = []
        for name, label, _ in asked:
            image = case.vectors[case.row(name)]
            row = case.search(f"a photo of a {label}", k=1).vector
            shares.append(presence(float(row @ image), phrases @ image))
        print(f"{there.sum()} things that are there, {(~there).sum()} that are not\n")
        print("| verdict | area under the curve | said of what is there | of what is not |")
        print("|---|---:|---:|---:|")
        report("the thing is there", shares, [share >= 0.5 for share in shares], there)
        if options.maps:
            checks = [case.why(name, f"a photo of a {label}").check for name, label, _ in asked]
            ours = [float(check.presence or 0) for check in checks]
            report(
                "the same, with its map", ours, [check.words.startswith("Better") for check in checks], there
            )
            places = [check.better_than_chance for check in checks]
            report("the place is right", [-check.p for check in checks], places, there)


if __name__ == "__main__":
    main()
