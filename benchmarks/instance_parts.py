"""What instance search is measured on: collections of photos, questions about them, and the right answers."""

from __future__ import annotations

import csv
import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

SMALL = 0.04
"""A thing that covers less of its photo than this share is small: a fifth of the side."""
PACKED = ("Alpro", "Arla", "Bravo", "Garant", "God-Morgon", "Oatly", "Tropicana", "Valio", "Yoggi")
_HELD = (0.2, 0.05, 0.6, 0.9)  # where the held product is in nearly every photo of the groceries
_LEAST_MATCHES = 12

Box = tuple[float, float, float, float]
Points = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float64]]
Matched = tuple[NDArray[np.float32], NDArray[np.float32]]


@dataclass(frozen=True)
class Question:
    """A box (fractions) on a photo, and which photos hold the same thing, with boxes where known.

    ``ignored``: photos that may hold it or not; they are taken out of the ranking, as the photo itself is.
    """

    photo: int
    box: Box
    found_in: dict[int, list[Box]]
    ignored: frozenset[int] = frozenset()

    @property
    def small(self) -> bool:
        """Whether the thing is small in the photo of the question."""
        return self.box[2] * self.box[3] < SMALL


@dataclass
class Part:
    """A collection: its photos and the questions about them."""

    name: str
    photos: list[Path]
    questions: list[Question] = field(default_factory=list)

    def half(self, first: bool) -> list[Question]:
        """Questions about the photos at even places, or about the others."""
        return [question for question in self.questions if (question.photo % 2 == 0) is first]


