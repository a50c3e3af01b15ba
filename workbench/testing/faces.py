"""Models that find faces and regions in pictures of squares, and such pictures. People are known by hue."""

import colorsys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor

from workbench.media.crops import CROP_SIDE, KINDS, FoundFace, FoundRegion
from workbench.testing.colours import PALETTE

PEOPLE = 12
"""How many people :class:`SquareFaces` tells apart: person k has the hue of k * 30 degrees."""


class SquareFaces:
    """Fits ``FaceModel``: a face is a square of a strong colour; its hue is the person, its side the quality.

    A vector has 12 numbers, one for each hue of 30 degrees: the cosine of two faces is 1 for one hue, 0.3
    for neighbours and nearly 0 beyond. Quality and its measures are ``min(1, side / 64)``; ``detected``
    counts the pictures that were searched, ``embedded`` the faces embedded.
    """

    dim = PEOPLE
    decode_side = 1024

    def __init__(self, key: str = "squares-1", batch_size: int = 4) -> None:
        self.key = key
        self.batch_size = batch_size
        self.detected = self.embedded = 0

    def detect(self, image: Image.Image) -> list[FoundFace]:
        """Return the squares, from left to right."""
        from scipy import ndimage  # type: ignore[import-untyped]

        self.detected += 1
        places = ndimage.find_objects(ndimage.label(np.asarray(image.convert("HSV"))[..., 1] > 150)[0])
        boxes = sorted((box[1].start, box[0].start, box[1].stop, box[0].stop) for box in places)
        return [_square(image, box) for box in boxes if min(box[2] - box[0], box[3] - box[1]) >= 4]

    def embed_faces(self, crops: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return unit rows (B, 12) for crops (B, 160, 160, 3)."""
        self.embedded += len(crops)
        return face_vectors(np.array([_hue(crop) for crop in crops]))


def face_vectors(people: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the vectors (N, 12) of people (N,) in [0, 12); halves lie between two people."""
    away = np.abs(people[:, None] - np.arange(PEOPLE))
    away = np.minimum(away, PEOPLE - away)
    vectors: NDArray[np.float32] = np.maximum(0, 1.2 - away).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def write_faces(
    folder: Path, photos: Mapping[str, Sequence[int]], *, side: int = 64, seed: int = 0
) -> list[Path]:
    """Write a grey photo for each ``{relative path: people}``, each person a square of ``side`` px.

    People stand from left to right, 16 px apart; hues vary by a few degrees from photo to photo, so that no
    two photos have equal bytes. The same arguments give the same bytes.
    """
    random = np.random.default_rng(seed)
    for name, people in photos.items():
        pixels = np.full((side + 32, 16 + (side + 16) * max(1, len(people)), 3), 128, np.uint8)
        pixels[:8] = random.integers(118, 138, (8, pixels.shape[1], 1))
        for place, person in enumerate(people):
            hue = (person * 30 + random.uniform(-3, 3)) % 360
            left = 16 + place * (side + 16)
            pixels[16 : 16 + side, left : left + side] = ImageColor.getrgb(f"hsv({hue:.2f}, 100%, 90%)")
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path)
    return [folder / name for name in photos]


def _square(image: Image.Image, box: tuple[int, int, int, int]) -> FoundFace:
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    crop = np.asarray(image.resize((CROP_SIDE, CROP_SIDE), Image.Resampling.BOX, box))
    points = np.array([[0.3, 0.35], [0.7, 0.35], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]]) * (width, height)
    good = min(1.0, min(width, height) / 64)
    landmarks = (points + np.array([left, top])).astype(np.float32)
    return FoundFace((left, top, width, height), landmarks, 0.99, 1.0, good, good, good, good, crop)


def _hue(crop: NDArray[np.uint8]) -> float:
    middle = crop[CROP_SIDE // 4 : -CROP_SIDE // 4, CROP_SIDE // 4 : -CROP_SIDE // 4].mean((0, 1)) / 255
    return colorsys.rgb_to_hsv(*middle)[0] * PEOPLE


class PaintedRegions:
    """Fits ``RegionModel``: a region is a patch of a strong colour, named after that colour.

    A patch higher than wide is a person, whose mask is the patch; one more than twice as wide as high is
    text; any other is an object. ``searched`` counts the pictures; ``version`` is part of the keys.
    """

    decode_side = 1024

    def __init__(self, kinds: Iterable[str] = KINDS, version: int = 1) -> None:
        self.keys = {kind: f"painted_{kind}-{version}" for kind in kinds}
        self.searched = 0

    def find(self, image: Image.Image, kinds: Iterable[str]) -> list[FoundRegion]:
        """Return the patches of ``kinds`` in reading order."""
        from scipy import ndimage  # type: ignore[import-untyped]

        self.searched += 1
        pixels = np.asarray(image)
        patches = ndimage.label(np.asarray(image.convert("HSV"))[..., 1] > 150)[0]
        found = [_patch(pixels, place) for place in ndimage.find_objects(patches)]
        return [region for region in found if region.kind in set(kinds)]


PATCHES = {"persons": (40, 80), "objects": (60, 60), "text": (90, 30)}
"""Width and height in pixels of what :func:`write_regions` paints."""


def write_regions(
    folder: Path, photos: Mapping[str, Sequence[tuple[str, str]]], *, seed: int = 0
) -> list[Path]:
    """Write a grey photo for each ``{relative path: [(kind, colour name), ...]}``, from left to right.

    A patch begins 10 px below the top and 10 px beside its neighbour. No two photos have equal bytes; the
    same arguments give the same bytes.
    """
    random = np.random.default_rng(seed)
    for name, patches in photos.items():
        width = 10 + sum(PATCHES[kind][0] + 10 for kind, _ in patches)
        pixels = np.full((100, max(100, width), 3), 128, np.uint8)
        pixels[95:] = random.integers(118, 138, (5, pixels.shape[1], 1))
        left = 10
        for kind, colour in patches:
            across, down = PATCHES[kind]
            pixels[10 : 10 + down, left : left + across] = ImageColor.getrgb(colour)
            left += across + 10
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(folder / name)
    return [folder / name for name in photos]


def _patch(pixels: NDArray[np.uint8], place: tuple[slice, slice]) -> FoundRegion:
    rows, columns = place
    width, height = columns.stop - columns.start, rows.stop - rows.start
    kind = "persons" if height > width else "text" if width > 2 * height else "objects"
    named = np.array([ImageColor.getrgb(name) for name in PALETTE])
    mean = pixels[place].mean((0, 1))
    colour = PALETTE[int(np.abs(named - mean).sum(1).argmin())]
    mask = np.ones((height, width), np.bool_) if kind == "persons" else None
    label = {"persons": "person", "text": "text"}.get(kind, colour)
    text, script = (colour, "Latin") if kind == "text" else ("", "")
    return FoundRegion(kind, (columns.start, rows.start, width, height), label, 0.9, mask, text, script)
