"""Case: everything known about one folder of photos. A facade: it wires the rooms, and computes nothing."""

import contextlib
import copy
import weakref
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.progress import Watch, nobody
from workbench.case.arguments import (
    are_numbers,
    checked,
    flag,
    folder,
    is_labels,
    is_rows,
    is_text,
    is_text_or_texts,
    is_texts,
    one_of,
    or_none,
    real,
    text,
    texts,
    whole,
)
from workbench.case.collection import load_vocabulary, save_vocabulary
from workbench.case.embedders import LazyEmbedder, LazyFaceModel
from workbench.case.ingesting import ingest_faces, ingest_images
from workbench.case.learning import Learning
from workbench.case.open_case import OpenCase
from workbench.case.originals import Originals
from workbench.case.searching import Searching
from workbench.errors import ModelError
from workbench.index.engines import Engines
from workbench.search.hits import Hits
from workbench.search.terms import check_readable
from workbench.store.case_folder import CaseFolder
from workbench.store.json_lines import mend

if TYPE_CHECKING:
    import pandas as pd
    import PIL.Image

    from workbench.analysis.layout_trust import Trust
    from workbench.case.cluster_runs import ClusterRuns
    from workbench.case.collection_report import CollectionReport
    from workbench.case.computed import ClusterLevel
    from workbench.case.faces.faces_api import Faces
    from workbench.case.faces.find_people import People, Photo
    from workbench.case.heatmaps_api import Why
    from workbench.case.instances.instances_api import Instances, Where
    from workbench.case.regions_api import Regions
    from workbench.case.selections import Selections
    from workbench.case.share import OfFaces
    from workbench.case.videos_api import Videos
    from workbench.ingest import Embedder, IngestReport, Reading
    from workbench.search.image_lookup import ImageLookup


