"""Trials of groupings on people whose names are known: half of the people choose, half measure."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from benchmarks.identity_measures import Agreement, agreement
from benchmarks.labelled_faces import LabelledFaces, half_of
from workbench.analysis.identities import Method, group, nearest
from workbench.models.faces.pairs import FACENET

Labels = NDArray[np.int32]
Grouping = Callable[[LabelledFaces, float], Labels]
Asked = tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.bool_]]
THRESHOLDS = np.round(np.arange(0.2, 0.81, 0.05), 2)
AS_WELL = 0.004
FEWEST = 10  # faces a person must have to be counted, except as a stranger


def ours(method: Method) -> Grouping:
    """Return one of our methods, with the rule of one photo and with quality."""
    return lambda faces, cut: group(
        faces.vectors, scale=FACENET, quality=faces.quality, photo=faces.photo, method=method, threshold=cut
    )


def dense(linkage: str) -> Grouping:
    """Return linkage over the table of all pairs, without any rule: what our methods are compared with."""

    def run(faces: LabelledFaces, cut: float) -> Labels:
        from scipy.cluster import hierarchy  # type: ignore[import-untyped]
        from scipy.spatial.distance import pdist  # type: ignore[import-untyped]

        tree = hierarchy.linkage(pdist(faces.vectors, "cosine"), linkage)
        return np.asarray(hierarchy.fcluster(tree, 1 - cut, "distance"), np.int32)

    return run


METHODS: Mapping[str, Grouping] = {
    "whispers": ours("whispers"),
    "agglomerative": ours("agglomerative"),
    "hdbscan": ours("hdbscan"),
    "average linkage, no rules": dense("average"),
    "complete linkage, no rules": dense("complete"),
    "single linkage, no rules": dense("single"),
}


def together(parts: Sequence[LabelledFaces]) -> LabelledFaces:
    """Return the faces of several folders as one; photos get numbers of their own."""
    joined = {
        f.name: np.concatenate([getattr(part, f.name) for part in parts])
        for f in fields(LabelledFaces)
        if f.name not in {"photo", "listed", "found"}
    }
    starts = np.cumsum([0, *(part.photo.max() + 1 for part in parts)])
    photo = np.concatenate([part.photo + start for part, start in zip(parts, starts, strict=False)])
    return LabelledFaces(photo=photo, listed=0, found=0, **joined)


def half(faces: LabelledFaces, which: int) -> LabelledFaces:
    """Return the photos of the people of one half, with everybody who is in them."""
    here = np.array([bool(person) and half_of(person) == which for person in faces.person], np.bool_)
    return faces.take(np.isin(faces.photo, faces.photo[here]))


def crowds(faces: LabelledFaces, seed: int = 0) -> Iterator[LabelledFaces]:
    """Yield the faces twice, with one photo only of every second person, and then of the others.

    So the half of all people are strangers who must stay alone: low thresholds look good without any.
    """
    rng = np.random.default_rng(seed)
    for single in (0, 1):
        keep = np.ones(len(faces.person), np.bool_)
        for person in np.unique(faces.person[faces.person != ""]):
            if hashlib.sha256(person.encode()).digest()[0] % 2 == single:
                rows = rng.permutation(np.flatnonzero(faces.person == person))
                keep &= ~np.isin(faces.photo, faces.photo[rows[1:]])
        yield faces.take(keep)


def numbers(faces: LabelledFaces, fewest: int = FEWEST) -> NDArray[np.int64]:
    """Return the person of each face as a number, -1 for nobody named or a person of too few faces."""
    names, place, counts = np.unique(faces.person, return_inverse=True, return_counts=True)
    return np.where((names[place] != "") & (counts[place] >= fewest), place, -1)


def in_a_crowd(faces: LabelledFaces, run: Grouping, cut: float) -> tuple[float, float, float]:
    """Return F of pairs, F of BCubed and the share of strangers who joined somebody, means of both crowds."""
    found = []
    for crowd in crowds(faces):
        truth, labels = numbers(crowd, 1), run(crowd, cut)
        sizes = np.bincount(labels[labels >= 0], minlength=1)
        alone = (truth >= 0) & (np.bincount(truth[truth >= 0], minlength=1)[truth] == 1)
        joined = (labels[alone] >= 0) & (sizes[labels[alone]] > 1)
        scored = agreement(labels, truth)
        found.append((scored.f, scored.bcubed_f, float(joined.mean())))
    means = np.mean(found, axis=0)
    return float(means[0]), float(means[1]), float(means[2])


def chosen(faces: LabelledFaces, run: Grouping) -> float:
    """Return the highest threshold that in a crowd does as well as the best, by the mean of both kinds of F.

    As well is within `AS_WELL`. The highest, because wrong pairs grow with the square of the faces, and a
    collection has more than a trial.
    """
    scores = np.nan_to_num([sum(in_a_crowd(faces, run, float(cut))[:2]) / 2 for cut in THRESHOLDS])
    return float(THRESHOLDS[np.flatnonzero(scores >= scores.max() - AS_WELL)[-1]])


def measured(faces: LabelledFaces, run: Grouping, cut: float, counted: str | None = None) -> Agreement:
    """Return how groups agree with names; only people of the group ``counted`` count, where it is given."""
    truth = numbers(faces)
    if counted is not None:
        truth = np.where(faces.group == counted, truth, -1)
    return agreement(run(faces, cut), truth)


def open_set(faces: LabelledFaces, seed: int) -> Asked:
    """Ask who somebody is, of whom the gallery holds five faces or none.

    Half of the people are in the gallery. Returns for each face asked about its likeness to the likest
    person, whether its own person is in the gallery, and whether the answer is that person.
    """
    rng = np.random.default_rng(seed)
    truth = numbers(faces)
    people = rng.permutation(np.unique(truth[truth >= 0]))
    inside = people[: len(people) // 2]
    labels = np.full(len(truth), -1, np.int32)
    for person in inside:
        labels[rng.permutation(np.flatnonzero(truth == person))[:5]] = person
    asked = np.flatnonzero((truth >= 0) & (labels < 0))
    answer, likeness = nearest(faces.vectors, labels, faces.vectors[asked], -1.0, scale=FACENET)
    return likeness, np.isin(truth[asked], inside), answer == truth[asked]


def errors_at(trials: Sequence[Asked], cut: float) -> tuple[float, float, float]:
    """Return the share of strangers named, of known people not named, and of known people named wrongly."""
    likeness, inside, right = (np.concatenate(parts) for parts in zip(*trials, strict=True))
    named = likeness >= cut
    wrong = (named & ~right)[inside]
    return float(named[~inside].mean()), float((~named[inside]).mean()), float(wrong.mean())


def even_threshold(trials: Sequence[Asked]) -> float:
    """Return the likeness at which as large a share of strangers is named as of known people is not."""
    cuts = np.arange(0.1, 0.9, 0.005)
    errors = np.array([errors_at(trials, float(cut)) for cut in cuts])
    return float(cuts[np.argmin(np.abs(errors[:, 0] - errors[:, 1]))])


def belonging(faces: LabelledFaces, seed: int = 0) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return mean cosines of faces to groups, and whether they belong there: their own and the likest other.

    Groups are one to twelve faces of a person, drawn at random.
    """
    rng = np.random.default_rng(seed)
    truth = numbers(faces)
    rows = np.flatnonzero(truth >= 0)
    people = np.unique(truth[rows])
    cosines: list[float] = []
    for row in rows:
        each = []
        for person in people:
            members = rng.permutation(rows[(truth[rows] == person) & (rows != row)])
            some = members[: rng.integers(1, 13)]
            each.append(float(np.mean(faces.vectors[some] @ faces.vectors[row])))
        own = int(np.searchsorted(people, truth[row]))
        cosines += [each[own], max(each[:own] + each[own + 1 :])]
    return np.array(cosines), np.arange(len(cosines)) % 2 == 0
