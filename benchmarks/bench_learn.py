"""Measure classifiers: average precision against the number of labelled images.

    python -m benchmarks.bench_learn FOLDER [--cache CACHE] [--model mini] [--method best] [--repeats 2]

FOLDER holds ``classes/classes.csv`` (file, label) and ``people/people.csv`` (file, identity, attributes of
Market-1501; every fourth identity is taken, `mini` was trained on the others). Vectors are kept in CACHE, a
folder, by the key of the model, so that a second run takes minutes. Printed are, for 5, 10, 20, 50 and 100
labels: a nearest-mean baseline and words (zero-shot), beside classifiers from as many examples of yes alone
(positive-unlabelled), from half yes and half no, with and without what is unlabelled, and from questions as
the desk asks them; F1 at 0.5 and the error of the figure that is shown; then the seconds for 100,000 vectors.
"""

import argparse
import collections
import csv
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.bench_attributes import average_precision, queries
from workbench.learn.questions import next_questions
from workbench.learn.training import Trained, train
from workbench.models import load
from workbench.models.joint import JointModel
from workbench.vectors import unit_rows

Floats = NDArray[np.float32]
Rows = NDArray[np.intp]
Mask = NDArray[np.bool_]

COUNTS = (5, 10, 20, 50, 100)
MOST = {"caltech101": 18, "clothing": 25, "flowers": 30, "imagenet": 1, "ants_bees": 40}
"""Images of each class of these parts that are embedded."""
LEAST_LEFT = 8
"""Right images that must be left to be found."""


class Task(NamedTuple):
    """What is to be told apart: rows of vectors (N, D), which are right (N,), and its words."""

    name: str
    vectors: Floats
    truth: Mask
    words: Floats


def main() -> None:
    options = arguments()
    model = load(options.model)
    files, vectors = embedded(options.folder, options.cache, model)
    groups = {
        "classes": list(class_tasks(options.folder, files, vectors, model, options.classes)),
        "people": list(people_tasks(options.folder, files, vectors, model)),
    }
    print(f"{len(files)} images, {model.key}, {options.repeats} draws of labels, {options.method}\n")
    for name, tasks in groups.items():
        words = np.mean([average_precision(task.vectors @ task.words, task.truth) for task in tasks])
        chance = np.mean([task.truth.mean() for task in tasks])
        print(f"{name}: {len(tasks)} tasks, words alone {words:.2f}, chance {chance:.2f}\n")
        table(tasks, options.repeats, options.method)
    print(timed())


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cache", type=Path, default=Path("artifacts/learn"))
    parser.add_argument("--model", default="mini")
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--classes", type=int, default=24, help="classes that are told apart")
    parser.add_argument("--method", default="best", help="logistic, mlp, or the better one (default)")
    return parser.parse_args()


# -- what is measured on ------------------------------------------------------------------------------------


def embedded(folder: Path, cache: Path, model: JointModel) -> tuple[list[str], Floats]:
    """Return the files of the subset and their vectors, computed once for each model."""
    kept = cache / f"{model.key}.npz"
    if kept.exists():
        with np.load(kept) as arrays:
            return arrays["files"].tolist(), arrays["vectors"]
    files = list(chosen(folder))
    blocks = []
    for start in range(0, len(files), model.batch_size):
        some = files[start : start + model.batch_size]
        batch = [model.prepare(Image.open(folder / file).convert("RGB")) for file in some]
        blocks.append(model.embed_images(np.stack(batch)))
    vectors = np.concatenate(blocks)
    cache.mkdir(parents=True, exist_ok=True)
    np.savez(kept, files=np.array(files), vectors=vectors)
    return files, vectors


