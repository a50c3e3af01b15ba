"""Layouts: a place on the map for every sample."""

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workbench.errors import QueryError

Layout = NDArray[np.float32]
Setting = int | float | str

PARAMETERS: Mapping[str, Mapping[str, Setting]] = {
    "umap": {"n_neighbors": 15, "min_dist": 0.1, "metric": "cosine"},
    "tsne": {"perplexity": 30.0},
    "pca": {},
}
"""What may be set for each method, with its default."""

FEWEST = 5  # below this many samples neighbours mean nothing and every method is "pca"


def parameters(method: str = "umap", *, seed: int = 0, **params: Setting) -> dict[str, Setting]:
    """Return all that decides a layout of given vectors, defaults filled in: the key of a cache.

    Raises QueryError for an unknown method or parameter.
    """
    if method not in PARAMETERS:
        raise QueryError(f"There is no layout method {method!r}.", f"Use one of {', '.join(PARAMETERS)}.")
    known = PARAMETERS[method]
    if unknown := sorted(set(params) - set(known)):
        raise QueryError(
            f"Method {method!r} has no parameter {', '.join(unknown)}.",
            f"Use one of {', '.join(known)}." if known else "It has none.",
        )
    return {"method": method, "seed": seed, **known, **params}


def project(
    vectors: NDArray[np.floating], method: str = "umap", *, seed: int = 0, **params: Setting
) -> Layout:
    """Lay out the rows of ``vectors`` (N, D) in the plane: (N, 2) float32, centred, the longer side -1 to 1.

    The same vectors, parameters and seed give the same layout on one machine. ``params`` are those of
    `PARAMETERS`; neighbourhoods larger than the collection shrink to fit. The first UMAP in a process
    compiles code for some seconds. Raises QueryError for an unknown method or parameter.

    Sources: "umap", McInnes, Healy and Melville 2018 (arXiv:1802.03426); "tsne", van der Maaten and Hinton
    2008; both begin from the principal components, which keeps the large-scale picture (Kobak and
    Linderman 2021).
    """
    settings = parameters(method, seed=seed, **params)
    vectors = np.asarray(vectors, np.float32)
    # Without any spread there is nothing to lay out, and UMAP would divide by it.
    if len(vectors) < 2 or bool((vectors == vectors[0]).all()):
        return np.zeros((len(vectors), 2), np.float32)
    if len(vectors) < FEWEST:
        return _framed(_pca(vectors))
    match settings["method"]:
        case "umap":
            return _framed(_umap(vectors, settings))
        case "tsne":
            return _framed(_tsne(vectors, settings))
        case _:
            return _framed(_pca(vectors))


def reduce(vectors: NDArray[np.floating], dimensions: int, *, seed: int = 0) -> Layout:
    """Return ``vectors`` (N, D) in few dimensions where groups stay together: (N, ``dimensions``) float32.

    UMAP with neighbours drawn as close as they may, as its authors advise before density clustering; a
    collection too small for that is returned as it is.
    """
    vectors = np.asarray(vectors, np.float32)
    if len(vectors) < dimensions + FEWEST or bool((vectors == vectors[0]).all()):
        return vectors
    settings = parameters("umap", seed=seed, min_dist=0.0)
    return _umap(vectors, settings, dimensions)


def _umap(vectors: Layout, settings: Mapping[str, Any], dimensions: int = 2) -> Layout:
    with warnings.catch_warnings():
        # Import and fit warn of thread counts, absent packages and the like: nothing a user can act on.
        warnings.simplefilter("ignore")
        import umap

        model = umap.UMAP(
            n_components=dimensions,
            n_neighbors=min(settings["n_neighbors"], len(vectors) - 1),
            min_dist=settings["min_dist"],
            metric=settings["metric"],
            init="pca",
            random_state=settings["seed"],
            n_jobs=1,
        )
        return np.asarray(model.fit_transform(vectors), np.float32)


def _tsne(vectors: Layout, settings: Mapping[str, Any]) -> Layout:
    from sklearn.manifold import TSNE

    perplexity = min(settings["perplexity"], (len(vectors) - 1) / 3)
    model = TSNE(perplexity=perplexity, init="pca", learning_rate="auto", random_state=settings["seed"])
    return np.asarray(model.fit_transform(vectors), np.float32)


def _pca(vectors: Layout) -> Layout:
    """Project on the two directions of most variance; missing ones are zero."""
    from sklearn.decomposition import PCA

    found = PCA(min(2, *vectors.shape), svd_solver="full" if len(vectors) < 500 else "covariance_eigh")
    places = found.fit_transform(vectors)
    return np.pad(places, ((0, 0), (0, 2 - places.shape[1])))


def _framed(places: Layout) -> Layout:
    """Centre a layout on its bounding box and give the longer side the length 2."""
    low, high = places.min(axis=0), places.max(axis=0)
    half = max(float((high - low).max()) / 2, np.finfo(np.float32).tiny)
    return np.asarray((places - (low + high) / 2) / half, np.float32)
