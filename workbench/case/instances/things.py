"""Things: a box somebody drew, and the picture it was drawn on."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.errors import QueryError
from workbench.image_id import part_of
from workbench.media.decode import DecodeError, read_image
from workbench.media.read import ReadError, read_bytes

if TYPE_CHECKING:
    from PIL import Image

    from workbench.case.collection import Collection


@dataclass(frozen=True)
class Picture:
    """Upright pixels, maybe smaller than ``size``, the (width, height) of the whole; ``row`` in the case."""

    image: "Image.Image"
    size: tuple[int, int]
    name: str
    row: int | None = None


def read_picture(case: "Collection", image: Any, min_side: int) -> Picture:
    """Return the picture of a row, id or path of the case, a file elsewhere (pathlib.Path) or a PIL image.

    Raises QueryError for a picture that cannot be read or that the case does not have.
    """
    if hasattr(image, "convert"):
        from PIL import ImageOps

        upright = ImageOps.exif_transpose(image).convert("RGB")
        return Picture(upright, upright.size, "a picture")
    if isinstance(image, Path):
        return _decoded(lambda: image, min_side, image.name, None)
    row = case.row(image)
    if part_of(str(case.images["image_id"].iloc[row])):
        what = f"{case.lookup.shown(row)} is a part of a file, and nothing can be looked for in those yet."
        raise QueryError(what, "Use a photo, or give the picture itself.")
    raw_path = case.images["raw_path"].iloc[row]
    name = str(case.images["path"].iloc[row])
    return _decoded(lambda: case.folder.file_path(raw_path), min_side, name, row)


def _decoded(path: Callable[[], Path], min_side: int, name: str, row: int | None) -> Picture:
    try:
        decoded = read_image(read_bytes(os.fsencode(path())), min_side=min_side)
    except (OSError, ReadError, DecodeError) as error:
        reason = f"The picture {name} cannot be read ({error})."
        raise QueryError(reason, "Give a JPEG, PNG, WebP or HEIC file that is there.") from error
    return Picture(decoded.image, (decoded.facts.width, decoded.facts.height), name, row)


def as_fractions(box: Sequence[float] | None, size: tuple[int, int]) -> NDArray[np.float32]:
    """Return a box (x, y, width, height) in pixels as fractions (4,) of the picture, cut at its edges.

    None is the whole picture. Raises QueryError for a box without area or outside the picture.
    """
    if box is None:
        return np.array((0, 0, 1, 1), np.float32)
    sides = np.asarray(box, np.float64).ravel()
    if sides.shape != (4,) or not np.isfinite(sides).all() or min(sides[2:]) <= 0:
        raise QueryError(
            f"Invalid box {box!r}.", "Give x, y, width and height in pixels, the last two above 0."
        )
    low, high = np.maximum(sides[:2], 0), np.minimum(sides[:2] + sides[2:], size)
    if (high <= low).any():
        what = f"The box {tuple(round(float(side)) for side in sides)} lies outside the picture."
        raise QueryError(what, f"The picture is {size[0]} x {size[1]} pixels, upright; x and y start at 0.")
    fractions = np.concatenate([low / size, (high - low) / size])
    return fractions.astype(np.float32)


def as_pixels(boxes: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    """Return boxes (R, 4) of fractions in pixels of a picture of (width, height)."""
    return boxes * np.array((*size, *size), np.float32)