def chosen(folder: Path) -> Iterator[str]:
    """Yield the files of the subset: some of each class, and every fourth identity of the people."""
    taken: collections.Counter[tuple[str, str]] = collections.Counter()
    for row in rows_of(folder / "classes" / "classes.csv"):
        part = row["file"].split("/")[0]
        if taken[part, row["label"]] < MOST.get(part, 0):
            taken[part, row["label"]] += 1
            yield f"classes/{row['file']}"
    people = rows_of(folder / "people" / "people.csv")
    identities = set(sorted({row["identity"] for row in people})[::4])
    yield from (f"people/{row['file']}" for row in people if row["identity"] in identities)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def class_tasks(
    folder: Path, files: list[str], vectors: Floats, model: JointModel, most: int
) -> Iterator[Task]:
    """Yield the classes with most images, among all images of classes."""
    label_of = {f"classes/{row['file']}": row["label"] for row in rows_of(folder / "classes" / "classes.csv")}
    rows = np.array([row for row, file in enumerate(files) if file in label_of], np.intp)
    labels = np.array([label_of[files[row]] for row in rows])
    counts = collections.Counter(labels.tolist())
    large = [label for label, count in counts.most_common() if count >= 2 * LEAST_LEFT]
    half = most // 2  # the largest, which alone have enough for many labels, and others drawn at random
    drawn = np.random.default_rng(0).permutation(large[half:])[: most - half].tolist()
    for label in [*large[:half], *drawn]:
        words = unit_rows(model.embed_texts([f"a photo of a {label}"]))[0]
        yield Task(label, vectors[rows], labels == label, words)


def people_tasks(folder: Path, files: list[str], vectors: Floats, model: JointModel) -> Iterator[Task]:
    """Yield attributes of persons, among all crops of persons."""
    about = {f"people/{row['file']}": row for row in rows_of(folder / "people" / "people.csv")}
    rows = np.array([row for row, file in enumerate(files) if file in about], np.intp)
    for query, test in queries().items():
        truth = np.array([test(about[files[row]]) for row in rows])
        if truth.sum() >= 3 * LEAST_LEFT and truth.mean() < 0.7:
            yield Task(query, vectors[rows], truth, unit_rows(model.embed_texts([query]))[0])


# -- what is measured ---------------------------------------------------------------------------------------

Labelled: TypeAlias = tuple[Rows, Rows, Trained | None]
Way: TypeAlias = Callable[[Task, int, np.random.Generator, str], Labelled]


def drawn(task: Task, yes: int, no: int, chance: np.random.Generator) -> tuple[Rows, Rows]:
    """Return rows to label, drawn at random: as many yes and as many no."""
    right, wrong = (chance.permutation(np.flatnonzero(mask)) for mask in (task.truth, ~task.truth))
    return right[:yes], wrong[:no]


def only_yes(task: Task, count: int, chance: np.random.Generator, method: str) -> Labelled:
    yes, no = drawn(task, count, 0, chance)
    return yes, no, train(task.vectors, yes, no, method=method)


