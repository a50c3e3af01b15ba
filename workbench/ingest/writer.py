"""Gathers finished results and writes them as parts, in an order that survives a crash at any point."""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa

from workbench.errors import CaseError, DiskError
from workbench.image_id import part_of
from workbench.ingest.examine import Examined, Failure
from workbench.ingest.plan import Known, KnownFile
from workbench.media.decode import ImageFacts
from workbench.media.scan import FoundFile, display
from workbench.samples.image import IMAGE
from workbench.samples.kind import Found, PackedSamples, Sample
from workbench.store import schemas
from workbench.store.case_folder import CaseFolder
from workbench.store.sample_parts import SampleParts, vector_table
from workbench.store.samples import pack
from workbench.store.snapshot import current_skipped
from workbench.vectors import are_unit_rows

PART_IMAGES = 512
PART_SAMPLES = 4096
PART_PACKED = 256  # images of a packed kind: their vectors are many
PART_SECONDS = 60.0
_OF_THE_FILE = {"decode", "metadata"}  # steps whose problem lasts as long as the file is the same
_MOST_TOLD = 100  # problems of the pages or frames of one file
_PART_ROWS = 20_000  # rows that cost nothing to compute, such as renames

Row = dict[str, Any]


class Writer:
    """Turns results into rows and rows into parts. Nothing is on disk before :meth:`flush`."""

    def __init__(self, folder: CaseFolder, parts: Mapping[str, SampleParts], known: Known) -> None:
        self._folder = folder
        self.samples = {kind: SampleWriter(some) for kind, some in parts.items()}
        self._known = known
        self._settled: dict[str, Examined] = {}
        self._waiting: defaultdict[str, list[FoundFile]] = defaultdict(list)
        self._warnings: defaultdict[bytes, list[Failure]] = defaultdict(list)
        self._new: set[bytes] = set()
        self._clear()
        self.new = self.images = self.renamed = self.failed = self.read = 0

    def add(self, file: FoundFile, result: Examined) -> None:
        """Take a result for a file, in any order; flushes when a part is full or old.

        What is noted of a file is what was read, where that has changed since the scan. The images of a file
        are kept as they come; the file itself is noted with its last result, so that what is half done when
        the process dies is done to its end by the next ingest.
        """
        if result.read and result.read != (file.size, file.mtime_ns):
            file = replace(file, size=result.read[0], mtime_ns=result.read[1])
        if not result.last:
            self._keep(file, result)
            told = self._warnings[file.raw_path]
            told += result.warnings[: max(0, _MOST_TOLD - len(told))]
        elif result.image_id is None or result.claimed:
            self._add_first(file, result)
        else:
            self._add_same(file, result)
        if self._full():
            self.flush()

    def _full(self) -> bool:
        samples = any(writer.full for writer in self.samples.values())
        many = len(self._files) >= _PART_ROWS or len(self._images) >= PART_SAMPLES
        return samples or many or self._age() > PART_SECONDS

    def fail(self, file: FoundFile, failure: Failure, result: Examined | None = None) -> None:
        """Note a file or folder without an image; says nothing that the case says already."""
        file_id, stills = (result.image_id, result.stills) if result else (None, None)
        # An image that decoded once stays an image for the embedders that have its vector.
        images = self._known.images(file_id, stills)
        row = KnownFile(file.size, file.mtime_ns, file_id, "ok" if images else "problem", stills)
        self.failed += 1
        said = self._known.problems.get(file.raw_path) == {failure.step: failure.reason}
        if said and self._known.files.get(file.raw_path) == row:
            return
        self._file(file.raw_path, row, images)
        self._problem(file, failure)

    def lose(self, raw_path: bytes) -> None:
        """Note that a path is no longer in the source."""
        self._file(raw_path, KnownFile(0, 0))

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
        with written(self._folder):
            for writer in self.samples.values():
                writer.flush()
            for parts, rows in tables:
                if rows:
                    parts.append(pa.Table.from_pylist(rows, parts.schema))
        self._clear()

    def _add_first(self, file: FoundFile, result: Examined) -> None:
        same = self._waiting.pop(result.image_id, []) if result.image_id else []
        if result.image_id:
            self._settled[result.image_id] = result
        of_parts = self._warnings.pop(file.raw_path, [])
        if result.failure:
            self.fail(file, result.failure, result)
        else:
            self._keep(file, result)
            self._settle_ok(file, result, [*of_parts, *result.warnings])
        self._new.discard(file.raw_path)
        for other in same:
            self._add_same(other, result)

    def _add_same(self, file: FoundFile, result: Examined) -> None:
        """Take a file whose bytes another file stands for, now or before."""
        file_id = str(result.image_id)
        settled = self._settled.get(file_id)
        if settled is None and self._known.needs_of_file(file_id, result.stills):
            self._waiting[file_id].append(file)
        elif settled and settled.failure:
            self.fail(file, settled.failure, settled)
        else:
            self.renamed += self._known.files.get(file.raw_path, KnownFile()).file_id != file_id
            images = settled.images if settled else self._known.images(file_id, result.stills)
            self._settle_ok(file, replace(result, images=images), [])

    def _keep(self, file: FoundFile, result: Examined) -> None:
        """Gather the picture and the samples of an image, where they were made."""
        image_id = str(result.image_id)
        if result.facts is not None and result.jpeg is not None:
            self.images += 1
            self.new += file.raw_path not in self._new
            self._new.add(file.raw_path)
            self._images.append(_image_row(image_id, result.facts, result.stills))
            self._thumbnails.append({"image_id": image_id, "jpeg": result.jpeg})
        elif result.metadata is not None and image_id in self._known.outdated:
            facts = ImageFacts(*self._known.outdated[image_id], metadata=result.metadata)
            self._images.append(_image_row(image_id, facts, result.stills))
        for kind, found in result.found.items():
            usable = _usable(found)
            if len(usable) < len(found):
                lost = f"{len(found) - len(usable)} of {len(found)} vectors ({kind})"
                reason = f"{lost} are not finite or not of unit length, and are left out"
                step = f"embed {part_of(image_id)}".rstrip()
                result.warnings.append(Failure(step, reason))
            self.samples[kind].add(image_id, usable, len(found))

    def _settle_ok(self, file: FoundFile, result: Examined, warnings: list[Failure]) -> None:
        self.read += 1
        # A new row of the path ends its problems: what is wrong with the file itself is said again.
        said = self._known.problems.get(file.raw_path, {})
        row = KnownFile(file.size, file.mtime_ns, result.image_id, "ok", result.stills)
        changed = self._known.files.get(file.raw_path) != row
        if row.stills is not None:
            changed |= result.images != self._known.images(row.file_id, row.stills)
        # Of metadata that were read again the problems are told again.
        past = {"metadata"} if row.file_id in self._known.outdated else set()
        lasting = {step: reason for step, reason in said.items() if _lasts(step) and step not in past}
        told = {} if changed else lasting
        told |= {warning.step: warning.reason for warning in warnings}
        if changed or told != said:
            self._file(file.raw_path, row, result.images)
            for step, reason in told.items():
                self._problem(file, Failure(step, reason))

    def _file(self, raw_path: bytes, row: KnownFile, images: int | None = None) -> None:
        self._files.append(
            {
                "path": display(raw_path),
                "raw_path": raw_path,
                "size": row.size,
                "mtime_ns": row.mtime_ns,
                "image_id": row.file_id,
                "status": row.status,
                "stills": row.stills,
                "images": None if row.stills is None else images,
            }
        )

    def _problem(self, file: FoundFile, failure: Failure) -> None:
        row = {"path": display(file.raw_path), "raw_path": file.raw_path}
        reason = failure.reason.encode("utf-8", "backslashreplace").decode()  # what UTF-8 cannot hold
        self._problems.append(row | {"step": failure.step, "reason": reason})

    def _clear(self) -> None:
        self._files: list[Row] = []
        self._images: list[Row] = []
        self._thumbnails: list[Row] = []
        self._problems: list[Row] = []
        self._flushed = time.monotonic()

    def _age(self) -> float:
        return time.monotonic() - self._flushed


