"""The parts of one face key: rows, vectors, crops, and which images were searched."""

from dataclasses import dataclass

import pyarrow as pa

from workbench.store import schemas
from workbench.store.found_parts import FoundParts
from workbench.store.parts import Parts


@dataclass(frozen=True)
class FaceParts(FoundParts):
    """The tables under ``cache/faces/<face key>``; ``vectors`` may be taken away, the rest stays whole."""

    noun = "face"

    @property
    def rows(self) -> Parts:
        """One row for a face: place, points and quality."""
        return Parts(self.folder / "faces", schemas.FACES)

    @property
    def crops(self) -> Parts:
        """JPEG bytes for a face, 160 px; in small row groups, because single rows are read."""
        return Parts(self.folder / "crops", schemas.CROPS, row_group=64, compression="none")

    @property
    def pictures(self) -> tuple[Parts, ...]:
        """The crops."""
        return (self.crops,)

    @property
    def examined(self) -> Parts:
        """One row for an image that was searched, with the number of its faces."""
        return Parts(self.folder / "examined", schemas.EXAMINED)

    def append(self, rows: pa.Table, vectors: pa.Table, crops: pa.Table, examined: pa.Table) -> None:
        """Write the faces of some images."""
        tables = ((self.vectors, vectors), (self.crops, crops), (self.rows, rows), (self.examined, examined))
        self._write(tables)
