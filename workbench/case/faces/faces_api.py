"""Faces: who is in the collection, and the verbs with which an analyst puts that right."""

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from workbench.analysis import identities as analysis
from workbench.analysis.identities.grouping import DEFAULT_METHOD
from workbench.analysis.progress import Watch
from workbench.analysis.rows import Rows, normalise
from workbench.case.arguments import (
    checked,
    flag,
    folder,
    is_id,
    is_rows,
    is_text,
    is_texts,
    one_of,
    or_none,
    real,
    whole,
)
from workbench.case.embedders import LazyFaceModel
from workbench.case.faces import find_people as people
from workbench.case.faces.face_store import FaceStore
from workbench.case.faces.grouping import Choice
from workbench.errors import QueryError
from workbench.store.decisions import Decision
from workbench.store.identity_state import FREE, NOT_A_FACE, UNKNOWN

if TYPE_CHECKING:
    import pandas as pd

    from workbench.case.faces.export import How
    from workbench.case.faces.find_people import People, Photo
    from workbench.search.ranges import RangeTable


IDENTITY = is_id("case.faces.identities")
PATIENCE = 3.0
"""Seconds before a progress bar is shown: most collections are grouped in less."""


class Faces:
    """The faces of a case and the identities they are grouped into.

    Rows are positions in ``frame`` and stay the same until the case is ingested again. Every verb is one
    decision, written to ``work/identities.jsonl`` before it shows, and one step of ``undo``. A verb about an
    identity keeps it: its faces of that moment stay together whatever is ingested or computed later.
    Verbs raise QueryError for an identity or rows that do not exist, CaseError where the log cannot be
    written.
    """

    def __init__(self, book: FaceStore, model: LazyFaceModel) -> None:
        self._book, self._model = book, model

    # -- what there is ---------------------------------------------------------------------------------------

    @property
    def key(self) -> str:
        """The face key: detector, alignment and recogniser of these faces."""
        return self._book.key

    @property
    def vectors(self) -> NDArray[np.float32]:
        """Unit vectors (F, D); row i belongs to row i of ``frame``."""
        return self._book.vectors

    @property
    def frame(self) -> "pd.DataFrame":
        """One row a face: face_id, image_id, image_row, x, y, width, height (pixels), ..., and who it is.

        ``identity`` ("" for none), its ``name``, and ``state``: "" where the grouping decides, "kept" where
        an analyst did, "not a face" or "unknown" where it was set aside. ``sure``: that it is a face.
        """
        return self._book.table.frame

    @property
    def identities(self) -> "pd.DataFrame":
        """One row an identity, the largest first: identity, name, faces, images, cover (row), kept.

        A face that is alone and that nobody decided about is no identity.
        """
        return self._book.table.identities

    @property
    def named(self) -> list[str]:
        """The names that were given and stand, in the order of keeping, also of people without a face now."""
        standing = self._book.decisions.standing()
        return [standing.names[identity] for identity in standing.kept if standing.names[identity]]

    @property
    def lost(self) -> list[str]:
        """Face ids of decisions that fit no face now, as when a photo is gone; they wait in the log."""
        return list(self._book.table.places.lost)

    @checked(identity=IDENTITY)
    def rows_of(self, identity: str) -> Rows:
        """Return the faces of an identity (K,), alike ones beside each other, the most typical first."""
        return analysis.order_by_similarity(self.vectors, self._book.table.members(identity))

    @checked(identity=or_none(IDENTITY), video=or_none(is_text("clips/a.mp4")))
    def appearances(self, identity: str | None = None, video: str | None = None) -> "RangeTable":
        """Return when identities are seen in videos, one row a range: see docs/video.md.

        Columns: identity, name, video (path), start, end (seconds), start_timecode, end_timecode, frames (in
        which it is seen), best (row of the best face), image_id (of that). ``identity`` and ``video`` (its
        path) keep one of them. Raises QueryError for an identity or a video that is not there.
        """
        return self._book.appearances(identity, video)

    @checked(rows=is_rows)
    def crops(self, rows: Iterable[int]) -> list[bytes]:
        """Return an aligned JPEG crop for each row, empty bytes where there is none."""
        normalise(list(rows), len(self))  # refuses what is no row
        return self._book.crops(rows)

    @checked(method=is_text("umap"))
    def layout(self, method: str = "umap", **params: Any) -> NDArray[np.float32]:
        """Return coordinates (F, 2) of the faces by ``umap``, ``tsne`` or ``pca``, cached."""
        return self._book.layout(method, **params)

    # -- verbs -----------------------------------------------------------------------------------------------

    @checked(identity=IDENTITY, name=is_text("Ann", empty=True))
    def name(self, identity: str, name: str) -> str:
        """Give an identity a name, "" to take it away; return the identity."""
        put = {identity: self._book.table.undecided(identity)}
        return self._book.decide(Decision("name", identity, {identity: " ".join(name.split())}, put))

    @checked(identities=is_texts("an id of `case.faces.identities`"))
    def merge(self, identities: Sequence[str]) -> str:
        """Make one of several identities; the first stays, with the first name among them. Return it."""
        chosen = list(dict.fromkeys(identities))
        if len(chosen) < 2:
            raise QueryError(
                "Merging needs at least two identities.", "Pass a list of two or more identity ids."
            )
        table = self._book.table
        put = {chosen[0]: [face for identity in chosen for face in table.undecided(identity)]}
        names = [table.standing.names.get(identity, "") for identity in chosen]
        name = next(filter(None, names), "")
        return self._book.decide(Decision("merge", chosen[0], {chosen[0]: name}, put, gone=chosen[1:]))

    @checked(identity=IDENTITY)
    def propose_split(self, identity: str) -> tuple[Rows, Rows]:
        """Return the rows of the two halves that an identity falls into most readily, the larger first."""
        return analysis.propose_split(self.vectors, self._book.table.members(identity))

    @checked(identity=IDENTITY)
    def split(self, identity: str, rows: ArrayLike) -> str:
        """Take some faces out of an identity into a new one; return the new one."""
        table, leaving = self._book.table, self._rows(rows)
        members = table.members(identity)
        if not np.isin(leaving, members).all() or len(leaving) == len(members):
            raise QueryError(
                "A split must contain some, but not all, of the faces of one identity.",
                "See `case.faces.rows_of(identity)` and `propose_split`.",
            )
        new = self._new_identity()
        leaving_faces = table.anchors(leaving)
        staying = [face for face in table.undecided(identity) if face not in set(leaving_faces)]
        self._book.decide(Decision("split", identity, put={identity: staying, new: leaving_faces}))
        return new

    @checked(identity=or_none(IDENTITY), name=is_text("Ann", empty=True))
    def move(self, rows: ArrayLike, identity: str | None, name: str = "") -> str:
        """Put faces into an identity, or into a new one (None), ``name`` it where one is given; return it."""
        return self._put("move", rows, identity, name)

    @checked(identity=IDENTITY)
    def confirm(self, rows: ArrayLike, identity: str) -> str:
        """Say that faces are of an identity, as an answer to ``suggest``; return it."""
        return self._put("confirm", rows, identity)

    @checked(identity=IDENTITY)
    def reject(self, rows: ArrayLike, identity: str) -> str:
        """Say that faces are not of an identity: they leave it and are never put there again by grouping."""
        table, faces = self._book.table, self._anchors(rows)
        staying = [face for face in table.undecided(identity) if face not in set(faces)]
        leaving = [face for face in faces if table.standing.holds.get(face) == identity]
        put = {identity: staying, FREE: leaving}
        return self._book.decide(Decision("reject", identity, {}, put, rejected=faces))

    def not_a_face(self, rows: ArrayLike) -> None:
        """Set rows aside that show no face; they are in no identity."""
        self._book.decide(Decision("not a face", put={NOT_A_FACE: self._anchors(rows)}))

    def unknown(self, rows: ArrayLike) -> None:
        """Set faces aside that nobody can or needs to name; they are in no identity."""
        self._book.decide(Decision("unknown", put={UNKNOWN: self._anchors(rows)}))

    def release(self, rows: ArrayLike) -> None:
        """Take back what was decided about faces: the grouping decides again."""
        self._book.decide(Decision("release", put={FREE: self._anchors(rows)}))

    # -- the log ---------------------------------------------------------------------------------------------

    def undo(self) -> str | None:
        """Take the last decision back and return which verb it was; None where nothing is left to undo."""
        return self._book.turn("undo")

    def redo(self) -> str | None:
        """Bring back what was undone last, until something new is decided; return the verb, or None."""
        return self._book.turn("redo")

    @property
    def can_undo(self) -> bool:
        """Whether there is a decision to undo."""
        return self._book.decisions.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether something was undone and nothing decided since."""
        return self._book.decisions.can_redo

    @property
    def history(self) -> "pd.DataFrame":
        """What was decided, oldest first: when, who, op, identity, name, faces (count), note, id, stands."""
        return self._book.decisions.history()

    def on_change(self, tell: Callable[[], object]) -> None:
        """Call the method ``tell`` after each verb, undo and redo, as long as its object lives."""
        self._book.on_change(tell)

    # -- help ------------------------------------------------------------------------------------------------

    @checked(identity=IDENTITY, k=whole(1, example=12))
    def suggest(self, identity: str, k: int = 12) -> "pd.DataFrame":
        """Return the faces nobody decided about that look most like an identity: row, confidence [0, 1].

        Faces in photos where the identity already is, and rejected ones, are left out.
        """
        return people.suggest(self._book, identity, k)

    def review(self) -> "pd.DataFrame":
        """Return what to look at again: kind, identity, other, row, other_row, similarity, why, leaving.

        Kinds: "far apart" and "far in time" doubt one identity, "close" two that may be one person.
        ``leaving`` are the rows that are not ``identity`` where these are two people. What was confirmed or
        rejected is not asked again.
        """
        return people.review(self._book)

    @checked(any=flag, threshold=or_none(real(-1, 1, 0.6)))
    def find(self, photo: "Photo", *, any: bool = False, threshold: float | None = None) -> "People":
        """Find the people of a photo in the collection; see ``Case.find_people``."""
        model = self._model.matching(self.key)
        return people.find_people(photo, model, self._book, any=any, threshold=threshold)

    @checked(method=one_of(*get_args(analysis.Method)), threshold=or_none(real(-1, 1, 0.6)))
    def group(
        self,
        method: analysis.Method = DEFAULT_METHOD,
        threshold: float | None = None,
        *,
        watch: Watch | None = None,
    ) -> "pd.DataFrame":
        """Group all faces afresh where nobody decided, and return ``identities``; the choice is a decision.

        ``method``: whispers (the default), agglomerative or hdbscan; ``threshold``: the cosine [-1, 1] at
        which groups still join, by default the one measured for this pair of models. ``watch`` is told the
        share done, [0, 1], and what it raises ends the grouping, as an interrupt does: then nothing is
        decided. Without it a progress bar is shown where there are many faces. Raises QueryError.
        """
        grouping = Choice(method, threshold).as_decided(self._book.pair.name)
        decision = Decision("group", grouping=grouping)
        with self._watched(watch) as told:
            self._book.group(Choice(method, threshold, decision.id), told)
        self._book.decide(decision)
        return self.identities

    @checked(folder=folder, min_faces=whole(1, example=6), how=one_of("copy", "hardlink", "symlink"))
    def export(self, folder: Any, min_faces: int = 6, how: "How" = "copy") -> "pd.DataFrame":
        """Put the photos of each identity of at least ``min_faces`` faces into a folder; return the manifest.

        ``how``: copy, hardlink or symlink. ``folder`` must be new or empty: nothing is ever written over, and
        nothing into the source. See ``case.export`` for the columns. Raises CaseError or QueryError.
        """
        return self._book.export(folder, min_faces, how)

    def settle(self, *, watch: Watch | None = None) -> None:
        """Group now what is new, as ingest does at its end, so that nobody waits for it when looking.

        ``watch`` as for `group`.
        """
        with self._watched(watch) as told:
            self._book.settle(told)

    def __len__(self) -> int:
        """Return the number of faces, without grouping them."""
        return len(self.vectors)

    def __repr__(self) -> str:
        return f"<{len(self.frame)} faces, {len(self.identities)} identities by {self.key}>"

    def _put(self, op: str, rows: ArrayLike, identity: str | None, name: str = "") -> str:
        table, faces = self._book.table, self._anchors(rows)
        target = self._new_identity() if identity is None else identity
        staying = [] if identity is None else table.undecided(identity)
        put = {target: list(dict.fromkeys([*staying, *faces]))}
        names = {target: " ".join(name.split())} if name.strip() else {}
        confirmed = faces if op == "confirm" else []
        return self._book.decide(Decision(op, target, names, put, confirmed=confirmed))

    @contextmanager
    def _watched(self, watch: Watch | None) -> Iterator[Watch]:
        """Give the watcher, or one that shows a progress bar once grouping has taken some seconds."""
        from tqdm.auto import tqdm  # opening a case does not need it

        if watch is not None:
            yield watch
            return
        with tqdm(
            total=100, desc=f"Grouping {len(self):,} faces", unit="%", leave=False, delay=PATIENCE
        ) as bar:

            def show(share: float) -> None:
                bar.update(max(0, round(100 * share) - bar.n))

            yield show

    def _rows(self, rows: ArrayLike) -> Rows:
        given: Any = [rows] if isinstance(rows, int | np.integer) else rows
        chosen = normalise(given, len(self.frame))
        if not len(chosen):
            raise QueryError("No faces were given.", "Pass rows of `case.faces.frame`.")
        return chosen

    def _anchors(self, rows: ArrayLike) -> list[str]:
        return self._book.table.anchors(self._rows(rows))

    def _new_identity(self) -> str:
        used = {*self._book.table.standing.names, *self.identities["identity"]}
        identity = secrets.token_hex(4)
        return self._new_identity() if identity in used else identity
