"""Measure how well faces are told apart and grouped, by people the thresholds were not chosen on.

    python -m benchmarks.bench_identities FOLDER [--mixed FOLDER] [--models facenet sface] [--cache FOLDER]

FOLDER holds photos and a list of who is in them, as `benchmarks.labelled_faces` says; so does the mixed
folder, whose people must not end up in one identity. Vectors are kept in ``--cache`` as .npz.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks import identity_trials as trials
from benchmarks.identity_measures import agreement, pair_cosines, verification
from benchmarks.labelled_faces import LabelledFaces, collect
from workbench.analysis.identities import DEFAULT_METHOD, probability
from workbench.models.faces import face_pair

Table = Iterator[Sequence[object]]
PAIRS = ("faces", "people", "pairs of one", "of two", "EER", "at cosine", "accuracy", "accepted at 0.1 %")
SCORES = ("F", "precision", "recall", "BCubed")
METHODS = ("method", "threshold", *SCORES, "F in a crowd", "strangers joined", "F of all, among all")
MEMORY = ("faces", "seconds", "CPU seconds", "MB before", "MB at most", "identities")
SHIPPED = ("faces", *SCORES, "people in one identity")


def main() -> None:
    options = arguments()
    for name in options.models:
        model = face_pair(name).load()
        faces = collect(options.folder, model, options.cache)
        mixed = options.mixed and collect(options.mixed, model, options.cache)
        print(f"\n## {name}: {model.key}\n")
        print(f"{faces.listed} photos name a person; in {faces.found} it is clear which face is meant.")
        report(name, faces, mixed)
    if not options.quick:
        show("Memory", MEMORY, memory())


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--mixed", type=Path)
    parser.add_argument("--models", nargs="+", default=["facenet", "sface"])
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--quick", action="store_true", help="leave out memory at 50,000 faces")
    return parser.parse_args()


def report(name: str, faces: LabelledFaces, mixed: LabelledFaces | None) -> None:
    """Print all tables of one pair of models."""
    main_group = max(np.unique(faces.group), key=lambda g: len(np.unique(faces.person[faces.group == g])))
    people = faces.take(faces.group == main_group)
    choose, measure = trials.half(people, 0), trials.half(people, 1)
    everybody = trials.together([faces, mixed]) if mixed else faces
    counts = [len(np.unique(trials.numbers(part))) - 1 for part in (choose, measure)]
    print(f"Of {main_group}, {counts[0]} people choose and {counts[1]} measure.")
    show("Pairs of faces", PAIRS, pairs(faces, measure, main_group))
    title = "Threshold chosen on the first half, measured on the second"
    show(title, METHODS, methods(choose, measure, everybody, main_group))
    show("F of the second half", ("method", *trials.THRESHOLDS), sweeps(measure))
    show("As shipped", SHIPPED, shipped(name, measure, everybody, mixed))
    show("Unknown, and belonging", ("chosen on", "what", "value", "errors"), scales(name, choose, measure))


def pairs(faces: LabelledFaces, measure: LabelledFaces, main_group: str) -> Table:
    """Yield the verification of several sets of faces."""
    people = faces.take(faces.group == main_group)
    low, high = np.quantile(people.quality[people.person != ""], [1 / 3, 2 / 3])
    sets = {f"{main_group}, second half": measure}
    sets |= {str(g): faces.take(faces.group == g) for g in np.unique(faces.group)}
    sets |= {
        f"{main_group}, quality below {low:.2f}": people.take(people.quality < low),
        f"{main_group}, quality up to {high:.2f}": people.take(
            (people.quality >= low) & (people.quality < high)
        ),
        f"{main_group}, quality above": people.take(people.quality >= high),
    }
    for what, some in sets.items():
        truth = trials.numbers(some, 2)
        same, different = pair_cosines(some.vectors, truth)
        v = verification(same, different)
        count = len(np.unique(truth[truth >= 0]))
        yield what, count, len(same), len(different), v.eer, v.threshold, v.accuracy, v.recall_at


def methods(
    choose: LabelledFaces, measure: LabelledFaces, everybody: LabelledFaces, main_group: str
) -> Table:
    """Yield each method at the threshold that the first half chooses, measured on the second and on all."""
    for what, run in trials.METHODS.items():
        cut = trials.chosen(choose, run)
        found = trials.measured(measure, run, cut)
        crowd = trials.in_a_crowd(measure, run, cut)
        among_all = trials.measured(everybody, run, cut, main_group)
        yield (
            what,
            f"{cut:.2f}",
            found.f,
            found.precision,
            found.recall,
            found.bcubed_f,
            crowd[0],
            crowd[2],
            among_all.f,
        )


def sweeps(measure: LabelledFaces) -> Table:
    """Yield F of each method at each threshold."""
    for what, run in trials.METHODS.items():
        yield what, *(trials.measured(measure, run, float(cut)).f for cut in trials.THRESHOLDS)


def shipped(
    name: str, measure: LabelledFaces, everybody: LabelledFaces, mixed: LabelledFaces | None
) -> Table:
    """Yield the default method at its default threshold on several sets of faces."""
    run, cut = trials.ours(DEFAULT_METHOD), face_pair(name).groups[DEFAULT_METHOD]
    sets = {"second half": measure, "all, with the mixed folder": everybody}
    sets |= {f"{g}, alone": everybody.take(everybody.group == g) for g in np.unique(everybody.group)}
    sets |= {"mixed folder": mixed} if mixed else {}
    for what, faces in sets.items():
        truth = trials.numbers(faces, 2)
        if len(np.unique(truth[truth >= 0])) > 1:
            found = agreement(run(faces, cut), truth)
            together = people_in_one(run(faces, cut), faces)
            yield what, found.f, found.precision, found.recall, found.bcubed_f, together


def people_in_one(labels: trials.Labels, faces: LabelledFaces) -> str:
    """Return the named people that share an identity, or "none"."""
    shared = [
        set(faces.person[(labels == one) & (faces.person != "")]) for one in np.unique(labels[labels >= 0])
    ]
    return "; ".join(" and ".join(sorted(names)) for names in shared if len(names) > 1) or "none"


def scales(name: str, choose: LabelledFaces, measure: LabelledFaces) -> Table:
    """Yield the numbers of `Scale` that the first half chooses and what they do on the second."""
    from sklearn.linear_model import LogisticRegression

    asked = [[trials.open_set(half, seed) for seed in range(10)] for half in (choose, measure)]
    for what, cut in (
        ("chosen now", trials.even_threshold(asked[0])),
        ("as shipped", face_pair(name).unknown),
    ):
        named, missed, wrong = trials.errors_at(asked[1], cut)
        errors = f"strangers named {named:.3f}, known missed {missed:.3f}, named wrongly {wrong:.3f}"
        yield what, "unknown below", cut, errors
    cosines, own = trials.belonging(choose)
    fitted = LogisticRegression(C=1e6).fit(cosines[:, None], own)
    slope = float(fitted.coef_[0, 0])
    yield "chosen now", "even", -float(fitted.intercept_[0]) / slope, f"slope {slope:.1f}"
    cosines, own = trials.belonging(measure)
    sure = probability(cosines, face_pair(name))
    right = float(((sure > 0.5) == own).mean())
    yield (
        "as shipped",
        "even",
        face_pair(name).even,
        f"right {right:.3f}, calibration {calibration(sure, own):.3f}",
    )


def calibration(sure: np.ndarray, true: np.ndarray) -> float:
    """Return the expected calibration error over ten bands."""
    band = np.minimum((sure * 10).astype(int), 9)
    gaps = [
        abs(sure[band == b].mean() - true[band == b].mean()) * (band == b).mean() for b in np.unique(band)
    ]
    return float(sum(gaps))


def memory() -> Table:
    """Yield time and memory of grouping synthetic faces, each count in a process of its own."""
    for count in (10_000, 50_000):
        command = [sys.executable, "-m", "benchmarks.identity_memory", str(count)]
        yield subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip().split(",")


def show(title: str, header: Sequence[object], rows: Table) -> None:
    """Print a Markdown table."""
    print(f"\n### {title}\n\n| {' | '.join(map(str, header))} |\n|{' --- |' * len(header)}")
    for row in rows:
        cells = (f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in row)
        print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
