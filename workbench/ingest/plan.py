"""Which files of the source need work: compare what the scan finds with what the case knows."""

import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple, TypedDict

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from workbench.errors import SourceError
from workbench.image_id import file_id as image_file
from workbench.image_id import part_of
from workbench.ingest.examine import Needs
from workbench.media.archives.opened import INSIDE
from workbench.media.scan import FoundFile, Links, Problem, join
from workbench.media.stills import Opener, Openers, is_read
from workbench.samples.kind import Finder, kind_named
from workbench.store.case_folder import CaseFolder
from workbench.store.sample_parts import SampleParts, unique
from workbench.store.schemas import METADATA_VERSION
from workbench.store.snapshot import current_problems, latest_files

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


class KnownFile(NamedTuple):
    """The last row of a path: bytes, time of change, id of the file, status, and how it was split."""

    size: int = -1
    mtime_ns: int = -1
    file_id: str | None = None
    status: str = "gone"
    stills: str | None = None


@dataclass(frozen=True)
class Known:
    """What the case knows before an ingest.

    ``files``: by raw path. ``problems``: raw path -> step -> reason.
    ``pictured``: ids of images with thumbnail and metadata. ``finished``: for each kind in use the ids of the
    images that need not be searched for it.
    ``outdated``: for photos whose metadata are to be read again the rest of what is known of them: width,
    height, format, mode.
    ``split``: (id of a file, how it is split) -> its images, for files that are not one image themselves.
    ``whole``: those of them that were examined to their end.
    """

    files: dict[bytes, KnownFile]
    problems: dict[bytes, dict[str, str]]
    pictured: set[str]
    finished: Mapping[str, set[str]] = field(default_factory=dict)
    split: Mapping[tuple[str, str | None], set[str]] = field(default_factory=dict)
    whole: Collection[tuple[str, str | None]] = ()
    outdated: Mapping[str, tuple[int, int, str, str]] = field(default_factory=dict)

    def needs_of_file(self, file_id: str | None, stills: str | None) -> Needs:
        """Return what a file lacks: what any of its images does, all where it was not read to its end."""
        if file_id is None or (stills is None and (file_id, None) not in self.split):
            return self.needs(str(file_id), None)
        if (file_id, stills) not in self.whole:
            return Needs(picture=True, kinds=frozenset(self.finished))
        images = self.split[file_id, stills]
        kinds = frozenset(kind for kind, finished in self.finished.items() if not images <= finished)
        return Needs(picture=not images <= self.pictured, kinds=kinds)

    def needs(self, image_id: str, stills: str | None) -> Needs:
        """Return what an image lacks, of a file that is split in one way."""
        split = stills is None or image_id in self.split.get((image_file(image_id), stills), ())
        return Needs(
            picture=not (split and image_id in self.pictured),
            kinds=frozenset(kind for kind, finished in self.finished.items() if image_id not in finished),
            metadata=image_id in self.outdated,
        )

    def parts(self, file_id: str) -> None:
        """Ask for those parts of a file that its kind chooses."""

    def images(self, file_id: str | None, stills: str | None) -> int | None:
        """Return how many images a file has that was examined to its end; None for others."""
        if file_id is None or (stills is None and file_id in self.pictured):
            return None if file_id is None else 1
        return len(self.split[file_id, stills]) if (file_id, stills) in self.whole else None


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


def read_known(
    folder: CaseFolder, parts: Mapping[str, SampleParts], *, retry: bool, metadata: bool = False
) -> Known:
    """Read what the case knows about paths and contents, only the columns needed.

    ``retry``: images in which nobody could look need another look. ``metadata``: those whose metadata an
    older version read need these again.
    """
    files = latest_files(folder)
    problems = _problems_by_path(current_problems(folder, files))
    thumbnails = folder.thumbnails.read(["image_id"])["image_id"]
    images = folder.images.read(["image_id", "stills"])
    images = images.filter(pc.is_in(images["image_id"], value_set=thumbnails.combine_chunks()))
    split = _split(images)
    return Known(
        files=_rows_by_path(files),
        problems=problems,
        pictured=set(images["image_id"].to_pylist()),
        finished={kind: some.finished(failed_too=not retry) for kind, some in parts.items()},
        split=split,
        whole=set(_whole(files, split, problems if retry else {})),
        outdated=_outdated(folder) if metadata else {},
    )


def _outdated(folder: CaseFolder) -> dict[str, tuple[int, int, str, str]]:
    """Return the photos whose metadata an older version read; pages and frames say what their file does."""
    names = ["image_id", "width", "height", "format", "mode", "metadata_version", "stills"]
    images = unique(folder.images.read(names), "image_id", last=True)
    old = pc.less(pc.fill_null(images["metadata_version"], 0), METADATA_VERSION)
    images = images.filter(pc.and_(old, pc.is_null(images["stills"])))
    rows = zip(*(images[name].to_pylist() for name in names[:5]), strict=True)
    return {image_id: tuple(rest) for image_id, *rest in rows if not part_of(image_id)}


def _split(images: pa.Table) -> dict[tuple[str, str | None], set[str]]:
    """Return the images of each file that is not one image itself, by how it was split."""
    parts = pc.or_(pc.match_substring(images["image_id"], "#"), pc.is_valid(images["stills"]))
    rows = images.filter(parts).to_pydict()
    split: dict[tuple[str, str | None], set[str]] = {}
    for image_id, stills in zip(rows["image_id"], rows["stills"], strict=True):
        split.setdefault((image_file(image_id), stills), set()).add(image_id)
    return split


def _whole(
    files: pd.DataFrame,
    split: Mapping[tuple[str, str | None], set[str]],
    to_retry: Mapping[bytes, Mapping[str, str]],
) -> Iterator[tuple[str, str | None]]:
    """Return which files have all the images that they were found to have, and no page to try again."""
    if not split:
        return
    rows = files.loc[files["status"] == "ok", ["raw_path", "image_id", "stills", "images"]]
    rows = rows[rows["image_id"].isin({file for file, _ in split})]
    for raw_path, known, stills, count in rows.itertuples(index=False):
        key = known, None if pd.isna(stills) else stills
        failed = any(step.startswith("decode ") for step in to_retry.get(raw_path, ()))
        if key in split and not failed and (pd.isna(count) or len(split[key]) >= count):
            yield key


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


def _problems_by_path(problems: pd.DataFrame) -> dict[bytes, dict[str, str]]:
    found: dict[bytes, dict[str, str]] = {}
    for path, step, reason in zip(problems["raw_path"], problems["step"], problems["reason"], strict=True):
        found.setdefault(path, {})[step] = reason
    return found


def _rows_by_path(files: pd.DataFrame) -> dict[bytes, KnownFile]:
    texts = (files[name].astype(object) for name in ("image_id", "stills"))
    ids, stills = (text.where(text.notna(), None) for text in texts)
    rows = map(KnownFile, files["size"], files["mtime_ns"], ids, files["status"], stills)
    return dict(zip(files["raw_path"], rows, strict=True))
