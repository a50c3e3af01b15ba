"""A fake for instance search: the vector of a cell is its colour."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from workbench.testing.colours import colour_vectors


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
