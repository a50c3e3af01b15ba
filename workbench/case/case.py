"""Case: everything known about one folder of photos. A facade: it wires the rooms, and computes nothing."""

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from workbench.case.case_images import CaseImages
from workbench.case.ingesting import ingest_faces, ingest_images
from workbench.search.hits import Hits
from workbench.search.request import Limits, Request
from workbench.search.terms import Term

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike
    from PIL.Image import Image

    from workbench.analysis.recall_estimate import Missed
    from workbench.analysis.thresholds import Threshold
    from workbench.case.cluster_runs import ClusterRuns
    from workbench.case.collection_report import Study
    from workbench.case.faces.faces_api import Faces
    from workbench.case.faces.find_people import People, Photo
    from workbench.case.instances.instances_api import Instances, Where
    from workbench.case.regions.regions_api import Regions
    from workbench.case.selections import Selections
    from workbench.case.share import OfFaces
    from workbench.case.why.heatmaps_api import Why
    from workbench.ingest import IngestReport
    from workbench.search.questions import Questions
    from workbench.search.request import Images, Within


class Case(CaseImages):
    """One source and all that is known about it. Make one with ``workbench.open``."""

    _read = (*CaseImages._read, "questions", "selections", "faces", "regions", "instances")

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

        ``faces`` also looks for faces, ``regions`` for some of "persons", "objects" and "text"; each photo is
        decoded once for all of it. ``instances`` then looks where things may be, for `find_this`. ``retry``
        tries files again that failed before. Nothing finished is ever computed twice.
        """
        model = self._face_model if faces else None
        try:
            report = ingest_images(self.folder, self._model, model, regions, retry=retry, progress=progress)
        finally:
            self.refresh()
        if instances:
            self.instances.ingest(retry=retry, progress=progress)
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

    def info(self) -> dict[str, Any]:
        """Return places, models and counts of the case as a flat dict; bytes are those of the case folder."""
        from workbench.case.info import case_info

        return case_info(self)

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

    @cached_property
    def questions(self) -> "Questions":
        """What answers questions; `search`, `ask` and `describe` are its short forms."""
        from workbench.search.questions import Questions, Searchable

        return Questions(
            Searchable(
                self.images,
                self.vectors,
                self.lookup,
                self.matching_embedder,
                self.phrase_vectors,
                lambda: self.vocabulary,
                self.selections.open,
                lambda: self.tags,
                self.folder.tags.version,
                lambda: self.faces,
                lambda text: self.regions.find_text(text).images,
                lambda kinds: self.regions.ranker(kinds),  # noqa: PLW0108 reads the regions when they are asked for
                self.thumbnails,
                lambda: self.engines.open("images", self.images["image_id"], self.vectors),
            )
        )

    @cached_property
    def why(self) -> "Why":
        """Why an image matched: ``case.why(image, query)`` is a Heatmap, see `Why`."""
        from workbench.case.why.heatmaps_api import Why

        return Why(self)

    @cached_property
    def cluster_runs(self) -> "ClusterRuns":
        """Runs of clustering by several methods, kept under names and compared."""
        from workbench.case.cluster_runs import ClusterRuns

        return ClusterRuns(self)

    @cached_property
    def faces(self) -> "Faces":
        """The faces of the photos and the people they are grouped into; empty before `ingest_faces`."""
        from workbench.case.faces.face_store import FaceBook
        from workbench.case.faces.faces_api import Faces

        book = FaceBook(self.folder, self._face_model.pair, self._face_model.known_key or "", self.images)
        return Faces(book, self._face_model)

    @cached_property
    def regions(self) -> "Regions":
        """The persons, objects and texts of the photos; none before ``ingest(regions=...)``."""
        from workbench.case.regions.regions_api import Regions

        return Regions(self)

    @cached_property
    def instances(self) -> "Instances":
        """Places where things may be, for `find_this`; none before ``case.instances.ingest()``."""
        from workbench.case.instances.instances_api import Instances

        return Instances(self)

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

    @cached_property
    def study(self) -> "Study":
        """The collection as a whole: likeness of groups, images x captions, duplicates, quality."""
        from workbench.case.collection_report import Study

        return Study(self)

    @cached_property
    def selections(self) -> "Selections":
        """The selections kept under a name: save, open, remove, frame."""
        from workbench.case.selections import Selections

        return Selections(self.folder.root / "work", self.lookup, self.key)
