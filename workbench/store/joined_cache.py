"""What opening a large case found, kept ready: the sorted table and the vectors as one memory-mapped file.

Joining a million rows from their parts takes tens of seconds; reading what was joined before takes a
fraction of one. The folder's name is a digest of the names of all parts it was made from, and parts never
change, so what is read is right or is not found.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from workbench.store.parts import Parts, commit, make_folder

WORTH = 20_000
"""Rows from which on keeping what was opened is worth the bytes; below, joining takes under a second."""

Kept = tuple[pd.DataFrame, NDArray[np.float32], pd.DataFrame]
_VERSION = "1"  # of the columns and their order


class Opened:
    """What was joined from exactly these parts, for one embedder key, in a folder of its own."""

    def __init__(self, folder: Path, parts: Iterable[Parts]) -> None:
        names = [path.name for part in parts for path in part.paths()]
        digest = hashlib.sha256("\n".join([_VERSION, *names]).encode()).hexdigest()[:24]
        self._all, self._folder = folder, folder / digest

    def load(self) -> Kept | None:
        """Return images, vectors (N, D) memory-mapped and read-only, and problems; None where not kept."""
        try:
            images, problems = (_read(self._folder / name) for name in ("images.arrow", "problems.arrow"))
            vectors = np.load(self._folder / "vectors.npy", mmap_mode="r", allow_pickle=False)
        except (OSError, pa.ArrowException, ValueError):
            return None
        return (_frame(images), vectors, problems.to_pandas()) if len(vectors) == images.num_rows else None

    def save(self, images: pd.DataFrame, vectors: NDArray[np.float32], problems: pd.DataFrame) -> None:
        """Keep all three, and remove what was kept of earlier parts; a full disk leaves nothing behind."""
        if len(images) < WORTH:
            return
        make_folder(self._all)
        with tempfile.TemporaryDirectory(prefix=".making-", dir=self._all) as workshop:
            made = Path(workshop) / "made"
            made.mkdir()
            try:
                _write(made / "images.arrow", images)
                _write(made / "problems.arrow", problems)
                np.save(made / "vectors.npy", vectors, allow_pickle=False)
                shutil.rmtree(self._folder, ignore_errors=True)  # there, but damaged
                commit(made, self._folder)
            except OSError:  # no room, or another process was quicker
                return
        self._forget_others()

    def _forget_others(self) -> None:
        for other in self._all.iterdir():
            if other != self._folder and not other.name.startswith("."):
                shutil.rmtree(other, ignore_errors=True)


def _read(path: Path) -> pa.Table:
    with pa.memory_map(str(path)) as file:
        return pa.ipc.open_file(file).read_all()


def _write(path: Path, frame: pd.DataFrame) -> None:
    table = pa.Table.from_pandas(frame, preserve_index=False)
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as out:
        out.write_table(table)


def _frame(table: pa.Table) -> pd.DataFrame:
    """Return the table without copying its texts; lists of paths stay in Arrow until they are looked at."""
    frame: pd.DataFrame = table.drop_columns(["paths"]).to_pandas(split_blocks=True)
    at = table.column_names.index("paths")
    frame.insert(at, "paths", pd.Series(pd.arrays.ArrowExtensionArray(table["paths"]), index=frame.index))
    return frame
