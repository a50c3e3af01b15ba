"""The last automatic grouping of faces, kept so that new faces join it instead of changing it."""

import io
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from workbench.store.parts import FORMAT, write_atomically


def read_groups(path: Path) -> dict[str, str]:
    """Return the identity that each face was grouped into, "" for alone; nothing where there is no file.

    Faces that an analyst had decided about are not in it. A corrupt file counts as none.
    """
    try:
        table = pq.read_table(path, page_checksum_verification=True)
        pairs = zip(table["face_id"].to_pylist(), table["identity"].to_pylist(), strict=True)
    except (OSError, pa.ArrowException, KeyError, ValueError):
        return {}
    return dict(pairs)


def write_groups(path: Path, groups: Mapping[str, str]) -> None:
    """Keep a grouping: face id -> identity, "" for alone."""
    columns = {"face_id": list(groups), "identity": list(groups.values())}
    table = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    buffer = io.BytesIO()
    facts = {"workbench.format": str(FORMAT)}
    pq.write_table(table.replace_schema_metadata(facts), buffer, write_page_checksum=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, buffer.getvalue())
