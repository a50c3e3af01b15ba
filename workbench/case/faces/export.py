"""Export: the photos of each identity in a folder of its own, with a manifest."""

import errno
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from workbench.case.safe_output import (
    distinct,
    distinct_files,
    new_folder,
    safe_file_name,
    safe_name,
)
from workbench.csv_cells import safe_table
from workbench.errors import CaseError, QueryError
from workbench.image_id import part_of
from workbench.media.archives.opened import is_inside, kept_open
from workbench.media.decode import DecodeError
from workbench.media.limits import MAX_SIDE
from workbench.media.read import ReadError, digest, open_file, size_and_time
from workbench.media.stills import read_still
from workbench.store.case_folder import CaseFolder
from workbench.store.parts import make_folder

if TYPE_CHECKING:
    import pandas as pd

How = Literal["copy", "hardlink", "symlink"]
COLUMNS = ("identity", "name", "folder", "file", "path", "image_id", "faces", "boxes", "problem")
"""Of the manifest. ``file`` is relative to the export; ``boxes`` hold x,y,width,height in pixels."""
MANIFEST = "manifest.csv"


def export_identities(
    faces: "pd.DataFrame",
    identities: "pd.DataFrame",
    images: "pd.DataFrame",
    case: CaseFolder,
    folder: str | Path,
    how: How = "copy",
) -> "pd.DataFrame":
    """Put the photos of ``identities`` into folders named like them, and return the manifest.

    ``faces`` is the face table with its identities, ``images`` the image table. A photo of two identities
    lies in both folders; one that cannot be had, or is another file now, has its reason in ``problem``. Of a
    page or a frame a JPEG in full size is written, whatever ``how`` says: not the file that it lies in. The
    manifest is also written as `MANIFEST`, an apostrophe before what a spreadsheet would take for a formula.
    Raises CaseError where the folder is not empty or nothing at all could be written, QueryError for another
    ``how``.
    """
    if how not in _PLACE:
        raise QueryError(f"Unknown export mode how={how!r}.", f"Use one of {', '.join(_PLACE)}.")
    target = new_folder(folder, (case.source, case.root))
    manifest = _plan(faces, identities, images)
    with kept_open():
        problems = [
            _put(case, raw_path, image_id, target / file, _PLACE[how])
            for raw_path, image_id, file in zip(
                manifest.pop("raw_path"), manifest["image_id"], manifest["file"], strict=True
            )
        ]
    manifest["problem"] = problems
    if problems and all(problems):
        raise CaseError(f"No photo could be exported: {problems[0]}.", "Try how='copy', or another folder.")
    manifest.loc[manifest["problem"] != "", "file"] = ""
    with (target / MANIFEST).open("x", encoding="utf-8", errors="backslashreplace", newline="") as file:
        safe_table(manifest).to_csv(file, index=False)
    return manifest


def _plan(faces: "pd.DataFrame", identities: "pd.DataFrame", images: "pd.DataFrame") -> "pd.DataFrame":
    """Return the manifest without problems, one row a photo of an identity, and each photo's raw path."""
    called = zip(identities["name"], identities["identity"], strict=True)
    wanted = (safe_name(name, f"unnamed {identity}") for name, identity in called)
    folders = distinct([MANIFEST, *wanted])[1:]
    table = identities[["identity", "name"]].assign(folder=folders, order=range(len(folders)))
    shown = faces.loc[faces["identity"].isin(table["identity"]), ["identity", "image_row", "face_id"]]
    boxes = shown["face_id"].str.rpartition(":")[2]
    photos = (
        shown.assign(boxes=boxes)
        .groupby(["identity", "image_row"], as_index=False)
        .agg(faces=("boxes", "size"), boxes=("boxes", " ".join))
        .merge(table, on="identity")
        .sort_values(["order", "image_row"], ignore_index=True)
    )
    found = images.iloc[photos["image_row"]].reset_index(drop=True)
    photos[["path", "image_id", "raw_path"]] = found[["path", "image_id", "raw_path"]]
    names = photos["path"].astype(object)
    names[:] = [_file_name(*pair) for pair in zip(photos["path"], photos["image_id"], strict=True)]
    in_folder = names.groupby(photos["folder"]).transform(distinct_files)
    photos["file"] = photos["folder"] + "/" + in_folder
    return photos.reindex(columns=[*COLUMNS[:-1], "raw_path"])


def _put(
    case: CaseFolder, raw_path: bytes, image_id: str, target: Path, place: Callable[[bytes, Path], None]
) -> str:
    """Place one photo, page or frame, whose file must still be that of its id; return "" or why that failed.

    So neither a file that was replaced nor one that the case never read, as through a link, gets out.
    """
    try:
        source = case.place(raw_path)
        if part_of(image_id):
            _draw(source, image_id, target)
            return ""
        if digest(source, lambda size: None) != image_id:
            return "the file is not the one that was ingested"
        make_folder(target.parent)
        place(source, target)
    except ReadError as error:
        return str(error)
    except OSError as error:
        if error.errno == errno.EXDEV:
            return "a hard link cannot lead to another disk"
        return error.strerror or str(error)
    return ""


def _draw(source: bytes, image_id: str, target: Path) -> None:
    """Write a page or frame as a picture; raises ReadError and OSError."""
    try:
        picture = read_still(source, image_id, min_side=MAX_SIDE).image
    except DecodeError as error:
        raise ReadError(error.reason) from error
    make_folder(target.parent)
    with target.open("xb") as file:
        picture.save(file, "JPEG", quality=95)


def _file_name(path: str, image_id: str) -> str:
    """Return what a photo is called in its folder; of a page or a frame it is a picture of its own."""
    part = part_of(image_id)
    return safe_file_name(f"{path} {part.replace('=', ' ')}.jpg" if part else path)


def _copy(source: bytes, target: Path) -> None:
    mtime_ns = size_and_time(source)[1]
    with open_file(source) as original:
        copy = target.open("xb")
        try:
            with copy:
                shutil.copyfileobj(original, copy, 1 << 20)
        except BaseException:
            target.unlink()  # ours, as "x" made it: half a photo is worse than none
            raise
    os.utime(target, ns=(mtime_ns, mtime_ns))


def _hardlink(source: bytes, target: Path) -> None:
    target.hardlink_to(_on_disk(source))


def _symlink(source: bytes, target: Path) -> None:
    target.symlink_to(_on_disk(source))


def _on_disk(source: bytes) -> Path:
    if is_inside(source):
        raise ReadError("lies in an archive, and no link leads there: use how='copy'")
    return Path(os.fsdecode(source)).resolve(strict=True)


_PLACE: Mapping[str, Callable[[bytes, Path], None]] = MappingProxyType(
    {"copy": _copy, "hardlink": _hardlink, "symlink": _symlink}
)
