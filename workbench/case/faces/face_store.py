"""FaceStore: what is read from disk and computed about the faces of a case, kept until it changes."""

import contextlib
import hashlib
import json
import weakref
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from workbench.analysis import identities as analysis
from workbench.analysis import projection
from workbench.analysis.identities import DEFAULT_METHOD
from workbench.analysis.progress import Watch, nobody
from workbench.case.computed import once
from workbench.case.faces.grouping import Choice, Known, choice_of, identities
from workbench.case.faces.table import FaceTable, Places, place
from workbench.errors import QueryError
from workbench.samples.face import TABLE as FACES
from workbench.samples.face import read_faces
from workbench.search.ranges import RangeTable, frames_of, times_of
from workbench.store.case_folder import CaseFolder
from workbench.store.decisions import Decision, Decisions
from workbench.store.identity_state import Standing, read_groups, write_groups
from workbench.store.thumbnails import ThumbnailReader

if TYPE_CHECKING:
    import pandas as pd

    from workbench.case.faces.export import How
    from workbench.models.faces.pairs import FacePair
    from workbench.store.samples import Samples

OF_FACES = "identities"
"""Folder of the cache for what follows from the vectors of faces."""
CHAIN = 0.2  # cosine: how far below the threshold a face may matter to another through a third
REMEMBERED = 50  # groupings kept in memory, so that undo gives back exactly what was there