class Case(Originals, Searching, Learning):
    """One source and all that is known about it. Make one with ``workbench.open``."""

    def __init__(
        self, folder: CaseFolder, precision: str = "auto", faces: str | None = None, index: str = "exact"
    ) -> None:
        self.folder, self.engines = folder, Engines(index, folder.cache / "index")
        self._model = LazyEmbedder(folder, precision)
        self._face_model = LazyFaceModel(folder, faces)
        self._open = OpenCase(folder, self._model, self._face_model, self.engines)
        self._listeners: list[weakref.WeakMethod[Callable[[], object]]] = []

    def refresh(self) -> None:
        """Read the case anew at the next look, so that it shows what another process has added.

        What was handed out before (hits, selections, a desk) keeps the rows it was made with.
        """
        self._open = OpenCase(self.folder, self._model, self._face_model, self.engines)
        self._listeners = [listener for listener in self._listeners if listener()]
        for listener in self._listeners:
            if tell := listener():
                tell()

    def pinned(self) -> "Case":
        """Return this case as it is open now: a later `refresh` or `ingest` of this one changes no row of it.

        A desk is made of it, so that a row of the browser always means the image that was shown there. Tags,
        selections and decisions go to the same case.
        """
        pinned = copy.copy(self)
        pinned._listeners = []
        return pinned

    def on_refresh(self, tell: Callable[[], object]) -> None:
        """Call the method ``tell`` after each `refresh`, as long as its object lives."""
        self._listeners.append(weakref.WeakMethod(tell))

    # -- what there is ---------------------------------------------------------------------------------------

    @property
    def key(self) -> str:
        """The embedder key of the vectors now open; known without loading the model once there are some."""
        return self._open.collection.key

    @property
    def images(self) -> "pd.DataFrame":
        """One row an image that could be read: image_id, path, paths, size, width, height, taken_at, ...

        ``pair``: where a raw photo and a JPEG or HEIC are one shot, the path of the second, at both; the
        query ``is:main`` leaves the raw ones out. ``sidecars``: paths of its sidecars; ``live``: the path of
        the video of a Live Photo; ``motion``: bytes of the video that a phone appended to the file.

        A copy that shares its memory until it is changed: changing it changes nothing in the case.
        """
        return self._open.collection.images.assign(**self._open.collection.beside)

    @property
    def vectors(self) -> NDArray[np.float32]:
        """Unit vectors (N, D), read-only; row i belongs to row i of ``images``."""
        return self._open.collection.vectors

    @property
    def problems(self) -> "pd.DataFrame":
        """Every file that could not be used, with step and reason; nothing that failed is left out."""
        return self._open.collection.problems.copy(deep=False)

    @property
    def embedder(self) -> "Embedder":
        """The model of this case, loaded on first use. Raises ModelError naming the way to get it."""
        return self._model.get()

    @property
    def matching_embedder(self) -> "Callable[[], Embedder]":
        """What gives the model; it raises CaseError where that no longer fits the vectors."""
        return self._open.collection.embedder

    def warm(self) -> None:
        """Load the model in the background, so that the first question need not wait for it."""
        self._model.warm()

    @property
    def lookup(self) -> "ImageLookup":
        """What finds images by id, path or name."""
        return self._open.collection.lookup

    def row(self, image: int | str) -> int:
        """Return the row of an image given by row, image id or path; raise QueryError where there is none."""
        return self._open.collection.row(image)

    @checked(rows=is_rows)
    def thumbnails(self, rows: Iterable[int]) -> list[bytes]:
        """Return JPEG thumbnails (longest side 256 px), one for each row."""
        return self._open.collection.thumbnails([self.row(row) for row in rows])

    def picture(self, image: int | str) -> bytes:
        """Return an upright JPEG of at most 1280 px; the thumbnail if the original is out of reach."""
        return self._open.collection.picture(image)

    def info(self) -> dict[str, Any]:
        """Return places, models and counts of the case as a flat dict; bytes are those of the case folder."""
        return self._open.info()

    # -- what is computed from the vectors -------------------------------------------------------------------

    @checked(method=is_text("umap"))
    def layout(self, method: str = "umap", **params: Any) -> NDArray[np.float32]:
        """Return coordinates (N, 2) of the images by ``umap``, ``tsne`` or ``pca``, cached."""
        return self._open.collection.computed.layout(method, **params)

    @checked(level=or_none(whole(0, 4, 2)), params=are_numbers)
    def clusters(self, level: int | None = None, **params: Any) -> NDArray[np.int32]:
        """Return the cluster (N,) of each image, 0 for the largest, -1 for none; cached.

        ``level``: 0 (coarse) to 4 (fine), by default 2; a cluster lies within one of the level before. With
        parameters of HDBSCAN (min_cluster_size, min_samples, merge_distance, seed) it is HDBSCAN's.
        """
        return self._open.collection.computed.clusters(level=level, **params)

    def cluster_levels(self, *, watch: Watch = nobody) -> "list[ClusterLevel]":
        """Return the clusters at each level, coarse to fine: level, labels (N,), names and parents (C,).

        ``watch`` is told the share done [0, 1], and may raise to end the work.
        """
        return self._open.collection.computed.cluster_levels(self.vocabulary, watch=watch)

    @checked(labels=is_labels)
    def cluster_names(self, labels: NDArray[np.int32]) -> list[str]:
        """Return a name for each cluster 0, 1, ...: the phrase that says best what it shows.

        Those of which the same is said get a second phrase that holds of most of their images and of few of
        the others, "fruit: an apple", or a number, "fruit (2)".
        """
        return self._open.collection.computed.cluster_names(labels, self.vocabulary)

    @checked(method=is_text("umap"))
    def trust(self, method: str = "umap", **params: Any) -> "Trust":
        """Return how far the place of each image in a layout can be trusted: three arrays (N,) in [0, 1]."""
        return self._open.collection.computed.trust(method, **params)

    @checked(phrases=is_texts("a boat"))
    def phrase_vectors(self, phrases: Sequence[str]) -> NDArray[np.float32]:
        """Return the unit text vectors (P, D) of phrases, cached."""
        return self._open.collection.phrase_vectors(phrases)

    # -- what people say -------------------------------------------------------------------------------------

    @property
    def vocabulary(self) -> list[str]:
        """The phrases that images are described with; assign a list to change them (kept in ``work/``)."""
        return load_vocabulary(self.folder.root / "work")

    @vocabulary.setter
    def vocabulary(self, phrases: Sequence[str]) -> None:
        given = texts(phrases, "The vocabulary", "a boat")
        if not all(map(str.isascii, given)):  # every model reads these
            with contextlib.suppress(ModelError):  # without its model a case can still be edited
                check_readable(self._model.get(), given)
        save_vocabulary(self.folder.root / "work", given)

    def tag(self, images: int | str | Iterable[int | str], tag: str) -> None:
        """Tag images (rows, ids or paths). Tags live in ``work/`` and outlive the cache."""
        self.folder.tags.add(text(tag, "A tag", "keep"), self.lookup.ids_of(images))

    def untag(self, images: int | str | Iterable[int | str], tag: str) -> None:
        """Take a tag away again."""
        self.folder.tags.remove(text(tag, "A tag", "keep"), self.lookup.ids_of(images))

    @property
    def tags(self) -> "pd.DataFrame":
        """Who tagged what: sample_id, tag, when."""
        return self.folder.tags.read()

    def mend(self) -> dict[str, int]:
        """Take lines of the logs in ``work/`` that are damaged or lost from the copies beside them.

        Return how many came back to which file; a warning named them before. What was damaged stays under
        another name. Raises CaseError where the case cannot be written.
        """
        brought = mend(self.folder.root / "work")
        self.refresh()
        return brought

    # -- ingest and questions --------------------------------------------------------------------------------

    @checked(
        faces=flag,
        regions=is_text_or_texts("persons"),
        instances=flag,
        progress=flag,
    )
    def ingest(
        self,
        *,
        faces: bool = False,
        regions: Collection[str] = (),
        instances: bool = False,
        progress: bool = True,
        **reading: "Unpack[Reading]",
    ) -> "IngestReport":
        """Read what is new or changed in the source, and compute what is missing; safe to stop and to repeat.

        ``faces`` also looks for faces, ``regions`` for some of "persons", "objects", "text" and other
        registered kinds of samples, ``instances`` for where things may be, for `find_this`; each photo is
        decoded once for all of it. Nothing finished is ever computed twice.

        ``retry=True`` tries files again that failed before; ``rehash=True`` reads all files, to find what has
        changed under the same size and time; ``metadata=True`` reads titles, ratings and the rest again of
        photos that an older version of Workbench read, and computes nothing else for these. ``links`` follows
        those that stay "inside" the source (the default), "all" or "none"; ``system=True`` takes recycle bins
        and previews of other programs as photos; ``exclude`` leaves out some names or paths, such as
        ["private", "2019/**/raw"], [] nothing; ``archives=False`` leaves archives closed. Of videos
        ``frames`` become images: those chosen by "change" (the default), or one every so many seconds. These
        five are remembered until another is given. ``videos=False`` leaves videos as they are. What is not
        read is in `skipped`, and `count` adds all up. Where most of what was known is not there, as when a
        disk is not mounted, SourceError is raised and nothing changes, unless ``gone`` says "mark" (take it
        out) or "keep".
        """
        model = self._face_model if faces else None
        things = self.instances.model if instances else None
        try:
            report = ingest_images(
                self.folder, self._model, model, regions, things, progress=progress, **reading
            )
        finally:
            if things:
                self.instances.remember()
            self.refresh()
        if faces:
            self.faces.settle(watch=None if progress else nobody)
        return self._with_edited(report)

    @checked(progress=flag)
    def ingest_faces(self, *, progress: bool = True, **reading: "Unpack[Reading]") -> "IngestReport":
        """Look for faces in the photos, without anything else; safe to stop and to repeat.

        New faces join the identities they are like; what an analyst decided stays. Photos that are new show
        with their faces after the next `ingest`. ``reading`` as there.
        """
        try:
            report = ingest_faces(self.folder, self._model, self._face_model, progress=progress, **reading)
        finally:
            self.refresh()
        self.faces.settle(watch=None if progress else nobody)
        return report

    @property
    def why(self) -> "Why":
        """Why an image matched: ``case.why(image, query)`` is a Heatmap, see `Why`."""
        return self._open.why

    @property
    def cluster_runs(self) -> "ClusterRuns":
        """Runs of clustering by several methods, kept under names and compared."""
        return self._open.cluster_runs

    @property
    def faces(self) -> "Faces":
        """The faces of the photos and the people they are grouped into; empty before `ingest_faces`."""
        return self._open.faces

    @property
    def regions(self) -> "Regions":
        """The persons, objects and texts of the photos; none before ``ingest(regions=...)``."""
        return self._open.regions

    @property
    def videos(self) -> "Videos":
        """The videos whose frames are among the images: clips, single frames, contact sheets."""
        return self._open.videos

    def contact_sheet(self, video: int | str, **options: Any) -> "PIL.Image.Image":
        """Return the chosen frames of a video with their times as one PIL picture; see `Videos`.

        ``video``: its path, or a frame of it. ``options``: ``columns``, ``width`` in pixels, ``most``.
        """
        return self.videos.contact_sheet(video, **options)

    @property
    def instances(self) -> "Instances":
        """Places where things may be, for `find_this`; none before ``case.instances.ingest()``."""
        return self._open.instances

    @checked(k=or_none(whole()))
    def find_this(
        self, image: "Where", box: Sequence[float] | None = None, k: int = 50, **options: Any
    ) -> Hits:
        """Find the same thing in other images, each with its box; a text alone finds what it says.

        ``image``: row, image id or path of the case, a pathlib.Path elsewhere or a PIL image; ``box`` (x, y,
        width, height) in pixels of it, upright and in full size. Raises QueryError for a box outside it,
        CaseError before ``case.instances.ingest()``.
        """
        return self.instances.find_this(image, box, k, **options)

    @checked(any=flag, threshold=or_none(real(-1, 1, 0.6)))
    def find_people(self, photo: "Photo", *, any: bool = False, threshold: float | None = None) -> "People":
        """Find the people of a photo (path or PIL image) in the collection.

        Its ``.faces`` say who each face is, its ``.images`` where all of them appear, or any of them.
        ``threshold``: the least cosine [-1, 1] to be somebody known. Raises QueryError for an unreadable
        picture, CaseError where no faces were looked for yet.
        """
        return self.faces.find(photo, any=any, threshold=threshold)

    @checked(folder=folder, faces=one_of("none", "decisions", "all"), classifiers=is_text_or_texts("weapon"))
    def share(
        self, folder: str | Path, *, faces: "OfFaces" = "none", classifiers: str | Sequence[str] = ()
    ) -> Path:
        """Make a copy for a colleague in a new or empty folder, without the photos and where they lie.

        Only images that were in the source at the last ingest go in. ``faces``: "none" carries nothing about
        faces, "decisions" who is where in which photo, as people decided, "all" also what models computed.
        ``classifiers``: the names of those that go along, with the labels they were trained on.
        docs/trust.md lists what else goes in. Your colleague opens it alone, or with a copy of the photos:
        ``wb.open("photos/", case=...)``. Raises CaseError or QueryError.
        """
        from workbench.case.share import share_case

        return share_case(self.folder, folder, faces=faces, classifiers=classifiers).folder

    @property
    def study(self) -> "CollectionReport":
        """The collection as a whole: likeness of groups, images x captions, duplicates, quality."""
        return self._open.study

    @property
    def selections(self) -> "Selections":
        """The selections kept under a name: save, open, remove, frame."""
        return self._open.selections

    def __repr__(self) -> str:
        photos = self.folder.source if self.folder.has_source else self.folder.source.name
        return f"<Case {self.folder.root} of {photos}{self._source_state()}>"