class SampleWriter:
    """Gathers the samples of one kind and writes them as parts. Nothing is on disk before :meth:`flush`."""

    def __init__(self, parts: SampleParts) -> None:
        self._parts = parts
        self._clear()
        self.count = self.images = self.failed = 0

    @property
    def full(self) -> bool:
        """Whether there is enough for a part."""
        table = self._parts.table
        if table.packed:
            return len(self._packed) >= PART_PACKED
        return len(self._samples) >= (PART_IMAGES if table.kind == IMAGE.name else PART_SAMPLES)

    def add(self, image_id: str, found: Found, there: int | None = None) -> None:
        """Take all samples of an image that was searched; none says that it has none.

        ``there``: how many it has, where some of them cannot be stored; the image is then searched again.
        """
        self.images += 1
        self.count += len(found)
        self._seen.append({"image_id": image_id, "count": len(found) if there is None else there})
        if isinstance(found, PackedSamples):
            self.failed += found.reason is not None
            self._packed.append(pack(image_id, found.boxes, found.vectors, found.reason))
        else:
            self._samples += found

    def flush(self) -> None:
        """Write what was gathered; raises OSError, and it is then kept for another try."""
        if self._seen:
            self._parts.append(**self._tables())
            self._clear()

    def _tables(self) -> dict[str, pa.Table]:
        table, samples = self._parts.table, self._samples
        if table.packed:
            return {"rows": pa.Table.from_pylist(self._packed, schemas.PACKED)}
        ids = [sample.row[table.id_column] for sample in samples]
        vectors = [sample.vector for sample in samples if sample.vector is not None]
        tables = {"vectors": vector_table(ids, vectors, self._parts.dim or 1)}
        if table.columns is not None:
            rows = [sample.row for sample in samples]
            tables["rows"] = pa.Table.from_pylist(rows, table.columns)
            tables["seen"] = pa.Table.from_pylist(self._seen, schemas.SEEN)
        if table.crops:
            crops = [{table.id_column: key, "jpeg": one.jpeg} for key, one in zip(ids, samples, strict=True)]
            tables["crops"] = pa.Table.from_pylist(crops, schemas.crops(table.id_column))
        return tables

    def _clear(self) -> None:
        self._samples: list[Sample] = []
        self._packed: list[Row] = []
        self._seen: list[Row] = []


