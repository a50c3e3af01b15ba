"""A case on disk: ``case.json`` and where everything else lies."""

import contextlib
import errno
import json
import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import Any

from workbench.errors import CaseError, DiskError, SourceError
from workbench.store import schemas
from workbench.store.files import clean, protect, read_json, write_json, writing
from workbench.store.parts import Parts
from workbench.store.sample_parts import IMAGE, SampleParts, SampleTable, folder_name
from workbench.store.tags import Tags
from workbench.store.upgrades import FORMAT, format_of, remove_left_over, upgrade

DEFAULT_MODEL = "mini"
NO_SOURCE = "photos not given"
"""The source of a shared case until it is opened with one: a folder in the case that never exists."""
_OURS = frozenset({"case.json", "scan.json", "cache", "work"})


@dataclass(frozen=True)
class CaseFolder:
    """The folder of a case: ``root``, the absolute ``source`` it is about, and the model now in use."""

    root: Path
    source: Path
    model: str
    models: tuple[str, ...] = ()
    created: str = ""

    @classmethod
    def create_or_open(cls, root: Path, source: Path | None, model: str | None) -> "CaseFolder":
        """Open the case at ``root`` or make it for ``source``; only ``case.json`` is read or written here.

        A case of an older format is upgraded, see :mod:`workbench.store.upgrades`. Raises
        :class:`CaseError` for a folder that is no case, is of a newer format, is of an older one and cannot
        be written, or is about another source that still exists (one that moved may be named anew),
        :class:`SourceError` for a missing source.
        """
        root, source = _plain(root), None if source is None else _plain(source)
        if (root / "case.json").exists():
            return _open(root, source, model)
        return _create(root, source, model)

    @classmethod
    def without_source(cls, root: Path, models: tuple[str, ...], created: str) -> "CaseFolder":
        """Return a case that does not know where its photos are; `save` makes it one on disk."""
        return cls(root, root / NO_SOURCE, models[0], models, created)

    def save(self) -> None:
        """Write ``case.json``; raises :class:`CaseError` where the folder cannot be written."""
        _write_facts(self)

    @property
    def has_source(self) -> bool:
        """Whether it is known where the photos are; not so in a shared case that is opened alone."""
        return self.source != self.root / NO_SOURCE

    def require_source(self) -> None:
        """Raise :class:`SourceError` where it is not known where the photos are."""
        if not self.has_source:
            raise SourceError(
                f"The case {self.root} does not know where its photos are: it was shared without them.",
                f"Open it with your own copy: wb.open('photos/', case={str(self.root)!r}).",
            )

    @property
    def cache(self) -> Path:
        """All that can be computed again; deleting it is safe."""
        return self.root / "cache"

    @property
    def files(self) -> Parts:
        """One row for a path each time it was seen anew."""
        return Parts(self.cache / "files", schemas.FILES)

    @property
    def images(self) -> Parts:
        """One row for a content: size and metadata."""
        return Parts(self.cache / "images", schemas.IMAGES)

    @property
    def thumbnails(self) -> Parts:
        """JPEG bytes for a content; in small row groups, because single rows are read."""
        return Parts(self.cache / "thumbnails", schemas.THUMBNAILS, row_group=64, compression="none")

    @property
    def problems(self) -> Parts:
        """What failed, with the reason."""
        return Parts(self.cache / "problems", schemas.PROBLEMS)

    @property
    def sidecars(self) -> Parts:
        """What files of XMP beside photos say about these."""
        return Parts(self.cache / "sidecars", schemas.SIDECARS)

    @property
    def skipped(self) -> Parts:
        """What of the source is not read, with the reason: the newest part says it all."""
        return Parts(self.cache / "skipped", schemas.SKIPPED)

    @property
    def archives(self) -> Parts:
        """What lies in the archives of the source, a row a file: the newest part says it all."""
        return Parts(self.cache / "archives", schemas.ARCHIVES)

    def samples(self, table: SampleTable, key: str, dim: int | None = None) -> SampleParts:
        """Return the samples of a kind and key, to be read, or with ``dim`` to be written too.

        Raises :class:`CaseError` where the vectors on disk have another dimension than ``dim``.
        """
        parts = SampleParts(self.cache / "samples" / folder_name(table.kind) / folder_name(key), table, dim)
        if dim is not None:
            parts.check_dim(key)
        return parts

    def vectors(self, key: str, dim: int | None = None) -> Parts:
        """Return the vectors of whole images by an embedder key; ``dim`` and errors as for ``samples``."""
        return self.samples(IMAGE, key, dim).vectors

    def opened(self, key: str) -> Path:
        """Return where what opening the vectors of a key found is kept ready."""
        return self.cache / "opened" / folder_name(key)

    @property
    def tags(self) -> Tags:
        """What people said about samples."""
        return Tags(self.root / "work")

    def prepare(self) -> None:
        """Make the tables ready to be written: no files of killed processes, damaged parts moved aside."""
        for place in (self.root, self.root / "work", self.cache, *self.cache.glob("*/")):
            clean(place)
        tables = (self.files, self.images, self.thumbnails, self.problems, self.skipped, self.sidecars)
        for parts in (*tables, self.archives):
            parts.mend()

    def place(self, raw_path: bytes) -> bytes:
        """Return where a file of the source is to be read, for `workbench.media.read`; any bytes are taken.

        That is its path, or for a file in an archive the path of the archive, NUL and the name in it, which
        never becomes a path on disk. Raises PermissionError like `file_path`.
        """
        ends = [end for end in range(1, len(raw_path)) if raw_path.startswith(b"!/", end)]
        try:
            path = os.fsencode(self.file_path(raw_path))
            if not ends or os.path.lexists(path):  # a folder may be called so
                return path
        except PermissionError:
            if not ends or b"\0" in raw_path:
                raise
        for end in ends:
            with contextlib.suppress(PermissionError):
                archive = os.fsencode(self.file_path(raw_path[:end]))
                if os.path.isfile(archive):  # noqa: PTH113 - paths are bytes on purpose
                    return archive + b"\0" + raw_path[end + 2 :]
        return os.fsencode(self.file_path(raw_path))

    def file_path(self, raw_path: bytes) -> Path:
        """Return the path of a file that lies on disk itself; ``raw_path`` as in the tables, any bytes.

        `place` knows files in archives too. A case may come from somebody else, so its paths are data: raises
        PermissionError for one that leads out of the source.
        """
        path = PurePath(os.fsdecode(raw_path))
        if not path.parts or path.anchor or ".." in path.parts or b"\0" in raw_path:
            raise PermissionError(errno.EACCES, "lies outside the source of the case", str(path))
        return self.source / path


