"""ImageLookup: which image an analyst means by a row, an image id, a path or a name, and what to call it."""

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import QueryError
from workbench.image_id import called as called_by
from workbench.image_id import part_of
from workbench.media.kinds import IMAGE_SUFFIXES, suffix
from workbench.spelling import lookup_form

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

    def row(self, image: "int | np.integer | str") -> int:
        """Return the row of an image given by row, image id or path; raise QueryError where there is none.

        A path may be any of those the image has, and is found however its letters are composed or cased.
        """
        if isinstance(image, int | np.integer) and not isinstance(image, bool):
            return self._checked(image)
        if not isinstance(image, str):
            raise QueryError(
                f"An image cannot be given by an object of type {type(image).__name__}.",
                "Use its row (a whole number), or an image_id or path of `case.images` (a text).",
            )
        row = self._row_of.get(image)
        if row is None and image in self._several:
            some = self.shown(self._several[image][0])
            raise QueryError(f"The file {image} has several images.", f"Name one of them, such as {some!r}.")
        rows = [row] if row is not None else self._rows_spelled.get(_path_form(image), [])
        if not rows:
            raise QueryError(
                f"No image {image!r} in this case.", "Use an image_id or a path of `case.images`."
            )
        return self._only(rows, image)

    def _checked(self, row: "int | np.integer") -> int:
        if 0 <= row < len(self._images):
            return int(row)
        last = len(self._images) - 1
        help_ = f"Use a row from 0 to {last}." if last >= 0 else "The case has no images: ingest some first."
        raise QueryError(f"Row {row} does not exist.", help_)

    def knows(self, image: str) -> bool:
        """Say whether a text is exactly an image id or a path of this case; see `meant` for other texts."""
        return image in self._row_of

    def meant(self, text: str) -> int | None:
        """Return the row of the image that a text in a query names; None where it is words.

        It names one where it is an image id or its first eight or more digits, a path, or ends as the files
        of pictures do. Raises QueryError where no image or several have that name, and for words in which a
        file of the case is named, so that a name is never searched as words.
        """
        if text in self._row_of:
            return self._row_of[text]
        words = text.split()
        if not words:
            return None
        if not _ends_as_picture(words[-1]):
            found = self._starting(text) or (self._spelled_rows(text) if "." in words[-1] else [])
            whole = re.fullmatch("[0-9a-fA-F]{64}", text) is not None
            return self.named(text) if found or whole else None
        if len(words) == 1 or self._spelled_rows(text):
            return self.named(text)
        if some := [word for word in words if _ends_as_picture(word) and self._spelled_rows(word)]:
            raise QueryError(
                f"{some[0]!r} is the name of an image of this case, not a word.", f"Write like:{some[0]}."
            )
        return None

    def named(self, name: str) -> int:
        """Return the row of the image that a person calls ``name``.

        That is an image id or the first eight or more digits of one, a path, or the name of a file with or
        without its ending; of an image with several paths any of them. Raises QueryError where none or
        several are called so.
        """
        if name in self._row_of:
            return self._row_of[name]
        rows = self._spelled_rows(name) or self._starting(name)
        if not rows:
            raise QueryError(
                f"No image has the name {name!r}.",
                "Use a file name, path or image id of this case; pathlib.Path(...) is a picture elsewhere.",
            )
        return self._only(rows, name)

    def _only(self, rows: list[int], name: str) -> int:
        if len(rows) == 1:
            return rows[0]
        some = ", ".join(self.shown(row) for row in rows[:3])
        raise QueryError(
            f"{len(rows)} images have the name {name!r}: {some}.", "Use the path of one of them."
        )

    def _spelled_rows(self, name: str) -> list[int]:
        form = _path_form(name)
        return self._rows_spelled.get(form) or self._rows_called.get(form, [])

    def _starting(self, name: str) -> list[int]:
        """Return the rows whose id begins with a name of enough digits."""
        if len(name) < SHORT or re.match("[0-9a-fA-F]{8}", name) is None:
            return []
        start = name.lower()
        return [row for row, image_id in enumerate(self.ids) if image_id.startswith(start)]

    def name(self, row: int) -> str:
        """Return the shortest name by which `named` finds a row: of the file, or the start of its id."""
        path = str(self._images["path"].iloc[row])
        if part_of(self.ids[row]):
            return self.shown(row)
        for called in (_stem(path), _file(path)):
            if self._spelled_rows(called) == [row] and called not in self._row_of:
                return called
        return self.ids[row][: 2 * SHORT]

    def shown(self, row: int) -> str:
        """Return what a person calls a row: the path of its file, and which part of that it is."""
        return called_by(str(self._images["path"].iloc[row]), self.ids[row])

    def ids_of(self, images: int | str | Iterable[int | str]) -> list[str]:
        """Return the image ids of one image or several."""
        if not isinstance(images, Iterable) or isinstance(images, str | bytes | Mapping):
            return [self.ids[self.row(images)]]  # type: ignore[arg-type]  # of another type: refused there
        return [self.ids[self.row(image)] for image in images]

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
    def _rows_spelled(self) -> dict[str, list[int]]:
        """The rows of each path, by the form in which names are compared."""
        rows: dict[str, list[int]] = {}
        for path, row in self._row_of.items():
            rows.setdefault(_path_form(path), []).append(row)
        return {form: list(dict.fromkeys(some)) for form, some in rows.items()}

    @cached_property
    def _rows_called(self) -> dict[str, list[int]]:
        """The rows of each file name, with and without its ending, by the form that is compared."""
        rows: dict[str, list[int]] = {}
        for row, paths in enumerate(self._images["paths"]):
            files = [_file(str(path)) for path in paths]
            names = [(file, _stem(file), called_by(file, self.ids[row])) for file in files]
            for form in {lookup_form(name) for some in names for name in some}:
                rows.setdefault(form, []).append(row)
        return rows


def _path_form(path: str) -> str:
    """Return the form of a path, also of one as Windows or a shell writes it."""
    return lookup_form(path.replace("\\", "/").removeprefix("./"))


def _ends_as_picture(word: str) -> bool:
    return suffix(word.encode("utf-8", "replace")) in IMAGE_SUFFIXES


def _file(path: str) -> str:
    return path.rsplit("/", 1)[-1]


def _stem(path: str) -> str:
    stem, dot, _ = _file(path).rpartition(".")
    return stem if dot and stem else _file(path)