def _usable(found: Found) -> Found:
    """Return the samples of an image without those whose vector compares with nothing."""
    if isinstance(found, PackedSamples) or not found:
        return found
    vectors = [sample.vector for sample in found if sample.vector is not None]
    if len(vectors) < len(found):
        return found
    return [sample for sample, good in zip(found, are_unit_rows(np.stack(vectors)), strict=True) if good]


def write_skipped(folder: CaseFolder, found: Iterable[FoundFile]) -> None:
    """Write down what of the source is not read, where that has changed; raises :class:`CaseError`."""
    rows = sorted((file.raw_path, file.skipped, file.reason) for file in found)
    known = current_skipped(folder)
    if rows == list(zip(known["raw_path"], known["kind"], known["reason"], strict=True)):
        return
    names, when = ("raw_path", "kind", "reason"), datetime.now(UTC)
    told = [{"path": display(row[0]), "when": when, **dict(zip(names, row, strict=True))} for row in rows]
    with written(folder):
        newest = folder.skipped.append(pa.Table.from_pylist(told, folder.skipped.schema))
        for older in folder.skipped.paths():
            if older < newest:
                folder.skipped.remove(older)


@contextmanager
def written(folder: CaseFolder) -> Iterator[None]:
    """Turn what the disk refuses into a :class:`CaseError` that says what to do."""
    try:
        yield
    except DiskError:
        raise  # it says how much is needed
    except OSError as error:
        raise CaseError(
            f"The case {folder.root} cannot be written: {error.strerror or error}.",
            "Free some space or check the write permission, then ingest again.",
        ) from error


def _lasts(step: str) -> bool:
    """Say whether what a step found lasts; of a page or frame the step is followed by which it is."""
    return step.partition(" ")[0] in _OF_THE_FILE


def _image_row(image_id: str, facts: ImageFacts, stills: str | None) -> Row:
    said = facts.metadata
    row: Row = {name: getattr(said, name) for name in schemas.IMAGES.names if hasattr(said, name)}
    row |= {"keywords": said.keywords or None, "metadata_version": schemas.METADATA_VERSION}
    size = {"width": facts.width, "height": facts.height}
    told = {"image_id": image_id, "format": facts.format, "mode": facts.mode, "motion": facts.motion}
    return row | size | told | {"stills": stills} | _of_frame(facts)


def _of_frame(facts: ImageFacts) -> Row:
    shown = facts.frame
    if shown is None:
        return {}
    return {"t": shown.t, "duration": shown.duration, "fps": shown.fps, "plain": shown.plain}
