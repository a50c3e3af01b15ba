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
from workbench.image_id import file_id, part_of
from workbench.ingest.examine import Needs
from workbench.media.scan import FoundFile, Links, Problem, join
from workbench.samples.kind import Finder, kind_named
from workbench.store.case_folder import CaseFolder
from workbench.store.sample_parts import SampleParts, unique
from workbench.store.schemas import METADATA_VERSION
from workbench.store.snapshot import current_problems, latest_files

Gone = Literal["keep", "mark"]

SIDECAR = "sidecar"
_MOUNT = 20  # photos known in a folder that is there but empty: it may be where a disk is not mounted


class Reading(TypedDict, total=False):
    """How an ingest reads its source.

    ``retry`` tries broken files again, ``rehash`` reads all files again, also those of the same size and
    time. ``metadata`` reads those of photos again that an older version read, and nothing else of these.
    ``links`` and ``system`` as for `workbench.media.scan.scan`. ``gone``: what happens where most of
    what was known is not there: it is kept, marked as gone, or (None) :class:`SourceError` is raised.
    """

    retry: bool
    rehash: bool
    metadata: bool
    links: Links
    system: bool
    gone: Gone | None


@dataclass(frozen=True)
class Known:
    """What the case knows before an ingest.

    ``files``: raw path -> (size, mtime_ns, image_id or None, status). ``problems``: raw path -> step ->
    reason.
    ``pictured``: ids of files with thumbnail and metadata. ``outdated``: for files whose metadata are to be
    read again by the id the rest of what is known: width, height, format, mode. ``finished``: for each kind
    in use the ids of the files whose images need not be searched for it. All ids here are those of files.
    """

    files: dict[bytes, tuple[int, int, str | None, str]]
    problems: dict[bytes, dict[str, str]]
    pictured: set[str]
    finished: Mapping[str, set[str]] = field(default_factory=dict)
    outdated: Mapping[str, tuple[int, int, str, str]] = field(default_factory=dict)

    def needs(self, image_id: str | None) -> Needs:
        """Return what a content lacks."""
        return Needs(
            picture=image_id not in self.pictured,
            kinds=frozenset(kind for kind, finished in self.finished.items() if image_id not in finished),
            metadata=image_id in self.outdated,
        )


@dataclass
class Plan:
    """The work of one ingest and the counts that need none."""

    work: list[FoundFile] = field(default_factory=list)
    failed: list[FoundFile | Problem] = field(default_factory=list)
    gone: list[bytes] = field(default_factory=list)
    skipped: list[FoundFile] = field(default_factory=list)
    found: int = 0
    unchanged: int = 0


def sample_parts(folder: CaseFolder, finders: Sequence[Finder]) -> dict[str, SampleParts]:
    """Return for each kind that is looked for its tables; raises CaseError for another dimension on disk."""
    return {
        kind: folder.samples(kind_named(kind).table, key, finder.dim)
        for finder in finders
        for kind, key in finder.keys.items()
    }


def read_known(
    folder: CaseFolder, parts: Mapping[str, SampleParts], *, retry: bool, metadata: bool = False
) -> Known:
    """Read what the case knows about paths and contents, only the columns needed.

    ``retry``: images in which nobody could look need another look. ``metadata``: those whose metadata an
    older version read need these again.
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
        outdated=_outdated(folder) if metadata else {},
    )


def _outdated(folder: CaseFolder) -> dict[str, tuple[int, int, str, str]]:
    """Return the photos whose metadata an older version read; pages and frames are made anew otherwise."""
    names = ["image_id", "width", "height", "format", "mode", "metadata_version"]
    images = unique(folder.images.read(names), "image_id", last=True)
    old = pc.less(pc.fill_null(images["metadata_version"], 0), METADATA_VERSION)
    rows = zip(*(images.filter(old)[name].to_pylist() for name in names[:-1]), strict=True)
    return {image_id: tuple(rest) for image_id, *rest in rows if not part_of(image_id)}


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
        if isinstance(item, Problem):
            seen.add(item.raw_path)
            if "cannot be listed" in item.reason:
                unlisted.append(join(item.raw_path, b""))
            if known.problems.get(item.raw_path) != {item.step: item.reason}:
                plan.failed.append(item)
        elif item.kind == "other":
            plan.skipped.append(item)
            if item.skipped == SIDECAR:  # one that cannot be read is a problem
                seen.add(item.raw_path)
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
    left_out = tuple(join(file.raw_path, b"") for file in plan.skipped)
    for path in plan.gone:
        size, mtime_ns, _, status = known.files[path]
        if status != "ok" or join(path, b"").startswith(left_out):
            continue
        if moved[size, mtime_ns] > 0:
            moved[size, mtime_ns] -= 1
        else:
            yield path


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
    if item.kind == "video":
        if not same or item.raw_path not in known.problems:
            plan.failed.append(item)
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
