"""ImageLookup: which image an analyst means by a row, an image id, a path or a name, and what to call it."""

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import QueryError
from workbench.image_id import called as called_by
from workbench.image_id import part_of

if TYPE_CHECKING:
    import pandas as pd

SHORT = 8
"""Digits of an image id that name an image on screen; as a name it needs at least so many."""


class ImageLookup:
    """Finds rows of ``images``, the image table of a case."""

    def __init__(self, images: "pd.DataFrame") -> None:
        self._images = images

    @cached_property
    def ids(self) -> list[str]:
        """The image id of each row."""
        ids: list[str] = self._images["image_id"].to_numpy(object).tolist()
        return ids

    def row(self, image: int | str) -> int:
        """Return the row of an image given by row, image id or path; raise QueryError where there is none."""
        if isinstance(image, int | np.integer):
            if 0 <= image < len(self._images):
                return int(image)
            last = len(self._images) - 1
            help_ = (
                f"Use a row from 0 to {last}." if last >= 0 else "The case has no images: ingest some first."
            )
            raise QueryError(f"Row {image} does not exist.", help_)
        row = self._row_of.get(image)
        if row is None and image in self._several:
            some = self.shown(self._several[image][0])
            raise QueryError(f"The file {image} has several images.", f"Name one of them, such as {some!r}.")
        if row is None:
            raise QueryError(
                f"No image {image!r} in this case.", "Use an image_id or a path of `case.images`."
            )
        return row

    def knows(self, image: str) -> bool:
        """Say whether a text is an image id or a path of this case."""
        return image in self._row_of

    def named(self, name: str) -> int:
        """Return the row of the image that a person calls ``name``.

        That is an image id or the first eight or more digits of one, a path, or the name of a file with or
        without its ending. Raises QueryError where none or several are called so.
        """
        if name in self._row_of:
            return self._row_of[name]
        rows = self._rows_called.get(name.casefold(), [])
        if not rows and len(name) >= SHORT:
            rows = [row for row, image_id in enumerate(self.ids) if image_id.startswith(name)]
        if len(rows) == 1:
            return rows[0]
        if not rows:
            raise QueryError(
                f"No image has the name {name!r}.", "Use a file name, path or image id of this case."
            )
        some = ", ".join(self.shown(row) for row in rows[:3])
        raise QueryError(
            f"{len(rows)} images have the name {name!r}: {some}.", "Use the path of one of them."
        )

    def name(self, row: int) -> str:
        """Return the shortest name by which `named` finds a row: of the file, or the start of its id."""
        path = str(self._images["path"].iloc[row])
        if part_of(self.ids[row]):
            return self.shown(row)
        for called in (_stem(path), _file(path)):
            if self._rows_called.get(called.casefold()) == [row] and called not in self._row_of:
                return called
        return self.ids[row][: 2 * SHORT]

    def shown(self, row: int) -> str:
        """Return what a person calls a row: the path of its file, and which part of that it is."""
        return called_by(str(self._images["path"].iloc[row]), self.ids[row])

    def ids_of(self, images: int | str | Iterable[int | str]) -> list[str]:
        """Return the image ids of one image or several."""
        several = [images] if isinstance(images, int | str | np.integer) else images
        return [self.ids[self.row(image)] for image in several]

    @cached_property
    def _row_of(self) -> dict[str, int]:
        pairs = [(row, path) for row, paths in enumerate(self._images["paths"]) for path in paths]
        rows = {called_by(path, self.ids[row]): row for row, path in pairs}
        rows |= {path: some[0] for path, some in self._rows_in.items() if len(some) == 1}
        return rows | {image_id: row for row, image_id in enumerate(self.ids)}

    @cached_property
    def _rows_in(self) -> dict[str, list[int]]:
        """The rows of each path of a file that has images in it: pages, frames."""
        rows: dict[str, list[int]] = {}
        for row, paths in enumerate(self._images["paths"]):
            if part_of(self.ids[row]):
                for path in paths:
                    rows.setdefault(path, []).append(row)
        return rows

    @property
    def _several(self) -> dict[str, list[int]]:
        return {path: rows for path, rows in self._rows_in.items() if len(rows) > 1}

    @cached_property
    def _rows_called(self) -> dict[str, list[int]]:
        """The rows of each file name, with and without its ending."""
        rows: dict[str, list[int]] = {}
        for row, path in enumerate(self._images["path"]):
            file = _file(path)
            part = called_by(file, self.ids[row])
            for called in {file.casefold(), _stem(file).casefold(), part.casefold()}:
                rows.setdefault(called, []).append(row)
        return rows


def _file(path: str) -> str:
    return path.rsplit("/", 1)[-1]


def _stem(path: str) -> str:
    stem, dot, _ = _file(path).rpartition(".")
    return stem if dot and stem else _file(path)
