"""Keeps what lies in the archives of a source: one that has not changed is not listed again."""

from collections.abc import Iterator
from itertools import groupby
from typing import cast

import pyarrow as pa

from workbench.media.archives.listing import VERSION, Listed, Listings
from workbench.media.scan import FoundFile, Links, Problem, scan
from workbench.store.case_folder import CaseFolder
from workbench.store.source_reading import SourceReading

_KEY = ("raw_path", "archive_size", "archive_mtime_ns", "version")
_COLUMNS = ("name", "size", "mtime_ns", "state", "start", "reason")


def read_listings(folder: CaseFolder) -> Listings:
    """Return the listings that the last ingest has written; none where they are damaged."""
    tables = (folder.archives.read_part(path) for path in reversed(folder.archives.paths()))
    table = next((one for one in tables if one is not None), folder.archives.schema.empty_table())
    keys = zip(*(table[name].to_pylist() for name in _KEY), strict=True)
    rows = zip(*(table[name].to_pylist() for name in _COLUMNS), strict=True)
    known: dict[tuple[bytes, int, int], list[Listed]] = {}
    for (raw_path, size, mtime_ns, version), some in groupby(
        zip(keys, rows, strict=True), lambda pair: pair[0]
    ):
        listing = [Listed(*row) for _, row in some]
        if version == VERSION and listing[-1].name == b"":
            known[raw_path, size, mtime_ns] = listing
    return Listings(known)


def scan_source(
    folder: CaseFolder, reading: SourceReading, listings: Listings
) -> Iterator[FoundFile | Problem]:
    """Yield all that lies in the source of a case; archives that are new go to ``listings``."""
    return scan(
        folder.source,
        skip=[folder.root],
        links=cast(Links, reading.links),
        system=reading.system,
        exclude=reading.exclude,
        archives=listings if reading.archives else None,
    )


def write_listings(folder: CaseFolder, listings: Listings) -> None:
    """Write down what the archives hold that are there now, where any is new or gone; raises DiskError."""
    if listings.now.keys() == listings.known.keys():
        return
    told: dict[str, list[object]] = {name: [] for name in (*_KEY, *_COLUMNS)}
    for key, listing in listings.now.items():
        for one in listing:
            for name, value in zip(_KEY, (*key, VERSION), strict=True):
                told[name].append(value)
            for name in _COLUMNS:
                told[name].append(getattr(one, name))
    newest = folder.archives.append(pa.Table.from_pydict(told, folder.archives.schema))
    for older in folder.archives.paths():
        if older < newest:
            folder.archives.remove(older)
