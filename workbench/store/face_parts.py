"""The parts of one face key: rows, vectors, crops, and which images were searched."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from workbench.store import schemas
from workbench.store.parts import Parts


@dataclass(frozen=True)
class FaceParts:
    """The tables under ``cache/faces/<face key>``; ``vectors`` may be taken away, the rest stays whole."""

    folder: Path
    vectors: Parts

    @property
    def rows(self) -> Parts:
        """One row for a face: place, points and quality."""
        return Parts(self.folder / "faces", schemas.FACES)

    @property
    def crops(self) -> Parts:
        """JPEG bytes for a face, 160 px; in small row groups, because single rows are read."""
        return Parts(self.folder / "crops", schemas.CROPS, row_group=64, compression="none")

    @property
    def examined(self) -> Parts:
        """One row for an image that was searched, with the number of its faces."""
        return Parts(self.folder / "examined", schemas.EXAMINED)

    def clean(self) -> None:
        """Remove temporary files that killed processes left behind."""
        for parts in (self.rows, self.vectors, self.crops, self.examined):
            parts.clean()

    def finished(self) -> set[str]:
        """Return the ids of the images that need not be searched again: all their faces are here whole."""
        faces = self.rows.read(["face_id", "image_id"])
        for parts, column in ((self.vectors, "sample_id"), (self.crops, "face_id")):
            ids = parts.read([column])[column]
            faces = faces.filter(pc.is_in(faces["face_id"], value_set=ids.combine_chunks()))
        whole = faces.group_by("image_id").aggregate([("face_id", "count_distinct")])
        counts = dict(
            zip(whole["image_id"].to_pylist(), whole["face_id_count_distinct"].to_pylist(), strict=True)
        )
        told = self.examined.read()
        pairs = zip(told["image_id"].to_pylist(), told["faces"].to_pylist(), strict=True)
        return {image_id for image_id, count in pairs if counts.get(image_id, 0) >= count}

    def append(self, rows: pa.Table, vectors: pa.Table, crops: pa.Table, examined: pa.Table) -> None:
        """Write the faces of some images; that they were searched comes last, so a crash repeats them."""
        for parts, table in (
            (self.vectors, vectors),
            (self.crops, crops),
            (self.rows, rows),
            (self.examined, examined),
        ):
            if table.num_rows:
                parts.append(table)
