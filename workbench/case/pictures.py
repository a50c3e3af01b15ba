"""Pictures: the images of a case as JPEG, small and large."""

import os
from collections.abc import Iterable
from io import BytesIO
from typing import TYPE_CHECKING

from workbench.image_id import part_of
from workbench.media.decode import DecodeError, read_image
from workbench.media.read import ReadError, read_bytes
from workbench.store.case_folder import CaseFolder
from workbench.store.thumbnails import ThumbnailReader

if TYPE_CHECKING:
    import pandas as pd

LARGE_SIDE = 1280
"""Longest side, in pixels, of a large picture."""


class Pictures:
    """JPEG bytes for the rows of ``images`` (a table with image_id and raw_path)."""

    def __init__(self, folder: CaseFolder, images: "pd.DataFrame") -> None:
        self._folder, self._images = folder, images
        self._thumbnails = ThumbnailReader(folder.thumbnails)

    def thumbnails(self, rows: Iterable[int]) -> list[bytes]:
        """Return a thumbnail (longest side 256 px) for each row; empty bytes where there is none."""
        ids = [str(self._images["image_id"].iloc[row]) for row in rows]
        found = self._thumbnails.get(ids)
        return [found.get(image_id, b"") for image_id in ids]

    def large(self, row: int) -> bytes:
        """Return an upright picture of at most 1280 px; the thumbnail if the original is out of reach."""
        if part_of(str(self._images["image_id"].iloc[row])):  # the file is not the image
            return self.thumbnails([row])[0]
        try:
            data = read_bytes(os.fsencode(self._folder.file_path(self._images["raw_path"].iloc[row])))
            picture = read_image(data, min_side=LARGE_SIDE).image
        except (OSError, ReadError, DecodeError):
            return self.thumbnails([row])[0]
        picture.thumbnail((LARGE_SIDE, LARGE_SIDE))
        buffer = BytesIO()
        picture.save(buffer, "JPEG", quality=88)
        return buffer.getvalue()