def objects(folder: Path, least_side: float = 16) -> Part:
    """Every box of COCO whose label is in another photo too: the same kind of thing, not the same thing."""
    boxes: dict[str, dict[str, list[Box]]] = defaultdict(lambda: defaultdict(list))
    with (folder / "objects" / "objects.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["label"]]
    for row in rows:
        boxes[row["file"]][row["label"]].append(tuple(float(row[side]) for side in "xywh"))  # type: ignore[arg-type]
    names = sorted(boxes)
    part = Part("objects", [folder / "objects" / name for name in names])
    shares = [_shares(part.photos[i], boxes[name]) for i, name in enumerate(names)]
    for photo, name in enumerate(names):
        for label, given in shares[photo].items():
            found_in = {i: other[label] for i, other in enumerate(shares) if i != photo and label in other}
            pairs = zip(boxes[name][label], given, strict=True)
            large = [pair for pair in pairs if min(pair[0][2:]) >= least_side]
            largest = max(large, key=lambda pair: pair[0][2] * pair[0][3], default=None)
            if found_in and largest:
                part.questions.append(Question(photo, largest[1], found_in))
    return part


def _shares(photo: Path, boxes: dict[str, list[Box]]) -> dict[str, list[Box]]:
    with Image.open(photo) as image:
        scale = np.array(image.size * 2, float)
    return {label: [tuple(np.array(box) / scale) for box in given] for label, given in boxes.items()}  # type: ignore[misc]


def groceries(folder: Path) -> Part:
    """Products in a shop: what is held or lies in front, of 81 labels; where it is, is not known."""
    photos = sorted((folder / "classes" / "grocery").glob("*.jpg"))
    labels = [photo.name.rsplit("_", 1)[0] for photo in photos]
    part = Part("grocery", photos)
    for photo, label in enumerate(labels):
        if photo % 5 < 2:  # two in five: the others are only answers
            same = {i: [] for i, other in enumerate(labels) if other == label and i != photo}
            part.questions += [Question(photo, _HELD, same)] if same else []  # type: ignore[arg-type]
    return part


def planted(folder: Path, workshop: Path, seed: int = 0) -> Part:
    """Groceries put small into other photos: another photo of the product than the one asked with."""
    random = np.random.default_rng(seed)
    backgrounds = sorted([*(folder / "objects").glob("*.jpg"), *(folder / "scenes").glob("*/*.jpg")])
    products = defaultdict(list)
    for photo in sorted((folder / "classes" / "grocery").glob("*.jpg")):
        if photo.name.startswith(PACKED):
            products[photo.name.rsplit("_", 1)[0]].append(photo)
    places = iter(random.permutation(len(backgrounds)))
    workshop.mkdir(parents=True, exist_ok=True)
    photos, answers = list(backgrounds), {}
    for label, shown in products.items():
        answers[label] = {}
        for photo, at in zip(shown[1:5], itertools.islice(places, 4), strict=False):
            photos[at], box = _plant(photo, backgrounds[at], workshop / f"{at:03d}.jpg", random)
            answers[label][int(at)] = [box]
    part = Part("planted", list(photos))
    for label, shown in products.items():
        if answers[label]:
            part.photos.append(shown[0])
            part.questions.append(Question(len(part.photos) - 1, _HELD, answers[label]))
    asked = frozenset(range(len(photos), len(part.photos)))
    part.questions = [Question(q.photo, q.box, q.found_in, asked) for q in part.questions]
    return part


def _plant(product: Path, background: Path, target: Path, random: np.random.Generator) -> tuple[Path, Box]:
    held, scene = Image.open(product).convert("RGB"), Image.open(background).convert("RGB")
    x, y, width, height = _HELD
    size = held.size
    held = held.crop(
        tuple(round(v) for v in (x * size[0], y * size[1], (x + width) * size[0], (y + height) * size[1]))
    )  # type: ignore[arg-type]
    share = random.uniform(0.01, SMALL)
    scale = (share * scene.width * scene.height / (held.width * held.height)) ** 0.5
    held = held.resize(
        (max(8, round(held.width * scale)), max(8, round(held.height * scale))), Image.Resampling.LANCZOS
    )
    left = int(random.integers(0, scene.width - held.width + 1))
    top = int(random.integers(0, scene.height - held.height + 1))
    scene.paste(held, (left, top))
    scene.save(target, quality=88)
    box = (left / scene.width, top / scene.height, held.width / scene.width, held.height / scene.height)
    return target, box


def scenes(folder: Path, each: int = 2, seed: int = 0) -> Part:
    """Details of places seen from several sides; where they are in the other photos, SIFT and RANSAC say.

    Lowe 2004 and Fischler and Bolles 1981. Photos of the place in which they say nothing are ignored.
    """
    random = np.random.default_rng(seed)
    photos = sorted((folder / "scenes").glob("*/*.jpg"))
    part = Part("scenes", photos)
    points = [_keypoints(photo) for photo in photos]
    for photo, path in enumerate(photos):
        same = [i for i, other in enumerate(photos) if other.parent == path.parent and i != photo]
        matches = {i: _matches(points[photo], points[i]) for i in same}
        best = sorted(_details(photo, matches, points, random), key=lambda q: -len(q.found_in))
        part.questions += [question for question in best[:each] if len(question.found_in) >= 3]
    return part


def _keypoints(photo: Path) -> Points:
    """Places (K, 2) in pixels, descriptors (K, 128), and the size of the photo."""
    import cv2

    image = Image.open(photo)
    upright = ImageOps.exif_transpose(image).convert("L")
    found, rows = cv2.SIFT_create(4000).detectAndCompute(np.asarray(upright), None)
    return np.array([point.pt for point in found], np.float32), rows, np.array(upright.size, float)


def _matches(one: Points, other: Points) -> Matched:
    """Return places that match in one photo and the other, each (M, 2), by the ratio test of Lowe."""
    import cv2

    pairs = cv2.BFMatcher().knnMatch(one[1], other[1], k=2)
    good = [a for a, b in pairs if a.distance < 0.75 * b.distance]
    return one[0][[m.queryIdx for m in good]], other[0][[m.trainIdx for m in good]]


def _details(
    photo: int, matches: Mapping[int, Matched], points: list[Points], random: np.random.Generator
) -> Iterator[Question]:
    """Yield questions about random boxes of a photo."""
    size = points[photo][2]
    for _ in range(24):
        share = np.array((random.uniform(0.08, 0.3), random.uniform(0.08, 0.3)))
        corner = random.uniform(0, 1 - share)
        found_in = {}
        for other, (here, there) in matches.items():
            box = _carried(here, there, corner * size, share * size, points[other][2])
            if box:
                found_in[other] = [box]
        yield Question(photo, (*corner, *share), found_in, frozenset(matches) - frozenset(found_in))


def _carried(
    here: NDArray[np.float32],
    there: NDArray[np.float32],
    corner: NDArray[np.float64],
    size: NDArray[np.float64],
    other_size: NDArray[np.float64],
) -> Box | None:
    """Where a box of one photo is in another, by the affine map that most of its matches agree with."""
    import cv2

    inside = ((here >= corner) & (here <= corner + size)).all(axis=1)
    if inside.sum() < _LEAST_MATCHES:
        return None
    cv2.setRNGSeed(0)
    affine, agreed = cv2.estimateAffine2D(here[inside], there[inside], ransacReprojThreshold=4.0)
    if affine is None or agreed.sum() < max(_LEAST_MATCHES, 0.5 * inside.sum()):
        return None
    if not 0.4 < abs(np.linalg.det(affine[:, :2])) ** 0.5 < 2.5:
        return None
    corners = corner + np.array([(0, 0), (1, 0), (0, 1), (1, 1)]) * size
    moved = corners @ affine[:, :2].T + affine[:, 2]
    low, high = moved.min(axis=0), moved.max(axis=0)
    inner_low, inner_high = np.maximum(low, 0), np.minimum(high, other_size)
    if (inner_high <= inner_low).any() or np.prod(inner_high - inner_low) < 0.7 * np.prod(high - low):
        return None
    return (*(inner_low / other_size), *((inner_high - inner_low) / other_size))


def average_precision(scores: NDArray[np.float32], question: Question) -> float:
    """Average precision of a ranking of all photos by scores (N,), the photo of the question left out."""
    out = [question.photo, *question.ignored]
    order = np.argsort(-scores, kind="stable")
    order = order[~np.isin(order, out)]
    right = np.isin(order, list(question.found_in))
    precision = np.cumsum(right) / np.arange(1, len(right) + 1)
    return float(precision[right].mean())
