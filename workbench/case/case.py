"""Case: everything known about one folder of photos. A facade: it wires the rooms, and computes nothing."""

import copy
import weakref
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from workbench.analysis.progress import Watch, nobody
from workbench.case import arguments
from workbench.case.collection import load_vocabulary, save_vocabulary
from workbench.case.embedders import LazyEmbedder, LazyFaceModel
from workbench.case.ingesting import ingest_faces, ingest_images
from workbench.case.open_case import OpenCase
from workbench.index.engines import Engines
from workbench.search.hits import Hits
from workbench.search.request import Limits, Request
from workbench.search.terms import Term
from workbench.store.case_folder import CaseFolder

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike
    from PIL.Image import Image

    from workbench.analysis.layout_trust import Trust
    from workbench.analysis.recall_estimate import Missed
    from workbench.analysis.thresholds import Threshold
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
    from workbench.ingest import Embedder, IngestReport
    from workbench.search.image_lookup import ImageLookup
    from workbench.search.questions import Questions
    from workbench.search.request import Images, Within


class Case:
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

        A copy that shares its memory until it is changed: changing it changes nothing in the case.
        """
        return self._open.collection.images.copy(deep=False)

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

    def thumbnails(self, rows: Iterable[int]) -> list[bytes]:
        """Return JPEG thumbnails (longest side 256 px), one for each row."""
        return self._open.collection.thumbnails(rows)

    def picture(self, image: int | str) -> bytes:
        """Return an upright JPEG of at most 1280 px; the thumbnail if the original is out of reach."""
        return self._open.collection.picture(image)

    def info(self) -> dict[str, Any]:
        """Return places, models and counts of the case as a flat dict; bytes are those of the case folder."""
        return self._open.info()

    # -- what is computed from the vectors -------------------------------------------------------------------

    def layout(self, method: str = "umap", **params: Any) -> NDArray[np.float32]:
        """Return coordinates (N, 2) of the images by ``umap``, ``tsne`` or ``pca``, cached."""
        return self._open.collection.computed.layout(method, **params)

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

    def cluster_names(self, labels: NDArray[np.int32]) -> list[str]:
        """Return a name for each cluster 0, 1, ...: the phrase that says best what it shows.

        Those of which the same is said get a second phrase that holds of most of their images and of few of
        the others, "fruit: an apple", or a number, "fruit (2)".
        """
        return self._open.collection.computed.cluster_names(labels, self.vocabulary)

    def trust(self, method: str = "umap", **params: Any) -> "Trust":
        """Return how far the place of each image in a layout can be trusted: three arrays (N,) in [0, 1]."""
        return self._open.collection.computed.trust(method, **params)

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
        save_vocabulary(self.folder.root / "work", arguments.texts(phrases, "The vocabulary", "a boat"))

    def tag(self, images: int | str | Iterable[int | str], tag: str) -> None:
        """Tag images (rows, ids or paths). Tags live in ``work/`` and outlive the cache."""
        self.folder.tags.add(arguments.text(tag, "A tag", "keep"), self.lookup.ids_of(images))

    def untag(self, images: int | str | Iterable[int | str], tag: str) -> None:
        """Take a tag away again."""
        self.folder.tags.remove(arguments.text(tag, "A tag", "keep"), self.lookup.ids_of(images))

    @property
    def tags(self) -> "pd.DataFrame":
        """Who tagged what: sample_id, tag, when."""
        return self.folder.tags.read()

    # -- ingest and questions --------------------------------------------------------------------------------

    def ingest(
        self,
        *,
        faces: bool = False,
        regions: Collection[str] = (),
        instances: bool = False,
        retry: bool = False,
        progress: bool = True,
    ) -> "IngestReport":
        """Read what is new or changed in the source, and compute what is missing; safe to stop and to repeat.

        ``faces`` also looks for faces, ``regions`` for some of "persons", "objects", "text" and other
        registered kinds of samples, ``instances`` for where things may be, for `find_this`; each photo is
        decoded once for all of it. ``retry`` tries files again that failed before. Nothing finished is ever
        computed twice.
        """
        model = self._face_model if faces else None
        things = self.instances.model if instances else None
        try:
            report = ingest_images(
                self.folder, self._model, model, regions, things, retry=retry, progress=progress
            )
        finally:
            if things:
                self.instances.remember()
            self.refresh()
        if faces:
            self.faces.settle()
        return report

    def ingest_faces(self, *, retry: bool = False, progress: bool = True) -> "IngestReport":
        """Look for faces in the photos, without anything else; safe to stop and to repeat.

        New faces join the identities they are like; what an analyst decided stays. Photos that are new show
        with their faces after the next `ingest`.
        """
        try:
            report = ingest_faces(self.folder, self._model, self._face_model, retry=retry, progress=progress)
        finally:
            self.refresh()
        self.faces.settle()
        return report

    def search(
        self,
        *terms: Term,
        like: Any = (),
        unlike: Any = (),
        face: str | Sequence[str] = (),
        text: str | None = None,
        within: "Within | None" = None,
        tag: str | Sequence[str] = (),
        taken: str | None = None,
        over: str | Sequence[str] = "images",
        k: int | None = 50,
        threshold: "float | Literal['fixed'] | None" = None,
        probability: float | None = None,
        background: "Images | None" = None,
    ) -> Hits:
        """Find images by words, by example, by who or what text is in them, best first.

        ``terms`` are texts, pathlib.Paths of pictures, PIL images, ``wb.like(image_id)`` or ``wb.weigh(term,
        2)``; a text that is exactly an image id or a path of the case is that image; ``like`` images of the
        case (ids, paths, names, rows, a Selection for its middle), ``unlike`` the same or words; ``face``
        names or ids of identities. ``within``: a Selection, Hits, rows, or the name of a saved selection;
        ``tag``: one or several that an image must have; ``taken``: when, such as "2019-05" or "2019..2020".
        ``over``: what is compared, one or some of "images", "persons", "objects" and "text"; an image takes
        its best region, whose box the hit carries.

        ``k`` caps the hits, ``threshold`` is the least cosine [-1, 1] or "fixed" (0.25 for words, 0.70 for
        examples), ``probability`` the least calibrated probability [0, 1]. ``background``: images known not
        to show what is asked; without it the scores of unrelated queries say how unusual a hit is. Raises
        QueryError for an empty query, an unknown name, an unreadable picture, invalid limits, and regions
        that were not computed.
        """
        limits = Limits(k, threshold, probability)
        return self.questions.search(
            Request(terms, like, unlike, face, text, within, tag, taken, over, limits, background)
        )

    def ask(
        self,
        query: str,
        *,
        selection: "ArrayLike | None" = None,
        pictures: "Mapping[str, Image | Path] | None" = None,
        k: int | None = 50,
        threshold: "float | Literal['fixed'] | None" = None,
        probability: float | None = None,
    ) -> Hits:
        """Find images with the grammar of the query box: ``boat like:IMG_12 -harbour^0.5 within:selection``.

        ``selection`` holds the rows called so in the query, ``pictures`` what ``like:`` may name besides the
        images of the case. Limits and errors are those of `search`; docs/search.md tells the grammar.
        """
        return self.questions.ask(query, selection, pictures, Limits(k, threshold, probability))

    def describe(
        self, images: "int | str | Images", k: int = 5, vocabulary: Sequence[str] | None = None
    ) -> "pd.DataFrame":
        """Return the ``k`` phrases that fit best: phrase, score (cosine) and probability among the phrases.

        ``images``: one image (row, id or path), or several (a Selection, Hits, rows, a boolean for each row
        such as ``labels == 3``, or the name of a saved selection), which are described by their middle.
        """
        return self.questions.describe(images, k, vocabulary or self.vocabulary)

    def separates(
        self, a: "Images", b: "Images | None" = None, k: int = 8, vocabulary: Sequence[str] | None = None
    ) -> "pd.DataFrame":
        """Return the phrases that fit the images ``a`` better than ``b`` (by default all others).

        Both as for `describe`. Columns: phrase; share (0.5 to 1: of all pairs of an image of each, in how
        many that of ``a`` fits better); effect (difference in standard deviations); inside and outside (mean
        cosines). Raises QueryError where one of them is empty.
        """
        return self.questions.separates(a, b, k, vocabulary or self.vocabulary)

    def learn_threshold(
        self,
        examples: "Mapping[str, Images]",
        precision: float | None = None,
        on: "Literal['score', 'probability']" = "probability",
    ) -> "Threshold":
        """Learn a threshold from queries (as for `ask`) whose right images are known; see `Threshold`.

        It suits F1 best, or has the most recall among those that reach ``precision``. ``on``: whether it is a
        least score or a least probability. Raises QueryError where it cannot be learnt.
        """
        return self.questions.learn_threshold(examples, precision, on)

    def missed(self, hits: Hits, n: int = 40, seed: int = 0) -> "Missed":
        """Ask whether hits missed any: ``n`` images just beyond them to judge, for an estimate of recall."""
        return self.questions.missed(hits, n, seed)

    @property
    def questions(self) -> "Questions":
        """What answers questions; `search`, `ask` and `describe` are its short forms."""
        return self._open.questions

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
    def instances(self) -> "Instances":
        """Places where things may be, for `find_this`; none before ``case.instances.ingest()``."""
        return self._open.instances

    def find_this(
        self, image: "Where", box: Sequence[float] | None = None, k: int = 50, **options: Any
    ) -> Hits:
        """Find the same thing in other images, each with its box; a text alone finds what it says.

        ``image``: row, image id or path of the case, a pathlib.Path elsewhere or a PIL image; ``box`` (x, y,
        width, height) in pixels of it, upright and in full size. Raises QueryError for a box outside it,
        CaseError before ``case.instances.ingest()``.
        """
        return self.instances.find_this(image, box, k, **options)

    def find_people(self, photo: "Photo", *, any: bool = False, threshold: float | None = None) -> "People":
        """Find the people of a photo (path or PIL image) in the collection.

        Its ``.faces`` say who each face is, its ``.images`` where all of them appear, or any of them.
        ``threshold``: the least cosine [-1, 1] to be somebody known. Raises QueryError for an unreadable
        picture, CaseError where no faces were looked for yet.
        """
        return self.faces.find(photo, any=any, threshold=threshold)

    def share(self, folder: str | Path, *, faces: "OfFaces" = "none") -> Path:
        """Copy this case to a new or empty folder for a colleague; the photos themselves are not copied.

        ``faces``: "none" leaves out all about faces: vectors, crops, landmarks, boxes, names. "decisions"
        takes along who is where in which photo, as people decided; "all" also what models computed. Tags go
        along. Raises CaseError or QueryError.
        """
        from workbench.case.share import share_case

        return share_case(self.folder, folder, faces=faces)

    @property
    def study(self) -> "CollectionReport":
        """The collection as a whole: likeness of groups, images x captions, duplicates, quality."""
        return self._open.study

    @property
    def selections(self) -> "Selections":
        """The selections kept under a name: save, open, remove, frame."""
        return self._open.selections

    def __repr__(self) -> str:
        return f"<Case {self.folder.root} of {self.folder.source}>"
