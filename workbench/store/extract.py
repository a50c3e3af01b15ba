"""Extract: the images that a case has now, and what belongs to them, written into another case folder.

All that is carried is named here, table by table and column by column. A column that is added to a schema
later stays behind until it is named here too.
"""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import pyarrow as pa
import pyarrow.compute as pc

from workbench.image_id import file_id
from workbench.store.case_folder import CaseFolder
from workbench.store.parts import Parts
from workbench.store.sample_parts import SampleTable, unique
from workbench.store.snapshot import current_problems, latest_files

FILES = ("path", "raw_path", "size", "mtime_ns", "image_id", "status", "when", "stills", "images")
IMAGES = (
    *("image_id", "width", "height", "format", "mode", "taken_at", "lat", "lon", "altitude"),
    *("camera", "lens", "software", "orientation", "motion", "stills", "taken_zone", "rating"),
)
"""Not what people wrote: titles, descriptions and keywords name people, and so do creators."""
THUMBNAILS = ("image_id", "jpeg")
PROBLEMS = ("path", "raw_path", "step", "reason", "when")
STEPS = ("scan", "read", "decode", "metadata", "video", "regions")
"""The steps whose problems are carried: none that tells of faces."""
VECTORS = ("sample_id", "vector")
SEEN = ("image_id", "count")
_REGION = (
    *("region_id", "image_id", "kind", "label", "x", "y", "width", "height", "score"),
    *("mask", "mask_rows", "mask_columns", "text", "script"),
)
_FACE = (
    *("face_id", "image_id", "x", "y", "width", "height", "score", "landmarks"),
    *("size", "sharpness", "pose", "exposure", "quality", "gamma"),
)
ROWS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "image": (),
        "persons": _REGION,
        "objects": _REGION,
        "text": _REGION,
        "instance": ("image_id", "dim", "boxes", "vectors", "reason"),
        "face": _FACE,
    }
)
"""The kinds of samples that can be carried, with the columns of their rows."""
NO_REASON = "the reason names a place on another computer"
_PLACE = re.compile(r"[/\\~]")


class Extract:
    """Carries images from ``case`` to ``target``, a folder without tables.

    An image is carried where its file was in the source when that was last read: not what is gone since.
    """

    def __init__(self, case: CaseFolder, target: CaseFolder) -> None:
        self._case, self._target = case, target
        files = latest_files(case)
        self._problems = current_problems(case, files)
        self._files = set(files.loc[files["status"] == "ok", "image_id"])

    def holds(self, sample_id: str) -> bool:
        """Say whether an image, or the image that a sample lies in, is carried."""
        return file_id(sample_id.partition(":")[0]) in self._files

    def copy_images(self) -> None:
        """Write paths, metadata, thumbnails, and the problems of files that are in the source.

        A reason that holds a path is replaced, because that may be a place on the sender's disk.
        """
        case, target = self._case, self._target
        files = unique(case.files.read(list(FILES)), "raw_path", last=True)
        _write(target.files, files.filter(pc.is_in(files["status"], value_set=pa.array(["ok", "problem"]))))
        self._copy(case.images, target.images, IMAGES)
        self._copy(case.thumbnails, target.thumbnails, THUMBNAILS)
        told = self._problems.loc[self._problems["step"].isin(STEPS), list(PROBLEMS)]
        told = told.assign(reason=[NO_REASON if _PLACE.search(text) else text for text in told["reason"]])
        _write(target.problems, pa.Table.from_pandas(told, preserve_index=False))

    def copy_samples(self, table: SampleTable, key: str) -> None:
        """Write the samples of one kind and key; raises KeyError for a kind that is not named in `ROWS`."""
        source = self._case.samples(table, key)
        there = [
            getattr(source.vectors.column_type(path, "vector"), "list_size", 0)
            for path in source.vectors.paths()
        ]
        target = self._target.samples(table, key, max(there, default=1))
        columns = {"rows": ROWS[table.kind], "vectors": VECTORS, "seen": SEEN}
        columns["crops"] = (table.id_column, "jpeg")
        for name, parts in source.tables.items():
            self._copy(parts, target.tables[name], columns[name])

    def _copy(self, source: Parts, target: Parts, columns: Sequence[str]) -> None:
        """Write the rows whose first column names an image that is carried, part by part."""
        for table in source.tables(columns):
            kept = pa.array(
                [self.holds(sample_id) for sample_id in table[columns[0]].to_pylist()], pa.bool_()
            )
            _write(target, table.filter(kept))


def _write(target: Parts, table: pa.Table) -> None:
    """Append rows; columns of the schema that are not carried become null."""
    if table.num_rows:
        there = set(table.column_names)
        columns = [
            table[field.name] if field.name in there else pa.nulls(table.num_rows, field.type)
            for field in target.schema
        ]
        target.append(pa.table(columns, names=target.schema.names))
