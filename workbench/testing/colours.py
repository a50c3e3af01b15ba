"""An embedder whose vectors are colours, and pictures of one colour."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor

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


class ColourPatches:
    """Fits what instance search looks with: 12 x 16 cells, each with the vector of its mean colour.

    Colours become vectors as in :class:`ColourEmbedder`; so a square of a colour is found where that colour
    is. ``looked`` counts pictures.
    """

    key = "colour-patches-1"
    dim, side, cells = 4, 8, 192
    whitening = np.eye(4, dtype=np.float32)

    def __init__(self) -> None:
        self.looked = 0

    def look(self, image: Image.Image) -> NDArray[np.float32]:
        """Return the vectors (12, 16, 4) of the cells of a picture of any shape."""
        self.looked += 1
        small = image.convert("RGB").resize((16, 12), Image.Resampling.BOX)
        colours = np.asarray(small, np.float32).reshape(-1, 3) / np.float32(255)
        return colour_vectors(colours).reshape(12, 16, 4)
