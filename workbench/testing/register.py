"""The fakes under one name, for tests: ``wb.open(model="fake", faces="fake")``."""

from typing import Any

from workbench.models.faces.pairs import FacePair, register_pair
from workbench.models.registry import register_model
from workbench.testing.colours import ColourEmbedder, ColourPatches
from workbench.testing.faces import PaintedRegions, SquareFaces

NAME = "fake"


def _squares(**_: Any) -> SquareFaces:
    return SquareFaces()


SQUARES = FacePair(
    name=NAME,
    loader=_squares,
    weights="",
    least_score=0.0,
    sure_score=0.0,
    groups={"agglomerative": 0.55, "whispers": 0.55, "hdbscan": 0.65},
    unknown=0.59,
    even=0.57,
    slope=25.0,
)
"""What `SquareFaces` is: two squares of one hue have a cosine near 1, of two hues 0.3 at most."""


def register() -> None:
    """Register the fakes. A package of tests may name this function as an entry point: docs/models.md."""
    register_model(NAME, lambda _: ColourEmbedder(), regions=PaintedRegions, instances=ColourPatches)
    register_pair(SQUARES)
