"""Share: a copy of a case for a colleague, by default without what faces can be recognised from."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from workbench.case.places import new_folder
from workbench.errors import CaseError
from workbench.store.case_folder import CaseFolder

OF_FACES = ("faces", "identities")
"""The folders of the cache from which a face could be recognised: boxes, vectors, crops and groupings."""


def share_case(case: CaseFolder, folder: str | Path, *, face_vectors: bool = False) -> Path:
    """Copy a case to ``folder``, which must be new or empty, and return it; the photos are not copied.

    Tags, names and decisions (``work/``) always go along; vectors, crops and boxes of faces only with
    ``face_vectors``. Thumbnails go along and show what the photos show. Raises CaseError.
    """
    target = new_folder(folder, (case.source, case.root))
    left_out = () if face_vectors else tuple(case.cache / name for name in OF_FACES)
    try:
        for path in _files(case.root):
            if not any(path.is_relative_to(other) for other in left_out):
                place = target / path.relative_to(case.root)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, place)
    except OSError as error:
        what = f"The case cannot be copied to {target}: {error.strerror or error}."
        raise CaseError(what, "Free some space, then share it to another folder.") from error
    return target


def _files(root: Path) -> Iterator[Path]:
    """Yield what belongs to a case: no temporary files and no locks."""
    yield root / "case.json"
    for room in (root / "cache", root / "work"):
        for path in sorted(room.rglob("*")):
            temporary = path.name.startswith(".") or path.suffix == ".lock" or path.name == "writer.txt"
            if path.is_file() and not path.is_symlink() and not temporary:
                yield path
