"""Fakes that ship: an embedder and a face model whose vectors are known by eye, and generated pictures."""

import colorsys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor

from workbench.media.faces import CROP_SIDE, FoundFace

PALETTE = (
    "red",
    "green",
    "blue",
    "yellow",
    "magenta",
    "cyan",
    "black",
    "white",
    "gray",
    "orange",
    "purple",
    "brown",
)
"""Colours that :func:`colour_folder` goes through."""


class ColourEmbedder:
    """Fits ``Embedder``: the vector of an image is its mean colour, so that alike colours are near.

    A colour (r, g, b) in [0, 1] becomes the unit vector along (2r - 1, 2g - 1, 2b - 1, 0.5). A text is the
    mean of the colour names in it (CSS names, "a red and blue thing"); one without any is grey.
    ``embedded`` counts the images embedded; ``prepared`` holds the sizes of the images seen, among them one
    blank image by which each run of the loop learns the size of the model input.
    """

    dim = 4

    def __init__(self, key: str = "colour-1", batch_size: int = 8) -> None:
        self.key = key
        self.batch_size = batch_size
        self.embedded = 0
        self.prepared: list[tuple[int, int]] = []

    def prepare(self, image: Image.Image) -> NDArray[np.float32]:
        """Return the image as 8 x 8 mean colours in [0, 1]: (3, 8, 8)."""
        self.prepared.append(image.size)
        small = image.resize((8, 8), Image.Resampling.BOX)
        colours: NDArray[np.float32] = np.asarray(small, np.float32) / np.float32(255)
        return np.moveaxis(colours, 2, 0)

    def embed_images(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return (B, 4) unit rows for (B, 3, H, W)."""
        self.embedded += len(batch)
        return colour_vectors(batch.mean(axis=(2, 3)))

    def embed_texts(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (T, 4) unit rows for texts with colour names."""
        return colour_vectors(
            np.array([_mean_named_colour(text) for text in texts], np.float32).reshape(-1, 3)
        )


def colour_vectors(colours: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the unit vectors (N, 4) of colours (N, 3) in [0, 1]."""
    vectors = np.full((len(colours), 4), 0.5, np.float32)
    vectors[:, :3] = 2 * colours - 1
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def _mean_named_colour(text: str) -> NDArray[np.float32]:
    words = "".join(letter if letter.isalnum() else " " for letter in text.lower()).split()
    colours = [ImageColor.getrgb(word)[:3] for word in words if word in ImageColor.colormap]
    return np.array(colours, np.float32).mean(axis=0) / 255 if colours else np.full(3, 0.5, np.float32)


def write_photos(folder: Path, colours: Mapping[str, str], size: tuple[int, int] = (48, 32)) -> list[Path]:
    """Write a picture for each ``{relative path: colour name}`` ; the suffix is the format.

    Pictures of one colour have equal bytes only where size and format are equal too.
    """
    paths = [folder / name for name in colours]
    for path, colour in zip(paths, colours.values(), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", size, colour).save(path)
    return paths


def colour_folder(folder: Path, count: int, *, palette: Iterable[str] = PALETTE, seed: int = 0) -> list[Path]:
    """Write ``count`` different pictures named like ``003-yellow.png``, each near its colour.

    The same arguments give the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    names = list(palette)
    paths = []
    for number in range(count):
        name = names[number % len(names)]
        noise = random.integers(-12, 13, (32, 48, 3))
        pixels = (np.array(ImageColor.getrgb(name)) + noise).clip(0, 255).astype(np.uint8)
        paths.append(folder / f"{number:03d}-{name}.png")
        Image.fromarray(pixels).save(paths[-1])
    return paths


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
