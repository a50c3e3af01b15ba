"""The parts of one region key: rows, vectors, and which images were searched."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from workbench.store import schemas
from workbench.store.parts import Parts


@dataclass(frozen=True)
class RegionParts:
    """The tables under ``cache/regions/<region key>``."""

    folder: Path
    vectors: Parts

    @property
    def rows(self) -> Parts:
        """One row for a region: kind, place, label, mask and text."""
        return Parts(self.folder / "regions", schemas.REGIONS)

    @property
    def examined(self) -> Parts:
        """One row for an image that was searched, with the number of its regions."""
        return Parts(self.folder / "examined", schemas.EXAMINED_REGIONS)

    def clean(self) -> None:
        """Remove temporary files that killed processes left behind."""
        for parts in (self.rows, self.vectors, self.examined):
            parts.clean()

    def finished(self) -> set[str]:
        """Return the ids of the images that need not be searched again: all their regions are here whole."""
        rows = self.rows.read(["region_id", "image_id"])
        ids = self.vectors.read(["sample_id"])["sample_id"]
        rows = rows.filter(pc.is_in(rows["region_id"], value_set=ids.combine_chunks()))
        whole = rows.group_by("image_id").aggregate([("region_id", "count_distinct")]).to_pydict()
        counts = dict(zip(whole["image_id"], whole["region_id_count_distinct"], strict=True))
        told = self.examined.read().to_pydict()
        pairs = zip(told["image_id"], told["regions"], strict=True)
        return {image_id for image_id, count in pairs if counts.get(image_id, 0) >= count}

    def append(self, rows: pa.Table, vectors: pa.Table, examined: pa.Table) -> None:
        """Write the regions of some images; that they were searched comes last, so a crash repeats them."""
        for parts, table in ((self.vectors, vectors), (self.rows, rows), (self.examined, examined)):
            if table.num_rows:
                parts.append(table)
