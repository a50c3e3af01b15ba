"""Upgrades: a case of an older format becomes one of today's, when it is opened.

An upgrade from format n makes the folders of format n + 1 beside those of n, by links to the same files where
their content stays, and writes the new number into ``case.json`` last. So a kill at any point leaves a whole
case of one format or the other, and the next opening goes on. What only the older format needs is removed
after that. ``work/`` is not touched.
"""

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock

from workbench.errors import CaseError
from workbench.store import schemas
from workbench.store.files import make_folder, write_atomically, write_json
from workbench.store.sample_parts import folder_name

FORMAT = 2
"""Number of the case format, in ``case.json``. A new one needs an upgrade from the one before, below."""

LOCK = ".upgrade.lock"
_OLD = ("vectors", "faces", "regions", "instances")  # folders of format 1 that format 2 has not
_READ_ONLY = {errno.EACCES, errno.EPERM, errno.EROFS}

Step = Callable[[], None]


def upgrade(root: Path) -> None:
    """Bring the case at ``root`` to today's format; another process that opens it meanwhile waits.

    Raises :class:`CaseError` where the case cannot be written.
    """
    from tqdm.auto import tqdm  # a case of today's format does not need it

    try:
        with FileLock(root / LOCK):
            while (number := format_of(root)) < FORMAT:
                steps = list(UPGRADES[number](root))
                title = f"upgrade to format {number + 1}"
                for step in tqdm(steps, desc=title, unit="file", disable=len(steps) < _WORTH_A_BAR):
                    step()
                facts = json.loads((root / "case.json").read_bytes()) | {"format": number + 1}
                write_json(root / "case.json", facts)
            _remove_old(root)
    except OSError as error:
        raise CaseError(_reason(root, error), _advice(error)) from error


def remove_left_over(root: Path) -> None:
    """Remove what an upgrade that was stopped after its last step left of the older format."""
    if any((root / "cache" / name).exists() for name in _OLD):
        with suppress(OSError), FileLock(root / LOCK):
            _remove_old(root)


_WORTH_A_BAR = 100  # files; fewer take no time


def format_of(root: Path) -> int:
    """Return the number of the format of a case; raises OSError, ValueError, KeyError or TypeError."""
    return int(json.loads((root / "case.json").read_bytes())["format"])


def _reason(root: Path, error: OSError) -> str:
    what = f"The case {root} has format {format_of(root)} and must be upgraded to format {FORMAT}"
    if error.errno in _READ_ONLY:
        return f"{what}, but it may not be written ({error.strerror})."
    return f"{what}, which failed: {error.strerror or error}. Nothing was lost."


def _advice(error: OSError) -> str:
    if error.errno in _READ_ONLY:
        return "Copy the case to a folder that you may write, and open the copy."
    return "Free some space or check the disk, then open the case again: it goes on where it was."


def _remove_old(root: Path) -> None:
    for name in _OLD:
        shutil.rmtree(root / "cache" / name, ignore_errors=True)


def _from_1(root: Path) -> Iterator[Step]:
    """Yield the steps from format 1: each table had its own folders; now each kind of sample has the same.

    Where an older process ingests meanwhile, what it writes after its folder was linked is computed again.
    """
    cache = root / "cache"
    samples = cache / "samples"
    yield from _links(cache / "vectors", lambda key: samples / "image" / key / "vectors")
    for key in _folders(cache / "faces"):
        yield from _found(key, samples / "face" / key.name, "faces")
    kinds = _kinds_of_regions(cache)
    for key in _folders(cache / "regions"):
        if kind := kinds.get(unquote(key.name)) or _kind_in_rows(key / "regions"):
            yield from _found(key, samples / kind / key.name, "regions")
    yield from _links(cache / "instances", lambda key: samples / "instance" / folder_name(key) / "rows")


def _found(old: Path, new: Path, noun: str) -> Iterator[Step]:
    """Yield the steps for the parts of one key of things found in images, called ``noun``."""
    for before, after in {"vectors": "vectors", "crops": "crops", noun: "rows"}.items():
        yield from (_link(path, new / after) for path in _files(old / before))
    yield from (_seen(path, new / "seen", noun) for path in _files(old / "examined"))


def _links(old: Path, place: Callable[[str], Path]) -> Iterator[Step]:
    for key in _folders(old):
        yield from (_link(path, place(key.name)) for path in _files(key))


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.is_dir())


def _files(folder: Path) -> list[Path]:
    """Return the parts of a folder, those moved aside included."""
    return sorted(folder.glob("part-*"))


def _link(path: Path, folder: Path) -> Step:
    """Return what gives a file a second name in ``folder``, or copies it where the disk knows no links."""

    def step() -> None:
        make_folder(folder)
        try:
            os.link(path, folder / path.name)
        except FileExistsError:
            return
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EROFS}:
                raise
            write_atomically(folder / path.name, path.read_bytes())

    return step


def _seen(path: Path, folder: Path, noun: str) -> Step:
    """Return what writes a part that says how many things images have, with the column of today."""

    def step() -> None:
        if (folder / path.name).exists() or path.suffix != ".parquet":
            return
        make_folder(folder)
        try:
            old = pq.read_table(path, page_checksum_verification=True)
            table = pa.table([old["image_id"], old[noun]], schema=schemas.SEEN)
        except (pa.ArrowException, OSError, KeyError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise
            return  # damaged: these images are searched again
        sink, facts = pa.BufferOutputStream(), {"workbench.format": "1"}
        table = table.replace_schema_metadata(facts)
        pq.write_table(table, sink, compression="zstd", write_page_checksum=True)
        write_atomically(folder / path.name, sink.getvalue().to_pybytes())

    return step


def _kinds_of_regions(cache: Path) -> dict[str, str]:
    """Return region key -> kind, as ``keys.json`` of format 1 knows it: ``regions:<kind>:<model>``."""
    try:
        keys = json.loads((cache / "keys.json").read_bytes())
        return {key: name.split(":")[1] for name, key in keys.items() if name.startswith("regions:")}
    except (OSError, ValueError, AttributeError, IndexError):
        return {}


def _kind_in_rows(folder: Path) -> str:
    """Return the kind that the regions of a key say themselves; "" where there are none."""
    for path in _files(folder):
        with suppress(pa.ArrowException, OSError, KeyError):
            kinds = pq.read_table(path, columns=["kind"])["kind"]
            if len(kinds):
                return str(kinds[0].as_py())
    return ""


UPGRADES: Mapping[int, Callable[[Path], Iterator[Step]]] = MappingProxyType({1: _from_1})
"""For each older format the steps that lead to the next one; each may be done twice."""
