"""Which photos are held back from training: whole classes, whole identities, every fifth captioned photo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.mini_training.photos import Photo

_CAPTIONED_EVERY = 5
_IDENTITY_EVERY = 4
_KNOWN, _CLASSES = 55, 260


@dataclass(frozen=True)
class Split:
    """Indices into the photos.

    `classes` are ImageNet photos, one for each of `labels`; the first `known` labels were trained on with
    other photos, the rest never.
    """

    train: list[int]
    captions: list[int]
    classes: list[int]
    labels: list[str]
    known: int
    people: list[int]


def split_photos(photos: Sequence[Photo]) -> Split:
    """Split by names alone, so that every run holds back the same photos."""
    captions = [index for index, photo in enumerate(photos) if photo.part == "captions"][::_CAPTIONED_EVERY]
    folders = [_folder(photo) for photo in photos]
    sample = {photo.group: index for index, photo in enumerate(photos) if folders[index] == "imagenet"}
    trained = {
        photo.group for index, photo in enumerate(photos) if folders[index] in ("tiny_imagenet", "caltech101")
    }
    known = [label for label in sorted(sample) if label in trained][::2][:_KNOWN]
    new = [label for label in sorted(sample) if label not in trained][::2][: _CLASSES - len(known)]
    identities = set(sorted({photo.group for photo in photos if photo.part == "people"})[::_IDENTITY_EVERY])
    people = [
        index for index, photo in enumerate(photos) if photo.part == "people" and photo.group in identities
    ]
    never = {
        index for index, photo in enumerate(photos) if photo.part == "classes" and photo.group in set(new)
    }
    classes = [sample[label] for label in known + new]
    held = {*captions, *classes, *people, *never}
    train = [index for index in range(len(photos)) if index not in held]
    return Split(train, captions, classes, known + new, len(known), people)


def _folder(photo: Photo) -> str:
    return photo.rows[0]["file"].split("/")[0] if photo.part == "classes" else photo.part
