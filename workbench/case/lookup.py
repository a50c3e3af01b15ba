"""Lookup: which image an analyst means by a row, an image id or a path."""

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import QueryError

if TYPE_CHECKING:
    import pandas as pd


class Lookup:
    """Finds rows of ``images``, the image table of a case."""

    def __init__(self, images: "pd.DataFrame") -> None:
        self._images = images

    @cached_property
    def ids(self) -> list[str]:
        """The image id of each row."""
        return list(self._images["image_id"])

    def row(self, image: int | str) -> int:
        """Return the row of an image given by row, image id or path; raise QueryError where there is none."""
        if isinstance(image, int | np.integer):
            if 0 <= image < len(self._images):
                return int(image)
            raise QueryError(f"Row {image} does not exist.", f"Rows go from 0 to {len(self._images) - 1}.")
        row = self._row_of.get(image)
        if row is None:
            raise QueryError(
                f"No image {image!r} in this case.", "Use an image_id or a path of `case.images`."
            )
        return row

    def ids_of(self, images: int | str | Iterable[int | str]) -> list[str]:
        """Return the image ids of one image or several."""
        several = [images] if isinstance(images, int | str | np.integer) else images
        return [self.ids[self.row(image)] for image in several]

    @cached_property
    def _row_of(self) -> dict[str, int]:
        rows = {path: row for row, paths in enumerate(self._images["paths"]) for path in paths}
        return rows | {image_id: row for row, image_id in enumerate(self.ids)}
