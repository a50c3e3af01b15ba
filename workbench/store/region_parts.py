"""The parts of one region key: rows, vectors, and which images were searched."""

from dataclasses import dataclass

import pyarrow as pa

from workbench.store import schemas
from workbench.store.found_parts import FoundParts
from workbench.store.parts import Parts


@dataclass(frozen=True)
class RegionParts(FoundParts):
    """The tables under ``cache/regions/<region key>``."""

    noun = "region"

    @property
    def rows(self) -> Parts:
        """One row for a region: kind, place, label, mask and text."""
        return Parts(self.folder / "regions", schemas.REGIONS)

    @property
    def examined(self) -> Parts:
        """One row for an image that was searched, with the number of its regions."""
        return Parts(self.folder / "examined", schemas.EXAMINED_REGIONS)

    def append(self, rows: pa.Table, vectors: pa.Table, examined: pa.Table) -> None:
        """Write the regions of some images."""
        self._write(((self.vectors, vectors), (self.rows, rows), (self.examined, examined)))
