"""A case of painted squares in which red and blue can be told apart, for the tests of classifiers."""

from pathlib import Path

import numpy as np
from PIL import Image

import workbench as wb
from workbench.case import Case

COLOURS = {"red": (200, 30, 30), "blue": (30, 30, 200), "green": (30, 170, 30)}


def paint(
    folder: Path, each: int, seed: int = 0, colours: tuple[str, ...] = ("red", "blue", "green")
) -> None:
    """Paint ``each`` squares of each colour, no two alike, in a folder named by the colour."""
    chance = np.random.default_rng(seed)
    for colour in colours:
        (folder / colour).mkdir(parents=True, exist_ok=True)
        for number in range(each):
            shade = np.clip(chance.integers(-28, 28, 3) + np.array(COLOURS[colour]), 0, 255).astype(np.uint8)
            square = np.broadcast_to(shade, (24, 24, 3)).copy()
            Image.fromarray(square).save(folder / colour / f"{seed}-{number:03d}.png")


def taught_case(folder: Path, each: int = 20) -> Case:
    """Return an ingested case of painted squares with the model of colours."""
    paint(folder / "photos", each)
    case = wb.open(folder / "photos", case=folder / "case", model="fake")
    case.ingest(progress=False)
    return case


def rows(case: Case, colour: str) -> list[int]:
    """Return the rows of the squares of a colour."""
    return [row for row, path in enumerate(case.images["path"]) if path.startswith(colour)]
