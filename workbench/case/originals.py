"""Originals: what a case says about the files of its source, those that no image is made of too."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias, Unpack

from workbench.case.ingesting import verify
from workbench.case.open_case import OpenCase
from workbench.errors import QueryError
from workbench.store.case_folder import CaseFolder
from workbench.store.decisions import Decision, Decisions
from workbench.store.identity_state import FREE, NOT_A_FACE, UNKNOWN, Standing
from workbench.store.labels import Labels
from workbench.store.selections import Saved, SavedSelections
from workbench.store.snapshot import latest_files, versions_of
from workbench.store.source_reading import PathCount, count_paths
from workbench.store.tags import Tags
from workbench.store.thumbnails import ThumbnailReader

if TYPE_CHECKING:
    import pandas as pd

    from workbench.ingest import IngestReport, Reading


Now: TypeAlias = Mapping[str, Sequence[str]]
"""The id that a file had -> the ids that its path, or the paths of its copies, have now."""
_AT_ONCE = 256  # thumbnails that are compared at once
COLUMNS = ("path", "image_id", "was", "tags", "selections", "faces", "labels")


@dataclass(frozen=True)
class _Said:
    """What people said, by the id of the file it is about: tagged samples, names of selections, faces."""

    tags: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    selections: dict[str, list[str]] = field(default_factory=dict)
    faces: dict[str, list[str]] = field(default_factory=dict)
    labels: dict[str, list[str]] = field(default_factory=dict)

    @property
    def files(self) -> set[str]:
        """The ids of all files that something was said about."""
        return {*self.tags, *self.selections, *self.faces, *self.labels}


def edited_files(folder: CaseFolder) -> "pd.DataFrame":
    """Return the files whose bytes have changed and whose picture has not, where work is left behind.

    Columns: path, image_id (now), was (the id that the work is still with), and how many tags, selections,
    faces with a decision and labels of classifiers are left behind. "The same picture" means the same size
    and the same thumbnail, of a document those of all pages.
    """
    import pandas as pd

    said = _read(folder)
    found = versions_of(folder, said.files)
    thumbnails = ThumbnailReader(folder.thumbnails)
    rows = [
        (
            path,
            now,
            was,
            *(len(some.get(was, ())) for some in (said.tags, said.selections, said.faces, said.labels)),
        )
        for path, now, was, parts in found[["path", "image_id", "was", "parts"]].itertuples(index=False)
        if _alike(thumbnails, was, now, parts)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _alike(thumbnails: ThumbnailReader, was: str, now: str, parts: Sequence[str]) -> bool:
    """Say whether two files have the same thumbnails, some at a time: one of a photo, or of each part."""
    for start in range(0, len(parts), _AT_ONCE):
        some = parts[start : start + _AT_ONCE]
        ids = [tuple(f"{file}#{part}" if part else file for file in (was, now)) for part in some]
        found = thumbnails.get([image_id for pair in ids for image_id in pair])
        if not all(before in found and found[before] == found.get(after) for before, after in ids):
            return False
    return True


def follow(folder: CaseFolder, edited: "pd.DataFrame") -> None:
    """Let the work on the files of a table of `edited_files` follow; raises CaseError.

    All is done by lines that are added to the files of ``work/``: nothing there is changed or removed.
    """
    now: dict[str, list[str]] = {}
    for was, image_id in zip(edited["was"], edited["image_id"], strict=True):
        now.setdefault(was, []).append(image_id)
    _follow_tags(folder.tags, _read(folder), now)
    kept = SavedSelections(folder.root / "work")
    for saved in kept.read().values():
        ids = _moved(saved.ids, now)
        if set(ids) != set(saved.ids):
            kept.save(saved.name, ids, saved.query, saved.embedder, saved.digest)
    _follow_labels(Labels(folder.root / "work"), now)
    decisions = Decisions(folder.root / "work")
    for decision in _decided(decisions.standing(), now):
        decisions.add(decision)


def _read(folder: CaseFolder) -> _Said:
    said = _Said()
    tags = folder.tags.read()
    for sample_id, tag in zip(tags["sample_id"], tags["tag"], strict=True):
        said.tags.setdefault(_file(sample_id), []).append((tag, sample_id))
    saved: Iterable[Saved] = SavedSelections(folder.root / "work").read().values()
    for selection in saved:
        for file in {_file(one) for one in selection.ids}:
            said.selections.setdefault(file, []).append(selection.name)
    for labels in Labels(folder.root / "work").read().values():
        for sample_id in labels.answers:
            said.labels.setdefault(_file(sample_id), []).append(sample_id)
    standing = Decisions(folder.root / "work").standing()
    for face in dict.fromkeys((*standing.holds, *standing.confirmed, *_rejected(standing))):
        said.faces.setdefault(_file(face), []).append(face)
    return said


def _follow_tags(tags: Tags, said: _Said, now: Now) -> None:
    by_tag: dict[str, list[str]] = {}
    for tag, sample_id in (pair for was in now for pair in said.tags.get(was, ())):
        by_tag.setdefault(tag, []).append(sample_id)
    for tag, ids in by_tag.items():
        tags.add(tag, _moved(ids, now))
        tags.remove(tag, ids)


def _follow_labels(labels: Labels, now: Now) -> None:
    for known in labels.read().values():
        for answer in (True, False, None):
            ids = _of(now, (one for one, said in known.answers.items() if said is answer))
            if ids:
                labels.answer(known.name, known.over, answer, _moved(ids, now))
                labels.forget(known.name, known.over, ids)


def _decided(standing: Standing, now: Now) -> list[Decision]:
    """Return what is to be decided so that faces of edited files are where those of the old bytes were."""
    places = dict.fromkeys((*standing.holds.values(), *standing.confirmed.values()))
    places |= dict.fromkeys(place for some in standing.rejected.values() for place in some)
    decisions = []
    for place in places:
        held = _of(now, (face for face, at in standing.holds.items() if at == place))
        confirmed = _of(now, (face for face, at in standing.confirmed.items() if at == place))
        rejected = _of(now, (face for face, some in standing.rejected.items() if place in some))
        if held or confirmed or rejected:
            # What was rejected is put there and freed: that takes the rejection of the old bytes back.
            put = {place: [*_moved(held, now), *rejected], FREE: [*held, *confirmed, *rejected]}
            decisions.append(
                Decision(
                    "follow",
                    "" if place in {NOT_A_FACE, UNKNOWN} else place,
                    put={at: faces for at, faces in put.items() if faces},
                    rejected=_moved(rejected, now),
                    confirmed=_moved(confirmed, now),
                )
            )
    return decisions


def _rejected(standing: Standing) -> list[str]:
    return [face for face, identities in standing.rejected.items() if identities]


def _of(files: Collection[str], samples: Iterable[str]) -> list[str]:
    return [one for one in samples if _file(one) in files]


def _file(sample_id: str) -> str:
    """Return the id of the file that a sample lies in."""
    return re.split("[:#]", sample_id, maxsplit=1)[0]


def _moved(samples: Iterable[str], now: Now) -> list[str]:
    """Return the same samples in the files as they are now: several, where copies of a file differ now."""
    return [file + one[len(_file(one)) :] for one in samples for file in now.get(_file(one), [_file(one)])]


class Originals:
    """The verbs of a case that are about files rather than images; `Case` has them all."""

    folder: CaseFolder
    _open: OpenCase

    @property
    def skipped(self) -> "pd.DataFrame":
        """Every file of the source that is not read, by the last ingest: path, kind, reason, when.

        ``kind``: "archive" (of a kind that is not opened), "sidecar" (XMP, AAE, THM; the reason says of which
        photo), "excluded", "system" (recycle bins, previews of other programs), "link", "special" (a pipe),
        "sound" or "other". Each file of the source and of its archives is in ``images``, ``problems`` or
        here, but for archives that were opened.
        """
        return self._open.collection.skipped.copy(deep=False)

    @property
    def count(self) -> PathCount:
        """All paths that the last ingest has found, by what became of them; its numbers add up.

        Files read, archives opened, problems, files left alone by kind, and files that an interrupted ingest
        has not come to. A file may give several images, and one image may have several paths: see `info`.
        """
        return count_paths(self.folder, latest_files(self.folder))

    def verify(
        self, rate_limit: float | None = None, *, progress: bool = True, **where: "Unpack[Reading]"
    ) -> "pd.DataFrame":
        """Read all originals again; return one row a file that is not as it was: path, state, reason, ...

        ``state``: "changed" (other bytes, also under the same name, size and time), "missing", "unreadable"
        or "new"; ``known`` and ``found`` are SHA-256 digests. At most ``rate_limit`` MB are read in a second.
        ``where``: ``links``, ``system``, ``exclude`` and ``archives``, as for `ingest`. Nothing is changed,
        and it may be interrupted: ``ingest(rehash=True)`` takes the changes over. Raises SourceError, and
        QueryError for an invalid limit.
        """
        return verify(self.folder, rate_limit=rate_limit, progress=progress, **where)

    @property
    def edited(self) -> "pd.DataFrame":
        """Files with other bytes but the same picture, as after a change of EXIF, where work is left behind.

        Columns: path, image_id, was (the id before), tags, selections, faces, labels: how many are with the
        old bytes. `follow` lets them follow.
        """
        return edited_files(self.folder)

    def follow(self, paths: "str | Iterable[str] | None" = None) -> "pd.DataFrame":
        """Let tags, selections and decisions about faces follow the files that are `edited`; return which.

        ``paths``: only those of some paths. Everything is added to ``work/``, nothing there is changed.
        Raises QueryError for a path that is not among them, CaseError where the case cannot be written.
        """
        edited = self.edited
        if paths is not None:
            wanted = {paths} if isinstance(paths, str) else set(paths)
            if unknown := wanted - set(edited["path"]):
                what = f"{min(unknown)!r} is not an edited file with work left behind."
                raise QueryError(what, "See `case.edited` for those that are.")
            edited = edited[edited["path"].isin(wanted)].reset_index(drop=True)
        follow(self.folder, edited)
        return edited

    def _with_edited(self, report: "IngestReport") -> "IngestReport":
        return replace(report, edited=len(self.edited))

    def _source_state(self) -> str:
        """Return a warning where the source shows nothing, as a disk that is not mounted does; else ""."""
        if not self.folder.has_source:
            return ""
        try:
            empty = not any(self.folder.source.iterdir())
        except OSError:
            return ", which is not there"
        return ", which is empty: is its disk mounted?" if empty else ""
