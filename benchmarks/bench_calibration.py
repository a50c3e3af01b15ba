"""Measure on labelled photos whether probabilities and "beyond chance" say what is true.

python -m benchmarks.bench_calibration FOLDER [--case CASE]

FOLDER holds photos and ``classes.csv`` (file, source, label). Each source is a collection of its own; each of
its labels is asked as "a photo of a LABEL", and a photo is right where it has the label. A case that is kept
with --case is ingested once.
"""

import argparse
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import workbench as wb
from workbench.analysis.calibration import Background

LEVELS = (0.05, 0.1, 0.2, 0.3, 0.5)
LEAST = 5  # photos of a label, for it to be asked
SHOWN = 50
Floats = NDArray[np.floating]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--case", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        case = wb.open(given.folder, case=given.case or Path(temporary) / "case")
        case.ingest()
        labels = pd.read_csv(given.folder / "classes.csv").set_index("file").reindex(case.images["path"])
        for source in sorted(labels["source"].dropna().unique()):
            here = (labels["source"] == source).to_numpy()
            measure(case, source, here, labels["label"].to_numpy(str))


def measure(case: wb.Case, source: str, here: NDArray[np.bool_], labels: NDArray[np.str_]) -> None:
    """Print the tables of one collection: the rows ``here`` (N,) of the case."""
    names, counts = np.unique(labels[here], return_counts=True)
    names = names[counts >= LEAST]
    if len(names) < 2:
        return
    vectors = np.asarray(case.vectors[here], np.float32)
    texts = case.phrase_vectors([f"a photo of a {name.replace('_', ' ')}" for name in names])
    background = Background(vectors, case.phrase_vectors(case.vocabulary))
    right = labels[here][:, None] == names
    scores = vectors @ texts.T
    print(f"\n## {source}: {len(vectors):,} photos, {len(names)} labels, {right.mean():.1%} of pairs right\n")
    discoveries(background, scores, right)
    reliability(background, scores, right)


def discoveries(background: Background, scores: Floats, right: NDArray[np.bool_]) -> None:
    """Print the false-discovery curve: what is wrong where chance explains this share of the hits."""
    shares = [false_share(background, scores[:, q]) for q in range(scores.shape[1])]
    print("| cut where chance explains | wrong among the hits | right ones found | queries without a hit |")
    print("|---|---:|---:|---:|")
    for level in LEVELS:
        hits = [share <= level for share in shares]
        wrong = [(hit & ~right[:, q]).sum() / max(1, hit.sum()) for q, hit in enumerate(hits)]
        found = [(hit & right[:, q]).sum() / right[:, q].sum() for q, hit in enumerate(hits)]
        none = sum(not hit.any() for hit in hits)
        print(f"| {level:.0%} | {np.mean(wrong):.1%} | {np.mean(found):.1%} | {none} of {len(hits)} |")


def false_share(background: Background, scores: Floats) -> Floats:
    """Return for each row (N,) the least share of hits that chance explains, of all cuts that take it in."""
    order = np.argsort(-scores, kind="stable")
    unusual = background.unusual(scores, order).astype(np.float64)
    share = len(scores) * unusual / np.arange(1, len(scores) + 1)
    share = np.minimum.accumulate(share[::-1])[::-1]
    back = np.empty_like(share)
    back[order] = share
    return back


def reliability(background: Background, scores: Floats, right: NDArray[np.bool_]) -> None:
    """Print how far the two counts, and the probabilities, are from the truth in the best hits."""
    n, queries = scores.shape
    beyond, expected, true, chances, truth = [], [], [], [], []
    for q in range(queries):
        best = np.argsort(-scores[:, q], kind="stable")[:SHOWN]
        chance = background.probability(scores[:, q])
        beyond.append(max(0.0, len(best) - n * float(background.unusual(scores[:, q], best).max())))
        expected.append(float(chance[best].sum()))
        true.append(int(right[best, q].sum()))
        chances.append(chance)
        truth.append(right[:, q])
    flat, hit = np.concatenate(chances), np.concatenate(truth)
    bands = np.digitize(flat, np.linspace(0, 1, 11)[1:-1])
    error = sum(
        abs(flat[bands == band].mean() - hit[bands == band].mean()) * (bands == band).mean()
        for band in np.unique(bands)
    )
    off = [np.abs(np.subtract(counts, true)).mean() for counts in (beyond, expected)]
    print(f"\nOf the best {SHOWN} hits {np.mean(true):.1f} are right in the mean;", end=" ")
    print(f"beyond chance {np.mean(beyond):.1f} (off by {off[0]:.1f} a query),", end=" ")
    print(f"probabilities add up to {np.mean(expected):.1f} (off by {off[1]:.1f});", end=" ")
    print(f"expected calibration error {error:.3f}.")


if __name__ == "__main__":
    main()