class FaceStore:
    """Faces of one face key: the table with identities, made anew whenever a decision was written.

    ``pair`` is the record of the models; ``images`` is the image table of the case.
    """

    def __init__(self, folder: CaseFolder, pair: "FacePair", key: str, images: "pd.DataFrame") -> None:
        self.key, self.decisions = key, Decisions(folder.root / "work")
        self._folder, self.pair, self.images = folder, pair, images
        self._table: FaceTable | None = None
        self._remembered: OrderedDict[str, list[str]] = OrderedDict()
        self._listeners: list[weakref.WeakMethod[Callable[[], object]]] = []
        self._earlier: tuple[Path, dict[str, str]] | None = None

    @cached_property
    def _snapshot(self) -> "Samples":
        return read_faces(self._folder, self.key, self.images)

    @property
    def vectors(self) -> NDArray[np.float32]:
        """Unit vectors (F, D)."""
        return self._snapshot.vectors

    @cached_property
    def quality(self) -> NDArray[np.float32]:
        """How good each face is to recognise somebody by: (F,) in [0, 1]."""
        return self._snapshot.frame["quality"].to_numpy(np.float32)

    @cached_property
    def _sure(self) -> NDArray[np.bool_]:
        """Whether the detector is sure of each face: (F,); one that is doubtful forms no identity."""
        scores = self._snapshot.frame["score"].to_numpy(np.float32)
        return np.asarray(scores >= self.pair.sure_score)

    @cached_property
    def photo(self) -> NDArray[np.int32]:
        """The row of each face's image: (F,)."""
        return self._snapshot.frame["image_row"].to_numpy(np.int32)

    @cached_property
    def when(self) -> NDArray[np.float64]:
        """When each face was taken, by EXIF: (F,) seconds since 1970, nan where unknown."""
        import pandas as pd

        taken = pd.to_datetime(self.images["taken_at"], errors="coerce", utc=True)
        seconds = (taken - pd.Timestamp(0, tz="UTC")).dt.total_seconds().to_numpy(np.float64)
        return np.asarray(seconds[self.photo], np.float64)

    @cached_property
    def tracks(self) -> NDArray[np.int32]:
        """The track of each face in a video: (F,), -1 for a face in a photo; see ``analysis.identities``."""
        frames = frames_of(self.images)
        none = np.full(len(self.photo), -1, np.int32)
        if not frames:
            return none
        number = np.full(len(self.images), -1, np.int32)
        time = np.zeros(len(self.images))
        for video, rows in enumerate(frames.values()):
            number[rows], time[rows] = video, times_of(self.images, rows)
        every = {video: time[rows] for video, rows in enumerate(frames.values())}
        boxes = self._snapshot.frame[["x", "y", "width", "height"]].to_numpy(np.float64)
        level = self.pair.groups[DEFAULT_METHOD]
        return analysis.tracks(number[self.photo], time[self.photo], every, boxes, self.vectors, level)

    @property
    def table(self) -> FaceTable:
        """The faces with their identities, as decisions have them now, those of other processes included."""
        return self.settle(nobody)

    def settle(self, watch: Watch) -> FaceTable:
        """Return the table, made now where it is not there yet; ``watch`` as for ``analysis.group``."""
        standing = self.decisions.standing()
        if self._table is None or self._table.standing is not standing:
            self._table = self._make(standing, watch)
        return self._table

    def group(self, choice: Choice, watch: Watch) -> None:
        """Work out the grouping that a choice would give, so that its table is there once it is decided."""
        standing = self.decisions.standing()
        face_ids = self._snapshot.frame["face_id"].tolist()
        self._identities(face_ids, place(standing, face_ids), standing.names, choice, watch)

    def decide(self, decision: Decision) -> str:
        """Write a decision down, tell who wants to know, and return the identity it is about."""
        self.decisions.add(decision)
        self._tell()
        return decision.identity

    def turn(self, way: Literal["undo", "redo"]) -> str | None:
        """Undo or redo a step, tell who wants to know, and return its verb; None where there is none."""
        verb = self.decisions.undo() if way == "undo" else self.decisions.redo()
        self._tell()
        return verb

    def on_change(self, tell: Callable[[], object]) -> None:
        """Call the method ``tell`` after each decision, as long as its object lives."""
        self._listeners.append(weakref.WeakMethod(tell))

    def export(self, folder: str | Path, min_faces: int, how: "How") -> "pd.DataFrame":
        """Export identities of enough faces; see ``Faces.export``."""
        from workbench.case.faces.export import export_identities

        table = self.table
        chosen = table.identities[table.identities["faces"] >= min_faces]
        if chosen.empty:
            what = f"No identity has {min_faces} faces or more."
            raise QueryError(what, "Lower `min_faces`, or merge identities of one person first.")
        return export_identities(table.frame, chosen, self.images, self._folder, folder, how)

    def appearances(self, identity: str | None, video: str | None) -> RangeTable:
        """Return when identities are seen in videos; see ``Faces.appearances``."""
        from workbench.case.faces.appearances import appearances

        table, file = self.table, None
        if identity is not None:
            table.members(identity)  # refuses what is none
        if video is not None:
            named = {
                str(path): file
                for file, rows in frames_of(self.images).items()
                for path in (file, *self.images["paths"].iloc[int(rows[0])])
            }
            if video not in named:
                raise QueryError(f"No video {video!r} in this case.", "Use a path of `case.videos.frame`.")
            file = named[video]
        return appearances(table.frame, self.images, identity, file)

    def crops(self, rows: Iterable[int]) -> list[bytes]:
        """Return a JPEG crop for each row."""
        ids = [str(self._snapshot.frame["face_id"].iloc[row]) for row in rows]
        found = self._crops.get(ids)
        return [found.get(face_id, b"") for face_id in ids]

    def layout(self, method: str, *, watch: Watch = nobody, **params: Any) -> NDArray[np.float32]:
        """Return coordinates (F, 2), cached where only faces are."""
        settings: dict[str, Any] = projection.parameters(method, **params)
        folder, ids = self._folder.cache / OF_FACES / "layouts", self._snapshot.frame["face_id"].tolist()
        points = once(
            folder,
            settings | {"key": self.key},
            ids,
            lambda: projection.project(self.vectors, watch=watch, **settings),
        )
        return np.asarray(points, np.float32)

    @cached_property
    def _crops(self) -> ThumbnailReader:
        return ThumbnailReader(self._folder.samples(FACES, self.key).crops)

    def _tell(self) -> None:
        for tell in [tell for reference in self._listeners if (tell := reference())]:
            tell()

    def _make(self, standing: Standing, watch: Watch) -> FaceTable:
        face_ids = self._snapshot.frame["face_id"].tolist()
        places = place(standing, face_ids)
        found = self._identities(face_ids, places, standing.names, choice_of(standing, self.pair.name), watch)
        return FaceTable(self._snapshot.frame.assign(sure=self._sure), found, places, standing)

    def _identities(
        self, face_ids: list[str], places: Places, taken: Collection[str], choice: Choice, watch: Watch
    ) -> list[str]:
        rejected = sorted((row, *sorted(others)) for row, others in places.rejected.items())
        said = json.dumps([choice.id, places.held, rejected])
        digest = hashlib.sha256(said.encode()).hexdigest()
        path = self._groups_path(choice)
        if digest not in self._remembered:
            who = self._following(places)
            rows = who.rows
            place_of = {int(row): place for place, row in enumerate(rows)}
            found = identities(
                [face_ids[row] for row in rows],
                [places.held[row] for row in rows],
                {place_of[row]: others for row, others in places.rejected.items()},
                self._read_groups(path),
                self.vectors if len(rows) == len(face_ids) else self.vectors[rows],
                lambda some, known: self._group(rows[some], known, who.together, choice, watch),
                taken,
                self._floor(choice),
            )
            self._remembered[digest] = [found[place_of[int(row)]] for row in who.leader]
        self._remembered.move_to_end(digest)
        if len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)
        self._keep(path, face_ids, places.held, self._remembered[digest])
        return self._remembered[digest]

    def _read_groups(self, path: Path) -> dict[str, str]:
        """Return the automatic part of the last grouping by this choice."""
        return self._earlier[1] if self._earlier and self._earlier[0] == path else read_groups(path)

    def _keep(self, path: Path, face_ids: list[str], held: list[str], found: list[str]) -> None:
        """Keep the automatic part of a grouping for the next session; a case may lie on a read-only disk."""
        groups = {face: now for face, place, now in zip(face_ids, held, found, strict=True) if not place}
        if (path, groups) != self._earlier:
            self._earlier = path, groups
            with contextlib.suppress(OSError):
                write_groups(path, groups)

    def _following(self, places: Places) -> analysis.Following:
        """Return which faces are grouped: all, but of a track in a video only the best."""
        decided = np.array([bool(held) for held in places.held], bool)
        decided[list(places.rejected)] = True
        return analysis.following(self.tracks, self.quality, self.vectors, decided)

    def _group(
        self,
        rows: NDArray[np.intp],
        known: Known,
        together: NDArray[np.int32],
        choice: Choice,
        watch: Watch,
    ) -> Known:
        return analysis.group(
            self.vectors[rows],
            quality=np.where(self._sure, self.quality, 0)[rows],
            photo=self.photo[rows],
            method=choice.method,
            threshold=choice.threshold,
            known=known,
            together=together[rows] if (together >= 0).any() else None,
            scale=self.pair,
            watch=watch,
        )

    def _floor(self, choice: Choice) -> float:
        """Return the cosine below which two faces cannot come into one group, with room for chains."""
        measured = self.pair.groups[choice.method]
        return (measured if choice.threshold is None else choice.threshold) - CHAIN

    def _groups_path(self, choice: Choice) -> Path:
        facts = json.dumps([self.key, choice.method, choice.threshold, choice.id])
        name = hashlib.sha256(facts.encode()).hexdigest()[:32]
        return self._folder.cache / OF_FACES / f"{name}.parquet"
