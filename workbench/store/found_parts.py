"""What was found in images under one key: rows, a vector each, and which images were searched."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from workbench.store.parts import Parts


@dataclass(frozen=True)
class FoundParts(ABC):
    """Tables in ``folder`` for things found in images; a thing is whole when it is in each of them.

    ``noun`` names the columns: a "face" has a ``face_id``, and an image so many ``faces``.
    """

    folder: Path
    vectors: Parts
    noun: ClassVar[str]

    @property
    @abstractmethod
    def rows(self) -> Parts:
        """One row for a thing: its id, its image and where it is."""

    @property
    @abstractmethod
    def examined(self) -> Parts:
        """One row for an image that was searched, with the number of its things."""

    @property
    def pictures(self) -> tuple[Parts, ...]:
        """Tables of pictures of the things, where there are some."""
        return ()

    def clean(self) -> None:
        """Remove temporary files that killed processes left behind."""
        for parts in (self.rows, self.vectors, *self.pictures, self.examined):
            parts.clean()

    def finished(self) -> set[str]:
        """Return the ids of the images that need not be searched again: all they have is here whole."""
        name = f"{self.noun}_id"
        rows = self.rows.read([name, "image_id"])
        for parts, column in ((self.vectors, "sample_id"), *((parts, name) for parts in self.pictures)):
            ids = parts.read([column])[column]
            rows = rows.filter(pc.is_in(rows[name], value_set=ids.combine_chunks()))
        whole = rows.group_by("image_id").aggregate([(name, "count_distinct")]).to_pydict()
        counts = dict(zip(whole["image_id"], whole[f"{name}_count_distinct"], strict=True))
        told = self.examined.read().to_pydict()
        pairs = zip(told["image_id"], told[f"{self.noun}s"], strict=True)
        return {image_id for image_id, count in pairs if counts.get(image_id, 0) >= count}

    def _write(self, tables: Iterable[tuple[Parts, pa.Table]]) -> None:
        """Write tables in their order; that images were searched comes last, so a crash repeats them."""
        for parts, table in tables:
            if table.num_rows:
                parts.append(table)
