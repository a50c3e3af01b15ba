"""Measure clusters and names against labelled photos, and their time against the libraries' own.

    python -m benchmarks.bench_clusters FOLDER [--case CASE] [--mixed 1500] [--many 100000]

FOLDER holds photos and ``classes.csv`` (file, source, label). Each source with more than one photo a
label is a collection of its own, all of them together are another, and so are ``--mixed`` random ones of
these. Figures: adjusted mutual information (AMI, Vinh et al. 2010) of clusters and labels, purity, and
the share in no cluster. Beside them stand other methods, and two kinds of bounds: clusterings that are told
how many labels there are, and classifiers that are told the labels of all other photos. ``--many`` rows
are made of the photos by moving each a little way to others of its label.
"""

import argparse
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import workbench as wb
from workbench.analysis import captions, clusters
from workbench.analysis.cluster_quality import quality
from workbench.analysis.projection import reduce

Floats = NDArray[np.floating]
COLUMNS = ("collection", "photos", "labels", "level", "clusters", "AMI", "purity", "in no cluster")
NAMES = (
    "collection",
    "labels",
    "described right",
    "a label's folder alone",
    "its three clusters named right",
    "clusters (level 2) named by their most frequent label",
    "second phrases",
    "true of half or more",
)
METHODS = ("collection", "method", *COLUMNS[4:])
BOUNDS = ("collection", "what is known", "method", "AMI")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--case", type=Path)
    parser.add_argument("--mixed", type=int, default=1500)
    parser.add_argument("--many", type=int, default=0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        case = wb.open(given.folder, case=given.case or Path(temporary) / "case")
        case.ingest()
        frame = pd.read_csv(given.folder / "classes.csv").set_index("file").reindex(case.images["path"])
        found = list(collections(frame, given.mixed))
        labels = frame["label"].to_numpy(str)
        show("Clusters", COLUMNS, [line for name, rows in found for line in agree(case, name, rows, labels)])
        show("Methods", METHODS, [line for name, rows in found for line in methods(case, name, rows, labels)])
        show("Bounds", BOUNDS, [line for name, rows in found for line in bounds(case, name, rows, labels)])
        show("Names", NAMES, [named(case, name, rows, labels) for name, rows in found])
        if given.many:
            rows = dict(found)["all"]
            many(np.asarray(case.vectors[rows], np.float32), labels[rows], given.many)


def collections(frame: pd.DataFrame, mixed: int) -> list[tuple[str, NDArray[np.intp]]]:
    """Return the name and the rows of each collection."""
    per_label = frame.groupby("source")["label"].agg(lambda labels: len(labels) / labels.nunique())
    chosen = [str(source) for source in per_label.index if per_label[source] > 1.5]
    parts = [(source, np.flatnonzero(frame["source"] == source)) for source in chosen]
    whole = np.sort(np.concatenate([rows for _, rows in parts]))
    some = np.sort(np.random.default_rng(0).permutation(whole)[:mixed])
    return [*parts, ("all", whole), (f"{len(some)} of all", some)]


def agree(
    case: wb.Case, name: str, rows: NDArray[np.intp], labels: NDArray[np.str_]
) -> list[tuple[object, ...]]:
    """Return a line a level, and one for HDBSCAN by its defaults."""
    points = reduce(np.asarray(case.vectors[rows], np.float32), clusters.DIMENSIONS)
    truth = np.unique(labels[rows], return_inverse=True)[1].astype(np.int32)
    runs = [
        *enumerate(clusters.levels(points)),
        ("HDBSCAN", clusters.by_density(points, merge_distance=clusters.JOINED_WITHIN)),
    ]
    return [(name, len(rows), truth.max() + 1, level, *figures(run, truth)) for level, run in runs]


def figures(found: NDArray[np.int32], truth: NDArray[np.int32]) -> tuple[object, ...]:
    """Return number of clusters, AMI, purity and the share in no cluster."""
    from sklearn.metrics import adjusted_mutual_info_score

    shared = adjusted_mutual_info_score(truth, found)
    purity = quality(np.zeros((len(found), 1)), found, truth).purity
    return found.max() + 1, f"{shared:.2f}", f"{purity:.2f}", f"{(found < 0).mean():.1%}"


def methods(
    case: wb.Case, name: str, rows: NDArray[np.intp], labels: NDArray[np.str_]
) -> list[tuple[object, ...]]:
    """Return a line for the default and for each of the next best methods that were tried."""
    from scipy.cluster.hierarchy import fcluster, linkage  # type: ignore[import-untyped]

    vectors = np.asarray(case.vectors[rows], np.float32)
    truth = np.unique(labels[rows], return_inverse=True)[1].astype(np.int32)
    few, usual = (_umap(vectors, near) for near in (10, 15))
    leaves = clusters.by_density(few, 5, 3, 0.3)
    runs = {
        "default: 15 neighbours, average linkage, 0.8": clusters.levels(usual)[clusters.LEVEL],
        "10 neighbours, average linkage, 0.8": clusters.levels(few)[clusters.LEVEL],
        "15 neighbours, Ward's linkage, 3": _fours(fcluster(linkage(usual, "ward"), 3, "distance")),
        "10 neighbours, HDBSCAN's leaves, merged within 0.3": leaves,
        "..., the rest to the nearest cluster": _to_nearest(few, leaves),
        "15 neighbours, HDBSCAN's heaviest clusters": clusters.by_density(usual, 5, 3),
    }
    return [(name, what, *figures(run, truth)) for what, run in runs.items()]


def _umap(vectors: Floats, neighbours: int) -> NDArray[np.float64]:
    import umap

    settings = {"min_dist": 0.0, "metric": "cosine", "init": "pca", "random_state": 0, "n_jobs": 1}
    made = umap.UMAP(n_components=clusters.DIMENSIONS, n_neighbors=neighbours, **settings)
    return np.asarray(made.fit_transform(vectors), np.float64)


def _fours(found: NDArray[np.integer]) -> NDArray[np.int32]:
    """Return clusters 0, 1, ... of which those with fewer than four members are none."""
    found = np.where(np.bincount(found)[found] < clusters.SMALLEST, -1, found)
    numbered = np.unique(found, return_inverse=True)[1] - int((found == -1).any())
    return clusters.largest_first(numbered)


def _to_nearest(points: Floats, found: NDArray[np.int32]) -> NDArray[np.int32]:
    from sklearn.neighbors import NearestNeighbors

    known, given = found >= 0, found.copy()
    if known.any() and not known.all():
        near = NearestNeighbors(n_neighbors=1).fit(points[known]).kneighbors(points[~known])[1][:, 0]
        given[~known] = found[known][near]
    return given


def bounds(
    case: wb.Case, name: str, rows: NDArray[np.intp], labels: NDArray[np.str_]
) -> list[tuple[object, ...]]:
    """Return what clusterings that know the number of labels reach, and classifiers that know the others'."""
    from sklearn.cluster import AgglomerativeClustering, KMeans
    from sklearn.metrics import adjusted_mutual_info_score

    vectors = np.asarray(case.vectors[rows], np.float32)
    truth = np.unique(labels[rows], return_inverse=True)[1]
    count = int(truth.max()) + 1
    near = vectors @ vectors.T
    np.fill_diagonal(near, -2)
    sums = np.stack([vectors[truth == label].sum(axis=0) for label in range(count)])
    means = vectors @ (sums / np.linalg.norm(sums, axis=1, keepdims=True)).T
    others = sums[truth] - vectors  # of the own label, without the photo itself
    others /= np.maximum(np.linalg.norm(others, axis=1, keepdims=True), 1e-9)
    means[np.arange(len(truth)), truth] = (vectors * others).sum(axis=1)
    number, given = "the number of labels", "the labels of all other photos"
    runs = [
        (number, "k-means", KMeans(count, n_init=5, random_state=0).fit_predict(vectors)),
        *(
            (
                number,
                f"{how} linkage",
                AgglomerativeClustering(count, metric=by, linkage=how).fit_predict(vectors),
            )
            for how, by in (("average", "cosine"), ("ward", "euclidean"))
        ),
        (given, "label of the nearest photo", truth[near.argmax(axis=1)]),
        (given, "label of the nearest mean", means.argmax(axis=1)),
    ]
    return [(name, known, how, f"{adjusted_mutual_info_score(truth, run):.2f}") for known, how, run in runs]


def named(case: wb.Case, name: str, rows: NDArray[np.intp], labels: NDArray[np.str_]) -> tuple[object, ...]:
    """Return how often photos, and clusters of a folder of one label, are named by their label."""
    own, truth = np.unique(labels[rows], return_inverse=True)
    phrases = [f"a photo of a {label.replace('_', ' ')}" for label in own]
    texts, vectors = case.phrase_vectors(phrases), np.asarray(case.vectors[rows], np.float32)
    right = captions.fit(vectors, texts).argmax(axis=1) == truth
    alone, parts = [], []
    for number in range(len(own)):
        folder = vectors[truth == number]
        if len(folder) >= 3 * clusters.SMALLEST:
            alone.append(right[truth == number].mean())
            axis = np.linalg.svd(folder - folder.mean(axis=0), full_matrices=False)[0][:, 0]
            third = (np.argsort(np.argsort(axis)) * 3 // len(axis)).astype(np.int32)
            parts += [_first(one) == phrases[number] for one in clusters.names(folder, third, texts, phrases)]
    shares = [f"{np.mean(some):.1%}" if some else "" for some in (alone, parts)]
    return name, len(own), f"{right.mean():.1%}", *shares, *_names_of_clusters(vectors, truth, texts, phrases)


def _names_of_clusters(
    vectors: Floats, truth: NDArray[np.intp], texts: Floats, phrases: list[str]
) -> tuple[str, int, str]:
    """Return how many names are right, how many second phrases there are, and how many of these are true."""
    found = clusters.levels(reduce(vectors, clusters.DIMENSIONS))[clusters.LEVEL]
    right, second = [], []
    for number, one in enumerate(clusters.names(vectors, found, texts, phrases)):
        members = np.bincount(truth[found == number], minlength=len(phrases))
        right.append(_first(one) == phrases[members.argmax()])
        if ": " in one:
            second.append(
                members[phrases.index(one.partition(": ")[2].partition(" (")[0])] >= 0.5 * members.sum()
            )
    return f"{np.mean(right):.1%}", len(second), f"{np.mean(second):.0%}" if second else ""


def _first(name: str) -> str:
    return name.partition(": ")[0].partition(" (")[0]


def many(vectors: Floats, labels: NDArray[np.str_], count: int) -> None:
    """Print figures and time for ``count`` rows made of photos, each moved to one of its label."""
    random = np.random.default_rng(0)
    order = np.argsort(labels, kind="stable")
    _, starts, sizes = np.unique(labels[order], return_index=True, return_counts=True)
    classes = np.unique(labels, return_inverse=True)[1]
    rows = random.integers(0, len(vectors), count)
    mates = order[starts[classes[rows]] + (random.random(count) * sizes[classes[rows]]).astype(int)]
    share = random.uniform(0.1, 0.5, (count, 1)).astype(np.float32)
    made = vectors[rows] * (1 - share) + vectors[mates] * share
    made += random.normal(0, 0.2 / np.sqrt(made.shape[1]), made.shape).astype(np.float32)
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    began = time.perf_counter()
    points = reduce(made, clusters.DIMENSIONS)
    reduced = time.perf_counter()
    found = clusters.levels(points)
    ended = time.perf_counter()
    density = clusters.by_density(points, merge_distance=clusters.JOINED_WITHIN)
    print(f"\n{count:,} rows: UMAP {reduced - began:.1f} s, levels {ended - reduced:.1f} s,", end=" ")
    print(f"HDBSCAN {time.perf_counter() - ended:.1f} s")
    truth = classes[rows].astype(np.int32)
    lines = [(level, *figures(run, truth)) for level, run in [*enumerate(found), ("HDBSCAN", density)]]
    show(f"{count:,} made rows", COLUMNS[3:], lines)


def show(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a Markdown table."""
    print(f"\n## {title}\n\n| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |", flush=True)


if __name__ == "__main__":
    main()
