"""Which files of the source need work: compare what the scan finds with what the case knows."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypedDict

from workbench.errors import SourceError
from workbench.ingest.known import Known, KnownFile
from workbench.media.archives.opened import INSIDE
from workbench.media.scan import FoundFile, Links, Problem, join
from workbench.media.stills import Opener, Openers, is_read

Gone = Literal["keep", "mark"]
Frames = str | float

SIDECAR = "sidecar"
_NOT_READ = {"read", "video"}  # steps that say nothing about the bytes of a file
_MOUNT = 20  # photos known in a folder that is there but empty: it may be where a disk is not mounted


class Reading(TypedDict, total=False):
    """How an ingest reads its source.

    ``retry`` tries broken files again, ``rehash`` reads all files again, also those of the same size and
    time. ``metadata`` reads those of photos again that an older version read, and nothing else of these.
    ``links``, ``system`` and ``exclude`` as for `workbench.media.scan.scan`, ``archives``: whether
    these are opened; None for one of the four stands for what the case remembers. ``gone``: what happens
    where most of what was known is not there: it is kept, marked as gone, or (None) :class:`SourceError` is
    raised.
    """

    retry: bool
    rehash: bool
    metadata: bool
    links: Links | None
    system: bool | None
    exclude: Sequence[str] | None
    archives: bool | None
    gone: Gone | None
    frames: Frames | None
    videos: bool


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


def make_plan(
    scanned: Iterable[FoundFile | Problem],
    known: Known,
    openers: Openers,
    *,
    retry: bool,
    rehash: bool = False,
) -> Plan:
    """Sort what a scan finds into work, failures to write down, and what needs nothing.

    ``openers``: what opens files of more than one still; files of other kinds are not read.
    """
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
        elif not is_read(item.kind, openers) and item.kind not in {"video", "unread"}:
            plan.skipped.append(item)
            if item.skipped == SIDECAR:  # one that cannot be read is a problem
                seen.add(item.raw_path)
        else:
            seen.add(item.raw_path)
            _sort_in(plan, item, known, openers, planned, again=(retry, rehash))
    plan.gone = [
        path
        for path, file in known.files.items()
        if file.status != "gone" and path not in seen and not path.startswith(tuple(unlisted))
    ]
    return plan


def check_gone(plan: Plan, known: Known, source: Path) -> None:
    """Raise :class:`SourceError` where so much is missing that a disk may not be mounted.

    That is more than half of the known photos, or all of a folder that is there but empty. What has only
    moved, by its size and time, and what is skipped now is not missing.
    """
    photos = sum(file.status == "ok" for file in known.files.values())
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
        file = known.files[path]
        if file.status != "ok" or path in left_out or not left_out.isdisjoint(_above(path)):
            continue
        if moved[file.size, file.mtime_ns] > 0:
            moved[file.size, file.mtime_ns] -= 1
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
    plan: Plan,
    item: FoundFile,
    known: Known,
    openers: Openers,
    planned: set[str],
    *,
    again: tuple[bool, bool],
) -> None:
    before = known.files.get(item.raw_path, KnownFile())
    same = before.status != "gone" and (before.size, before.mtime_ns) == (item.size, item.mtime_ns)
    if not is_read(item.kind, openers):
        if before.status == "ok":  # what was read before stays as it is
            plan.found += 1
            plan.unchanged += 1
        elif same and item.raw_path in known.problems:
            plan.known_problems += 1
        else:
            plan.failed.append(item)
        return
    plan.found += 1
    retry, rehash = again
    if rehash:
        plan.work.append(item)
        return
    opener, steps = openers.get(item.kind), known.problems.get(item.raw_path, {"read": ""}).keys()
    if same and before.status == "ok" and _is_current(before.stills, opener, openers):
        # One path is enough to compute what a known content lacks.
        if not known.needs_of_file(before.file_id, before.stills) or before.file_id in planned:
            plan.unchanged += 1
            return
        planned.add(str(before.file_id))
    elif same and before.status != "ok" and not retry and not _NOT_READ & steps:
        # What the system refused to give is asked for again each time, and what was not read before; broken
        # bytes stay broken.
        plan.unchanged += 1
        plan.unchanged_problems += 1
        return
    plan.work.append(item)


def _is_current(stills: str | None, opener: Opener | None, openers: Openers) -> bool:
    """Say whether a file would be split now as it was; of an image file only its bytes tell its opener."""
    if opener is not None:
        return stills == opener.choice
    return stills is None or any(stills == other.choice for other in openers.values())
