"""Originals: what a case says about the files of its source, those that no image is made of too."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Unpack

from workbench.case.edited_files import edited_files, follow
from workbench.case.ingesting import verify
from workbench.case.open_case import OpenCase
from workbench.errors import QueryError
from workbench.store.case_folder import CaseFolder

if TYPE_CHECKING:
    import pandas as pd

    from workbench.ingest import IngestReport, Reading


class Originals:
    """The verbs of a case that are about files rather than images; `Case` has them all."""

    folder: CaseFolder
    _open: OpenCase

    @property
    def skipped(self) -> "pd.DataFrame":
        """Every file of the source that is not read, by the last ingest: path, kind, reason, when.

        ``kind``: "raw", "jxl", "pdf", "svg", "archive", "system" (recycle bins, previews of other programs),
        "link", "special" (a pipe) or "other". Each file of the source is in ``images``, ``problems`` or here.
        """
        return self._open.collection.skipped.copy(deep=False)

    def verify(
        self, rate_limit: float | None = None, *, progress: bool = True, **where: "Unpack[Reading]"
    ) -> "pd.DataFrame":
        """Read all originals again; return one row a file that is not as it was: path, state, reason, ...

        ``state``: "changed" (other bytes, also under the same name, size and time), "missing", "unreadable"
        or "new"; ``known`` and ``found`` are SHA-256 digests. At most ``rate_limit`` MB are read in a second.
        ``where``: ``links`` and ``system``, as for `ingest`. Nothing is changed, and it may be interrupted:
        ``ingest(rehash=True)`` takes the changes over. Raises SourceError, QueryError for an invalid limit.
        """
        return verify(self.folder, rate_limit=rate_limit, progress=progress, **where)

    @property
    def edited(self) -> "pd.DataFrame":
        """Files with other bytes but the same picture, as after a change of EXIF, where work is left behind.

        Columns: path, image_id, was (the id before), tags, selections and faces: how many are still with the
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
