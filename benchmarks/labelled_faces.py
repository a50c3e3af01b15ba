"""Faces of known people, for benchmarks: vectors, boxes and names of a folder of photos with a list.

The folder holds ``NAME.csv``, where NAME is the folder's own name (``faces/faces.csv``): UTF-8, a header, and
the columns ``file`` (relative to the folder) and ``person`` (empty where nobody known is in the photo). An
optional column ``group`` says what figures are told apart by; without it that is the first part of ``file``.
"""

import csv
import hashlib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from workbench.samples.models import FaceModel

CLEARLY = 2.0  # how many times as large as the next the face must be that a name is about


@dataclass(frozen=True)
class LabelledFaces:
    """N faces: unit ``vectors`` (N, D), their ``photo`` (N,), ``quality`` and ``size`` in pixels (N,).

    ``person`` (N,) is "" for faces nobody named, ``group`` (N,) that of the photo. ``listed`` and ``found``:
    how many photos name a person, and in how many of these the face meant was found.
    """

    vectors: NDArray[np.float32]
    photo: NDArray[np.int64]
    quality: NDArray[np.float32]
    size: NDArray[np.float32]
    person: NDArray[np.str_]
    group: NDArray[np.str_]
    listed: int
    found: int

    def take(self, rows: NDArray[np.bool_]) -> "LabelledFaces":
        """Return the faces where ``rows`` (N,) is true."""
        taken: dict[str, Any] = {}
        for name in (field.name for field in fields(self)):
            column = getattr(self, name)
            taken[name] = column[rows] if isinstance(column, np.ndarray) else column
        return LabelledFaces(**taken)


def half_of(person: str) -> int:
    """Return the half that a person belongs to, 0 or 1, by a hash of the name. Thresholds come from 0."""
    return hashlib.sha256(person.encode()).digest()[-1] % 2


def collect(folder: Path, model: FaceModel, cache: Path | None = None) -> LabelledFaces:
    """Find and embed the faces of all listed photos; the folder ``cache`` keeps them for the next time."""
    kept = cache and cache / f"{folder.resolve().name}-{model.key}.npz"
    if kept and kept.exists():
        with np.load(kept) as stored:
            return LabelledFaces(**{k: v[()] for k, v in stored.items()})
    faces = _collect(folder, model)
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.savez(kept, **{f.name: getattr(faces, f.name) for f in fields(faces)})
    return faces


def _collect(folder: Path, model: FaceModel) -> LabelledFaces:
    with (folder / f"{folder.resolve().name}.csv").open(encoding="utf-8", newline="") as text:
        listed = list(csv.DictReader(text))
    crops: list[NDArray[np.uint8]] = []
    rows: list[tuple[int, float, float, str, str]] = []
    found = 0
    for photo, entry in enumerate(listed):
        with Image.open(folder / entry["file"]) as opened:
            image = ImageOps.exif_transpose(opened).convert("RGB")
        faces = model.detect(image)
        meant = _meant([face.box for face in faces], image.size)
        group = entry.get("group") or Path(entry["file"]).parts[0]
        found += bool(entry["person"]) and meant is not None
        for place, face in enumerate(faces):
            person = entry["person"] if place == meant else ""
            crops.append(face.crop)
            rows.append((photo, face.quality, float(min(face.box[2:])), person, group))
    step = model.batch_size
    vectors = [model.embed_faces(np.stack(crops[i : i + step])) for i in range(0, len(crops), step)]
    photos, quality, size, person, groups = zip(*rows, strict=True)
    return LabelledFaces(
        np.concatenate(vectors),
        np.array(photos, np.int64),
        np.array(quality, np.float32),
        np.array(size, np.float32),
        np.array(person, np.str_),
        np.array(groups, np.str_),
        sum(bool(entry["person"]) for entry in listed),
        found,
    )


def _meant(boxes: list[tuple[float, float, float, float]], size: tuple[int, int]) -> int | None:
    """Return which face a photo's name is about: a large one in the middle; None where it is not clear."""
    if not boxes:
        return None
    x, y, width, height = np.array(boxes, np.float64).T
    off = np.hypot((x + width / 2) / size[0] - 0.5, (y + height / 2) / size[1] - 0.5)
    weight = width * height / (1 + 4 * off) ** 2
    best = int(np.argmax(weight))
    others = np.delete(weight, best)
    return best if not len(others) or weight[best] >= CLEARLY * others.max() else None