def _open(root: Path, source: Path | None, model: str | None) -> CaseFolder:
    facts = _read_facts(root / "case.json")
    models = tuple(facts["models"])
    known = Path(facts["source"] or root / NO_SOURCE)
    folder = CaseFolder(root, known, model or models[0], models, facts["created"])
    if source is not None and source != folder.source:
        _check_moved(folder, source)
        folder = replace(folder, source=source)
    if folder.model not in models:
        folder = replace(folder, models=(*models, folder.model))
    if (folder.source, folder.models) != (known, models):
        _write_facts(folder)
    return folder


def _create(root: Path, source: Path | None, model: str | None) -> CaseFolder:
    if source is None:
        raise CaseError(
            f"There is no case at {root}.", "Give the folder of photos too, to create a case there."
        )
    if not source.is_dir():
        raise SourceError(f"The folder {source} does not exist.", "Check the path of the photos.")
    _check_place(root, source)
    name = model or DEFAULT_MODEL
    created = datetime.now(UTC).isoformat(timespec="seconds")
    folder = CaseFolder(root, source, name, (name,), created)
    _write_facts(folder)
    if not _plain(source).is_relative_to(root):  # a folder that holds the photos too is not ours alone
        protect(root)
    return folder


def _read_facts(path: Path) -> dict[str, Any]:
    try:
        number = format_of(path.parent)
        facts = read_json(path) if number == FORMAT else json.loads(path.read_bytes())
        known = {"source": str(facts["source"]), "models": list(facts["models"]), "created": facts["created"]}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CaseError(
            f"{path} cannot be read: {error}.", "Restore it from a copy, or use a new case."
        ) from error
    if not 0 < number <= FORMAT:
        raise CaseError(
            f"The case {path.parent} has format {number}; this version of Workbench reads format {FORMAT}.",
            "Use the version of Workbench that made it, or a newer one.",
        )
    if number < FORMAT:
        upgrade(path.parent)
    else:
        remove_left_over(path.parent)
    return known


def _write_facts(folder: CaseFolder) -> None:
    facts = {
        "format": FORMAT,
        "source": str(folder.source) if folder.has_source else "",
        "created": folder.created,
        "models": list(folder.models),
    }
    try:
        with writing(folder.root):
            folder.root.parent.mkdir(parents=True, exist_ok=True)
            write_json(folder.root / "case.json", facts)
    except DiskError as error:
        raise CaseError(
            f"The case {folder.root} cannot be written: {os.strerror(error.errno or 0)}.",
            "Choose a folder that you may write.",
        ) from error


def _plain(path: Path) -> Path:
    """Make a path absolute and take ``..`` out of it, unless that would leave the folder (through a link)."""
    path = path.expanduser().absolute()
    short = Path(os.path.normpath(path))
    try:
        return short if short.samefile(path) else path
    except OSError:
        return path


def _check_moved(folder: CaseFolder, source: Path) -> None:
    if folder.source.is_dir() and not (source.is_dir() and source.samefile(folder.source)):
        raise CaseError(
            f"The case {folder.root} belongs to the source {folder.source}, not to {source}.",
            "Use another folder for the case, or leave the source out.",
        )
    if not source.is_dir():
        raise SourceError(f"The folder {source} does not exist.", "Check the path of the photos.")


def _check_place(root: Path, source: Path) -> None:
    """Refuse places where a case would mix with other people's files, above all with the source."""
    real, real_source = root.resolve(), source.resolve()
    if real == real_source or any(real_source.is_relative_to(real / name) for name in _OURS):
        raise CaseError(
            f"The case {root} would contain its own source.", "Choose another folder for the case."
        )
    if root.exists() and not root.is_dir():
        raise CaseError(f"{root} is a file.", "Choose a folder for the case.")
    if root.is_dir() and not real_source.is_relative_to(real):
        others = [entry.name for entry in root.iterdir() if entry.name not in _OURS and entry.name[0] != "."]
        if others:
            raise CaseError(
                f"{root} is not empty and is not a case (it holds {others[0]!r}).",
                "Choose a new or empty folder.",
            )
