"""Computed: what follows from the vectors alone, computed once and cached with its parameters."""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.analysis import cluster_methods, clusters, projection
from workbench.analysis.layout_trust import Trust, trust
from workbench.analysis.progress import Watch, nobody
from workbench.analysis.projection import place
from workbench.errors import QueryError
from workbench.search.terms import text_vectors
from workbench.store.arrays import ArrayCache, Ids, digest_of

if TYPE_CHECKING:
    from workbench.ingest import Embedder


class ClusterLevel(NamedTuple):
    """The clusters of a collection at one level, 0 being the coarsest.

    ``labels`` (N,): the cluster of each image, 0 for the largest, -1 for none. ``names`` (C,): what each
    shows. ``parents`` (C,): the cluster of the level before that each lies in, -1 at level 0.
    """

    level: int
    labels: NDArray[np.int32]
    names: list[str]
    parents: list[int]


KEPT = 0.5
"""Share of samples that have a place already from which on a layout is kept and the others placed in it."""


class Computed:
    """Layouts, clusters and phrase vectors of ``vectors`` (N, D), whose rows are the samples ``ids``.

    ``key`` is the embedder key of the vectors; ``embedder()`` gives the model and is called only on a miss.
    """

    def __init__(
        self,
        cache: Path,
        key: str,
        ids: Ids,
        vectors: NDArray[np.float32],
        embedder: "Callable[[], Embedder]",
    ) -> None:
        self._cache, self._key, self._ids = cache, key, ids
        self._vectors, self._embedder = vectors, embedder

    def layout(self, method: str, *, watch: Watch = nobody, **params: Any) -> NDArray[np.float32]:
        """Return coordinates (N, 2); see ``analysis.projection.project`` for methods and parameters."""
        settings: dict[str, Any] = projection.parameters(method, **params)
        points = self._once("layouts", settings, self._ids, lambda: self._lay_out(settings, watch))
        return np.asarray(points, np.float32)

    def _lay_out(self, settings: Mapping[str, Any], watch: Watch) -> NDArray[np.float32]:
        """Place new samples among the old where most have a place already; else lay out all afresh."""
        watch(0.0)
        earlier = ArrayCache(self._cache / "layouts").latest({**settings, "key": self._key})
        if earlier is not None:
            ids, points = earlier
            rows = dict(zip(ids, range(len(ids)), strict=True))
            at = np.array([rows.get(sample_id, -1) for sample_id in self._ids], np.int64)
            if (at >= 0).sum() > KEPT * len(at):
                kept = np.asarray(points, np.float32)[at]
                new = at < 0
                kept[new] = place(self._vectors[new], self._vectors[~new], kept[~new])
                return kept
        return projection.project(self._vectors, watch=watch, **settings)

    def trust(self, method: str, **params: Any) -> Trust:
        """Return how far each place of a layout can be trusted; see ``analysis.trust.trust``."""
        settings: dict[str, Any] = projection.parameters(method, **params)

        def compute() -> NDArray[np.float32]:
            found = trust(self._vectors, self.layout(method, **params))
            return np.column_stack([found.trustworthiness, found.continuity, found.preserved])

        return Trust(*np.asarray(self._once("trust", settings, self._ids, compute), np.float32).T)

    def run(self, settings: Mapping[str, Any], watch: Watch = nobody) -> NDArray[np.int32]:
        """Return the clusters (N,) of a run; ``settings`` are those of ``cluster_methods.parameters``."""

        def compute() -> NDArray[np.int32]:
            return cluster_methods.group(self.space(settings, watch), settings, watch)

        return np.asarray(self._once("clusters", settings, self._ids, compute), np.int32)

    def space(self, settings: Mapping[str, Any], watch: Watch = nobody) -> NDArray[np.floating]:
        """Return the points (N, K) between which a run measures distances."""
        if settings["space"] == "vectors":
            return cluster_methods.in_space(self._vectors, settings)
        of = {name: settings[name] for name in ("space", "seed")}
        points = self._once(
            "spaces", of, self._ids, lambda: cluster_methods.in_space(self._vectors, of, watch)
        )
        return np.asarray(points, np.float32)

    def clusters(
        self, *, level: int | None = None, watch: Watch = nobody, **params: Any
    ) -> NDArray[np.int32]:
        """Return the cluster (N,) of each sample at a ``level``, or by HDBSCAN where its settings are given.

        See ``analysis.clusters.levels`` and ``analysis.clusters.cluster``. Raises QueryError for a level that
        is not there, and for a level of HDBSCAN.
        """
        if not params:
            return self._level(clusters.LEVEL if level is None else level, watch)
        if level is not None:
            raise QueryError("HDBSCAN has no levels.", "Give a level, or its parameters.")
        settings: dict[str, Any] = clusters.parameters(**params)

        def compute() -> NDArray[np.int32]:
            watch(0.0)
            return clusters.cluster(self._vectors, **settings, watch=watch)

        return np.asarray(self._once("clusters", settings, self._ids, compute), np.int32)

    def _level(self, level: int, watch: Watch = nobody) -> NDArray[np.int32]:
        count = len(clusters.LEVELS)
        if not 0 <= level < count:
            raise QueryError(f"There is no level {level}.", f"Use 0 (coarse) to {count - 1} (fine).")

        def compute() -> NDArray[np.int32]:
            watch(0.0)
            reduced = {"space": "reduced", "seed": 0}
            return clusters.levels(self.space(reduced, watch), watch=watch).T

        settings = {"levels": list(clusters.LEVELS)}
        return np.asarray(self._once("levels", settings, self._ids, compute)[:, level], np.int32)

    def cluster_levels(self, vocabulary: Sequence[str]) -> list[ClusterLevel]:
        """Return the clusters at each level, coarse to fine, with names and parents."""
        found: list[ClusterLevel] = []
        for level in range(len(clusters.LEVELS)):
            labels = self._level(level)
            above = (
                clusters.parents(labels, found[-1].labels) if found else [-1] * (labels.max(initial=-1) + 1)
            )
            found.append(ClusterLevel(level, labels, self.cluster_names(labels, vocabulary), above))
        return found

    def cluster_names(self, labels: NDArray[np.int32], vocabulary: Sequence[str]) -> list[str]:
        """Return a name for each cluster 0, 1, ...; see ``analysis.clusters.names``."""
        return clusters.names(self._vectors, labels, self.phrases(vocabulary), vocabulary)

    def phrases(self, vocabulary: Sequence[str]) -> NDArray[np.float32]:
        """Return the text vectors (P, D) of a vocabulary."""
        vectors = self._once("phrases", {}, vocabulary, lambda: text_vectors(self._embedder(), vocabulary))
        return np.asarray(vectors, np.float32)

    def _once(
        self, kind: str, params: Mapping[str, Any], ids: Ids, compute: Callable[[], NDArray[Any]]
    ) -> NDArray[Any]:
        digest = self.digest if ids is self._ids else None
        return once(self._cache / kind, {**params, "key": self._key}, ids, compute, digest)

    @cached_property
    def digest(self) -> str:
        """What names the samples and their order."""
        return digest_of(self._ids)


def once(
    folder: Path,
    params: Mapping[str, Any],
    ids: Ids,
    compute: Callable[[], NDArray[Any]],
    digest: str | None = None,
) -> NDArray[Any]:
    """Return the array that ``folder`` keeps for these parameters and ids, computing it the first time.

    ``digest`` is that of the ids, where it is known.
    """
    cache = ArrayCache(folder)
    found = cache.load(params, ids, digest)
    if found is None:
        found = compute()
        with contextlib.suppress(OSError):  # a disk that is full or read-only costs the time of the next look
            cache.save(params, ids, found, digest)
    return found
