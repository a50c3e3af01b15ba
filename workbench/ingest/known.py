"""What a case knows before an ingest: its files, and which of their images are finished."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from workbench.image_id import file_id as image_file
from workbench.image_id import part_of
from workbench.ingest.examine import Needs
from workbench.samples.kind import Finder, kind_named
from workbench.store.case_folder import CaseFolder
from workbench.store.sample_parts import SampleParts, unique
from workbench.store.schemas import METADATA_VERSION
from workbench.store.snapshot import current_problems, latest_files


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
