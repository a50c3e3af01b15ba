"""Engines: the index of each table of vectors of a case: made once with progress, kept and found again."""

import hashlib
import importlib.util
import json
import os
import shutil
import threading
import warnings
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from workbench.errors import ModelError, QueryError
from workbench.index.index import Index, Vectors

LEAST = 20_000
"""Rows from which on an engine is used; fewer are searched exactly, which takes about 2 ms."""

_PACKAGES = {"faiss": ("faiss", "faiss-cpu"), "lancedb": ("lancedb", "lancedb"),
             "postgresql": ("psycopg", "psycopg[binary]")}  # fmt: skip
_TOLD = "index.json"
_FILE = "index.faiss"


class Engines:
    """Opens indexes by the engine that ``spec`` names, and keeps them below ``folder`` of one case.

    ``spec``: "exact", "faiss", "lancedb", or the URL of a PostgreSQL with pgvector, which is never written
    down. Raises QueryError for another one, ModelError where the engine is not installed.
    """

    def __init__(self, spec: str, folder: Path) -> None:
        self._engine, self._folder, self._address = _engine_of(spec), folder, spec
        self._lock = threading.Lock()
        if self._engine != "exact":
            module, package = _PACKAGES[self._engine]
            if importlib.util.find_spec(module) is None:
                raise ModelError(
                    f"index={self._engine!r} needs the package {package}.", f"Run `pip install {package}`."
                )

    def open(self, name: str, ids: Iterable[str], vectors: Vectors, progress: bool = True) -> Index | None:
        """Return an index of ``vectors`` (N, D), whose rows belong to ``ids``; None for exact search.

        ``name``: letters and digits that name the table of vectors; a name keeps one index, its newest.

        An index that was kept is used only where its rows, ids and vectors are the same; else one is made,
        with a progress bar, and the old one removed. None, too, for fewer rows than `LEAST`, and with a
        warning where the index cannot be written. Raises ModelError where the server cannot be used.
        """
        if self._engine == "exact" or len(vectors) < LEAST:
            return None
        digest = digest_of(ids, vectors)
        with self._lock:
            if self._engine == "postgresql":
                return self._in_server(name, digest, vectors, progress)
            try:
                return self._on_disk(name, digest, vectors, progress)
            except OSError as error:
                warnings.warn(
                    f"The index cannot be kept in {self._folder} ({error}); exact search is used instead.",
                    stacklevel=2,
                )
                return None

    def __repr__(self) -> str:
        return f"<Engines {self._engine}>"

    def _on_disk(self, name: str, digest: str, vectors: Vectors, progress: bool) -> Index:
        home = self._folder / self._engine
        kept, building = home / f"{name}-{digest}", home / f".{name}-{digest}-{os.getpid()}"
        if (index := self._kept(kept, digest, vectors)) is not None:
            return index
        home.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(building, ignore_errors=True)
        try:
            building.mkdir()
            self._make(building, vectors, progress)
            told = _told(building, digest, vectors)
            (building / _TOLD).write_text(json.dumps(told))
            shutil.rmtree(kept, ignore_errors=True)  # damaged, or it would have been used
            building.rename(kept)
        finally:
            shutil.rmtree(building, ignore_errors=True)
        for old in home.glob(f"{name}-*"):
            if old != kept:
                shutil.rmtree(old, ignore_errors=True)
        made = self._kept(kept, digest, vectors)
        if made is None:
            raise ModelError(
                f"The index in {kept} cannot be read again.", 'Open the case with index="exact".'
            )
        return made

    def _kept(self, folder: Path, digest: str, vectors: Vectors) -> Index | None:
        """Return the index in a folder; None where there is none, or where it is not that of the vectors."""
        try:
            if json.loads((folder / _TOLD).read_text()) != _told(folder, digest, vectors):
                return None
            index = self._load(folder)
        except (OSError, ValueError, RuntimeError, ModelError):  # RuntimeError: FAISS of a damaged file
            return None
        return index if (len(index), index.dim) == vectors.shape else None

    def _make(self, folder: Path, vectors: Vectors, progress: bool) -> None:
        if self._engine == "faiss":
            from workbench.index.faiss_index import FaissIndex

            FaissIndex(vectors, progress=progress).save(folder / _FILE)
        else:
            from workbench.index.lance_index import LanceIndex

            LanceIndex(folder / "lance", vectors, progress=progress)

    def _load(self, folder: Path) -> Index:
        if self._engine == "faiss":
            from workbench.index.faiss_index import FaissIndex

            return FaissIndex.load(folder / _FILE)
        from workbench.index.lance_index import LanceIndex

        return LanceIndex(folder / "lance")

    def _in_server(self, name: str, digest: str, vectors: Vectors, progress: bool) -> Index:
        """Return the table of the vectors; its name says of which case, what and which rows it is."""
        from workbench.index.pg_index import PgIndex

        case = hashlib.sha256(os.fsencode(self._folder.absolute())).hexdigest()[:8]
        prefix = f"workbench_{case}_{name}_"
        if (kept := PgIndex.kept(self._address, prefix + digest)) is not None:
            if (len(kept), kept.dim) == vectors.shape:
                return kept
            kept.close()
        made = PgIndex(self._address, vectors, prefix + digest, progress=progress)
        made.drop_others(prefix)
        return made


def _told(folder: Path, digest: str, vectors: Vectors) -> dict[str, int | str]:
    """Return what is written down of an index: of what it is made, and the SHA-256 of a file of FAISS."""
    told: dict[str, int | str] = {"rows": len(vectors), "dim": int(vectors.shape[1]), "digest": digest}
    if (folder / _FILE).exists():
        with (folder / _FILE).open("rb") as file:
            told["sha256"] = hashlib.file_digest(file, "sha256").hexdigest()
    return told


def digest_of(ids: Iterable[str], vectors: Vectors) -> str:
    """Return what changes with the ids, their order, and the vectors (by 64 rows of them): 16 hex digits."""
    told = hashlib.sha256(repr(vectors.shape).encode())
    for sample_id in ids:
        told.update(str(sample_id).encode() + b"\n")
    some = np.linspace(0, max(len(vectors) - 1, 0), 64).astype(int)[: len(vectors)]
    told.update(np.ascontiguousarray(vectors[some], np.float32).tobytes())
    return told.hexdigest()[:16]


def _engine_of(spec: str) -> str:
    if spec in ("exact", "faiss", "lancedb"):
        return spec
    if isinstance(spec, str) and spec.startswith(("postgresql://", "postgres://")):
        return "postgresql"
    shown = repr(spec).split("@")[-1][:40]  # an address may hold a password
    raise QueryError(
        f"Unknown index {shown}.", 'Use "exact", "faiss", "lancedb" or a URL such as postgresql://host/name.'
    )
