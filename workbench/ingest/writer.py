"""Gathers finished results and writes them as parts, in an order that survives a crash at any point."""

import time
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from workbench.errors import CaseError
from workbench.ingest.examine import Models
from workbench.ingest.examined import Examined, Failure
from workbench.ingest.face_writer import FaceWriter
from workbench.ingest.plan import Known
from workbench.ingest.region_writer import RegionWriter
from workbench.media.decode import ImageFacts
from workbench.media.scan import FoundFile, display
from workbench.store import schemas
from workbench.store.case_folder import CaseFolder
from workbench.store.vector_parts import vector_table

PART_IMAGES = 512
PART_SECONDS = 60.0
_STEPS_OF_MODELS = {"prepare", "faces", "regions"}
_PART_ROWS = 20_000  # rows that cost nothing to compute, such as renames

Row = dict[str, Any]


class Writer:
    """Turns results into rows and rows into parts. Nothing is on disk before :meth:`flush`."""

    def __init__(self, folder: CaseFolder, models: Models, known: Known) -> None:
        self._folder = folder
        embedder = models.embedder
        self._vectors = folder.vectors(embedder.key, embedder.dim) if embedder else None
        self._face_writer = FaceWriter(folder, models.faces) if models.faces else None
        self._region_writer: RegionWriter | None = None
        if models.regions and embedder:
            self._region_writer = RegionWriter(folder, models.regions, embedder)
        self._known = known
        self._settled: dict[str, Failure | None] = {}
        self._waiting: defaultdict[str, list[FoundFile]] = defaultdict(list)
        self._clear()
        self.new = self.embedded = self.renamed = self.failed = 0

    @property
    def faces(self) -> int:
        """The number of faces found."""
        return self._face_writer.faces if self._face_writer else 0

    @property
    def regions(self) -> int:
        """The number of regions found."""
        return self._region_writer.regions if self._region_writer else 0

    def add(self, file: FoundFile, result: Examined) -> None:
        """Take the result for a file, in any order; flushes when a part is full or old."""
        if result.image_id is None or result.claimed:
            self._add_first(file, result)
        else:
            self._add_same(file, result.image_id)
        if self._full():
            self.flush()

    def _full(self) -> bool:
        parts = any(writer.full for writer in self._part_writers())
        rows = len(self._ids) >= PART_IMAGES or len(self._files) >= _PART_ROWS
        return rows or parts or self._age() > PART_SECONDS

    def fail(self, file: FoundFile, failure: Failure, image_id: str | None = None) -> None:
        """Note a file or folder without an image; says nothing that the case says already."""
        # An image that decoded once stays an image for the embedders that have its vector.
        status = "ok" if image_id in self._known.pictured else "problem"
        self.failed += 1
        row = (file.size, file.mtime_ns, image_id, status)
        said = self._known.problems.get(file.raw_path) == (failure.step, failure.reason)
        if said and self._known.files.get(file.raw_path) == row:
            return
        self._file(file, image_id, status)
        self._problem(file, failure)

    def lose(self, raw_path: bytes) -> None:
        """Note that a path is no longer in the source."""
        self._file(FoundFile(raw_path, 0, 0, "other"), None, "gone")

    def flush(self) -> None:
        """Write what was gathered. Files come last: what a path leads to is on disk before the path is.

        Raises :class:`CaseError` where the disk refuses; the rows are then kept for another try.
        """
        when = datetime.now(UTC)
        for row in (*self._problems, *self._files):
            row["when"] = when
        tables = (
            (self._folder.thumbnails, self._thumbnails),
            (self._folder.images, self._images),
            (self._folder.problems, self._problems),
            (self._folder.files, self._files),
        )
        try:
            for writer in self._part_writers():
                writer.flush()
            if self._ids and self._vectors:
                self._vectors.append(vector_table(self._ids, self._embedded, len(self._embedded[0])))
            for parts, rows in tables:
                if rows:
                    parts.append(pa.Table.from_pylist(rows, parts.schema))
        except OSError as error:
            raise CaseError(
                f"The case {self._folder.root} cannot be written: {error.strerror or error}.",
                "Free some space or check that you may write there, then ingest again.",
            ) from error
        self._clear()

    def _part_writers(self) -> list[FaceWriter | RegionWriter]:
        return [writer for writer in (self._face_writer, self._region_writer) if writer is not None]

    def _add_first(self, file: FoundFile, result: Examined) -> None:
        same = self._waiting.pop(result.image_id, []) if result.image_id else []
        if result.image_id:
            self._settled[result.image_id] = result.failure
        if result.failure:
            self.fail(file, result.failure, result.image_id)
        else:
            self._keep(result)
            self._settle_ok(file, str(result.image_id), result.warnings)
        for other in same:
            self._add_same(other, str(result.image_id))

    def _add_same(self, file: FoundFile, image_id: str) -> None:
        """Take a file whose bytes another file stands for, now or before."""
        if self._known.needs(image_id) and image_id not in self._settled:
            self._waiting[image_id].append(file)
        elif failure := self._settled.get(image_id):
            self.fail(file, failure, image_id)
        else:
            self.renamed += self._known.files.get(file.raw_path, (0, 0, None, ""))[2] != image_id
            self._settle_ok(file, image_id, [])

    def _keep(self, result: Examined) -> None:
        """Gather the picture and the vector of a content, where they were made."""
        image_id = str(result.image_id)
        if result.facts is not None and result.jpeg is not None:
            self.new += 1
            self._images.append(_image_row(image_id, result.facts))
            self._thumbnails.append({"image_id": image_id, "jpeg": result.jpeg})
        if result.vector is not None:
            self.embedded += 1
            self._ids.append(image_id)
            self._embedded.append(result.vector)
        if result.faces is not None and self._face_writer:
            self._face_writer.add(image_id, result.faces)
        if result.regions is not None and self._region_writer:
            self._region_writer.add(image_id, result.regions)

    def _settle_ok(self, file: FoundFile, image_id: str, warnings: list[Failure]) -> None:
        # A new row of the path ends its problems: one that a model had with it is over.
        over = self._known.problems.get(file.raw_path, ("", ""))[0] in _STEPS_OF_MODELS
        changed = self._known.files.get(file.raw_path) != (file.size, file.mtime_ns, image_id, "ok")
        if warnings or over or changed:
            self._file(file, image_id, "ok")
        for warning in warnings:
            self._problem(file, warning)

    def _file(self, file: FoundFile, image_id: str | None, status: str) -> None:
        self._files.append(
            {
                "path": display(file.raw_path),
                "raw_path": file.raw_path,
                "size": file.size,
                "mtime_ns": file.mtime_ns,
                "image_id": image_id,
                "status": status,
            }
        )

    def _problem(self, file: FoundFile, failure: Failure) -> None:
        row = {"path": display(file.raw_path), "raw_path": file.raw_path}
        self._problems.append(row | {"step": failure.step, "reason": failure.reason})

    def _clear(self) -> None:
        self._files: list[Row] = []
        self._images: list[Row] = []
        self._thumbnails: list[Row] = []
        self._problems: list[Row] = []
        self._ids: list[str] = []
        self._embedded: list[NDArray[np.float32]] = []
        self._flushed = time.monotonic()

    def _age(self) -> float:
        return time.monotonic() - self._flushed


def _image_row(image_id: str, facts: ImageFacts) -> Row:
    said = facts.metadata
    row: Row = {name: getattr(said, name) for name in schemas.IMAGES.names if hasattr(said, name)}
    size = {"width": facts.width, "height": facts.height}
    return row | size | {"image_id": image_id, "format": facts.format, "mode": facts.mode}
