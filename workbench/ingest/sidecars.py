"""Sidecars: read the files of XMP beside photos that are new or changed; no photo is decoded for it."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from workbench.ingest.examine import Failure
from workbench.ingest.plan import SIDECAR
from workbench.ingest.writer import Writer, written
from workbench.media.kinds import suffix
from workbench.media.metadata import from_xmp
from workbench.media.metadata.xmp import MAX_XMP
from workbench.media.read import ReadError, read_bytes
from workbench.media.scan import FoundFile
from workbench.store import schemas
from workbench.store.case_folder import CaseFolder
from workbench.store.sample_parts import unique

Row = dict[str, Any]


def read_sidecars(
    folder: CaseFolder, found: Sequence[FoundFile], writer: Writer, *, gone: bool, retry: bool
) -> set[bytes]:
    """Note what sidecars say whose size or time is new, and return the paths of those that cannot be read.

    ``found``: files that are no images, sidecars and others. Those that cannot be read are problems until
    they can. ``gone``: forget those that are no longer there. ``retry``: read all again that failed. Raises
    :class:`CaseError` where the case cannot be written.
    """
    latest = unique(folder.sidecars.read(["raw_path", "size", "mtime_ns", "status"]), "raw_path", last=True)
    known = {row.pop("raw_path"): row for row in latest.to_pylist()}
    rows: list[Row] = []
    failed: set[bytes] = set()
    # Others, such as AAE and THM, hold no XMP.
    beside = [file for file in found if file.skipped == SIDECAR and suffix(file.raw_path) == b".xmp"]
    for file in beside:
        was = known.get(file.raw_path, {"status": "gone"})
        same = (was.get("size"), was.get("mtime_ns")) == (file.size, file.mtime_ns)
        if was["status"] == "ok" and same:
            continue
        if was["status"] == "problem" and same and not retry:
            failed.add(file.raw_path)
            continue
        row, reason = _read(folder, file)
        rows.append(row)
        if reason:
            failed.add(file.raw_path)
            writer.fail(file, Failure("metadata", reason))
        elif was["status"] == "problem":
            writer.lose(file.raw_path)
    if gone:
        there = {file.raw_path for file in beside}
        rows += [
            {"raw_path": raw_path, "status": "gone"}
            for raw_path, was in known.items()
            if was["status"] != "gone" and raw_path not in there
        ]
    if rows:
        with written(folder):
            folder.sidecars.append(pa.Table.from_pylist(rows, folder.sidecars.schema))
    return failed


def _read(folder: CaseFolder, file: FoundFile) -> tuple[Row, str | None]:
    """Return the row of a sidecar, and why nothing could be read where that is so."""
    row: Row = {"raw_path": file.raw_path, "size": file.size, "mtime_ns": file.mtime_ns, "status": "problem"}
    if file.size > MAX_XMP:
        return row, f"a sidecar of {file.size:,} bytes is not read, the limit is {MAX_XMP:,}"
    try:
        said = from_xmp(read_bytes(folder.place(file.raw_path)))
    except (ReadError, OSError) as error:
        return row, str(error)
    if said.reason and "cannot be read" in said.reason:
        return row, said.reason
    values = {name: getattr(said, name) for name in schemas.SIDECARS.names if hasattr(said, name)}
    return row | values | {"status": "ok", "keywords": said.keywords or None}, None
