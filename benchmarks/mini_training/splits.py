"""Which photos are held back from training: captioned photos, whole classes, whole identities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.mini_training.photos import Photo

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ALONE, _AMONG, _FOR_CHOICES = 875, 540, 500
_OTHERS = 76
_IDENTITY_EVERY = 4
_KNOWN, _CLASSES = 55, 260
_SEED = 15


@dataclass(frozen=True)
class Split:
    """Indices into the photos.

    `captions` are photos of Flickr8k and `mixed` some of them with photos of COCO: both are only measured.
    `tuning` are others of Flickr8k, on which settings are chosen; the last fit may learn from them too.
    `classes` are ImageNet photos, one for each of `labels`; the first `known` labels were trained on with
    other photos, the rest never.
    """

    train: list[int]
    captions: list[int]
    mixed: list[int]
    tuning: list[int]
    classes: list[int]
    labels: list[str]
    known: int
    people: list[int]


def split_photos(photos: Sequence[Photo]) -> Split:
    """Split by names alone, so that every run holds back the same photos.

    A photo that lies in two folders is held back in both, and measured once. `train` leaves out `tuning`.
    """
    captions, mixed, tuning = _captioned(photos)
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
    names = {photos[index].group for index in (*captions, *mixed, *tuning)}
    held = {*classes, *people, *never}
    train = [
        index
        for index, photo in enumerate(photos)
        if index not in held and not (photo.part == "captions" and photo.group in names)
    ]
    return Split(train, captions, mixed, tuning, classes, known + new, len(known), people)


def seen_only(split: Split, photo: NDArray[np.integer]) -> Split:
    """Return a split without the photos that have no view; ``photo`` are those of the views."""
    seen = set(photo.tolist())
    classes = [pair for pair in zip(split.classes, split.labels, strict=True) if pair[0] in seen]
    return Split(
        train=[index for index in split.train if index in seen],
        captions=[index for index in split.captions if index in seen],
        mixed=[index for index in split.mixed if index in seen],
        tuning=[index for index in split.tuning if index in seen],
        classes=[index for index, _ in classes],
        labels=[label for _, label in classes],
        known=sum(index in seen for index in split.classes[: split.known]),
        people=[index for index in split.people if index in seen],
    )


def _captioned(photos: Sequence[Photo]) -> tuple[list[int], list[int], list[int]]:
    """Return the photos of Flickr8k alone, those among photos of COCO, and those for choices."""
    flickr = _by_name(photos, "flickr8k")
    names = sorted(flickr)
    order = [names[index] for index in np.random.default_rng(_SEED).permutation(len(names))]
    few = set(_by_name(photos, "coco_val_few"))
    coco = [index for name, index in sorted(_by_name(photos, "coco").items()) if name not in few]
    parts = (order[:_ALONE], order[:_AMONG], order[_ALONE : _ALONE + _FOR_CHOICES])
    alone, among, tuning = ([flickr[name] for name in sorted(part)] for part in parts)
    return alone, [*among, *coco[:_OTHERS]], tuning


def _by_name(photos: Sequence[Photo], folder: str) -> dict[str, int]:
    """Return the captioned photos of a folder by name; the one of ``more`` where there are two."""
    found: dict[str, int] = {}
    for index, photo in enumerate(photos):
        if photo.part == "captions" and photo.file.parent.name == folder:
            found[photo.group] = index
    return found


def _folder(photo: Photo) -> str:
    return photo.rows[0]["file"].split("/")[0] if photo.part == "classes" else photo.part
