"""Share: a copy of a case for a colleague, by default with nothing in it about faces."""

import shutil
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from workbench.case.safe_output import new_folder
from workbench.errors import CaseError, QueryError
from workbench.store.case_folder import CaseFolder
from workbench.store.parts import make_folder, protect

OfFaces = Literal["none", "decisions", "all"]
COMPUTED = ("cache/samples/face", "cache/faces", "cache/identities")  # the second is of format 1
"""What models made of faces: boxes, landmarks, quality, vectors, crops, groupings and layouts."""
DECIDED = "work/identities.jsonl"
"""What people decided: names, and in which photo and at which place (box) the faces are."""
LEFT_OUT: Mapping[OfFaces, tuple[str, ...]] = MappingProxyType(
    {"none": (*COMPUTED, DECIDED), "decisions": COMPUTED, "all": ()}
)


def share_case(case: CaseFolder, folder: str | Path, *, faces: OfFaces = "none") -> Path:
    """Copy a case to ``folder``, which must be new or empty, and return it; the photos are not copied.

    ``faces``: "none" leaves out everything about faces, "decisions" only what models computed of them, "all"
    nothing. Tags and vocabulary always go along, and thumbnails, which show what the photos show. Raises
    CaseError, QueryError for another word.
    """
    if faces not in LEFT_OUT:
        raise QueryError(f"Unknown value faces={faces!r}.", f"Use one of {', '.join(LEFT_OUT)}.")
    target = new_folder(folder, (case.source, case.root))
    try:
        for path in _files(case.root, LEFT_OUT[faces]):
            place = target / path.relative_to(case.root)
            make_folder(place.parent)
            shutil.copyfile(path, place)
            protect(place)
    except OSError as error:
        what = f"The case cannot be copied to {target}: {error.strerror or error}."
        raise CaseError(what, "Free some space, then share it to another folder.") from error
    return target


def _files(root: Path, left_out: Collection[str]) -> Iterator[Path]:
    """Yield what belongs to a case but for what is ``left_out``: no temporary files and no locks."""
    yield root / "case.json"
    for room in (root / "cache", root / "work"):
        for path in sorted(room.rglob("*")):
            temporary = path.name.startswith(".") or path.suffix == ".lock" or path.name == "writer.txt"
            unwanted = any(path.is_relative_to(root / other) for other in left_out)
            if path.is_file() and not (path.is_symlink() or temporary or unwanted):
                yield path
