"""Fakes that ship: an embedder, a face model and a region model known by eye, and generated pictures."""

from workbench.testing.colours import (
    PALETTE,
    ColourEmbedder,
    ColourPatches,
    colour_folder,
    colour_vectors,
    write_photos,
)
from workbench.testing.faces import (
    PATCHES,
    PEOPLE,
    PaintedRegions,
    SquareFaces,
    face_vectors,
    write_faces,
    write_regions,
)
from workbench.testing.register import SQUARES, register

__all__ = [
    "PALETTE",
    "PATCHES",
    "PEOPLE",
    "SQUARES",
    "ColourEmbedder",
    "ColourPatches",
    "PaintedRegions",
    "SquareFaces",
    "colour_folder",
    "colour_vectors",
    "face_vectors",
    "register",
    "write_faces",
    "write_photos",
    "write_regions",
]
