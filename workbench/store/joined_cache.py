"""What opening a large case found, kept ready: the sorted table and the vectors as one memory-mapped file.

Joining a million rows from their parts takes tens of seconds; reading what was joined before takes a
fraction of one. The folder's name is a digest of the names of all parts it was made from, and parts never
change; each file in it is checked when it is opened. So what is read is right or is not found.
"""

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from workbench.store.files import commit, make_folder, protect, read_json, sync, write_json
from workbench.store.parts import Parts

WORTH = 20_000
"""Rows from which on keeping what was opened is worth the bytes; below, joining takes under a second."""

Kept = tuple[pd.DataFrame, NDArray[np.float32], pd.DataFrame]
_VERSION = "3"  # of the columns and their order, and of the checksums
_FILES = ("images.arrow", "problems.arrow", "vectors.npy")
_SUMS = "checksums.json"
_PAGE = 512  # numbers of 8 bytes that have a sum of their own: 4 kB
_BLOCK = _PAGE << 12
_ABANDONED = 3600.0  # seconds after which a folder cannot belong to a living writer


class Opened:
    """What was joined from exactly these parts, for one embedder key, in a folder of its own."""

    def __init__(self, folder: Path, parts: Iterable[Parts]) -> None:
        names = [path.name for part in parts for path in part.paths()]
        digest = hashlib.sha256("\n".join([_VERSION, *names]).encode()).hexdigest()[:24]
        self._all, self._folder = folder, folder / digest

    def load(self) -> Kept | None:
        """Return images, vectors (N, D) memory-mapped and read-only, and problems; None where not kept."""
        try:
            if not self._is_whole():
                return None
            images, problems = (_read(self._folder / name) for name in ("images.arrow", "problems.arrow"))
            vectors = np.load(self._folder / "vectors.npy", mmap_mode="r", allow_pickle=False)
        except (OSError, pa.ArrowException, ValueError):
            return None
        return (_frame(images), vectors, problems.to_pandas()) if len(vectors) == images.num_rows else None

    def save(self, images: pd.DataFrame, vectors: NDArray[np.float32], problems: pd.DataFrame) -> None:
        """Keep all three, and remove what was kept of earlier parts; a full disk leaves nothing behind."""
        if len(images) < WORTH:
            return
        with contextlib.suppress(OSError):  # no room, a read-only disk, or another process was quicker
            make_folder(self._all)
            with tempfile.TemporaryDirectory(prefix=".making-", dir=self._all) as workshop:
                made = Path(workshop) / "made"
                made.mkdir()
                _write(made / "images.arrow", images)
                _write(made / "problems.arrow", problems)
                np.save(made / "vectors.npy", vectors, allow_pickle=False)
                for name in _FILES:
                    protect(made / name)
                    sync(made / name)
                write_json(made / _SUMS, {name: checksum(made / name) for name in _FILES})
                shutil.rmtree(self._folder, ignore_errors=True)  # there, but damaged
                commit(made, self._folder)
            self._forget_others()

    def _is_whole(self) -> bool:
        """Say whether each file has its checksum; what was looked at is looked at again when it changes."""
        paths = [self._folder / name for name in (*_FILES, _SUMS)]
        state = tuple((found.st_ino, found.st_size, found.st_mtime_ns) for found in map(os.stat, paths))
        if _checked.get(self._folder) != state:
            told = read_json(self._folder / _SUMS)
            if any(checksum(self._folder / name) != told.get(name) for name in _FILES):
                return False
            _checked[self._folder] = state
        return True

    def _forget_others(self) -> None:
        for other in self._all.iterdir():
            left_over = other.name.startswith(".") and time.time() - other.stat().st_mtime > _ABANDONED
            if left_over or (other != self._folder and not other.name.startswith(".")):
                shutil.rmtree(other, ignore_errors=True)


_checked: dict[Path, tuple[tuple[int, int, int], ...]] = {}  # what was found whole: inode, size, time


def checksum(path: Path) -> str:
    """Return a SHA-256 of the sums of each 4 kB of a file, as numbers of 8 bytes modulo 2**64.

    It takes the time of reading memory once, where a SHA-256 of all bytes takes ten times that. A changed bit
    changes its sum, pages that are exchanged or zeroed the order of the sums, and a cut the length.
    """
    told = hashlib.sha256(str(path.stat().st_size).encode())
    whole = path.stat().st_size // 8
    if whole:
        numbers = np.memmap(path, np.uint64, mode="r", shape=(whole,))
        for start in range(0, whole, _BLOCK):
            block = numbers[start : start + _BLOCK]
            even = len(block) // _PAGE * _PAGE
            told.update(block[:even].reshape(-1, _PAGE).sum(axis=1, dtype=np.uint64).tobytes())
            told.update(block[even:].tobytes())
    with path.open("rb") as file:
        file.seek(8 * whole)
        told.update(file.read())
    return told.hexdigest()


def _read(path: Path) -> pa.Table:
    with pa.memory_map(str(path)) as file:
        return pa.ipc.open_file(file).read_all()


def _write(path: Path, frame: pd.DataFrame) -> None:
    inside = [name for name in frame if isinstance(frame[name].dtype, pd.ArrowDtype)]  # lists of texts
    table = pa.Table.from_pandas(frame.drop(columns=inside), preserve_index=False)
    for name in inside:  # what Arrow notes of their type it cannot read again
        table = table.add_column(frame.columns.get_loc(name), name, frame[name].array.__arrow_array__())
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as out:
        out.write_table(table)


def _frame(table: pa.Table) -> pd.DataFrame:
    """Return the table without copying its texts; lists stay in Arrow until they are looked at."""
    lists = [name for name in ("paths", "keywords") if name in table.column_names]
    frame: pd.DataFrame = table.drop_columns(lists).to_pandas(split_blocks=True)
    for name in lists:
        column = pd.Series(pd.arrays.ArrowExtensionArray(table[name]), index=frame.index)
        frame.insert(table.column_names.index(name), name, column)
    return frame
