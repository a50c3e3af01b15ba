"""Derived: what follows from the vectors alone, computed once and cached with its parameters."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from workbench.analysis import clusters, projection
from workbench.store.arrays import ArrayCache, Ids, digest_of

if TYPE_CHECKING:
    from workbench.embedding import Embedder


class Derived:
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

    def layout(self, method: str, **params: Any) -> NDArray[np.float32]:
        """Return coordinates (N, 2); see ``analysis.projection.project`` for methods and parameters."""
        settings: dict[str, Any] = projection.parameters(method, **params)
        points = self._once(
            "layouts", settings, self._ids, lambda: projection.project(self._vectors, **settings)
        )
        return np.asarray(points, np.float32)

    def clusters(self, **params: Any) -> NDArray[np.int32]:
        """Return the cluster (N,) of each sample; see ``analysis.clusters.cluster`` for the parameters."""
        settings: dict[str, Any] = clusters.parameters(**params)
        labels = self._once(
            "clusters", settings, self._ids, lambda: clusters.cluster(self._vectors, **settings)
        )
        return np.asarray(labels, np.int32)

    def cluster_names(self, labels: NDArray[np.int32], vocabulary: Sequence[str]) -> list[str]:
        """Return a name for each cluster 0, 1, ...: the phrase that sets it apart best."""
        return clusters.names(self._vectors, labels, self.phrases(vocabulary), vocabulary)

    def phrases(self, vocabulary: Sequence[str]) -> NDArray[np.float32]:
        """Return the text vectors (P, D) of a vocabulary."""
        vectors = self._once("phrases", {}, vocabulary, lambda: self._embedder().embed_texts(vocabulary))
        return np.asarray(vectors, np.float32)

    def _once(
        self, kind: str, params: Mapping[str, Any], ids: Ids, compute: Callable[[], NDArray[Any]]
    ) -> NDArray[Any]:
        digest = self._digest if ids is self._ids else None
        return once(self._cache / kind, {**params, "key": self._key}, ids, compute, digest)

    @cached_property
    def _digest(self) -> str:
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
        cache.save(params, ids, found, digest)
    return found
