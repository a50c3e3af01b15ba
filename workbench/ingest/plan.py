"""Which files of the source need work: compare what the scan finds with what the case knows."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypedDict

import pandas as pd
import pyarrow.compute as pc

from workbench.errors import SourceError
from workbench.image_id import file_id
from workbench.ingest.examine import Needs
from workbench.media.archives.opened import INSIDE
from workbench.media.scan import FoundFile, Links, Problem, join
from workbench.samples.kind import Finder, kind_named
from workbench.store.case_folder import CaseFolder
from workbench.store.sample_parts import SampleParts
from workbench.store.snapshot import current_problems, latest_files

Gone = Literal["keep", "mark"]

_MOUNT = 20  # photos known in a folder that is there but empty: it may be where a disk is not mounted


class Reading(TypedDict, total=False):
    """How an ingest reads its source.

    ``retry`` tries broken files again, ``rehash`` reads all files again, also those of the same size and
    time. ``links``, ``system`` and ``exclude`` as for `workbench.media.scan.scan`, ``archives``: whether
    these are opened; None for one of the four stands for what the case remembers. ``gone``: what happens
    where most of what was known is not there: it is kept, marked as gone, or (None) :class:`SourceError` is
    raised.
    """

    retry: bool
    rehash: bool
    links: Links | None
    system: bool | None
    exclude: Sequence[str] | None
    archives: bool | None
    gone: Gone | None


@dataclass(frozen=True)
class Known:
    """What the case knows before an ingest.

    ``files``: raw path -> (size, mtime_ns, image_id or None, status). ``problems``: raw path -> step ->
    reason.
    ``pictured``: ids of files with thumbnail and metadata. ``finished``: for each kind in use the ids of the
    files whose images need not be searched for it. All ids here are those of files.
    """

    files: dict[bytes, tuple[int, int, str | None, str]]
    problems: dict[bytes, dict[str, str]]
    pictured: set[str]
    finished: Mapping[str, set[str]] = field(default_factory=dict)

    def needs(self, image_id: str | None) -> Needs:
        """Return what a content lacks."""
        return Needs(
            picture=image_id not in self.pictured,
            kinds=frozenset(kind for kind, finished in self.finished.items() if image_id not in finished),
        )


@dataclass
class Plan:
    """The work of one ingest and the counts that need none.

    ``paths``: all that was found, of which ``archives`` were opened. ``found``: image files. What failed
    before and is not tried again: ``unchanged_problems`` of the ``unchanged``, ``known_problems`` of others.
    """

    work: list[FoundFile] = field(default_factory=list)
    failed: list[FoundFile | Problem] = field(default_factory=list)
    gone: list[bytes] = field(default_factory=list)
    skipped: list[FoundFile] = field(default_factory=list)
    paths: int = 0
    archives: int = 0
    found: int = 0
    unchanged: int = 0
    unchanged_problems: int = 0
    known_problems: int = 0


def sample_parts(folder: CaseFolder, finders: Sequence[Finder]) -> dict[str, SampleParts]:
    """Return for each kind that is looked for its tables; raises CaseError for another dimension on disk."""
    return {
        kind: folder.samples(kind_named(kind).table, key, finder.dim)
        for finder in finders
        for kind, key in finder.keys.items()
    }


def read_known(folder: CaseFolder, parts: Mapping[str, SampleParts], *, retry: bool) -> Known:
    """Read what the case knows about paths and contents, only the columns needed.

    ``retry``: images in which nobody could look need another look.
    """
    files = latest_files(folder)
    problems = current_problems(folder, files)
    images = folder.images.read(["image_id"])["image_id"]
    ids = images.to_pylist()
    thumbnails = folder.thumbnails.read(["image_id"])["image_id"]
    pictured = images.filter(pc.is_in(images, value_set=thumbnails.combine_chunks()))
    return Known(
        files=_rows_by_path(files),
        problems=_problems_by_path(problems),
        pictured={file_id(image_id) for image_id in pictured.to_pylist()},
        finished={kind: _files_of(some.finished(failed_too=not retry), ids) for kind, some in parts.items()},
    )


def _files_of(finished: set[str], images: Sequence[str]) -> set[str]:
    """Return the ids of the files all of whose images are finished."""
    if not any("#" in image_id for image_id in images):
        return finished
    unfinished = {file_id(image_id) for image_id in images if image_id not in finished}
    return {file_id(image_id) for image_id in finished} - unfinished


def make_plan(
    scanned: Iterable[FoundFile | Problem], known: Known, *, retry: bool, rehash: bool = False
) -> Plan:
    """Sort what a scan finds into work, failures to write down, and what needs nothing."""
    plan = Plan()
    seen: set[bytes] = set()
    unlisted: list[bytes] = []
    planned: set[str] = set()
    for item in scanned:
        plan.paths += 1
        if isinstance(item, Problem):
            seen.add(item.raw_path)
            if item.unknown:
                unlisted += [join(item.raw_path, b""), item.raw_path + INSIDE]
            if known.problems.get(item.raw_path) != {item.step: item.reason}:
                plan.failed.append(item)
            else:
                plan.known_problems += 1
        elif item.kind == "archive":
            plan.archives += 1
        elif item.kind == "other":
            plan.skipped.append(item)
        else:
            seen.add(item.raw_path)
            _sort_in(plan, item, known, planned, retry=retry, rehash=rehash)
    plan.gone = [
        path
        for path, (_, _, _, status) in known.files.items()
        if status != "gone" and path not in seen and not path.startswith(tuple(unlisted))
    ]
    return plan


def check_gone(plan: Plan, known: Known, source: Path) -> None:
    """Raise :class:`SourceError` where so much is missing that a disk may not be mounted.

    That is more than half of the known photos, or all of a folder that is there but empty. What has only
    moved, by its size and time, and what is skipped now is not missing.
    """
    photos = sum(status == "ok" for *_, status in known.files.values())
    missing = [*_missing(plan, known)]
    if 2 * len(missing) > photos:
        what = f"{len(missing):,} of {photos:,} known photos are no longer in {source}: nothing was changed."
    elif folder := _emptied(missing, source):
        what = f"The folder {folder} is empty, and photos were known in it: nothing was changed."
    else:
        return
    raise SourceError(
        what,
        "Is its disk mounted? If so, ingest with gone='mark' to take them out of the case, or gone='keep'"
        " to leave them in (in a terminal --gone mark, --gone keep).",
    )


def _missing(plan: Plan, known: Known) -> Iterator[bytes]:
    moved = Counter((file.size, file.mtime_ns) for file in plan.work if file.raw_path not in known.files)
    left_out = {file.raw_path for file in plan.skipped}
    for path in plan.gone:
        size, mtime_ns, _, status = known.files[path]
        if status != "ok" or path in left_out or not left_out.isdisjoint(_above(path)):
            continue
        if moved[size, mtime_ns] > 0:
            moved[size, mtime_ns] -= 1
        else:
            yield path


def _above(path: bytes) -> Iterator[bytes]:
    """Yield the folders and archives that a path lies in."""
    for end in range(len(path)):
        if path[end : end + 1] == b"/":
            yield path[:end].removesuffix(INSIDE[:1])
            yield path[:end]


def _emptied(missing: Sequence[bytes], source: Path) -> Path | None:
    """Return a folder that is there but empty and held many of what is missing."""
    held = Counter(path[:end] for path in missing for end in range(len(path)) if path[end : end + 1] == b"/")
    for raw_path, count in held.items():
        folder = source / os.fsdecode(raw_path)
        if count >= _MOUNT and folder.is_dir() and not any(folder.iterdir()):
            return folder
    return None


def _sort_in(
    plan: Plan, item: FoundFile, known: Known, planned: set[str], *, retry: bool, rehash: bool
) -> None:
    size, mtime_ns, image_id, status = known.files.get(item.raw_path, (-1, -1, None, "gone"))
    same = status != "gone" and (size, mtime_ns) == (item.size, item.mtime_ns)
    if item.kind in {"video", "unread"}:
        if not same or item.raw_path not in known.problems:
            plan.failed.append(item)
        else:
            plan.known_problems += 1
        return
    plan.found += 1
    if rehash:
        plan.work.append(item)
        return
    if same and status == "ok":
        # One path is enough to compute what a known content lacks.
        if not known.needs(image_id) or image_id in planned:
            plan.unchanged += 1
            return
        planned.add(str(image_id))
    elif same and not retry and "read" not in known.problems.get(item.raw_path, {"read": ""}):
        # What the system refused to give is asked for again each time; broken bytes stay broken.
        plan.unchanged += 1
        plan.unchanged_problems += 1
        return
    plan.work.append(item)


def _problems_by_path(problems: pd.DataFrame) -> dict[bytes, dict[str, str]]:
    found: dict[bytes, dict[str, str]] = {}
    for path, step, reason in zip(problems["raw_path"], problems["step"], problems["reason"], strict=True):
        found.setdefault(path, {})[step] = reason
    return found


def _rows_by_path(files: pd.DataFrame) -> dict[bytes, tuple[int, int, str | None, str]]:
    ids = files["image_id"].where(files["image_id"].notna(), None)
    rows = zip(files["size"], files["mtime_ns"], ids, files["status"], strict=True)
    return dict(zip(files["raw_path"], rows, strict=True))
