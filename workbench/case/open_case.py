"""OpenCase: one Collection and all that answers questions about it; `Case.refresh` replaces it as a whole."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.case.collection import Collection
from workbench.case.embedders import LazyEmbedder, LazyFaceModel, known_keys

if TYPE_CHECKING:  # each part is imported where it is made: opening a case needs none of them
    from workbench.case.classifiers.classifiers_api import Classifiers
    from workbench.case.cluster_runs import ClusterRuns
    from workbench.case.collection_report import CollectionReport
    from workbench.case.faces.faces_api import Faces
    from workbench.case.heatmaps_api import Why
    from workbench.case.instances.instances_api import Instances
    from workbench.case.regions_api import Regions
    from workbench.case.selections import Selections
    from workbench.case.videos_api import Videos
    from workbench.index.engines import Engines
    from workbench.search.hits import Hits
    from workbench.search.questions import Questions
    from workbench.search.request import Limits
    from workbench.search.terms import Term
    from workbench.store.case_folder import CaseFolder


class OpenCase:
    """What is open of a case. Each part is made when first asked for, and keeps the rows it was made with.

    A part gets the collection and the few callables it needs, never the case.
    """

    def __init__(
        self, folder: CaseFolder, model: LazyEmbedder, face_model: LazyFaceModel, engines: Engines
    ) -> None:
        self._folder, self._model, self._face_model, self._engines = folder, model, face_model, engines

    @cached_property
    def collection(self) -> Collection:
        """The images, their vectors and the problems."""
        return Collection.read(self._folder, self._model, self._engines)

    @cached_property
    def questions(self) -> Questions:
        """What answers queries."""
        from workbench.search.questions import Questions, Searchable

        data = self.collection
        return Questions(
            Searchable(
                data.images,
                data.vectors,
                data.lookup,
                data.embedder,
                data.phrase_vectors,
                data.vocabulary_vectors,
                self.selections.open,
                data.tags,
                data.folder.tags.version,
                lambda: self.faces,
                lambda text: self.regions.find_text(text).images,
                lambda kinds: self.regions.ranker(kinds),  # noqa: PLW0108 reads the regions when asked for
                lambda name: self.classifiers.seen(name),  # noqa: PLW0108 reads them when asked for
                data.thumbnails,
                lambda: data.engines.open("images", data.images["image_id"], data.vectors),
            )
        )

    @cached_property
    def why(self) -> Why:
        """Heatmaps."""
        from workbench.case.heatmaps_api import Why
        from workbench.search.request import Limits

        return Why(
            self.collection, self._best, lambda text: self.questions.ask(text, None, None, Limits(k=1))
        )

    @cached_property
    def cluster_runs(self) -> ClusterRuns:
        """Runs of clustering."""
        from workbench.case.cluster_runs import ClusterRuns

        return ClusterRuns(self.collection, self.study.groups)

    @cached_property
    def faces(self) -> Faces:
        """The faces and the people they are grouped into."""
        from workbench.case.faces.face_store import FaceStore
        from workbench.case.faces.faces_api import Faces

        key = self._face_model.known_key or ""
        store = FaceStore(self._folder, self._face_model.pair, key, self.collection.images)
        return Faces(store, self._face_model)

    @cached_property
    def regions(self) -> Regions:
        """Persons, objects and texts."""
        from workbench.case.regions_api import Regions, RegionSource
        from workbench.samples.regions import read_regions

        data = self.collection
        return Regions(
            RegionSource(
                data.images,
                data.vectors,
                data.lookup,
                lambda: known_keys(data.folder),
                lambda keys: read_regions(data.folder, keys, data.images),
                data.embedder,
                data.vocabulary_vectors,
                data.engines.open,
                data.picture,
                data.thumbnails,
            )
        )

    @cached_property
    def videos(self) -> Videos:
        """The videos and their frames."""
        from workbench.case.videos_api import Videos

        data = self.collection
        return Videos(data.folder, data.images, data.lookup, data.thumbnails)

    @cached_property
    def instances(self) -> Instances:
        """Places where things may be."""
        from workbench.case.instances.instances_api import Instances, InstanceSource
        from workbench.search.request import Limits

        data = self.collection
        return Instances(
            InstanceSource(
                data.folder,
                data.images,
                data.vectors,
                data.lookup,
                data.embedder,
                data.thumbnails,
                data.pictures.still,
                lambda text, k: self._asked(text, Limits(k)),
            )
        )

    @cached_property
    def classifiers(self) -> Classifiers:
        """What the case was taught to tell apart."""
        from workbench.case.classifiers.classifiers_api import Classifiers
        from workbench.case.classifiers.sample_table import SampleTables

        data = self.collection
        tables = SampleTables(data, lambda: self.faces, lambda: self.regions)
        return Classifiers(data, tables, self.selections.open, self._text_vector)

    @cached_property
    def study(self) -> CollectionReport:
        """The collection as a whole."""
        from workbench.case.collection_report import CollectionReport

        return CollectionReport(self.collection, lambda: self.faces.frame, self.questions.rows)

    @cached_property
    def selections(self) -> Selections:
        """The selections kept under a name."""
        from workbench.case.selections import Selections

        return Selections(self._folder.root / "work", self.collection.lookup, self.collection.key)

    def info(self) -> dict[str, Any]:
        """Return places, models and counts as a flat dict; bytes are those of the case folder."""
        data, folder = self.collection, self._folder
        return {
            "case": str(folder.root),
            "source": str(folder.source),
            "model": folder.model,
            "key": data.key,
            "images": len(data.images),
            "photos": int(data.counted.sum()),  # of a raw photo and its JPEG only one
            "paths": int(data.images.drop_duplicates("path")["paths"].map(len).sum()),
            "problems": len(data.problems),
            "skipped": len(data.skipped),
            **self._source_facts(),
            "faces": len(self.faces),
            "named": len(self.faces.named),
            "regions": len(self.regions),
            "candidates": len(self.instances),
            "classifiers": len(self.classifiers),
            "tagged": int(data.tags()["sample_id"].nunique()),
            "bytes": sum(path.stat().st_size for path in folder.root.rglob("*") if path.is_file()),
        }

    def _text_vector(self, text: str) -> NDArray[np.float32]:
        from workbench.search.terms import readable, text_vectors

        return np.asarray(text_vectors(self.collection.embedder(), [readable(text)])[0], np.float32)

    def _source_facts(self) -> dict[str, Any]:
        """Return how the source is read, and what became of all paths found there: see `PathCount`.

        ``found`` is the sum of ``read``, ``archives`` (that were opened), ``failed``, ``left_alone`` (so many
        of each kind) and ``to_be_read``.
        """
        from workbench.store.snapshot import latest_files
        from workbench.store.source_reading import count_paths, remembered

        count, reading = count_paths(self._folder, latest_files(self._folder)), remembered(self._folder)
        return {
            "found": count.found,
            "read": count.read,
            "archives": count.archives,
            "failed": count.problems,
            "left_alone": count.skipped,
            **{f"left_alone_{kind}": number for kind, number in sorted(count.left_alone.items())},
            "to_be_read": count.waiting,
            "links": reading.links,
            "system": reading.system,
            "exclude": list(reading.exclude),
            "open_archives": reading.archives,
        }

    def _best(self, term: Term) -> Hits:
        from workbench.search.request import Limits

        return self._asked(term, Limits(k=1))

    def _asked(self, term: Term, limits: Limits) -> Hits:
        from workbench.search.request import Request

        return self.questions.search(Request((term,), limits=limits))
