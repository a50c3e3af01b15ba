"""What can truly be said of a training photo, in sentences; one photo has several, many photos share some."""

from __future__ import annotations

import csv
from collections import Counter
from functools import cache
from pathlib import Path

from benchmarks.mini_training.photos import Photo

TEMPLATES = (
    "a photo of a {}",
    "{}",
    "a picture of a {}",
    "a close-up of a {}",
    "there is a {} in the picture",
    "a photo of one {}",
    "this is a {}",
    "a {} seen from nearby",
)
_OBJECT_TEMPLATES = (
    "a photo of a {}",
    "{}",
    "a picture with a {} in it",
    "a photo showing a {}",
    "a {} in a scene",
)
_CLOTHING_TEMPLATES = (
    "a photo of a {}",
    "{}",
    "a {} for sale, laid out or on a hanger",
    "a picture of clothing: a {}",
    "someone wearing a {}",
)
_FACE_SENTENCES = (
    "a portrait of a person",
    "a portrait of one person",
    "a close-up of a face",
    "a person's face",
    "a press photo of a person",
)
_GROCERY_TEMPLATES = (
    "a photo of {} in a shop",
    "{}",
    "{} on the shelf of a supermarket",
    "a package or piece of {}",
)
_SCENE_TEMPLATES = ("{}", "a photo of a {}", "a photo taken in a {}", "the scene is a {}")
_SPORT_TEMPLATES = ("{}", "people doing {}", "a photo of {}", "a game of {}")
_COLOURS = ("black", "white", "red", "purple", "yellow", "gray", "blue", "green")
_LOWER_COLOURS = ("black", "white", "pink", "purple", "yellow", "gray", "blue", "green", "brown")
_AGES = {"young": "a young", "old": "an elderly"}  # "teenager" and "adult" are too wide to tell anything
_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five"}


def sentences_of(photo: Photo) -> list[str]:
    """Sentences true of the photo, in a fixed order and without repeats."""
    rows = photo.rows
    match photo.part:
        case "captions" if "sentence" in rows[0]:
            found = [row["sentence"] for row in rows]
        case "captions":
            found = [rows[0][f"caption_{number}"] for number in range(1, 6)]
        case "queries":
            found = [row["sentence"] for row in rows]
        case "scenes":
            found = [
                template.format(row["sentence"])
                for row in rows
                for template in (_SPORT_TEMPLATES if row["part"] == "sports" else _SCENE_TEMPLATES)
            ]
        case "objects":
            found = _objects([row["label"] for row in rows if row["label"]])
        case "boxes":
            found = [template.format(rows[0]["label"]) for template in _OBJECT_TEMPLATES]
        case "people":
            found = _person(rows[0])
        case "faces":
            found = list(_FACE_SENTENCES)
        case _:
            found = _labelled(photo)
    if photo.part in ("captions", "queries"):  # as their authors wrote them, full stop and all
        return list(dict.fromkeys(" ".join(sentence.split()) for sentence in found if sentence.strip()))
    return list(dict.fromkeys(_tidy(sentence) for sentence in found if sentence.strip()))


def imagenet_sentences() -> list[list[str]]:
    """List four sentences for each of ImageNet's 1,000 classes: name, template, synonyms, definition."""
    from open_clip import IMAGENET_CLASSNAMES
    from timm.data.imagenet_info import ImageNetInfo

    info = ImageNetInfo("imagenet-1k")
    return [
        [
            name,
            f"a photo of a {name}",
            info.index_to_description(index, detailed=False),
            info.index_to_description(index, detailed=True),
        ]
        for index, name in enumerate(IMAGENET_CLASSNAMES)
    ]


def _labelled(photo: Photo) -> list[str]:
    label, folder = photo.rows[0]["label"], photo.rows[0]["file"].split("/")[0]
    if folder.startswith("clothing"):
        return [template.format(label) for template in _CLOTHING_TEMPLATES]
    if folder == "grocery":
        described = _descriptions(photo.file.parents[_depth(photo) - 1]).get(label)
        return [template.format(label) for template in _GROCERY_TEMPLATES] + (
            [described] if described else []
        )
    return [template.format(label) for template in TEMPLATES]


def _depth(photo: Photo) -> int:
    return len(Path(photo.rows[0]["file"]).parts)


@cache
def _descriptions(folder: Path) -> dict[str, str]:
    path = folder / "grocery_descriptions.csv"
    if not path.is_file():
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        return {row["label"]: row["description"] for row in csv.DictReader(file)}


def _objects(labels: list[str]) -> list[str]:
    counts = Counter(labels)
    names = [label for label, _ in counts.most_common()]
    found = [template.format(name) for name in names for template in _OBJECT_TEMPLATES[:3]]
    if len(names) > 1:
        listed = ", ".join(f"a {name}" for name in names[:-1]) + f" and a {names[-1]}"
        found += [
            f"a photo with {listed}",
            f"a {names[0]} with a {names[1]}",
            f"a {names[1]} near a {names[0]}",
        ]
    if "person" in names:
        found += [f"a person with a {name}" for name in names if name != "person"]
    found += [f"{_NUMBERS[count]} {_plural(name)}" for name, count in counts.items() if count in _NUMBERS]
    return found


def _plural(name: str) -> str:
    return {"person": "people", "knife": "knives", "sheep": "sheep"}.get(name, f"{name}s")


def _person(row: dict[str, str]) -> list[str]:
    """Attribute sentences; an attribute that a person lacks is never mentioned."""
    who = "man" if row["gender"] == "male" else "woman"
    found = [row["caption"], f"a {who}", f"a {who} walking in the street"]
    found += [f"a {someone} with {row['hair']} hair" for someone in ("person", who)]
    sleeve, age = row.get("sleeve"), _AGES.get(row.get("age", ""))
    said = [f"a {{}} in a shirt with {sleeve} sleeves"] * bool(sleeve) + [f"{age} {{}}"] * bool(age)
    found += [form.format(someone) for form in said for someone in ("person", who)]
    for column, words in {
        "backpack": "a backpack",
        "bag": "a bag over the shoulder",
        "handbag": "a handbag",
    }.items():
        if row[column] == "yes":
            found += [f"a {someone} carrying {words}" for someone in ("person", who)] + [
                f"a {who} with {words}"
            ]
    if row["hat"] == "yes":
        found += ["a person wearing a hat", f"a {who} wearing a hat", f"a {who} with a hat on"]
    for colour in _COLOURS:
        if row[f"upper_{colour}"] == "yes":
            found += [f"a {someone} wearing a {colour} top" for someone in ("person", who)] + [
                f"a {colour} shirt"
            ]
    lower = (
        "dress or skirt"
        if row["lower_type"] == "dress"
        else ("shorts", "trousers")[row["lower_length"] == "long"]
    )
    article = "a " if lower.startswith("dress") else ""
    found += [f"a {someone} wearing {article}{lower}" for someone in ("person", who)]
    if article:
        found += [
            f"a {someone} wearing a {what}" for someone in ("person", who) for what in ("dress", "skirt")
        ]
    for colour in _LOWER_COLOURS:
        if row[f"lower_{colour}"] == "yes":
            found += [f"a {someone} wearing {article}{colour} {lower}" for someone in ("person", who)]
    return found


def _tidy(sentence: str) -> str:
    words = sentence.strip().rstrip(" .").split()
    for index, word in enumerate(words[:-1]):
        if word == "a" and words[index + 1][0].lower() in "aeiou":
            words[index] = "an"
    return " ".join(words)
