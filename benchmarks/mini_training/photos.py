"""The training folder: which photos it holds, and what its CSV files say about them.

Layout: ``captions/captions.csv`` (file, caption_1 ... caption_5), ``classes/classes.csv`` (file, source,
label) with ``classes/grocery_descriptions.csv`` (label, description), ``people/people.csv`` (file, identity,
attributes, caption), ``objects/objects.csv`` (file, label, x, y, w, h in pixels), ``faces/faces.csv`` (file,
person), ``more/more.csv`` (file, sentence, part; a row a sentence, the parts of `MORE`).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from workbench.errors import ModelError

Box = tuple[float, float, float, float]
PARTS = ("captions", "more", "objects", "boxes", "classes", "people", "faces")
MORE = {
    "flickr8k": "captions",
    "coco1": "captions",
    "coco_val_few": "captions",
    "household": "captions",
    "unsplash_queries": "queries",
    "ade20k": "scenes",
    "sports": "scenes",
}
"""What the sentences of each part of ``more.csv`` are."""
_SMALLEST_BOX = 40.0


@dataclass(frozen=True)
class Photo:
    """A photo, or a box of one (left, top, width, height in pixels), with the CSV rows that speak of it."""

    part: str
    file: Path
    group: str
    rows: tuple[dict[str, str], ...] = field(repr=False)
    box: Box | None = None

    @property
    def name(self) -> str:
        """Unique name inside the training folder."""
        return "/".join(self.file.parts[-3:]) + (
            f"#{','.join(f'{side:.0f}' for side in self.box)}" if self.box else ""
        )


def read_photos(root: Path, part: str) -> list[Photo]:
    """Photos of one of `PARTS`, in a fixed order; `group` is what a split must not tear apart.

    Raises ModelError when the folder is not laid out as the module says.
    """
    folder = "objects" if part == "boxes" else part
    rows = _rows(root / folder / f"{folder}.csv")
    match part:
        case "boxes":
            return list(_boxes(root / folder, rows))
        case "objects":
            by_file: dict[str, list[dict[str, str]]] = {}
            for row in rows:
                by_file.setdefault(row["file"], []).append(row)
            return [Photo(part, root / part / file, file, tuple(found)) for file, found in by_file.items()]
        case "more":
            by_file = {}
            for row in rows:
                by_file.setdefault(row["file"], []).append(row)
            return [
                Photo(MORE[found[0]["part"]], root / part / file, same_photo(file), tuple(found))
                for file, found in by_file.items()
            ]
        case "captions":
            return [Photo(part, root / part / row["file"], same_photo(row["file"]), (row,)) for row in rows]
        case _:
            group = {"classes": "label", "people": "identity", "faces": "person"}[part]
            return [Photo(part, root / part / row["file"], row[group], (row,)) for row in rows]


def same_photo(file: str) -> str:
    """Name by which a photo is known in whichever folder it lies, and in whichever format.

    >>> same_photo("coco_val_few/COCO_val2014_000000000139.webp"), same_photo("coco/000000000139.jpg")
    ('139', '139')
    """
    stem = Path(file).stem
    last = stem.rsplit("_", 1)[-1]
    return last.lstrip("0") if last.isdigit() and ("COCO_" in stem or last == stem) else stem


def _boxes(folder: Path, rows: list[dict[str, str]]) -> Iterator[Photo]:
    for row in rows:
        box = (float(row["x"] or 0), float(row["y"] or 0), float(row["w"] or 0), float(row["h"] or 0))
        if row["label"] and min(box[2:]) >= _SMALLEST_BOX:
            yield Photo("boxes", folder / row["file"], row["file"], (row,), box)


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        raise ModelError(
            f"The training folder has no {path.name} in {path.parent}.",
            "Give --photos a folder laid out as workbench/models/mini/photos.py describes.",
        )
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