def yes_and_no(task: Task, count: int, chance: np.random.Generator, method: str) -> Labelled:
    yes, no = drawn(task, count - count // 2, count // 2, chance)
    return yes, no, train(task.vectors, yes, no, method=method)


def labels_alone(task: Task, count: int, chance: np.random.Generator, method: str) -> Labelled:
    yes, no = drawn(task, count - count // 2, count // 2, chance)
    return yes, no, train(task.vectors, yes, no, unlabelled=False, method=method)


def asked(task: Task, count: int, chance: np.random.Generator, method: str) -> Labelled:
    """Begin with two yes and one no, then answer the questions of the desk, eight at a time."""
    yes, no = drawn(task, 2, 1, chance)
    trained = train(task.vectors, yes, no, method="logistic")
    while (left := count - len(yes) - len(no)) > 0:
        scores = trained.network.probabilities(task.vectors)
        questions = next_questions(task.vectors, scores, yes, np.r_[yes, no], min(8, left))
        rows = np.array([question.row for question in questions], np.intp)
        yes, no = np.r_[yes, rows[task.truth[rows]]], np.r_[no, rows[~task.truth[rows]]]
        trained = train(task.vectors, yes, no, method="logistic")
    return yes, no, trained


def nearest_mean(task: Task, count: int, chance: np.random.Generator, method: str) -> Labelled:
    return *drawn(task, count - count // 2, 0, chance), None


WAYS: dict[str, Way] = {
    "nearest mean of the yes": nearest_mean,
    "yes alone (PU)": only_yes,
    "half yes, half no": yes_and_no,
    "the same without unlabelled": labels_alone,
    "answers to questions": asked,
}


class Measured(NamedTuple):
    """Average precision, F1 at 0.5, the error of the figure that is shown, and whether the MLP was kept."""

    precision: float
    f1: float
    error: float
    mlp: float


def measure(task: Task, yes: Rows, no: Rows, trained: Trained | None) -> Measured:
    """Measure on all that is not labelled."""
    left = np.ones(len(task.truth), bool)
    left[np.r_[yes, no]] = False
    truth = task.truth[left]
    if trained is None:
        scores = task.vectors[left] @ task.vectors[yes].mean(axis=0)
        return Measured(average_precision(scores, truth), np.nan, np.nan, np.nan)
    scores = trained.network.probabilities(task.vectors[left])
    said, precision = scores >= 0.5, average_precision(scores, truth)
    f1 = 2 * (said & truth).sum() / max(int(said.sum() + truth.sum()), 1)
    shown = trained.trials[0].precision.value
    return Measured(precision, float(f1), shown - precision, float(trained.trials[0].method == "mlp"))


def table(tasks: list[Task], repeats: int, method: str) -> None:
    print(f"| labels | {' | '.join(map(str, COUNTS))} |\n|---|{'---:|' * len(COUNTS)}")
    for name, way in WAYS.items():
        found = [list(measured(tasks, way, count, repeats, method)) for count in COUNTS]
        means = [np.mean(some, axis=0) if some else np.full(4, np.nan) for some in found]
        print(f"| {name} | " + " | ".join(f"{mean[0]:.2f}" for mean in means) + " |", flush=True)
        if way is not nearest_mean:
            print("| its F1 at 0.5 | " + " | ".join(f"{mean[1]:.2f}" for mean in means) + " |")
            print("| figure shown less the truth | " + " | ".join(f"{mean[2]:+.2f}" for mean in means) + " |")
            print("| share won by the MLP | " + " | ".join(f"{mean[3]:.2f}" for mean in means) + " |")
    counts = [sum(enough(task, count) for task in tasks) for count in COUNTS]
    print("| tasks with so many | " + " | ".join(map(str, counts)) + " |\n")


def enough(task: Task, count: int) -> bool:
    return bool(task.truth.sum() >= count + LEAST_LEFT)


def measured(tasks: list[Task], way: Way, count: int, repeats: int, method: str) -> Iterator[Measured]:
    """Measure one way on all tasks that have as many examples; the labels are the same for each way."""
    for place, task in enumerate(tasks):
        if enough(task, count):
            for repeat in range(repeats):
                yield measure(task, *way(task, count, np.random.default_rng([place, count, repeat]), method))


def timed(count: int = 100_000, dim: int = 512) -> str:
    """Say how long it takes to learn from 50 yes and 50 no, and to score so many vectors."""
    chance = np.random.default_rng(0)
    vectors = unit_rows(chance.normal(size=(count, dim)).astype(np.float32))
    vectors[:1000] = unit_rows(vectors[:1000] + 2 * vectors[0])
    started = time.perf_counter()
    trained = train(vectors, np.arange(50), np.arange(2000, 2050))
    learnt = time.perf_counter()
    trained.network.probabilities(vectors)
    began = time.perf_counter()
    trained.network.probabilities(vectors)
    scored = time.perf_counter() - began
    return f"{count:,} x {dim}: {learnt - started:.1f} s to learn (both methods), {scored:.2f} s to score"


if __name__ == "__main__":
    main()
